"""The money verbs of staff and tills, as their clients ask them."""

from contextlib import aclosing

import pytest

from api import schema
from api.auth import Role, issue_token, viewer_of
from api.context import Context
from gamification import engine, journal, programme
from gamification.programme import Backfill, DefinitionKind, Scope
from kit import database, paging
from kit.settings import Settings
from tests.api import shop as shops
from tests.api.shop import Caller
from tests.api.test_refusals import everything

POINTS = {
    **shops.DEFINITIONS[DefinitionKind.CURRENCY][0],
    "approval_above": 100,
    "adjustment_max": 1_000,
}
ANN = {"externalId": "ann"}
ADJUSTMENT = "adjustment { id state points requestedBy decidedBy note reason }"


@pytest.fixture
async def strict(shop):
    """A shop whose points take two people above a hundred; ann has five hundred."""
    draft = await programme.define(DefinitionKind.CURRENCY, POINTS, by="test")
    await programme.publish([draft.ref], backfill=Backfill(scope=Scope.ALL), by="test")
    while await engine.settle_pending():
        pass
    await shop.buys("ann", 50_000)
    return shop


def staff(shop, name, role=Role.ADMIN):
    return Caller(shop.app, issue_token(name, role))


async def adjust(caller, points, key="k", **more):
    given = {"member": ANN, "currency": "points", "points": points, "reason": "A lost parcel"}
    return await caller.do(
        "adjustPoints",
        f"... on AdjustPointsPayload {{ replayed {ADJUSTMENT} member {{ points {{ balance }} }} }}",
        {**given, "idempotencyKey": key, **more},
    )


async def decide(caller, verb, id, key="d", **more):
    kind = verb[0].upper() + verb[1:]
    return await caller.do(
        verb,
        f"... on {kind}Payload {{ replayed {ADJUSTMENT} }}",
        {"adjustment": id, "idempotencyKey": key, **more},
    )


async def why(caller):
    """The newest lines of ann's statement: how many points, and why."""
    query = "{ me { statement(first: 3) { edges { node { amount why } } } } }"
    lines = (await caller.ask(query))["me"]["statement"]["edges"]
    return [(line["node"]["amount"], line["node"]["why"]) for line in lines]


# --- adjustments ----------------------------------------------------------------------------------


async def test_a_small_adjustment_takes_effect_and_a_large_one_waits_for_another(strict):
    rina, budi = staff(strict, "rina"), staff(strict, "budi")
    small = await adjust(rina, 100)
    assert small["adjustment"]["state"] == "APPLIED"
    assert small["member"]["points"]["balance"] == 600
    large = await adjust(rina, 101, "l")
    assert (large["adjustment"]["state"], large["adjustment"]["decidedBy"]) == ("PENDING", None)
    own = await decide(rina, "approveAdjustment", large["adjustment"]["id"])
    assert own["__typename"] == "Denied"
    done = await decide(budi, "approveAdjustment", large["adjustment"]["id"], note="Seen it")
    assert done["adjustment"] == {
        **large["adjustment"],
        "state": "APPLIED",
        "decidedBy": "budi",
        "note": "Seen it",
    }
    again = await decide(budi, "rejectAdjustment", large["adjustment"]["id"], "e", note="No")
    assert again["__typename"] == "AlreadyResolved"
    taken = await decide(budi, "reverseAdjustment", large["adjustment"]["id"], "r", reason="Oh")
    assert taken["adjustment"]["state"] == "REVERSED"


async def test_support_asks_and_does_not_decide(strict):
    rina = staff(strict, "rina", Role.SUPPORT)
    assert (await adjust(rina, 50))["adjustment"]["state"] == "APPLIED"
    asked = await adjust(rina, 60, "2")
    assert asked["adjustment"]["state"] == "PENDING"
    for verb, more in (("approveAdjustment", {}), ("rejectAdjustment", {"note": "No"})):
        denied = await decide(staff(strict, "sari", Role.SUPPORT), verb, "x", **more)
        assert denied["__typename"] == "Denied"


@pytest.mark.parametrize(
    ("changes", "kind", "path"),
    [
        ({"points": 0}, "InvalidInput", "points"),
        ({"points": 1_001}, "InvalidInput", "points"),
        ({"reason": " "}, "InvalidInput", "reason"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "InvalidInput", "expiresAt"),
        ({"points": -501}, "InsufficientPoints", None),
        ({"currency": "gold"}, "NotFound", None),
        ({"member": {"externalId": "nobody"}}, "NotFound", None),
    ],
)
async def test_an_adjustment_that_is_none_is_refused(strict, changes, kind, path):
    before = await everything()
    found = await adjust(staff(strict, "rina"), **({"points": 5} | changes))
    assert found["__typename"] == kind
    assert [one["path"] for one in found.get("problems", [])] == ([path] if path else [])
    assert await everything() == before


