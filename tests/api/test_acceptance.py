"""The documents that the outside relies on run as they stand, and answer as their comments say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import pytest
from graphql import build_schema, parse, validate

from api import schema
from api.auth import viewer_of
from api.context import Context
from kit import bells, paging
from kit.settings import Settings
from tests.api.shop import ACCEPTANCE, Caller, Shop

NOW = "2026-03-02T09:00:00Z"
START = paging.encode(0, 0)
DOCUMENTS = sorted(ACCEPTANCE.glob("*.graphql"))


def document(name: str) -> str:
    return (ACCEPTANCE / f"{name}.graphql").read_text()


async def run(caller: Caller, name: str, operation: str, /, **variables: Any) -> dict[str, Any]:
    """One operation of a document, sent as its clients do."""
    body = {"query": document(name), "operationName": operation, "variables": variables}
    answer = (await caller.client.post("/graphql", json=body)).json()
    assert "errors" not in answer, answer["errors"]
    data: dict[str, Any] = answer["data"]
    return data


async def act(caller: Caller, name: str, operation: str, /, **given: Any) -> dict[str, Any]:
    """The one result of a mutation."""
    [result] = (await run(caller, name, operation, input=given)).values()
    found: dict[str, Any] = result
    return found


@asynccontextmanager
async def listening(shop: Shop, name: str, after: str | None = None) -> AsyncIterator[Any]:
    """The member's events, as the live document asks for them."""
    context = Context(viewer_of(shop.token(name)))
    own = schema.build(Settings())
    stream = await own.subscribe(
        document("live"), context_value=context, variable_values={"after": after}
    )
    async with aclosing(stream):
        yield stream


async def listened(shop: Shop, name: str) -> None:
    """Until somebody listens for the member."""
    while shop.members[name] not in bells._events:
        await asyncio.sleep(0.01)


async def heard(stream: Any, count: int) -> list[dict[str, Any]]:
    """The next events."""
    events = []
    for _ in range(count):
        result = await anext(stream)
        assert not result.errors, result.errors
        events.append(result.data["myEvents"])
    return events


async def all_heard(stream: Any) -> list[dict[str, Any]]:
    """All events that there are, until nothing more comes."""
    events = []
    with suppress(TimeoutError):
        while True:
            async with asyncio.timeout(1):
                events += await heard(stream, 1)
    return events


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_document_is_valid_against_the_schema(path):
    assert validate(build_schema(schema.sdl()), parse(path.read_text())) == []


async def test_the_progress_screen_is_answered_in_full(shop):
    await shop.buys("bob", 90_000)
    await shop.buys("ann", 15_000, attributes={"discs": 3})

    data = await run(shop.member("ann"), "progress_screen", "ProgressScreen", board="spenders")

    me, board = data["me"], data["leaderboard"]
    assert me["id"] == shop.members["ann"]
    assert (me["displayName"], me["avatarUrl"]) == ("Ann", "/faces/ann.svg")
    assert me["timeZone"] == "Asia/Jakarta"
    assert me["points"] == {
        "balance": 150,
        "pending": 0,
        "lifetime": 150,
        "expiringNext": {"amount": 150, "at": "2027-03-02T09:00:00Z"},
    }
    assert me["tier"] == {
        "current": {
            "key": "silver",
            "name": "Silver",
            "rank": 2,
            "benefits": [{"name": "Free shipping"}],
        },
        "next": {"key": "gold", "name": "Gold"},
        "progress": {"value": 15_000, "needed": 85_000, "percent": 15.0},
        "qualifiedUntil": "2027-03-02T09:00:00Z",
        "atRisk": False,
    }
    assert me["badges"]["totalCount"] == 2
    won = [edge["node"] for edge in me["badges"]["edges"]]
    assert [(one["badge"]["key"], one["level"], one["awardedAt"]) for one in won] == [
        ("collector", "bronze", NOW),
        ("first", None, NOW),
    ]
    spring = me["challenges"]["edges"][1]["node"]
    assert spring == {
        "challenge": {
            "key": "spring",
            "title": "Spring",
            "endsAt": "2026-06-01T00:00:00Z",
            "prizes": [{"__typename": "PointsPrize"}, {"__typename": "BadgePrize"}],
        },
        "progress": {"value": 1, "goal": 2, "percent": 50.0},
        "enrolled": True,
        "completedAt": None,
    }
    assert me["streaks"] == [
        {
            "streak": {"key": "daily", "name": "Every day", "period": "DAY"},
            "length": 1,
            "longest": 1,
            "atRiskAt": "2026-03-03T17:00:00Z",
            "freezesLeft": 0,
        }
    ]
    [line] = [edge["node"] for edge in me["statement"]["edges"]]
    assert (line["amount"], line["kind"], line["why"]) == (150, "EARN", "Purchase")
    assert line["occurredAt"] == NOW
    assert me["statement"]["pageInfo"]["hasNextPage"] is False
    assert board["title"] == "Spenders"
    assert board["period"] == {"startsAt": None, "endsAt": None, "final": False}
    assert board["me"] == {"rank": 2, "score": 15_000}
    assert [(one["rank"], one["member"]["displayName"]) for one in board["around"]] == [
        (1, "Bob"),
        (2, "Ann"),
    ]
    assert [edge["node"]["score"] for edge in board["top"]["edges"]] == [90_000, 15_000]


