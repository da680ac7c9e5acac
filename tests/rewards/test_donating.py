"""Donating: held and confirmed, the thermometer and the receipts, and what refusals leave."""

import pytest

from gamification import engine, ledger
from gamification.programme import DefinitionKind
from kit import clock as kit_clock
from kit import database as db
from kit import outbox
from kit.errors import (
    AlreadyResolved,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
)
from rewards import donations
from rewards.donations import HELD_FOR, CampaignState, DonationState, Total
from tests.rewards.world import balance, give, publish

pytestmark = pytest.mark.usefixtures("audited")

TABLES = ("donation", "donation_resolution", "receipt", "journal_entry", "ledger_entry", "outbox")


async def counts():
    """How many rows there are of all that a donation writes, and what is raised."""
    rows = [await db.fetch_one(f"SELECT count(*) FROM {table}") for table in TABLES]
    raised = await db.fetch_one("SELECT coalesce(sum(raised), 0) FROM campaign_total")
    return [row[0] for row in (*rows, raised)]


async def held(member_id, points=100, source="app:1"):
    """A donation that waits for its confirmation."""
    donated = await donations.donate(
        member_id, campaign="wells", points=points, source=source, confirm=False
    )
    return donated.donation


async def total():
    return (await donations.find_campaign("wells")).total


async def test_a_donation_goes_to_the_charity_with_a_receipt(member, campaign, clock):
    ani = await member(points=250)
    await campaign(goal=1_000)
    donated = await donations.donate(ani, campaign="wells", points=100, source="app:1")
    donation = donated.donation
    assert not donated.replayed
    assert donation.state(clock.now) is DonationState.CONFIRMED
    assert (donation.points, donation.currency, donation.charity) == (100, "points", "water")
    assert (donation.receipt, donation.matched, donation.anonymous) == (1, 0, False)
    assert donation.donated_at == clock.now
    # The journal never says two things of a member at once.
    assert donation.resolution.resolved_at == clock.now + 1
    assert await balance(ani) == 150
    assert await ledger.account_total("charity:water") == 100
    thermometer = await donations.find_campaign("wells")
    assert thermometer.total == Total(100, 1, 1)
    assert thermometer.percent == 10
    assert await donations.find(donation.id, member_id=ani) == donation


async def test_a_donation_is_told_and_stands_in_the_statement(member, campaign):
    ani = await member()
    await campaign()
    before = await outbox.newest_position(ani)
    donated = await donations.donate(
        ani, campaign="wells", points=100, source="app:1", anonymous=True
    )
    facts = [heard.fact for heard in await outbox.facts_after(ani, before)]
    [told] = [fact for fact in facts if fact["type"] == "donation.confirmed"]
    assert told == {
        "type": "donation.confirmed",
        "at": donated.donation.resolution.resolved_at,
        "campaign": "wells",
        "charity": "water",
        "currency": "points",
        "points": 100,
        "donation": donated.donation.id,
        "anonymous": True,
    }
    lines = await ledger.statement(ani, limit=5)
    assert (lines[0].amount, lines[0].subject) == (-100, "campaign:wells@1")


async def test_a_held_donation_is_out_of_the_balance_and_nowhere_else_yet(member, campaign, clock):
    ani = await member(points=250)
    await campaign()
    donation = await held(ani)
    assert donation.state(clock.now) is DonationState.HELD
    assert donation.receipt is None
    assert donation.release_at == clock.now + HELD_FOR
    assert await balance(ani) == 150
    assert await total() == Total()
    assert await ledger.account_total("charity:water") == 0
    assert await donations.find(donation.id, member_id=ani) == donation


async def test_confirming_pays_it_out(member, campaign, clock):
    ani = await member(points=250)
    await campaign()
    donation = await held(ani)
    clock.advance(minutes=14)
    donated = await donations.confirm(ani, donation=donation.id, source="app:2")
    assert not donated.replayed
    assert donated.donation.state(clock.now) is DonationState.CONFIRMED
    assert donated.donation.receipt == 1
    assert donated.donation.resolution.resolved_at == clock.now
    assert await balance(ani) == 150
    assert await total() == Total(100, 1, 1)
    assert await ledger.account_total("charity:water") == 100
    assert await donations.find(donation.id, member_id=ani) == donated.donation


