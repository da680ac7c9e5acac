"""Definitions in the database: drafts, versions, publishing, and how far back it reaches."""

import asyncio

import pytest

from gamification import engine, programme
from gamification.programme import (
    ALWAYS,
    Backfill,
    DefinitionKind,
    DefinitionState,
    Ref,
    Scope,
)
from kit import clock as kit_clock
from kit import database as db
from kit import outbox
from kit.errors import InvalidInput, NotFound
from tests.gamification import world

BADGE = {"key": "b", "name": "B", "metric": {"kind": "purchase"}, "goal": 1}


def problems(raised):
    return {one.path: one.message for one in raised.value.problems}


# --- drafts ---------------------------------------------------------------------------------------


async def test_a_draft_has_no_effect_until_it_is_published(member):
    await world.define(("BADGE", BADGE))
    await world.buy(member)
    assert (await programme.current()).at(0).badges == {}
    assert (await engine.standing_of(member)).standing.badges == {}


async def test_a_draft_is_replaced_and_a_published_version_is_followed(ground):
    async def versions():
        page = await programme.definitions_page(kind=DefinitionKind.BADGE, limit=9)
        return [(one.version, one.state, one.body.goal) for one in page]

    [first] = await world.define(("BADGE", BADGE))
    assert await world.define(("BADGE", BADGE)) == [first]
    assert await world.define(("BADGE", BADGE | {"goal": 2})) == [first]
    assert await versions() == [(1, DefinitionState.DRAFT, 2)]
    await programme.publish([first], by="test")
    assert await world.define(("BADGE", BADGE | {"goal": 2})) == [first]
    [second] = await world.define(("BADGE", BADGE | {"goal": 3}))
    assert second == Ref(DefinitionKind.BADGE, "b", 2)
    assert await versions() == [
        (1, DefinitionState.PUBLISHED, 2),
        (2, DefinitionState.DRAFT, 3),
    ]


async def test_a_draft_may_refer_to_drafts(database):
    await world.define(world.PURCHASE)
    assert await world.define(("BADGE", BADGE)) == [Ref(DefinitionKind.BADGE, "b", 1)]


async def test_what_is_wrong_with_a_draft_is_said_and_nothing_is_kept(ground):
    before = await world.everything()
    with pytest.raises(InvalidInput) as raised:
        await world.define(("BADGE", BADGE | {"goal": 0, "metric": {"kind": "nothing"}}))
    assert problems(raised).keys() == {"goal", "metric.kind"}
    assert await world.everything() == before


async def test_definitions_are_paged_by_kind_key_and_version(ground):
    await world.publish(("BADGE", BADGE))
    await world.define(("BADGE", BADGE | {"goal": 2}))
    everything = await programme.definitions_page(limit=99)
    names = [(one.kind, one.key, one.version) for one in everything]
    assert names == sorted(names)
    assert len(names) == 5
    found, after = [], None
    while page := await programme.definitions_page(after=after, limit=2):
        found += page
        after = (page[-1].kind, page[-1].key, page[-1].version)
    assert found == everything
    drafts = await programme.definitions_page(state=DefinitionState.DRAFT, limit=99)
    assert [(one.key, one.version) for one in drafts] == [("b", 2)]


async def test_two_who_draft_the_same_at_once_make_one_draft(ground):
    for key in "abc":
        bodies = [BADGE | {"key": key, "goal": goal} for goal in range(1, 11)]
        drafted = await asyncio.gather(*(world.define(("BADGE", body)) for body in bodies))
        assert {one for refs in drafted for one in refs} == {Ref(DefinitionKind.BADGE, key, 1)}
    assert len(await programme.definitions_page(kind=DefinitionKind.BADGE, limit=99)) == 3


async def test_an_unknown_version_is_not_found(ground):
    with pytest.raises(NotFound):
        await programme.publish([Ref(DefinitionKind.BADGE, "b", 1)], by="test")


# --- publishing -----------------------------------------------------------------------------------


async def test_publishing_makes_a_revision_and_says_so(ground, clock):
    clock.advance(days=1)
    refs = await world.define(("BADGE", BADGE))
    made = await programme.publish(refs, by="siti")
    assert (made.number, made.published_at) == (2, clock.now)
    current = await programme.current()
    assert (current.revision, current.published_at) == (2, clock.now)
    rows = await db.fetch("SELECT number, published_at, published_by FROM programme_revision")
    assert tuple(rows[-1]) == (2, clock.now, "siti")
    [*_, told] = await outbox.claim_unrelayed(99)
    assert (told.member_id, told.facts) == (
        None,
        [{"type": "programme.published", "at": clock.now, "revision": 2}],
    )


