"""The demo: loaded once, whole or not at all, and alive on the day on which it is loaded."""

import json
from random import Random
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

import rewards
from gamification import engine, members, programme
from gamification.challenges import Phase, phase_of
from gamification.texts import in_locale
from kit import clock as house_clock
from kit import database as house
from kit import outbox
from kit.errors import NotAvailable
from piala import demo
from piala.demo.faces import face
from piala.demo.habits import Life
from piala.demo.people import HERO, PEOPLE, people
from piala.demo.relative import filled
from rewards import donations


def quiet(_weeks):
    """Nobody wants to know how it goes."""


@pytest.fixture(scope="module")
def everybody():
    return people(Random(1))


def test_two_hundred_people_have_names_and_faces_of_their_own(everybody):
    assert len(everybody) == PEOPLE == 200
    assert len({person.name for person in everybody}) == PEOPLE
    assert len({person.external_id for person in everybody}) == PEOPLE
    assert len({person.avatar for person in everybody}) > PEOPLE * 0.9
    assert everybody[0].external_id == HERO


@pytest.mark.parametrize("seed", range(30))
def test_a_face_is_a_small_drawing_that_fetches_nothing(seed):
    for woman in (True, False):
        address = face(Random(seed), woman=woman)
        kind, _, drawing = address.partition(",")
        assert kind == "data:image/svg+xml"
        assert len(address) < 2_000
        tree = ET.fromstring(unquote(drawing))
        assert not [part for part in tree.iter() if "href" in "".join(part.attrib)]


def test_lives_stay_within_their_time_and_repeat_themselves(everybody):
    since, until = (house_clock.parse(f"2026-{month}-01T00:00:00Z") for month in ("01", "07"))
    for person in everybody[:40]:
        first, second = (
            list(Life(person, Random(4)).deeds(since=since, until=until)) for _ in range(2)
        )
        assert first == second
        assert all(since <= deed.at < until for deed in first)


@pytest.mark.parametrize("hour", range(24))
def test_the_hero_came_on_each_of_the_last_days_and_not_yet_today(everybody, hour):
    until = house_clock.parse(f"2026-03-02T{hour:02}:30:00Z")
    deeds = Life(everybody[0], Random(hour)).deeds(since=until - 100 * house_clock.DAY, until=until)
    # Jakarta is seven hours ahead, and its coffee day begins at four.
    ahead = 3 * house_clock.HOUR
    days = {(deed.at + ahead) // house_clock.DAY for deed in deeds if deed.kind == "purchase"}
    today = (until + ahead) // house_clock.DAY
    assert sorted(days)[-12:] == [today - ago for ago in range(12, 0, -1)]


def test_instants_of_the_programme_follow_the_day_of_loading():
    now = house_clock.parse("2026-03-02T16:59:59Z")
    assert filled("a: '@-1d'\nb: '@+2d'", now) == (
        "a: 2026-02-28T17:00:00Z\nb: 2026-03-03T17:00:00Z"
    )
    assert filled("a: '@+0d'", now + house_clock.SECOND) == "a: 2026-03-02T17:00:00Z"


async def test_the_demo_is_loaded_once_and_is_alive(database, clock):
    clock.set("2026-03-02T09:30:00Z")
    loaded = await demo.load(quiet)
    assert loaded.members == PEOPLE
    assert loaded.activities > 8_000
    assert loaded.donations > 100
    assert loaded.redemptions > 50
    assert await engine.pending() == 0
    assert await outbox.claim_unrelayed(1) == []
    report = await engine.audit()
    assert report.ok, report.checks
    assert all(check.ok for check in await rewards.audit())

    before = await counts()
    assert await demo.load(quiet) is None
    assert await counts() == before

    edition = (await programme.current()).at(clock.now)
    await the_hero_has_something_to_show_and_something_to_win()
    await campaigns_have_been_given_to()
    challenges_are_active_and_to_come_and_over(edition, clock.now)
    everything_is_said_in_english_and_in_indonesian(edition)


async def counts():
    tables = ("member", "journal_entry", "definition", "ledger_entry", "effect")
    return [(await house.fetch_one(f"SELECT count(*) FROM {name}"))[0] for name in tables]


async def the_hero_has_something_to_show_and_something_to_win():
    member = await members.find(external_id=HERO)
    view = await engine.standing_of(member.id)
    standing, edition = view.standing, view.edition
    assert standing.wallets["points"].balance(view.at) > 500
    assert standing.streaks["daily"].length >= 12
    assert standing.streaks["daily"].breaks_at > view.at
    assert 0 < standing.tiers["status"].level < len(edition.tier_set.tier_set.levels) - 1
    assert len([badge for badge in standing.badges.values() if badge.achieved]) >= 3
    ten_cups = standing.challenges["ten-cups"]
    assert ten_cups.counters[0].value == 8
    assert ten_cups.completed_at is None


async def campaigns_have_been_given_to():
    raised = await donations.thermometers_of(["water-for-sumba", "seedlings-for-gayo"])
    assert len(raised) == 2
    assert all(one.raised > 0 and one.donors > 1 for one in raised.values())


def challenges_are_active_and_to_come_and_over(edition, now):
    late = 30 * house_clock.DAY
    found = {phase_of(one.challenge, now, lateness=late) for one in edition.challenges.values()}
    assert found == {Phase.ACTIVE, Phase.SCHEDULED, Phase.CLOSED}


def everything_is_said_in_english_and_in_indonesian(edition):
    titles = [rule.rule.title for rule in edition.rules.values()]
    titles += [badge.badge.name for badge in edition.badges.values()]
    titles += [challenge.challenge.title for challenge in edition.challenges.values()]
    titles += [board.board.title for board in edition.boards.values()]
    for title in titles:
        assert set(title) == {"en", "id"}
        assert in_locale(title, "id-ID") == title["id"]


async def test_a_database_with_a_programme_of_its_own_is_left_alone(database, clock):
    draft = await programme.define(
        programme.DefinitionKind.CURRENCY, {"key": "stars", "name": "Stars"}, by="test"
    )
    await programme.publish([draft.ref], by="test")
    with pytest.raises(NotAvailable, match="has a programme of its own"):
        await demo.load(quiet)
    assert (await counts())[:2] == [0, 0]


async def test_a_demo_that_fails_on_its_way_leaves_nothing(database, clock):
    def fail(weeks):
        if weeks == 3:
            raise RuntimeError("for a reason")

    with pytest.raises(RuntimeError):
        await demo.load(fail)
    assert await counts() == [0, 0, 0, 0, 0]
    assert (await programme.current()).revision == 0


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_command_loads_it_once(cli):
    first = cli("demo")
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("200 members, ")
    assert cli("demo").stdout == "the demo is loaded already\n"
    found = json.loads(cli("stats", "--json").stdout)
    assert found["members"] == 200
    assert cli("audit").exit_code == 0