@pytest.mark.parametrize("resolve", [donations.confirm, donations.cancel])
@pytest.mark.parametrize("sources", [("a", "b"), ("b", "a"), ("zebra", "confirm:a")])
async def test_a_hold_can_be_resolved_in_its_own_microsecond(member, campaign, sources, resolve):
    """Entries of one instant are ordered by their sources, and a client chooses those."""
    ani = await member(points=100)
    await campaign()
    first, second = sources
    donation = await held(ani, points=60, source=first)
    await resolve(ani, donation=donation.id, source=second)
    confirmed = resolve is donations.confirm
    assert await balance(ani) == (40 if confirmed else 100)
    assert await ledger.account_total("charity:water") == (60 if confirmed else 0)


async def test_cancelling_gives_the_points_back(member, campaign, clock):
    ani = await member(points=250)
    await campaign()
    donation = await held(ani)
    donated = await donations.cancel(ani, donation=donation.id, source="app:2")
    assert donated.donation.state(clock.now) is DonationState.CANCELLED
    assert donated.donation.receipt is None
    assert await balance(ani) == 250
    assert await total() == Total()
    assert await ledger.account_total("charity:water") == 0
    assert await donations.find(donation.id, member_id=ani) == donated.donation


async def test_a_hold_lets_go_by_itself(member, campaign, clock):
    ani = await member(points=250)
    await campaign()
    donation = await held(ani)
    clock.set(donation.release_at - 1)
    assert await balance(ani) == 150
    assert donation.state(clock.now) is DonationState.HELD
    clock.set(donation.release_at)
    # As of the moment itself, although nothing has run.
    assert await balance(ani) == 250
    assert donation.state(clock.now) is DonationState.EXPIRED
    for resolve in (donations.confirm, donations.cancel):
        with pytest.raises(AlreadyResolved):
            await resolve(ani, donation=donation.id, source="app:2")
    await engine.sweep()
    assert await balance(ani) == 250
    assert await total() == Total()


@pytest.mark.parametrize("first", [donations.confirm, donations.cancel])
@pytest.mark.parametrize("second", [donations.confirm, donations.cancel])
async def test_a_donation_is_resolved_once(member, campaign, first, second):
    ani = await member()
    await campaign()
    donation = await held(ani)
    await first(ani, donation=donation.id, source="app:2")
    before = await counts()
    with pytest.raises(AlreadyResolved):
        await second(ani, donation=donation.id, source="app:3")
    assert await counts() == before


@pytest.mark.parametrize("resolve", [donations.confirm, donations.cancel])
async def test_resolving_with_the_same_source_answers_the_same(member, campaign, clock, resolve):
    ani = await member()
    await campaign()
    donation = await held(ani)
    first = await resolve(ani, donation=donation.id, source="app:2")
    before = await counts()
    clock.advance(days=1)
    again = await resolve(ani, donation=donation.id, source="app:2")
    assert again == donations.Donated(first.donation, replayed=True)
    assert await counts() == before


async def test_resolving_otherwise_with_the_same_source_is_a_conflict(member, campaign):
    ani = await member()
    await campaign()
    one, two = await held(ani, source="app:1"), await held(ani, source="app:2")
    await donations.confirm(ani, donation=one.id, source="app:3")
    before = await counts()
    with pytest.raises(IdempotencyConflict):
        await donations.cancel(ani, donation=one.id, source="app:3")
    with pytest.raises(IdempotencyConflict):
        await donations.confirm(ani, donation=two.id, source="app:3")
    with pytest.raises(IdempotencyConflict):
        await donations.confirm(ani, donation=two.id, source="app:2")
    assert await counts() == before