@pytest.mark.parametrize("name", ["ann", "Ann", "ann@shop.test"])
async def test_staff_give_themselves_nothing(strict, name):
    assert (await adjust(staff(strict, name), 5))["__typename"] == "Denied"


@pytest.mark.parametrize("name", ["ann", "ANN"])
async def test_staff_record_nothing_for_themselves(strict, name):
    said = {"kind": "purchase", "amount": {"minor": 900, "currency": "USD"}}
    said |= {"member": ANN, "idempotencyKey": "mine"}
    before = await everything()
    answer = await staff(strict, name).do("recordActivity", "__typename", said)
    assert answer["__typename"] == "Denied"
    assert await everything() == before
    answer = await staff(strict, "rina").do("recordActivity", "__typename", said)
    assert answer["__typename"] == "RecordActivityPayload"


async def test_the_keys_of_two_tills_are_never_one(strict):
    said = {"member": ANN, "currency": "points", "points": 5, "subject": "Tea"}
    left = []
    for name, key in (("till", "1:z"), ("till:1", "z"), ("till%3A1", "z")):
        till = Caller(strict.app, issue_token(name, Role.SERVICE))
        asked = {**said, "idempotencyKey": key}
        answer = await till.do("spendPoints", "... on SpendPointsPayload { replayed }", asked)
        left.append(answer["replayed"])
    assert left == [False, False, False]


async def test_what_staff_did_is_listed_for_staff_alone(strict):
    rina = staff(strict, "rina")
    for number, points in enumerate((10, 500, 600)):
        await adjust(rina, points, f"{number}")
    query = (
        "query($state: AdjustmentState, $after: String) {"
        " adjustments(first: 2, state: $state, after: $after) {"
        " edges { node { points reason member { externalId } } } pageInfo { endCursor } } }"
    )
    page = (await rina.ask(query))["adjustments"]
    assert [edge["node"]["points"] for edge in page["edges"]] == [600, 500]
    rest = (await rina.ask(query, after=page["pageInfo"]["endCursor"]))["adjustments"]
    assert [edge["node"] for edge in rest["edges"]] == [
        {"points": 10, "reason": "A lost parcel", "member": {"externalId": "ann"}}
    ]
    waiting = (await rina.ask(query, state="PENDING"))["adjustments"]
    assert [edge["node"]["points"] for edge in waiting["edges"]] == [600, 500]
    for caller in (strict.member("ann"), strict.service(), strict.staff(Role.ANALYST)):
        answer = await caller.answer(query)
        assert [one["extensions"]["code"] for one in answer["errors"]] == ["DENIED"]


# --- transfers ------------------------------------------------------------------------------------


async def transfer(caller, points=30, key="t", **more):
    given = {"to": {"externalId": "bob"}, "currency": "points", "points": points}
    return await caller.do(
        "transferPoints",
        "... on TransferPointsPayload { replayed member { points { balance } } transfer {"
        " id points message sender { displayName } recipient { displayName } } }",
        {**given, "message": "For tea", "idempotencyKey": key, **more},
    )


async def test_a_member_hands_points_over_and_both_see_it(strict):
    done = await transfer(strict.member("ann"))
    assert done["member"]["points"]["balance"] == 470
    assert {**done["transfer"], "id": ""} == {
        "id": "",
        "points": 30,
        "message": "For tea",
        "sender": {"displayName": "Ann"},
        "recipient": {"displayName": "Bob"},
    }
    query = "{ me { transfers { edges { node { id points message } } } } }"
    for name in ("ann", "bob"):
        [edge] = (await strict.member(name).ask(query))["me"]["transfers"]["edges"]
        assert edge["node"]["id"] == done["transfer"]["id"]
    assert (await why(strict.member("ann")))[0] == (-30, "Given to another member")
    assert await why(strict.member("bob", "id")) == [(30, "Diterima dari anggota lain")]
    assert (await transfer(strict.member("ann")))["replayed"] is True


async def test_a_service_hands_over_for_a_member_and_nobody_for_another(strict):
    done = await transfer(strict.service(), member=ANN)
    assert done["member"]["points"]["balance"] == 470
    for caller in (strict.member("bob"), strict.staff()):
        refused = await transfer(caller, member=ANN)
        assert refused["__typename"] in ("NotFound", "Denied")


@pytest.mark.parametrize("to", [{}, {"externalId": "bob", "referralCode": "X"}])
async def test_a_recipient_has_one_name(strict, to):
    refused = await transfer(strict.member("ann"), to=to)
    assert [one["path"] for one in refused["problems"]] == ["to"]


