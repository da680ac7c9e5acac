"""Programme files: what is applied is published, what is exported applies as nothing."""

import pytest

from gamification import programme
from gamification.badges import Badge
from gamification.challenges import Challenge
from gamification.programme import DefinitionKind
from kit import clock
from kit.errors import InvalidInput
from piala import programmes

FILE = """\
effective_from: 2026-01-01T00:00:00Z
activity_kinds:
  purchase:
    title: {en: Purchase, id: Pembelian}
    amount: {currencies: [USD]}
currencies:
  points: {name: Points, main: true}
earning_rules:
  per-dollar:
    title: A point a dollar
    kind: purchase
    currency: points
    earn: {points: 1, per: 100, of: amount}
badges:
  first:
    name: First
    metric: {kind: purchase}
    goal: 1
challenges:
  spring:
    title: Spring
    starts_at: 2026-03-01T00:00:00Z
    ends_at: 2026-06-01T00:00:00Z
    tasks:
      - metric: {kind: purchase}
        goal: 3
    prizes:
      - points: {currency: points, amount: 50}
streaks:
  daily:
    name: Daily
    period: DAY
    day_starts_at: 4
    metric: {kind: purchase}
"""


@pytest.fixture
def file(tmp_path):
    """A programme file; call it to write another text into it."""

    def write(text=FILE):
        path = tmp_path / "shop.yaml"
        path.write_text(text, "utf-8")
        return path

    return write


async def test_applying_publishes_everything_as_one_revision(database, file):
    applied = await programmes.apply(file(), by="test")
    assert [revision.number for revision in applied.revisions] == [1]
    assert (len(applied.published), applied.unchanged) == (6, 0)
    edition = (await programme.current()).at(clock.parse("2026-01-01T00:00:00Z"))
    assert set(edition.badges) == {"first"}
    assert edition.challenges["spring"].challenge.starts_at == clock.parse("2026-03-01T00:00:00Z")
    assert not (await programme.current()).at(clock.parse("2025-12-31T23:59:59Z")).badges


async def test_applying_again_publishes_nothing(database, file):
    await programmes.apply(file(), by="test")
    applied = await programmes.apply(file(), by="test")
    assert (applied.revisions, applied.published, applied.unchanged) == ((), (), 6)


async def test_what_is_exported_applies_as_nothing_and_differs_in_nothing(database, file):
    await programmes.apply(file(), by="test")
    exported = await programmes.export()
    assert await programmes.diff(file(exported)) == ""
    assert (await programmes.apply(file(exported), by="test")).published == ()
    assert await programmes.export() == exported


RULES = """\
effective_from: 2026-01-01T00:00:00Z
activity_kinds:
  purchase:
    title: Purchase
    amount: {}
currencies:
  cash: {name: Cash, kind: MONEY, money: USD}
earning_rules:
  cash-back:
    title: Cash-back
    kind: purchase
    currency: cash
    earn: {percent: "2.5", of: amount}
    rounding: HALF_EVEN
    stacking: HIGHEST
    caps:
      - {points: 500, per: MONTH, mode: REJECT}
      - {points: 9000, balance: true}
    budget: {points: 100000, mode: REJECT}
    funded_by: partner
  happy:
    title: Happy hour
    kind: purchase
    currency: cash
    multiplier: "2"
    hours:
      - {weekdays: [5], from: "22:00", until: "02:00", zone: Asia/Jakarta}
      - {until: "12:00"}
    channels: [APP]
    partners: [harbour]
    tiers: [gold]
tier_sets:
  club:
    name: Club
    metric: {kind: purchase}
    levels:
      - {key: bronze, name: Bronze, threshold: 0}
      - {key: gold, name: Gold, threshold: 5}
"""


async def test_rules_that_say_all_they_can_go_out_and_in_again(database, file):
    """They name tiers, which stand behind them in a file."""
    applied = await programmes.apply(file(RULES), by="test")
    assert len(applied.published) == 5
    exported = await programmes.export()
    assert await programmes.diff(file(RULES)) == await programmes.diff(file(exported)) == ""
    assert "from: 22:00" in exported
    assert (await programmes.apply(file(exported), by="test")).published == ()


CURRENCIES = """\
effective_from: 2026-01-01T00:00:00Z
activity_kinds:
  delivery:
    title: Delivery
    attributes:
      order: {type: STRING}
currencies:
  cash:
    name: Cash
    kind: MONEY
    money: USD
    pending: {event: delivery, match: order}
    expiry: {mode: ROLLING, count: 12, unit: MONTH, round_to: MONTH}
    zone: Asia/Jakarta
    shortage: WRITE_OFF
    cost: {minor: 1, currency: USD, points: 2}
    transfers: {min: 10, max: 500, max_per_day: 1000}
    approval_above: 500
    adjustment_max: 10000
  gifts:
    name: Gifts
    pending: {until: 2026-12-01T00:00:00Z}
    expiry: {mode: CALENDAR, at: 2027-01-01T00:00:00Z}
  miles:
    name: Miles
    pending: {days: 3}
    expiry: {mode: CALENDAR, month_day: 02-29, years: 1}
  points:
    name: Points
    main: true
    expiry: {mode: SLIDING, count: 6, unit: MONTH, kinds: [delivery]}
"""