async def test_another_members_donation_is_not_found(member, campaign):
    ani, budi = await member(), await member()
    await campaign()
    donation = await held(ani)
    before = await counts()
    for resolve in (donations.confirm, donations.cancel):
        with pytest.raises(NotFound):
            await resolve(budi, donation=donation.id, source="app:2")
        with pytest.raises(NotFound):
            await resolve(ani, donation="none", source="app:2")
    with pytest.raises(NotFound):
        await donations.find(donation.id, member_id=budi)
    assert await counts() == before


async def test_the_same_source_answers_the_same(member, campaign, clock):
    ani = await member(points=100)
    await campaign(ends_at=clock.now + kit_clock.HOUR)
    first = await donations.donate(ani, campaign="wells", points=100, source="app:1")
    before = await counts()
    clock.advance(hours=2)
    # The campaign is over and the points are spent: a retry does not mind.
    again = await donations.donate(ani, campaign="wells", points=100, source="app:1")
    assert again == donations.Donated(first.donation, replayed=True)
    assert await counts() == before


async def test_a_retry_after_the_confirmation_shows_it(member, campaign):
    ani = await member()
    await campaign()
    donation = await held(ani)
    confirmed = await donations.confirm(ani, donation=donation.id, source="app:2")
    again = await donations.donate(ani, campaign="wells", points=100, source="app:1", confirm=False)
    assert again == donations.Donated(confirmed.donation, replayed=True)


@pytest.mark.parametrize(
    "other",
    [{"points": 99}, {"campaign": "trees"}, {"anonymous": True}, {"confirm": False}, "member"],
)
async def test_the_same_source_with_other_content_is_a_conflict(member, campaign, other):
    ani = await member()
    await campaign()
    await campaign("trees")
    await donations.donate(ani, campaign="wells", points=100, source="app:1")
    before = await counts()
    if other == "member":
        ani, other = await member(points=0), {}
        before = await counts()
    wish = {"campaign": "wells", "points": 100, "source": "app:1"} | other
    with pytest.raises(IdempotencyConflict):
        await donations.donate(ani, **wish)
    assert await counts() == before


async def test_too_few_points_change_nothing(member, campaign):
    ani = await member(points=99)
    await campaign()
    before = await counts()
    with pytest.raises(InsufficientPoints) as refusal:
        await donations.donate(ani, campaign="wells", points=100, source="app:1")
    assert (refusal.value.needed, refusal.value.available) == (100, 99)
    assert await counts() == before
    await give(ani, 1)
    assert not (await donations.donate(ani, campaign="wells", points=100, source="app:1")).replayed


@pytest.mark.parametrize("points", [-1, 0, 9, 10**12 + 1, 2**63])
async def test_less_than_the_minimum_is_invalid(member, campaign, points):
    ani = await member()
    await campaign(minimum=10)
    before = await counts()
    with pytest.raises(InvalidInput) as refusal:
        await donations.donate(ani, campaign="wells", points=points, source="app:1")
    assert [problem.path for problem in refusal.value.problems] == ["points"]
    assert await counts() == before


async def test_only_an_open_campaign_takes_donations(member, campaign, clock):
    ani = await member()
    starts, ends = clock.now + kit_clock.HOUR, clock.now + 2 * kit_clock.HOUR
    await campaign(starts_at=starts, ends_at=ends)
    before = await counts()
    with pytest.raises(NotAvailable) as refusal:
        await donations.donate(ani, campaign="wells", points=10, source="app:1")
    assert refusal.value.why == "it begins at 2026-03-02T10:00:00Z"
    clock.set(ends)
    with pytest.raises(NotAvailable) as refusal:
        await donations.donate(ani, campaign="wells", points=10, source="app:1")
    assert refusal.value.why == "it is closed"
    assert await counts() == before
    clock.set(ends - 1)
    await donations.donate(ani, campaign="wells", points=10, source="app:1")