async def test_who_is_nobody_looks_like_who_is_somebody_to_one_without_points(strict):
    answers = [
        await transfer(strict.member("cas"), to={"externalId": name}) for name in ("bob", "nobody")
    ]
    assert answers[0] == answers[1]


async def test_the_recipient_hears_what_and_from_whom(strict):
    await transfer(strict.member("ann"))
    context = Context(viewer_of(strict.token("bob")))
    events = []
    built = schema.build(Settings())
    document = (
        "subscription($after: String) { myEvents(after: $after) { event { __typename"
        " ... on PointsReceived { transfer { points message sender { displayName } } } } } }"
    )
    told = await built.subscribe(
        document, variable_values={"after": paging.encode(0, 0)}, context_value=context
    )
    async with aclosing(told):
        async for result in told:
            assert not result.errors
            events.append(result.data["myEvents"]["event"])
            if events[-1]["__typename"] == "PointsReceived":
                break
    assert events[-1]["transfer"] == {
        "points": 30,
        "message": "For tea",
        "sender": {"displayName": "Ann"},
    }


# --- tills ----------------------------------------------------------------------------------------


async def till(caller, verb, fields, key, **given):
    kind = verb[0].upper() + verb[1:]
    return await caller.do(
        verb,
        f"... on {kind}Payload {{ replayed {fields} member {{ points {{ balance held }} }} }}",
        {"idempotencyKey": key, **given},
    )


LUNCH = {"member": ANN, "currency": "points", "points": 200, "subject": "Lunch"}


async def test_a_till_takes_points_and_gives_them_back(strict):
    caller = strict.service()
    paid = await till(caller, "spendPoints", "payment { id points why }", "s", **LUNCH)
    assert (paid["payment"]["points"], paid["payment"]["why"]) == (200, "Paid: Lunch")
    assert paid["member"]["points"]["balance"] == 300
    assert (await why(strict.member("ann")))[0] == (-200, "Paid: Lunch")
    back = {"payment": {"idempotencyKey": "s"}, "reason": "A fly", "points": 50}
    refunded = await till(caller, "refundPayment", "returned", "r", **back)
    assert (refunded["returned"], refunded["member"]["points"]["balance"]) == (50, 350)
    lines = await why(strict.member("ann"))
    assert "Returned: Lunch" in [reason for _, reason in lines]
    more = {"payment": {"id": paid["payment"]["id"]}, "reason": "Two flies", "points": 151}
    assert (await till(caller, "refundPayment", "returned", "q", **more))["problems"]


async def test_a_hold_is_captured_in_part(strict):
    caller = strict.service()
    held = await till(
        caller, "holdPoints", "hold { id points why expiresAt }", "h", **LUNCH, partner="warung"
    )
    assert held["hold"]["why"] == "Set aside: warung: Lunch"
    assert held["hold"]["expiresAt"].startswith("2026-03-02T09:15:00")
    assert held["member"]["points"] == {"balance": 300, "held": 200}
    fields = "returned payment { points why }"
    ref = {"idempotencyKey": "h"}
    captured = await till(caller, "captureHold", fields, "c", hold=ref, points=120)
    assert captured["payment"] == {"points": 120, "why": "Paid at warung: Lunch"}
    assert (captured["returned"], captured["member"]["points"]["balance"]) == (80, 380)
    again = await till(caller, "captureHold", fields, "c", hold=ref, points=120)
    assert {**again, "replayed": False} == captured
    late = await till(caller, "releaseHold", "hold { id }", "r", hold={"id": held["hold"]["id"]})
    assert late["__typename"] == "AlreadyResolved"
    assert (await why(strict.member("ann", "id")))[:2] == [
        (80, "Dikembalikan: warung: Lunch"),
        (-200, "Dibayar di warung: Lunch"),
    ]


async def test_a_refund_of_what_was_paid_for_gives_the_points_back(strict):
    caller = strict.service()
    said = {"member": ANN, "kind": "purchase", "amount": {"minor": 100, "currency": "USD"}}
    await caller.do("recordActivity", "", {**said, "idempotencyKey": "sale"})
    sale = {"idempotencyKey": "sale"}
    paid = await till(caller, "spendPoints", "payment { id }", "s", **LUNCH, activity=sale)
    assert paid["member"]["points"]["balance"] == 351
    back = {"activity": sale, "reason": "A refund", "idempotencyKey": "back"}
    await caller.do("retractActivity", "", back)
    query = "query($id: ID!) { member(id: $id) { points { balance } } }"
    ann = await caller.ask(query, id=strict.members["ann"])
    assert ann["member"]["points"]["balance"] == 500