async def test_currencies_that_say_all_they_can_go_out_and_in_again(database, file):
    applied = await programmes.apply(file(CURRENCIES), by="test")
    assert len(applied.published) == 5
    exported = await programmes.export()
    assert await programmes.diff(file(CURRENCIES)) == await programmes.diff(file(exported)) == ""
    assert "at: 2027-01-01T00:00:00Z" in exported
    assert (await programmes.apply(file(exported), by="test")).published == ()
    other = CURRENCIES.replace("2026-12-01", "2026-11-01")
    changes = (await programmes.diff(file(other))).splitlines()
    assert [line.strip() for line in changes if line[0] in "+-"][2:] == [
        "-      until: 2026-12-01T00:00:00Z",
        "+      until: 2026-11-01T00:00:00Z",
    ]


async def test_only_what_differs_is_published(database, file):
    await programmes.apply(file(), by="test")
    changed = file(FILE.replace("goal: 1", "goal: 2"))
    difference = await programmes.diff(changed)
    assert [line for line in difference.splitlines() if line[0] in "+-"] == [
        "--- published",
        "+++ shop.yaml",
        "-    goal: 1",
        "+    goal: 2",
    ]
    applied = await programmes.apply(changed, by="test")
    assert [(ref.kind, ref.key, ref.version) for ref in applied.published] == [
        (DefinitionKind.BADGE, "first", 2)
    ]
    assert await programmes.diff(changed) == ""


async def test_definitions_in_force_from_other_times_are_exported_as_documents_of_their_own(
    database, file
):
    await programmes.apply(file(), by="test")
    later = """\
effective_from: 2026-07-01T00:00:00Z
badges:
  second: {name: Second, goal: 2, metric: {kind: purchase}}
"""
    await programmes.apply(file(later), by="test")
    exported = await programmes.export()
    assert [one.effective_from for one in programmes.read(file(exported))] == [
        clock.parse("2026-01-01T00:00:00Z"),
        clock.parse("2026-07-01T00:00:00Z"),
    ]


async def test_a_definition_that_a_file_does_not_name_shows_in_the_difference(database, file):
    await programmes.apply(file(), by="test")
    difference = await programmes.diff(file(FILE.partition("streaks:")[0]))
    assert "-streaks:" in difference


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("badges:", "medals:", "shop.yaml: medals: is no section"),
        ("goal: 1", "gaol: 1", "shop.yaml: badges.first.input: object contains unknown field"),
        ("goal: 1", "goal: one", "shop.yaml: badges.first.goal: expected 'int', got 'str'"),
        ("  first:", "  First!:", "shop.yaml: badges.First!.key: must be lower-case letters"),
        ("2026-03-01T00:00:00Z", "march", "challenges.spring.starts_at: must be an instant"),
        ("2026-01-01T00:00:00Z", "2026-01-01", "shop.yaml: effective_from: must be an instant"),
        ("points: {name: Points, main: true}", "points", "currencies: must be definitions under"),
    ],
)
async def test_what_is_wrong_with_a_file_is_said_and_nothing_is_published(
    database, file, old, new, problem
):
    with pytest.raises(InvalidInput) as caught:
        await programmes.apply(file(FILE.replace(old, new, 1)), by="test")
    assert problem in caught.value.message
    assert (await programme.current()).revision == 0


async def test_everything_that_is_wrong_is_said_at_once(database, file):
    text = FILE.replace("goal: 1", "goal: one").replace("period: DAY", "period: YEAR")
    with pytest.raises(InvalidInput) as caught:
        await programmes.apply(file(text), by="test")
    assert [problem.path for problem in caught.value.problems] == [
        "shop.yaml: badges.first.goal",
        "shop.yaml: streaks.daily.period",
    ]


async def test_a_definition_that_refers_to_nothing_publishes_nothing_of_its_file(database, file):
    with pytest.raises(InvalidInput, match="nowhere"):
        await programmes.apply(file(FILE.replace("kind: purchase}", "kind: nowhere}")), by="test")
    assert (await programme.current()).revision == 0
    assert await programme.definitions_page(limit=10) == []


def test_the_same_definition_in_two_documents_is_refused():
    badge = {"badges": {"first": {"name": "First", "goal": 1}}}
    with pytest.raises(InvalidInput, match="first: is there twice as BADGE"):
        programmes.publications_of([badge, badge], name="x")


def test_every_instant_of_a_body_is_written_as_one():
    plain = programme.plain(
        Challenge(key="spring", title="Spring", tasks=(), starts_at=0, ends_at=1_500_000)
    )
    assert (plain["starts_at"], plain["ends_at"]) == (
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:00:01.500000Z",
    )
    assert programme.plain(Badge(key="first", name="First", goal=1)) == {
        "key": "first",
        "name": "First",
        "goal": 1,
    }