async def test_charities_and_rewards_are_shown_to_a_member(shop):
    await shop.buys("ann", 3_000)

    data = await run(shop.member("ann"), "spend", "Charities")

    [charity] = [edge["node"] for edge in data["charities"]["edges"]]
    assert (charity["key"], charity["name"]) == ("trees", "Trees")
    campaigns = [edge["node"] for edge in charity["campaigns"]["edges"]]
    assert campaigns[0] == {
        "key": "forest",
        "title": "A forest",
        "goal": 1_000,
        "raised": 0,
        "percent": 0.0,
        "matched": 0,
        "state": "COLLECTING",
        "endsAt": "2027-01-01T00:00:00Z",
    }
    rewards = {edge["node"]["key"]: edge["node"] for edge in data["rewards"]["edges"]}
    assert rewards["coffee"] == {
        "key": "coffee",
        "title": "A coffee",
        "kind": "VOUCHER",
        "price": [{"amount": 20, "currency": {"key": "points"}}],
        "stock": None,
        "affordable": True,
        "locked": None,
    }
    assert rewards["last-one"]["stock"] == 1
    assert rewards["grand-piano"]["affordable"] is False
    assert rewards["grand-piano"]["locked"] == {"why": "it takes the tier 'gold'"}


async def test_a_member_donates_once_however_often_it_is_sent(shop):
    await shop.buys("ann", 10_000)
    given = {"campaign": "forest", "points": 40, "idempotencyKey": "d1"}

    first = await act(shop.member("ann"), "spend", "Donate", **given)
    again = await act(shop.member("ann"), "spend", "Donate", **given)

    assert first["__typename"] == "DonatePayload"
    assert first["replayed"] is False
    assert again == {**first, "replayed": True}
    assert first["member"]["points"]["balance"] == 60
    donation = first["donation"]
    assert (donation["points"], donation["state"], donation["matched"]) == (40, "CONFIRMED", 0)
    assert donation["receipt"] == {"number": "trees-000001"}
    shown = await run(shop.member("bob"), "spend", "Charities")
    [charity] = shown["charities"]["edges"]
    assert charity["node"]["campaigns"]["edges"][0]["node"]["raised"] == 40


async def test_too_few_points_are_told_with_their_figures(shop):
    await shop.buys("ann", 1_000)
    refused = await act(
        shop.member("ann"), "spend", "Donate", campaign="forest", points=40, idempotencyKey="d1"
    )
    assert refused == {
        "__typename": "InsufficientPoints",
        "code": "INSUFFICIENT_POINTS",
        "message": "This takes 40 points, and 10 are available.",
        "needed": 40,
        "available": 10,
    }


async def test_a_reward_is_redeemed_until_it_is_sold_out(shop):
    for name in ("ann", "bob"):
        await shop.buys(name, 10_000)
    given = {"reward": "last-one", "idempotencyKey": "r1"}

    mine = await act(shop.member("ann"), "spend", "Redeem", **given)
    again = await act(shop.member("ann"), "spend", "Redeem", **given)
    late = await act(shop.member("bob"), "spend", "Redeem", **given)

    assert mine["__typename"] == "RedeemRewardPayload"
    assert mine["redemption"]["state"] == "ISSUED"
    assert len(mine["redemption"]["voucher"]["code"]) >= 20
    assert mine["member"]["points"]["balance"] == 99
    assert again == {**mine, "replayed": True}
    assert (late["__typename"], late["code"]) == ("SoldOut", "SOLD_OUT")


