"""Members: enrolled once for each external id, and looked up."""

import asyncio

import pytest

from gamification import engine, members
from gamification.members import Enrolment
from gamification.members.enrolling import problems_of
from kit import database as db
from kit.errors import IdempotencyConflict, InvalidInput, NotFound
from tests.gamification import world

ANI = Enrolment(
    external_id="ani",
    display_name=" Ani ",
    time_zone="Asia/Jakarta",
    locale="id-ID",
    avatar_url="https://example.org/ani.png",
    email="ani@example.org",
    card_number="4711",
)


def said(**facts):
    return Enrolment(**{"external_id": "budi", "display_name": "Budi"} | facts)


async def test_who_enrols_is_a_member_with_an_empty_standing(database, clock):
    enrolled = await engine.enrol(ANI)
    member = enrolled.member
    assert enrolled.replayed is False
    assert (member.external_id, member.display_name) == ("ani", "Ani")
    assert (member.time_zone, member.locale) == ("Asia/Jakarta", "id-ID")
    assert (member.email, member.card_number) == ("ani@example.org", "4711")
    assert member.enrolled_at == clock.now
    assert await members.find(id=member.id) == member
    assert await members.find(external_id="ani") == member
    assert (await engine.standing_of(member.id)).standing.entries == 0
    assert await members.count() == 1


async def test_the_same_words_enrol_once(database, clock):
    first = await engine.enrol(ANI)
    clock.advance(days=1)
    before = await world.everything()
    again = await engine.enrol(ANI)
    assert (again.member, again.replayed) == (first.member, True)
    assert await world.everything() == before


@pytest.mark.parametrize(
    "facts",
    [
        {"display_name": "Anita"},
        {"time_zone": "Asia/Jakarta"},
        {"locale": "en"},
        {"email": None},
        {"card_number": "4712"},
    ],
)
async def test_other_words_for_one_external_id_are_a_conflict(database, facts):
    await engine.enrol(said(card_number="1", email="b@example.org", locale="id"))
    before = await world.everything()
    other = {"card_number": "1", "email": "b@example.org", "locale": "id"} | facts
    with pytest.raises(IdempotencyConflict):
        await engine.enrol(said(**other))
    assert await world.everything() == before


async def test_a_card_belongs_to_one_member(database):
    await engine.enrol(ANI)
    before = await world.everything()
    with pytest.raises(InvalidInput) as raised:
        await engine.enrol(said(card_number="4711"))
    assert [one.path for one in raised.value.problems] == ["cardNumber"]
    assert await world.everything() == before


@pytest.mark.parametrize(
    "facts, path",
    [
        ({"external_id": ""}, "externalId"),
        ({"external_id": "x" * 201}, "externalId"),
        ({"display_name": "  "}, "displayName"),
        ({"display_name": "x" * 201}, "displayName"),
        ({"time_zone": "Mars/Olympus"}, "timeZone"),
        ({"time_zone": ""}, "timeZone"),
        ({"time_zone": "../etc/passwd"}, "timeZone"),
        ({"time_zone": "/etc/localtime"}, "timeZone"),
        ({"time_zone": "A\0B"}, "timeZone"),
        ({"time_zone": "x" * 5_000}, "timeZone"),
        ({"locale": "indonesian"}, "locale"),
        ({"locale": "id_ID"}, "locale"),
        ({"email": "ani"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "a@b"}, "email"),
        ({"card_number": ""}, "cardNumber"),
        ({"card_number": "1" * 101}, "cardNumber"),
        ({"avatar_url": "x" * 20_001}, "avatarUrl"),
    ],
)
async def test_each_bad_field_is_named_and_nothing_changes(database, facts, path):
    before = await world.everything()
    with pytest.raises(InvalidInput) as raised:
        await engine.enrol(said(**facts))
    assert [one.path for one in raised.value.problems] == [path]
    assert await world.everything() == before


def test_all_problems_are_told_at_once():
    everything = said(external_id="", display_name="", time_zone="", locale="?", email="?")
    paths = [one.path for one in problems_of(everything)]
    assert paths == ["externalId", "displayName", "timeZone", "locale", "email"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Jayapura", "America/Argentina/Ushuaia"])
@pytest.mark.parametrize("locale", ["", "id", "en-GB", "zh-Hant-TW"])
def test_a_sound_enrolment_has_no_problem(zone, locale):
    assert problems_of(said(time_zone=zone, locale=locale)) == []


async def test_a_referral_code_is_short_speakable_and_somebodys_own(database):
    codes = {(await engine.enrol(said(external_id=f"m{n}"))).member.referral_code for n in range(9)}
    assert len(codes) == 9
    assert all(len(code) == 10 and code.isupper() for code in codes)
    assert not set("".join(codes)) & set("01AEIOUL")


async def test_whoever_was_sent_by_a_member_is_noted_as_such(database):
    ani = (await engine.enrol(ANI)).member
    code = f" {ani.referral_code.lower()} "
    budi = (await engine.enrol(said(referral_code=code))).member
    row = await db.fetch_one("SELECT referred_by FROM member WHERE id = ?", budi.id)
    assert row[0] == ani.id


async def test_an_unknown_referral_code_is_not_found_and_nothing_changes(database):
    before = await world.everything()
    with pytest.raises(NotFound):
        await engine.enrol(said(referral_code="NOBODYS"))
    assert await world.everything() == before


async def test_many_who_enrol_the_same_at_once_make_one_member(database):
    answers = await asyncio.gather(*(engine.enrol(ANI) for _ in range(30)))
    assert sorted(one.replayed for one in answers) == [False] + [True] * 29
    assert len({one.member.id for one in answers}) == 1
    assert await members.count() == 1


async def test_who_is_unknown_is_not_found(database):
    for name in ({"id": "nobody"}, {"external_id": "nobody"}, {}):
        with pytest.raises(NotFound):
            await members.find(**name)
    assert await members.members_of(["nobody"]) == {}
    assert await members.members_of([]) == {}
    assert await members.existing(["nobody"]) == set()
    assert await members.by_external_ids(["nobody"]) == {}


async def test_members_are_paged_by_id_and_searched_by_the_beginning_of_a_name(database):
    names = ["Ani", "anita", "Budi", "100%", "1000", "a_b", "aab"]
    ids = [
        (await engine.enrol(said(external_id=f"x-{n}", display_name=n))).member.id for n in names
    ]

    async def found(search):
        page = await members.page(after=None, limit=99, search=search)
        return [one.display_name for one in page]

    assert await found("") == names
    assert await found("AN") == ["Ani", "anita"]
    assert await found("100%") == ["100%"]
    assert await found("a_") == ["a_b"]
    assert await found("x-B") == ["Budi"]
    assert await found("!") == []
    first = await members.page(after=None, limit=3)
    rest = await members.page(after=first[-1].id, limit=99)
    assert [one.id for one in [*first, *rest]] == ids
    assert set(await members.members_of(ids)) == set(ids)


async def test_an_import_enrols_all_whom_it_does_not_know(database):
    await world.enrol("ani")
    new = await members.insert_all(["budi", "ani", "citra"])
    assert len(new) == 2
    assert await members.count() == 3
    assert await members.insert_all([]) == []
