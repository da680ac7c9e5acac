"""Auditing: what was counted, against what was given and what the ledger has paid out for it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from gamification import journal, ledger
from gamification.engine import Check
from kit import database
from rewards.donations import account_of

PAGE: Final = 1_000
_CONFIRMED: Final = (
    "FROM donation JOIN donation_resolution AS resolution ON resolution.donation_id = donation.id"
    " WHERE outcome = 'CONFIRMED'"
)


async def audit() -> list[Check]:
    """Ask all that has to add up, as of one moment."""
    async with _one_moment():
        return [
            await _stock(),
            await _redemption_account(),
            await _campaign_totals(),
            await _charity_accounts(),
            await _receipts(),
        ]


def compared(name: str, left: Mapping[str, object], right: Mapping[str, object]) -> Check:
    """Whether both sides say the same of everything; what one does not name does not count."""
    for key in sorted({*left, *right}):
        if left.get(key) != right.get(key):
            detail = f"{key}: {left.get(key, 'nothing')} is not {right.get(key, 'nothing')}"
            return Check(name=name, ok=False, detail=detail)
    return Check(name=name, ok=True, detail=f"{len(left):,}")


@asynccontextmanager
async def _one_moment() -> AsyncIterator[None]:
    """Let every statement see the same rows, although others go on writing."""
    joins_another = database.in_transaction()
    async with database.transaction():
        if not joins_another and database.dialect() == "postgres":
            await database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


async def _stock() -> Check:
    taken = await _by_key("SELECT reward, taken FROM reward_stock WHERE taken > 0")
    kept = await _by_key(
        "SELECT reward, count(*) FROM redemption LEFT JOIN redemption_end AS ending"
        " ON ending.redemption_id = redemption.id AND ending.outcome = 'RETURNED'"
        " WHERE ending.redemption_id IS NULL GROUP BY reward"
    )
    return compared("stock taken = redemptions", taken, kept)


async def _redemption_account() -> Check:
    paid, after = 0, ""
    while rows := await database.fetch(
        "SELECT id, source, points FROM redemption WHERE id > ? ORDER BY id LIMIT ?", after, PAGE
    ):
        after = rows[-1][0]
        returned = await journal.retractions_of([row[1] for row in rows], settled=True)
        paid += sum(row[2] - journal.points_returned(returned.get(row[1], ())) for row in rows)
    total = await ledger.account_total(ledger.REDEMPTION)
    # What is paid at a till goes to the same account, and is no redemption.
    total -= await ledger.account_total(ledger.REDEMPTION, subject="payment:")
    return compared("points for redemptions = ledger", {"points": paid}, {"points": total})


async def _campaign_totals() -> Check:
    counted = await _by_key(
        "SELECT campaign || ' in ' || currency, raised, donations, donors FROM campaign_total"
    )
    confirmed = await _by_key(
        "SELECT campaign || ' in ' || currency, sum(points), count(*), count(DISTINCT member_id)"
        f" {_CONFIRMED} GROUP BY campaign, currency"
    )
    return compared("campaign totals = confirmed donations", counted, confirmed)


async def _charity_accounts() -> Check:
    confirmed = await _by_key(
        f"SELECT charity, sum(points) {_CONFIRMED} GROUP BY charity",
    )
    given = {account_of(charity): points for charity, points in confirmed.items()}
    accounts = await ledger.account_totals(account_of(""))
    return compared("confirmed donations = charities' accounts", given, accounts)


async def _receipts() -> Check:
    # Numbers are positive and unique, so they have no gap where the last is how many there are.
    issued = await _by_key(
        "SELECT receipt.charity, count(*), max(number), min(last), count(DISTINCT donation_id)"
        " FROM receipt JOIN receipt_counter ON receipt_counter.charity = receipt.charity"
        " GROUP BY receipt.charity"
    )
    confirmed = await _by_key(f"SELECT charity, count(*) {_CONFIRMED} GROUP BY charity")
    wanted = {charity: (count,) * 4 for charity, count in confirmed.items()}
    return compared("receipts without gaps", issued, wanted)


async def _by_key(sql: str) -> dict[str, object]:
    """The first column's value with the rest of its row: a number, or several as a tuple."""
    rows = await database.fetch(sql)
    return {
        row[0]: int(row[1]) if len(row) == 2 else tuple(int(part) for part in row[1:])
        for row in rows
    }