async def test_a_till_enrols_records_and_retracts(shop):
    till = shop.service()
    enrolled = await act(
        till, "till", "Enrol", externalId="fay", displayName="Fay", timeZone="Asia/Jakarta"
    )
    assert enrolled["member"]["externalId"] == "fay"
    assert enrolled["replayed"] is False

    recorded = await act(
        till,
        "till",
        "Record",
        member={"externalId": "fay"},
        kind="purchase",
        occurredAt="2026-03-02T08:00:00Z",
        amount={"minor": 12_000, "currency": "USD"},
        attributes={"discs": 2},
        channel="IN_STORE",
        idempotencyKey="sale-1",
    )
    assert recorded["__typename"] == "RecordActivityPayload"
    assert recorded["activity"]["kind"] == "purchase"
    assert recorded["activity"]["occurredAt"] == "2026-03-02T08:00:00Z"
    assert (recorded["replayed"], recorded["settled"]) == (False, True)
    assert recorded["effects"] == [
        {
            "__typename": "PointsPosted",
            "currency": {"key": "points"},
            "amount": 120,
            "why": "Purchase",
        },
        {"__typename": "TierChanged", "from": {"key": "bronze"}, "to": {"key": "silver"}},
        {
            "__typename": "BadgeAwarded",
            "badge": {"key": "collector", "name": "Collector"},
            "level": "bronze",
        },
        {
            "__typename": "BadgeAwarded",
            "badge": {"key": "first", "name": "First purchase"},
            "level": None,
        },
    ]

    retracted = await act(
        till,
        "till",
        "Retract",
        activity={"idempotencyKey": "sale-1"},
        fraction=0.5,
        reason="one came back",
        idempotencyKey="refund-1",
    )
    assert retracted["__typename"] == "RetractActivityPayload"
    assert retracted["activity"]["id"] == recorded["activity"]["id"]
    assert [
        one["amount"] for one in retracted["effects"] if one["__typename"] == "PointsPosted"
    ] == [-60]


async def test_many_activities_are_answered_for_one_by_one(shop):
    def said(key: str, **more: Any) -> dict[str, Any]:
        paid = {"minor": 100, "currency": "USD"}
        member = {"externalId": "ann"}
        return {"member": member, "kind": "purchase", "amount": paid, "idempotencyKey": key} | more

    given = [said("a"), said("b", kind="theft"), said("c", member={"id": "nobody"}), said("a")]
    answer = await act(shop.service(), "till", "RecordMany", activities=given)
    assert (answer["accepted"], answer["replayed"]) == (1, 1)
    assert [one["__typename"] for one in answer["results"]] == [
        "RecordActivityPayload",
        "InvalidInput",
        "NotFound",
        "RecordActivityPayload",
    ]


async def test_an_administrator_defines_and_publishes_a_challenge(shop):
    given = {
        "key": "april",
        "title": "April",
        "description": "Buy jazz.",
        "startsAt": "2026-04-01T00:00:00Z",
        "endsAt": "2026-05-01T00:00:00Z",
        "enrolment": "AUTOMATIC",
        "tasks": [
            {
                "metric": {
                    "kind": "purchase",
                    "where": "activity.amount >= 500",
                    "aggregate": "SUM",
                    "field": "amount",
                },
                "goal": 10_000,
            }
        ],
        "prizes": [{"points": {"currency": "points", "amount": 10}}, {"badge": "champion"}],
        "translations": [{"locale": "id", "title": "Bulan April"}],
    }
    drafted = await act(shop.staff(), "admin", "DefineChallenge", **given)
    assert drafted == {
        "__typename": "DefineChallengePayload",
        "challenge": {"key": "april", "version": 1, "state": "DRAFT"},
    }
    assert await act(shop.staff(), "admin", "DefineChallenge", **given) == drafted

    ref = {"kind": "CHALLENGE", "key": "april", "version": 1}
    published = await act(shop.staff(), "admin", "Publish", definitions=[ref])
    assert published["programme"] == {"revision": 2, "publishedAt": NOW}
    seen = await shop.member("ann", "id").ask('{ challenge(key: "april") { title state } }')
    assert seen["challenge"] == {"title": "Bulan April", "state": "SCHEDULED"}


async def test_an_administrator_reads_what_is_wrong_with_a_definition(shop):
    refused = await act(
        shop.staff(),
        "admin",
        "DefineChallenge",
        key="april",
        title="April",
        startsAt="2026-04-01T00:00:00Z",
        endsAt="2026-03-01T00:00:00Z",
        enrolment="AUTOMATIC",
        tasks=[{"metric": {"kind": "purchase", "where": "activity.amout > 5"}, "goal": 0}],
        prizes=[],
    )
    assert refused["__typename"] == "InvalidInput"
    paths = {problem["path"] for problem in refused["problems"]}
    assert paths == {"endsAt", "tasks.0.metric.where", "tasks.0.goal"}


