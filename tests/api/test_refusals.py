"""Every bad input gets a typed error or a denied answer, and changes nothing."""

from typing import Any

import pytest

from api.auth import Role, issue_token
from kit import database
from tests.api.shop import Caller

PAID = {"minor": 1_000, "currency": "USD"}


def sale(**changes: Any) -> dict[str, Any]:
    """A good purchase of ann's, but for these changes; None leaves a field out."""
    good = {
        "member": {"externalId": "ann"},
        "kind": "purchase",
        "amount": PAID,
        "attributes": {"discs": 1},
        "idempotencyKey": "k",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


async def everything() -> list[Any]:
    tables = ("member", "journal_entry", "ledger_entry", "effect", "score", "outbox", "pending")
    tables += ("donation", "redemption", "definition")
    counts = [await database.fetch_one(f"SELECT count(*) FROM {table}") for table in tables]
    return [tuple(count or ()) for count in counts]


@pytest.mark.parametrize(
    ("changes", "kind", "path"),
    [
        ({"kind": "theft"}, "InvalidInput", "kind"),
        ({"attributes": {"discs": "three"}}, "InvalidInput", "attributes.discs"),
        ({"attributes": {"discs": 2.5}}, "InvalidInput", "attributes.discs"),
        ({"attributes": {"discs": 101}}, "InvalidInput", "attributes.discs"),
        ({"attributes": {"shelf": "folk"}}, "InvalidInput", "attributes.shelf"),
        ({"attributes": {"colour_of": "red"}}, "InvalidInput", "attributes.colour_of"),
        ({"attributes": [1]}, "InvalidInput", "attributes"),
        ({"amount": {"minor": -1, "currency": "USD"}}, "InvalidInput", "amount.minor"),
        ({"amount": {"minor": 1}}, "InvalidInput", "amount.currency"),
        ({"amount": {"minor": 1, "currency": "IDR"}}, "InvalidInput", "amount.currency"),
        ({"amount": {"minor": 1, "currency": "dollars"}}, "InvalidInput", "amount.currency"),
        ({"amount": None}, "InvalidInput", "amount"),
        ({"quantity": -1}, "InvalidInput", "quantity"),
        ({"idempotencyKey": ""}, "InvalidInput", "idempotencyKey"),
        ({"idempotencyKey": "k" * 201}, "InvalidInput", "idempotencyKey"),
        ({"partner": "p" * 201}, "InvalidInput", "partner"),
        ({"member": {}}, "InvalidInput", "member"),
        ({"member": {"id": "x", "externalId": "ann"}}, "InvalidInput", "member"),
        ({"member": {"externalId": "nobody"}}, "NotFound", None),
        ({"member": {"id": "nobody"}}, "NotFound", None),
        ({"occurredAt": "2026-03-02T09:06:00Z"}, "InTheFuture", None),
        ({"occurredAt": "2026-01-01T00:00:00Z"}, "TooLate", None),
    ],
)
async def test_a_bad_activity_is_refused_with_its_reason(shop, changes, kind, path):
    before = await everything()
    refused = await shop.service().do("recordActivity", "", sale(**changes))
    assert refused["__typename"] == kind
    assert refused["message"]
    if path:
        assert path in [problem["path"] for problem in refused["problems"]]
    assert await everything() == before


async def test_the_same_key_with_other_content_is_a_conflict(shop):
    assert (await shop.service().do("recordActivity", "", sale()))["__typename"][-7:] == "Payload"
    before = await everything()
    refused = await shop.service().do("recordActivity", "", sale(kind="visit", amount=None))
    assert refused["__typename"] in ("IdempotencyConflict", "InvalidInput")
    other = await shop.service().do("recordActivity", "", sale(amount={**PAID, "minor": 5}))
    assert other["__typename"] == "IdempotencyConflict"
    assert await everything() == before


async def test_the_same_key_of_another_service_is_another_key(shop):
    for till in ("one", "two"):
        recorded = await shop.service(till).do(
            "recordActivity", "... on RecordActivityPayload { replayed }", sale()
        )
        assert recorded["replayed"] is False


async def test_too_many_activities_at_once_are_refused(shop):
    many = [sale(idempotencyKey=str(number)) for number in range(1_001)]
    before = await everything()
    answer = await shop.service().answer(
        "mutation($input: RecordActivitiesInput!) { recordActivities(input: $input)"
        " { __typename } }",
        input={"activities": many},
    )
    assert answer["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    none = await shop.service().do("recordActivities", "", {"activities": []})
    assert none["__typename"] == "InvalidInput"
    assert await everything() == before


async def test_an_unknown_leaderboard_is_null_and_says_so(shop):
    for key in ("nothing", "", "../spenders", "x" * 500):
        asked = "query($key: String!) { me { id } leaderboard(key: $key) { title } }"
        answer = await shop.member("ann").answer(asked, key=key)
        assert answer["data"] == {"me": {"id": shop.members["ann"]}, "leaderboard": None}
        [error] = answer["errors"]
        assert error["path"] == ["leaderboard"]
        assert error["extensions"]["code"] == "NOT_FOUND"


async def test_an_expired_token_is_refused_at_the_door(shop, clock):
    token = issue_token(shop.members["ann"], Role.MEMBER, lifetime_seconds=60)
    clock.advance(seconds=61)
    before = await everything()
    joining = 'joinChallenge(input: {challenge: "jazz", idempotencyKey: "j"}) { __typename }'
    for query in ("{ me { id } }", f"mutation {{ {joining} }}"):
        response = await Caller(shop.app, token).send(query)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await everything() == before


@pytest.mark.parametrize(
    ("mutation", "given"),
    [
        ("donate", {"campaign": "forest", "points": 5}),
        ("redeemReward", {"reward": "coffee"}),
        ("joinChallenge", {"challenge": "jazz"}),
    ],
)
@pytest.mark.parametrize("ref", ["id", "externalId"])
async def test_a_member_cannot_act_for_another(shop, mutation, given, ref):
    await shop.buys("ann", 100_000)
    await shop.buys("bob", 100_000)
    before = await everything()
    ann = {"id": shop.members["ann"]} if ref == "id" else {"externalId": "ann"}
    refused = await shop.member("bob").do(
        mutation, "", {**given, "idempotencyKey": "k", "member": ann}
    )
    assert refused["__typename"] == "NotFound"
    assert await everything() == before
    # It looks just as if there were no such member.
    unknown = {ref: "nobody-at-all"}
    same = await shop.member("bob").do(
        mutation, "", {**given, "idempotencyKey": "k", "member": unknown}
    )
    assert same["__typename"] == "NotFound"


async def test_a_service_must_say_for_whom_it_acts(shop):
    refused = await shop.service().do(
        "donate", "", {"campaign": "forest", "points": 5, "idempotencyKey": "k"}
    )
    assert refused["problems"][0]["path"] == "member"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"points": 4}, "InvalidInput"),
        ({"points": 0}, "InvalidInput"),
        ({"points": -5}, "InvalidInput"),
        ({"points": 10**15}, "InvalidInput"),
        ({"points": 100_000}, "InsufficientPoints"),
        ({"campaign": "nothing"}, "NotFound"),
        ({"campaign": "past"}, "NotAvailable"),
        ({"idempotencyKey": ""}, "InvalidInput"),
    ],
)
async def test_a_bad_donation_is_refused(shop, given, kind):
    await shop.buys("ann", 10_000)
    before = await everything()
    good = {"campaign": "forest", "points": 10, "idempotencyKey": "k"}
    refused = await shop.member("ann").do("donate", "", good | given)
    assert refused["__typename"] == kind
    assert await everything() == before


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"fraction": 0}, "InvalidInput"),
        ({"fraction": 1.5}, "InvalidInput"),
        ({"fraction": -1}, "InvalidInput"),
        ({"fraction": 0.5, "amount": PAID}, "InvalidInput"),
        ({"amount": {"minor": 1_001, "currency": "USD"}}, "InvalidInput"),
        ({"amount": {"minor": 1, "currency": "IDR"}}, "InvalidInput"),
        ({"amount": {"minor": 1}}, "InvalidInput"),
        ({"reason": ""}, "InvalidInput"),
        ({"activity": {}}, "InvalidInput"),
        ({"activity": {"id": "nothing"}}, "NotFound"),
        ({"activity": {"idempotencyKey": "never used"}}, "NotFound"),
    ],
)
async def test_a_bad_retraction_is_refused(shop, given, kind):
    await shop.service().do("recordActivity", "", sale())
    before = await everything()
    good = {"activity": {"idempotencyKey": "k"}, "reason": "refund", "idempotencyKey": "r"}
    refused = await shop.service().do("retractActivity", "", good | given)
    assert refused["__typename"] == kind
    assert await everything() == before


