"""What a screen shows, and what it costs."""

import pytest

from api.auth import Role
from gamification import engine
from gamification.members import Enrolment
from kit import ids
from rewards import donations, redemptions
from tests.api.shop import ACCEPTANCE

SCREEN = (ACCEPTANCE / "progress_screen.graphql").read_text()
BADGES = (
    "{ badges { edges { node { key name description iconUrl hidden rarity levels { key } } } } }"
)


@pytest.mark.parametrize("lines", [1, 20])
async def test_the_progress_screen_costs_the_same_few_statements_whatever_it_shows(
    shop, statements, lines
):
    for name in ("bob", "cas", "dee", "eve"):
        await shop.buys(name, 5_000)
    for number in range(lines):
        await shop.buys("ann", 1_000 + number)
    caller = shop.member("ann", "en")
    await caller.ask(SCREEN, board="spenders")
    statements.clear()

    await caller.ask(SCREEN, board="spenders")

    reads = [sql for sql in statements if "SELECT" in sql.upper()]
    told = "\n".join(reads)
    assert len([sql for sql in reads if "FROM standing" in sql]) == 1, told
    assert len([sql for sql in reads if "FROM member WHERE" in sql]) <= 2, told
    assert len(reads) <= 16, told


async def test_a_list_of_members_reads_all_standings_at_once(shop, statements):
    query = "{ members(first: 100) { edges { node { points { balance } tier { atRisk } } } } }"
    statements.clear()
    await shop.staff(Role.SUPPORT).ask(query)
    assert len([sql for sql in statements if "FROM standing" in sql]) == 1


async def test_rewards_and_charities_are_read_at_once(shop, statements):
    query = (
        "{ rewards { edges { node { stock affordable locked { why } } } }"
        " charities { edges { node { campaigns { edges { node { raised } } } } } } }"
    )
    caller = shop.member("ann", "en")
    statements.clear()
    await caller.ask(query)
    assert len([sql for sql in statements if "FROM redemption" in sql]) == 1
    assert len([sql for sql in statements if "FROM campaign_total" in sql]) == 1


async def test_a_hidden_badge_shows_nothing_until_it_is_won(shop):
    async def seen(caller):
        edges = (await caller.ask(BADGES))["badges"]["edges"]
        return {edge["node"]["key"]: edge["node"] for edge in edges}

    before = await seen(shop.member("ann"))
    [secret] = [one for one in before.values() if one["hidden"]]
    assert secret["name"] == "A secret badge"
    assert (secret["description"], secret["iconUrl"], secret["rarity"]) == (None, None, None)
    assert secret["levels"] == []
    assert "night" not in str(secret).lower()
    asked = '{ badge(key: "night-owl") { name } }'
    assert await shop.member("ann").ask(asked) == {"badge": None}
    assert await shop.service().ask(asked) == {"badge": None}

    await shop.does("ann", "visit")

    after = await seen(shop.member("ann"))
    assert after["night-owl"]["name"] == "Night owl"
    assert await shop.member("ann").ask(asked) == {"badge": {"name": "Night owl"}}
    # Her winning it tells nobody else.
    assert "night-owl" not in await seen(shop.member("bob"))
    assert "night-owl" in await seen(shop.staff())


async def test_a_hidden_badge_is_hidden_among_the_locked_ones_too(shop):
    query = """{ me { badges(state: LOCKED) { totalCount edges { node {
        badge { key hidden } progress { value } awardedAt } } } } }"""
    found = (await shop.member("ann").ask(query))["me"]["badges"]
    assert found["totalCount"] == 4
    [secret] = [edge["node"] for edge in found["edges"] if edge["node"]["badge"]["hidden"]]
    assert secret["badge"]["key"].startswith("hidden-")
    assert (secret["progress"], secret["awardedAt"]) == (None, None)