@pytest.mark.parametrize(
    ("operation", "given", "answer"),
    [
        (
            "DefineBadge",
            {"key": "big", "name": "Big", "metric": {"kind": "purchase"}, "goal": 3},
            {"badge": {"key": "big", "version": 1, "state": "DRAFT"}},
        ),
        (
            "DefineEarningRule",
            {
                "key": "flat",
                "title": "Flat",
                "kind": "visit",
                "currency": "points",
                "earn": {"points": 3},
            },
            {"rule": {"key": "flat", "version": 1, "state": "DRAFT"}},
        ),
        (
            "DefineTierSet",
            {
                "key": "ladder",
                "name": "Ladder",
                "metric": {"kind": "purchase", "aggregate": "COUNT"},
                "levels": [{"key": "only", "name": "Only", "threshold": 0}],
            },
            {"tierSet": {"key": "ladder", "version": 2, "state": "DRAFT"}},
        ),
        (
            "DefineLeaderboard",
            {"key": "visits", "title": "Visits", "metric": {"kind": "visit"}, "period": "DAILY"},
            {"leaderboard": {"key": "visits", "version": 1, "state": "DRAFT"}},
        ),
        (
            "DefineStreak",
            {"key": "weekly", "name": "Weekly", "period": "WEEK", "metric": {"kind": "visit"}},
            {"streak": {"key": "weekly", "version": 1, "state": "DRAFT"}},
        ),
        (
            "DefineReward",
            {
                "key": "tea",
                "title": "Tea",
                "kind": "VOUCHER",
                "price": [{"amount": 5, "currency": "points"}],
            },
            {"reward": {"key": "tea", "version": 1, "state": "DRAFT"}},
        ),
        (
            "DefineCampaign",
            {
                "key": "sea",
                "charity": "trees",
                "title": "The sea",
                "goal": 100,
                "currency": "points",
                "startsAt": "2026-04-01T00:00:00Z",
            },
            {"campaign": {"key": "sea", "state": "DRAFT"}},
        ),
    ],
)
async def test_everything_can_be_drafted(shop, operation, given, answer):
    assert await act(shop.staff(), "admin", operation, **given) == {
        "__typename": f"{operation}Payload",
        **answer,
    }


async def test_what_happens_to_a_member_is_heard_as_it_happens(shop):
    async with listening(shop, "ann", after=START) as stream:
        waiting = asyncio.create_task(heard(stream, 8))
        await shop.buys("bob", 15_000)
        await shop.buys("ann", 12_000, attributes={"discs": 2})
        await bells.ring([shop.members["ann"]])
        events = await waiting
    assert {event["occurredAt"] for event in events} == {NOW}
    told = [event["event"] for event in events]
    assert told == [
        {"__typename": "PointsPosted", "amount": 120, "why": "Purchase", "balance": 120},
        {
            "__typename": "TierChanged",
            "from": {"key": "bronze"},
            "to": {"key": "silver", "name": "Silver"},
        },
        {
            "__typename": "BadgeAwarded",
            "badge": {"key": "collector", "name": "Collector", "iconUrl": None},
            "level": "bronze",
        },
        {
            "__typename": "BadgeAwarded",
            "badge": {"key": "first", "name": "First purchase", "iconUrl": "/icons/first.svg"},
            "level": None,
        },
        {
            "__typename": "ChallengeProgressed",
            "challenge": {"key": "spring"},
            "progress": {"value": 1, "goal": 2, "percent": 50.0},
        },
        {"__typename": "StreakExtended", "streak": {"key": "daily"}, "length": 1},
        {
            "__typename": "RankChanged",
            "leaderboard": {"key": "spenders"},
            "rank": 2,
            "previousRank": None,
        },
        {
            "__typename": "RankChanged",
            "leaderboard": {"key": "weekly"},
            "rank": 2,
            "previousRank": None,
        },
    ]


async def test_a_completed_challenge_is_heard(shop):
    await shop.buys("ann", 100)
    await shop.buys("ann", 100)
    async with listening(shop, "ann", after=START) as stream:
        events = [one["event"] for one in await all_heard(stream)]
    completed = [one for one in events if one["__typename"] == "ChallengeCompleted"]
    assert completed == [
        {"__typename": "ChallengeCompleted", "challenge": {"key": "spring", "title": "Spring"}}
    ]


async def test_whoever_comes_back_with_a_cursor_misses_nothing_and_hears_nothing_twice(shop):
    for _ in range(3):
        await shop.buys("ann", 1_000, attributes={"discs": 1})
    async with listening(shop, "ann", after=START) as stream:
        whole = await all_heard(stream)
    assert len(whole) == len({event["cursor"] for event in whole}) > 10
    # Wherever the line broke, the rest follows.
    for broken in range(len(whole) - 1):
        async with listening(shop, "ann", after=whole[broken]["cursor"]) as stream:
            assert await heard(stream, len(whole) - 1 - broken) == whole[broken + 1 :]


async def test_without_a_cursor_only_what_is_new_is_heard(shop):
    await shop.buys("ann", 1_000)
    async with listening(shop, "ann") as stream:
        waiting = asyncio.create_task(heard(stream, 1))
        await listened(shop, "ann")
        await shop.buys("ann", 3_000)
        await bells.ring([shop.members["ann"]])
        [event] = await waiting
    assert event["event"]["amount"] == 30