async def test_more_than_the_whole_cannot_be_retracted(shop):
    await shop.service().do("recordActivity", "", sale())
    good = {"activity": {"idempotencyKey": "k"}, "reason": "refund", "idempotencyKey": "r"}
    await shop.service().do("retractActivity", "", good)
    again = await shop.service().do("retractActivity", "", good | {"idempotencyKey": "r2"})
    assert again["__typename"] == "AlreadyResolved"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"externalId": ""}, "externalId"),
        ({"displayName": " "}, "displayName"),
        ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ({"timeZone": "../../etc/passwd"}, "timeZone"),
        ({"email": "not an address"}, "email"),
        ({"cardNumber": "card-ann"}, "cardNumber"),
        ({"locale": "!"}, "locale"),
    ],
)
async def test_a_bad_enrolment_is_refused(shop, given, path):
    before = await everything()
    good = {"externalId": "new", "displayName": "New", "timeZone": "UTC"}
    refused = await shop.service().do("enrolMember", "", good | given)
    assert [problem["path"] for problem in refused["problems"]] == [path]
    assert await everything() == before


async def test_a_challenge_that_is_not_open_to_joining_is_refused(shop):
    given = {"challenge": "spring", "idempotencyKey": "k"}
    assert (await shop.member("ann").do("joinChallenge", "", given))["code"] == "NOT_AVAILABLE"
    given = {"challenge": "nothing", "idempotencyKey": "k"}
    assert (await shop.member("ann").do("joinChallenge", "", given))["code"] == "NOT_FOUND"
