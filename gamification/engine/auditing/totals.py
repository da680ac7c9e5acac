"""What only everybody's rows together can show: how much waits, and that accounts sum to zero."""

from gamification.engine import budgeting
from gamification.engine.auditing.checks import Check, Tally
from kit import database


async def journal_check() -> Check:
    """Whether every entry could be folded."""
    row = await database.fetch_one(
        "SELECT (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM pending),"
        " (SELECT count(*) FROM dead_letter)"
    )
    assert row is not None
    detail = f"{row[0]:,} entries, {row[1]:,} waiting, {row[2]:,} could not be folded"
    return Check(name="journal", ok=row[2] == 0, detail=detail)


async def accounts_check() -> Check:
    """Whether all accounts of each currency sum to zero."""
    rows = await database.fetch(
        "SELECT currency, account, sum(amount) FROM ("
        "SELECT currency, credit AS account, amount FROM ledger_entry UNION ALL"
        " SELECT currency, debit AS account, -amount FROM ledger_entry) AS legs"
        " GROUP BY currency, account ORDER BY currency, account"
    )
    accounts: dict[str, list[tuple[str, int]]] = {}
    for currency, account, total in rows:
        accounts.setdefault(currency, []).append((account, int(total)))
    sums = {currency: sum(total for _, total in legs) for currency, legs in accounts.items()}
    details = [
        f"{currency} sum to {sums[currency]:,}: "
        + ", ".join(f"{account} {total:,}" for account, total in legs if total)
        for currency, legs in accounts.items()
    ]
    detail = "; ".join(details) or "no entries"
    return Check(name="accounts", ok=not any(sums.values()), detail=detail[:500])


async def budgets_check() -> Check:
    """Whether what entries were granted is what the budgets have given, and within them."""
    budgets = await budgeting.budgets()
    detail = f"{budgets.count:,} budgets, {budgets.granted:,} points granted"
    return Check(name="budgets", ok=not budgets.faults, detail=next(iter(budgets.faults), detail))


async def owners_check() -> Check:
    """Whether what is kept for a member is kept for somebody: the fold looks at members only."""
    tally = Tally(unit="members")
    row = await database.fetch_one("SELECT count(*) FROM member")
    assert row is not None
    tally.compared = int(row[0])
    for table in ("standing", "score", "checkpoint"):
        for stray in await database.fetch(
            f"SELECT DISTINCT member_id FROM {table} AS kept WHERE NOT EXISTS"
            " (SELECT 1 FROM member WHERE id = kept.member_id) ORDER BY member_id LIMIT 10"
        ):
            tally.differ(f"{table} of {stray[0]}, whom nobody knows")
    return tally.check("owners")