async def test_a_hold_of_another_till_goes_by_its_id_alone(strict):
    held = await till(strict.service(), "holdPoints", "hold { id }", "h", **LUNCH)
    other = strict.service("kiosk")
    refused = await till(other, "releaseHold", "hold { id }", "r", hold={"idempotencyKey": "h"})
    assert refused["__typename"] == "NotFound"
    done = await till(other, "releaseHold", "hold { id }", "r", hold={"id": held["hold"]["id"]})
    assert done["member"]["points"]["held"] == 0


@pytest.mark.parametrize("verb", ["spendPoints", "holdPoints"])
async def test_what_only_measures_pays_nothing(strict, verb):
    await strict.does("ann", "visit")
    refused = await till(strict.service(), verb, "", "s", **{**LUNCH, "currency": "xp"})
    assert refused["__typename"] == "NotAvailable"


# --- what is parked -------------------------------------------------------------------------------

PARKED = (
    "query($state: ParkedState!) { parkedActivities(state: $state) { edges { node {"
    " id state parkedBecause reason decidedBy member { externalId }"
    " activity { kind amount { minor } } } } } }"
)


async def parked(caller, state="WAITING"):
    edges = (await caller.ask(PARKED, state=state))["parkedActivities"]["edges"]
    return [edge["node"] for edge in edges]


async def send_late(caller):
    said = {"member": ANN, "kind": "purchase", "amount": {"minor": 900, "currency": "USD"}}
    late = {"occurredAt": "2026-01-01T00:00:00Z", "idempotencyKey": "late"}
    fields = "... on RecordActivityPayload { replayed activity { id } }"
    return await caller.do("recordActivity", fields, {**said, **late})


async def test_a_late_activity_waits_for_staff_and_then_counts(strict):
    caller, rina = strict.service(), staff(strict, "rina", Role.SUPPORT)
    assert (await send_late(caller))["__typename"] == "TooLate"
    [waiting] = await parked(rina)
    assert waiting["activity"] == {"kind": "purchase", "amount": {"minor": 900}}
    assert (waiting["parkedBecause"], waiting["member"]) == ("TOO_LATE", ANN)
    done = await rina.do(
        "admitParkedActivity",
        "... on AdmitParkedActivityPayload { replayed settled member { points { balance } }"
        " effects { ... on PointsPosted { amount } } parkedActivity { state decidedBy } }",
        {"id": waiting["id"], "reason": "No net", "idempotencyKey": "ok"},
    )
    assert done["parkedActivity"] == {"state": "ADMITTED", "decidedBy": "rina"}
    assert (done["settled"], done["effects"][0]) == (True, {"amount": 9})
    assert await parked(rina) == []
    again = await send_late(caller)
    assert (again["replayed"], again["activity"]["id"]) == (True, waiting["id"])


async def test_a_late_activity_can_be_dismissed(strict):
    await send_late(strict.service())
    rina = staff(strict, "rina")
    [waiting] = await parked(rina)
    given = {"id": waiting["id"], "reason": "A test", "idempotencyKey": "no"}
    fields = "... on DismissParkedActivityPayload { replayed parkedActivity { state reason } }"
    done = await rina.do("dismissParkedActivity", fields, given)
    assert done["parkedActivity"] == {"state": "DISMISSED", "reason": "A test"}
    assert [one["decidedBy"] for one in await parked(rina, "DISMISSED")] == ["rina"]
    own = staff(strict, "ann")
    refused = await own.do("admitParkedActivity", "", {**given, "idempotencyKey": "mine"})
    assert refused["__typename"] == "AlreadyResolved"


async def test_dead_letters_are_for_admins_who_can_try_them_again(strict):
    ann = strict.members["ann"]
    async with database.transaction():
        await journal.bury(ann, [None], reason="ValueError('a fault of ours')")
    query = "{ deadLetters { edges { node { id reason entryId member { externalId } } } } }"
    rina = staff(strict, "rina")
    [edge] = (await rina.ask(query))["deadLetters"]["edges"]
    assert edge["node"]["reason"] == "ValueError('a fault of ours')"
    fields = "... on RetryDeadLetterPayload { folded deadLetter { id } }"
    done = await rina.do("retryDeadLetter", fields, {"id": edge["node"]["id"]})
    assert done["folded"] is True
    gone = await rina.do("retryDeadLetter", fields, {"id": edge["node"]["id"]})
    assert gone["__typename"] == "NotFound"
    denied = await staff(strict, "s", Role.SUPPORT).answer(query)
    assert denied["data"] is None