async def test_what_was_held_in_time_can_be_confirmed_after_the_end(member, campaign, clock):
    ani = await member()
    await campaign(ends_at=clock.now + kit_clock.MINUTE)
    donation = await held(ani)
    clock.advance(minutes=5)
    await donations.confirm(ani, donation=donation.id, source="app:2")
    thermometer = await donations.find_campaign("wells")
    assert thermometer.state(clock.now) is CampaignState.CLOSED
    assert thermometer.raised == 100


async def test_what_or_who_is_unknown_is_not_found(member, campaign):
    ani = await member()
    await campaign()
    with pytest.raises(NotFound):
        await donations.donate(ani, campaign="none", points=10, source="app:1")
    with pytest.raises(NotFound):
        await donations.donate("nobody", campaign="wells", points=10, source="app:1")


async def test_the_thermometer_counts_donations_and_donors(member, campaign, clock):
    ani, budi = await member(), await member()
    await campaign(goal=100)
    for number, (who, points) in enumerate(((ani, 40), (ani, 40), (budi, 30))):
        await donations.donate(who, campaign="wells", points=points, source=f"app:{number}")
    thermometer = await donations.find_campaign("wells")
    assert thermometer.total == Total(110, 3, 2)
    assert thermometer.state(clock.now) is CampaignState.GOAL_REACHED
    # Beyond the goal it goes on collecting.
    await donations.donate(ani, campaign="wells", points=1, source="app:9")
    assert (await total()).raised == 111


async def test_receipts_count_by_charity(member, campaign):
    ani = await member()
    await publish((DefinitionKind.CHARITY, {"key": "trees", "name": "Trees"}))
    await campaign()
    await campaign("pumps")
    await campaign("forest", charity="trees")
    given = []
    for number, key in enumerate(("wells", "pumps", "forest", "wells")):
        donated = await donations.donate(ani, campaign=key, points=1, source=f"app:{number}")
        given.append((key, donated.donation.receipt))
    assert given == [("wells", 1), ("pumps", 2), ("forest", 1), ("wells", 3)]


async def test_donations_are_listed_newest_first_page_by_page(member, campaign, clock):
    ani, budi = await member(), await member()
    await campaign()
    made = []
    for number in range(5):
        donated = await donations.donate(
            ani, campaign="wells", points=1, source=f"app:{number}", confirm=number != 3
        )
        made.append(donated.donation)
        clock.advance(seconds=number % 2)  # Some fall on the same instant.
    await donations.donate(budi, campaign="wells", points=1, source="app:budi")
    first = await donations.page_of(ani, limit=2)
    after = first[-1].donated_at, first[-1].id
    rest = await donations.page_of(ani, after=after, limit=10)
    assert [*first, *rest] == made[::-1]


async def test_charities_and_their_campaigns_are_listed_by_key(campaign, statements):
    await publish((DefinitionKind.CHARITY, {"key": "trees", "name": "Trees"}))
    await campaign()
    await campaign("pumps")
    assert [charity.key for charity in await donations.charities_page(limit=9)] == [
        "trees",
        "water",
    ]
    assert [one.key for one in await donations.charities_page(after="trees", limit=9)] == ["water"]
    statements.clear()
    found = await donations.campaigns_of(["water", "trees"])
    assert {key: [one.campaign.key for one in each] for key, each in found.items()} == {
        "water": ["pumps", "wells"],
        "trees": [],
    }
    assert len([sql for sql in statements if "campaign_total" in sql]) == 1
    assert set(await donations.thermometers_of(["wells", "none"])) == {"wells"}
    assert (await donations.find_charity("water")).name == "Water for all"
    with pytest.raises(NotFound):
        await donations.find_charity("none")
    with pytest.raises(NotFound):
        await donations.find_campaign("none")


async def test_a_bad_campaign_is_refused_with_every_problem_and_not_kept(campaign):
    before = await db.fetch("SELECT count(*) FROM definition")
    with pytest.raises(InvalidInput) as refusal:
        await campaign(charity="none", currency="xp", goal=0)
    assert [problem.path for problem in refusal.value.problems] == ["charity", "currency", "goal"]
    assert await db.fetch("SELECT count(*) FROM definition") == before