async def test_publishing_again_changes_nothing(ground):
    refs = await world.define(("BADGE", BADGE))
    first = await programme.publish(refs, by="test")
    before = await world.everything()
    assert await programme.publish(refs, by="test") == first
    assert await programme.publish(refs * 2, by="test") == first
    after = await world.everything()
    assert after == before


@pytest.mark.parametrize(
    "refs, how, path",
    [
        (False, {}, "definitions"),
        (True, {"backfill": Backfill(scope=Scope.SINCE)}, "backfill.since"),
    ],
)
async def test_what_is_wrong_with_publishing_is_said_and_nothing_changes(ground, refs, how, path):
    drafted = await world.define(("BADGE", BADGE))
    before = await world.everything()
    with pytest.raises(InvalidInput) as raised:
        await programme.publish(drafted if refs else [], by="test", **how)
    assert problems(raised).keys() == {path}
    assert await world.everything() == before


async def test_what_is_published_refers_to_what_is_published(database):
    badge, kind = await world.define(world.PURCHASE, ("BADGE", BADGE))
    before = await world.everything()
    with pytest.raises(InvalidInput) as raised:
        await programme.publish([kind], by="test")
    assert problems(raised).keys() == {"definitions.b.metric.kind"}
    assert await world.everything() == before
    await programme.publish([badge, kind], by="test")


ATTRIBUTES = {"attributes": {"store": {"type": "STRING"}}}
NEEDS_STORE = {"kind": "purchase", "where": "activity.attributes.store == 'solo'"}


@pytest.mark.parametrize(
    "attributes", [{}, {"shop": {"type": "STRING"}}, {"store": {"type": "INTEGER"}}]
)
@pytest.mark.parametrize("scope", [Scope.NONE, Scope.ALL])
async def test_a_kind_cannot_lose_what_published_conditions_ask_for(ground, attributes, scope):
    """Otherwise nothing could be compiled, recorded or settled from then on."""
    kind, body = world.PURCHASE
    await world.publish((kind, body | ATTRIBUTES), ("BADGE", BADGE | {"metric": NEEDS_STORE}))
    refs = await world.define((kind, body | {"attributes": attributes}))
    before = await world.everything()
    with pytest.raises(InvalidInput) as raised:
        await programme.publish(refs, by="test", backfill=Backfill(scope=scope))
    assert problems(raised).keys() == {"definitions.b.metric.where"}
    assert await world.everything() == before
    await world.buy(await world.enrol())


async def test_a_kind_cannot_lose_in_the_past_what_an_earlier_version_asked_for(ground, clock):
    kind, body = world.PURCHASE
    await world.publish((kind, body | ATTRIBUTES), ("BADGE", BADGE | {"metric": NEEDS_STORE}))
    clock.advance(days=1)
    await world.publish(("BADGE", BADGE))
    clock.advance(days=1)
    refs = await world.define(world.PURCHASE)
    with pytest.raises(InvalidInput) as raised:
        await programme.publish(refs, by="test", backfill=Backfill(scope=Scope.ALL))
    assert "badge b" in problems(raised)["definitions"]
    await programme.publish(refs, by="test")
    await world.buy(await world.enrol())


# --- how far back ---------------------------------------------------------------------------------


async def goals(member_id):
    state = (await engine.standing_of(member_id)).standing.badges.get("b")
    return state.counter.value if state else 0


@pytest.mark.parametrize(
    "how, counted",
    [
        ({}, 1),
        ({"effective_from": -1}, 2),
        ({"effective_from": 1}, 0),
        ({"backfill": Backfill(scope=Scope.NONE)}, 1),
        ({"backfill": Backfill(scope=Scope.ALL)}, 3),
        ({"backfill": "SINCE"}, 2),
    ],
)
async def test_a_version_reaches_as_far_back_as_it_says(member, clock, how, counted):
    start = clock.now
    for number in (1, 2):
        await world.buy(member, 10, f"p{number}")
        clock.advance(days=1)
    since = clock.now - kit_clock.DAY
    if "effective_from" in how:
        how = {"effective_from": clock.now + how["effective_from"] * kit_clock.DAY}
    if how.get("backfill") == "SINCE":
        how = {"backfill": Backfill(scope=Scope.SINCE, since=since)}
    await world.publish(("BADGE", BADGE | {"goal": 3}), **how)
    await world.buy(member, 10, "p3")
    await engine.settle([member])
    assert await goals(member) == counted
    await world.assert_sound()
    assert start < clock.now


