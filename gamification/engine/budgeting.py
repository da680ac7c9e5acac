"""Budgeting: what all members together may have of a rule, decided once and recorded as a fact.

The fold grants what it would of a rule with a common budget and notes a wish. Whoever settles asks
here, in the transaction that settles; a replay reads the facts and never asks again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from gamification import programme, rules
from gamification.engine.effects import Wish
from gamification.engine.models import BUDGET_GRANTS, BUDGETS
from gamification.journal import Entry
from gamification.programme import DefinitionKind, DefinitionState, Programme
from kit import clock, database

PAGE = 500
_ASTRAY = (
    "SELECT CASE WHEN b.rule IS NULL THEN 'no budget knows' WHEN e.id IS NULL THEN 'nobody asked'"
    " ELSE 'its entry does not say' END, g.rule, g.source FROM budget_grant AS g"
    " LEFT JOIN rule_budget AS b ON b.rule = g.rule"
    " LEFT JOIN journal_entry AS e ON e.source = g.source WHERE b.rule IS NULL OR e.id IS NULL"
    " OR e.member_id <> g.member_id OR e.at <> g.at OR g.points > g.wished"
    " ORDER BY g.source, g.rule LIMIT 10"
)

Granted = dict[str, dict[str, int]]
"""Source of an entry → rule → the points that the rule's budget allowed it."""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What the budgets allow, what is taken of them, and the entries that got less than assumed."""

    granted: Granted
    taken: dict[str, int]
    short: frozenset[str]


class Budgets(msgspec.Struct, frozen=True, kw_only=True):
    """What an audit sees: how many budgets there are, what is granted, and what is wrong."""

    count: int
    granted: int
    faults: tuple[str, ...]


async def decide(wishes: Sequence[Wish], published: Programme) -> Decided:
    """Share out the budgets among wishes, in the order in which they happened, and record it.

    Belongs in the transaction that settles: all budgets stay locked until it ends. The members of
    entries that got less than the fold assumed must be folded again with these facts
    (`with_facts`). That can bring wishes of entries that had none before: decide those too, until
    none is left. By then the fold knows what is taken, so that this takes few rounds.
    """
    if not wishes:
        return Decided(granted={}, taken={}, short=frozenset())
    assert database.in_transaction()
    taken = await _locked({*published.budgeted, *(wish.rule for wish in wishes)})
    before = dict(taken)
    now = clock.now()
    granted: Granted = {}
    rows: list[tuple[object, ...]] = []
    short: set[str] = set()
    for wish in sorted(wishes, key=_order):
        points = rules.within(wish.points, wish.limit - taken[wish.rule], wish.mode)
        taken[wish.rule] += points
        granted.setdefault(wish.source, {})[wish.rule] = points
        rows.append((wish.source, wish.rule, wish.member_id, wish.at, wish.points, points, now))
        if points < wish.assumed:
            short.add(wish.source)
    await _take(before, taken)
    await database.insert(BUDGET_GRANTS, rows)
    return Decided(granted=granted, taken=taken, short=frozenset(short))


async def attached(
    journals: Mapping[str, list[Entry]], published: Programme
) -> Mapping[str, list[Entry]]:
    """Members' entries with what budgets allowed them; asks nobody where no rule has a budget."""
    held = {member_id: entries for member_id, entries in journals.items() if entries}
    if not published.budgeted or not held:
        return journals
    rows = await database.fetch(
        "SELECT source, rule, points FROM budget_grant WHERE member_id IN ? AND at >= ?",
        list(held),
        min(entry.at for entries in held.values() for entry in entries),
    )
    granted: Granted = {}
    for source, rule, points in rows:
        granted.setdefault(source, {})[rule] = points
    return {
        member_id: [
            msgspec.structs.replace(entry, granted=granted[entry.source])
            if entry.source in granted
            else entry
            for entry in entries
        ]
        for member_id, entries in journals.items()
    }


def with_facts(entries: Iterable[Entry], decided: Decided) -> list[Entry]:
    """The entries with what budgets allowed them, beside what they have of it already."""
    return [
        msgspec.structs.replace(
            entry,
            granted={**entry.granted, **decided.granted.get(entry.source, {})},
            taken=decided.taken,
        )
        for entry in entries
    ]


async def budgets() -> Budgets:
    """All budgets as an audit sees them: the facts add up to what is granted, and it is allowed."""
    rows = await database.fetch(
        "SELECT b.rule, b.granted, coalesce(sum(g.points), 0) FROM rule_budget AS b"
        " LEFT JOIN budget_grant AS g ON g.rule = b.rule GROUP BY b.rule, b.granted ORDER BY b.rule"
    )
    limits = await _limits() if rows else {}
    faults = []
    for rule, granted, total in rows:
        if int(total) != granted:
            faults.append(f"rule {rule} has granted {granted:,}, its entries {int(total):,}")
        if granted > limits.get(rule, 0):
            faults.append(f"rule {rule} has granted {granted:,} of {limits.get(rule, 0):,}")
    faults += [
        f"rule {row[1]} has granted {row[2]} what {row[0]}" for row in await database.fetch(_ASTRAY)
    ]
    return Budgets(count=len(rows), granted=sum(row[1] for row in rows), faults=tuple(faults))


def _order(wish: Wish) -> tuple[int, str, str]:
    return wish.at, wish.source, wish.rule


async def _locked(keys: Collection[str]) -> dict[str, int]:
    """What is granted of each budget. All are locked, whoever wishes what, in one order: a second
    round of wishes then never waits for somebody who waits for us."""
    taken = await _read(keys)
    if len(taken) < len(keys):
        missing = sorted(set(keys) - set(taken))
        await database.insert(
            BUDGETS, [(key, 0) for key in missing], on_conflict="ON CONFLICT (rule) DO NOTHING"
        )
        taken = await _read(keys)
    return taken


async def _read(keys: Collection[str]) -> dict[str, int]:
    rows = await database.fetch(
        f"SELECT rule, granted FROM rule_budget WHERE rule IN ? ORDER BY rule{database.locking()}",
        sorted(keys),
    )
    return {row[0]: row[1] for row in rows}


async def _take(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    for rule in sorted(after):
        if after[rule] != before[rule]:
            changed = await database.execute(
                "UPDATE rule_budget SET granted = ? WHERE rule = ? AND granted = ?",
                after[rule],
                rule,
                before[rule],
            )
            assert changed == 1


async def _limits() -> dict[str, int]:
    """The highest limit that was ever published for each rule."""
    limits: dict[str, int] = {}
    after: tuple[str, str, int] | None = None
    while True:
        page = await programme.definitions_page(
            kind=DefinitionKind.EARNING_RULE,
            state=DefinitionState.PUBLISHED,
            after=after,
            limit=PAGE,
        )
        for one in page:
            if one.body.budget is not None:
                limits[one.key] = max(limits.get(one.key, 0), one.body.budget.points)
        if len(page) < PAGE:
            return limits
        after = page[-1].kind, page[-1].key, page[-1].version