async def test_badges_are_listed_by_whether_they_are_won(shop):
    await shop.buys("ann", 1_000, attributes={"discs": 3})
    query = """query($state: BadgeFilter!) { me { badges(state: $state) { totalCount
        edges { node { badge { key } level progress { value goal needed percent } } } } } }"""

    async def keys(state):
        found = (await shop.member("ann").ask(query, state=state))["me"]["badges"]
        assert found["totalCount"] == len(found["edges"])
        return {edge["node"]["badge"]["key"]: edge["node"] for edge in found["edges"]}

    earned, locked, every = [await keys(state) for state in ("EARNED", "LOCKED", "ALL")]
    assert set(earned) == {"collector", "first"}
    assert set(earned) | set(locked) == set(every)
    assert not set(earned) & set(locked)
    assert earned["collector"]["level"] == "bronze"
    progress = {"value": 3, "goal": 50, "needed": 47, "percent": 6.0}
    assert earned["collector"]["progress"] == progress


async def test_rarity_needs_a_crowd(shop):
    query = '{ badge(key: "first") { rarity rarityAmong } }'
    await shop.buys("ann", 1_000)
    assert (await shop.member("ann").ask(query))["badge"] == {"rarity": None, "rarityAmong": 1}


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("", "Spring"),
        ("id", "Musim semi"),
        ("id-ID,id;q=0.9,en;q=0.8", "Musim semi"),
        ("en;q=0.5, id;q=0.9", "Musim semi"),
        ("fr", "Spring"),
        ("*", "Spring"),
        (";;;,q=,=,\\", "Spring"),
    ],
)
async def test_texts_are_in_the_language_that_is_asked_for(shop, asked, title):
    query = '{ challenge(key: "spring") { title } }'
    assert (await shop.member("ann", asked).ask(query))["challenge"]["title"] == title


async def test_without_a_language_a_member_is_answered_in_their_own(shop):
    fay = Enrolment(external_id="fay", display_name="Fay", locale="id-ID")
    shop.members["fay"] = (await engine.enrol(fay)).member.id
    query = '{ challenge(key: "spring") { title } }'
    assert (await shop.member("fay").ask(query))["challenge"]["title"] == "Musim semi"
    assert (await shop.member("fay", "en").ask(query))["challenge"]["title"] == "Spring"


async def test_every_line_of_a_statement_says_why(shop, clock):
    ann = shop.members["ann"]
    await shop.buys("ann", 10_000)
    refunded = await shop.buys("ann", 2_000)
    clock.advance(minutes=1)
    await donations.donate(ann, campaign="forest", points=5, source=ids.new())
    held = await donations.donate(ann, campaign="forest", points=6, source=ids.new(), confirm=False)
    clock.advance(minutes=1)
    await donations.cancel(ann, donation=held.donation.id, source=ids.new())
    await redemptions.redeem(ann, reward="coffee", source=ids.new())
    clock.advance(minutes=1)
    await engine.retract(target_id=refunded, source=ids.new(), reason="refund")
    await engine.settle([ann])
    clock.advance(days=400)
    await engine.sweep()

    query = "{ me { statement(first: 50) { edges { node { kind amount why } } } } }"
    lines = {}
    for language in ("en", "id"):
        edges = (await shop.member("ann", language).ask(query))["me"]["statement"]["edges"]
        lines[language] = [(n["kind"], n["amount"], n["why"]) for n in (e["node"] for e in edges)]
    assert lines["en"] == [
        ("EXPIRE", -75, "Points expired"),
        ("CLAWBACK", -50, "Taken back after a refund: Spring"),
        ("CLAWBACK", -20, "Taken back after a refund: Purchase"),
        ("SPEND", -20, "Redeemed: A coffee"),
        ("RELEASE", 6, "Returned: A forest"),
        ("HOLD", -6, "Set aside: A forest"),
        ("DONATE", -5, "Donated to A forest"),
        ("EARN", 50, "Challenge completed: Spring"),
        ("EARN", 20, "Purchase"),
        ("EARN", 100, "Purchase"),
    ]
    assert [why for _, _, why in lines["id"]] == [
        "Poin kedaluwarsa",
        "Ditarik kembali setelah pengembalian dana: Musim semi",
        "Ditarik kembali setelah pengembalian dana: Pembelian",
        "Ditukar: Kopi",
        "Dikembalikan: Hutan",
        "Disisihkan: Hutan",
        "Donasi untuk Hutan",
        "Tantangan selesai: Musim semi",
        "Pembelian",
        "Pembelian",
    ]