async def test_a_backfill_gives_and_takes_what_should_have_been(member, clock):
    await world.publish(("BADGE", BADGE))
    for number in (1, 2):
        await world.buy(member, 10, f"p{number}")
        clock.advance(days=1)
    double = {"key": "double", "title": "", "kind": "purchase", "currency": "points"}
    everything = Backfill(scope=Scope.ALL)
    raised = ("BADGE", BADGE | {"goal": 3})
    rule = ("EARNING_RULE", double | {"multiplier": "2"})
    await world.publish(rule, raised, backfill=everything)
    assert await engine.pending() == 1
    assert await engine.settle_pending() == 1
    assert await world.balance(member) == 40
    assert (await engine.standing_of(member)).standing.badges["b"].achieved == {}
    await world.assert_sound()
    facts = [one.fact for one in await outbox.facts_after(member, 0)]
    assert [one["amount"] for one in facts if one["type"] == "points.posted"] == [10, 10, 10, 10]
    assert [one["type"] for one in facts if "badge" in one] == ["badge.awarded", "badge.revoked"]


async def test_members_that_time_alone_has_moved_are_folded_again_too(member, clock):
    """They have no entry since the version began, but their streak broke under the old one."""
    streak = {"key": "s", "name": "S", "period": "DAY", "metric": {"kind": "purchase"}}
    await world.publish(("STREAK", streak))
    await world.buy(member)
    since = clock.advance(days=1)
    clock.advance(days=1)
    assert await engine.sweep() == 1
    assert (await engine.standing_of(member)).standing.streaks["s"].length == 0
    frozen = ("STREAK", streak | {"freezes": {"initial": 5}})
    await world.publish(frozen, backfill=Backfill(scope=Scope.SINCE, since=since))
    await engine.settle_pending()
    assert (await engine.standing_of(member)).standing.streaks["s"].length == 1
    await world.assert_sound()


async def test_an_attribute_of_another_type_leaves_the_past_foldable(member, clock):
    kind, body = world.PURCHASE
    texts = {"attributes": {"size": {"type": "STRING"}}}
    await world.publish((kind, body | texts))
    await world.record(world.bought(member, attributes={"size": "large"}))
    clock.advance(days=1)
    numbers = {"attributes": {"size": {"type": "INTEGER"}}}
    size = {"points": 1, "per": 1, "of": "attributes.size"}
    rule = {"key": "size", "title": "", "kind": "purchase", "currency": "points", "earn": size}
    summed = {"kind": "purchase", "aggregate": "SUM", "field": "attributes.size"}
    everything = Backfill(scope=Scope.ALL)
    await world.publish(
        (kind, body | numbers),
        ("EARNING_RULE", rule),
        ("BADGE", BADGE | {"metric": summed}),
        backfill=everything,
    )
    await world.record(world.bought(member, attributes={"size": 7}))
    assert await world.balance(member) == 207
    await world.assert_sound()


async def test_publishing_while_others_settle_leaves_everything_sound(ground, clock):
    members = [await world.enrol() for _ in range(6)]

    async def buying(member_id):
        for _ in range(5):
            await world.buy(member_id, 10)
            await asyncio.sleep(0)

    async def publishing():
        for goal in range(1, 5):
            scope = (Scope.NONE, Scope.ALL)[goal % 2]
            await world.publish(("BADGE", BADGE | {"goal": goal}), backfill=Backfill(scope=scope))

    await asyncio.gather(publishing(), *(buying(one) for one in members))
    while await engine.settle_pending():
        pass
    assert [await world.balance(one) for one in members] == [50] * 6
    await world.assert_sound()


async def test_a_programme_compiled_by_one_connection_is_not_that_of_another(ground):
    assert (await programme.current()).revision == 1
    await world.publish(("BADGE", BADGE))
    assert (await programme.current()).revision == 2
    assert (await programme.current()) is (await programme.current())
    assert (await programme.current()).at(ALWAYS).badges == {}
