"""The audit: fold every journal from nothing and compare it with what is stored."""

from collections.abc import Sequence

import msgspec

from gamification import journal, programme
from gamification.engine import recalling, storing
from gamification.engine.difference import Because, honour_rows, posting_rows, score_changes
from gamification.engine.digest import Digest
from gamification.engine.effects import Effects
from gamification.engine.fold import advance
from gamification.engine.folding import Person, people
from gamification.engine.settlement import Stored, replayed
from gamification.engine.standing import BEFORE_ALL, Standing, packed
from gamification.engine.storing import Locked
from gamification.journal import Entry
from gamification.ledger import HELD, MEMBER
from gamification.programme import Programme
from kit import clock, database
from kit.clock import Instant


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at: whether it holds, and what was seen or differs first."""

    name: str
    ok: bool
    detail: str


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """All checks, and the digest of standings and effective effects as of the moment asked for."""

    checks: list[Check]
    digest: str

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return all(check.ok for check in self.checks)


class _Tally(msgspec.Struct, kw_only=True):
    """How many were compared, how many differ, and what the first difference is."""

    compared: int = 0
    different: int = 0
    first: str = ""

    def note(self, difference: str) -> None:
        self.compared += 1
        if difference:
            self.different += 1
            self.first = self.first or difference

    def check(self, name: str, unit: str) -> Check:
        if self.different:
            detail = f"{self.different:,} of {self.compared:,} {unit} differ; first: {self.first}"
            return Check(name=name, ok=False, detail=detail)
        return Check(name=name, ok=True, detail=f"{self.compared:,} {unit}")


async def audit(*, as_of: Instant | None = None, digest: bool = True) -> AuditReport:
    """Compare every member's stored standing, ledger, effects and scores with a fold from nothing.

    What is recorded and not settled yet is left out, and told. The digest counts what had
    happened by `as_of` (default: now). Members are held one page at a time.
    """
    moment = clock.now() if as_of is None else as_of
    total = Digest()
    tallies = {name: _Tally() for name in ("standings", "ledger", "effects", "scores", "balances")}
    async for page in people():
        await _audit_page(page, tallies, total if digest else None, moment)
    return AuditReport(
        checks=[
            await _journal_check(),
            tallies["standings"].check("standings", "members"),
            tallies["ledger"].check("ledger", "members"),
            tallies["effects"].check("effects", "members"),
            tallies["scores"].check("scores", "members"),
            tallies["balances"].check("balances", "wallets"),
            await _accounts_check(),
        ],
        digest=total.hexdigest() if digest else "",
    )


async def _audit_page(
    page: Sequence[Person], tallies: dict[str, _Tally], total: Digest | None, as_of: Instant
) -> None:
    member_ids = [person.id for person in page]
    people_by_id = {person.id: person for person in page}
    async with database.transaction():
        published = await programme.in_force()
        # The members' locks hold everything still but the journal, and what is added to that
        # meanwhile is left out as unsettled.
        locked = await storing.lock(member_ids)
        journals = await journal.journals_of(member_ids, settled=True)
        stored = await recalling.stored_of(member_ids)
        sums = await _sums(member_ids)
        awaiting = await journal.awaiting_refold(member_ids)
    for member in locked:
        entries = journals[member.member_id]
        standing, effects = replayed(
            published, entries, zone=member.zone, until=member.standing.moved_at
        )
        if member.member_id not in awaiting:
            _compare(member, standing, effects, stored[member.member_id], tallies)
            _compare_sums(member, sums, tallies["balances"])
        if total is not None:
            external_id = people_by_id[member.member_id].external_id
            standing, effects = _as_of(
                published, entries, standing, effects, zone=member.zone, as_of=as_of
            )
            total.add(external_id, standing, effects)


def _as_of(
    published: Programme,
    entries: list[Entry],
    standing: Standing,
    effects: Effects,
    *,
    zone: str,
    as_of: Instant,
) -> tuple[Standing, Effects]:
    """The fold as of an instant: go on from the one at hand, unless it has gone too far."""
    if max(standing.moved_at, *(entry.at for entry in entries), BEFORE_ALL) <= as_of:
        advance(standing, published, as_of, zone=zone, effects=effects)
        return standing, effects
    happened = [entry for entry in entries if entry.at <= as_of]
    return replayed(published, happened, zone=zone, until=as_of)


def _compare(
    member: Locked,
    standing: Standing,
    effects: Effects,
    stored: Stored,
    tallies: dict[str, _Tally],
) -> None:
    who = f"member {member.member_id}"
    same = packed(standing) == packed(member.standing)
    tallies["standings"].note("" if same else f"{who}: {_difference(standing, member.standing)}")
    posting = next(iter(posting_rows(effects.postings, stored.postings, Because(at=0))), None)
    tallies["ledger"].note(
        "" if posting is None else f"{who}: {posting.posting.key} lacks {posting.posting.signed:+}"
    )
    honour = next(iter(honour_rows(effects.honours, stored.honours)), None)
    tallies["effects"].note("" if honour is None else f"{who}: {honour.honour.key}")
    written, dropped = score_changes(effects.scores, stored.scores)
    place = next(iter([*written, *dropped]), None)
    tallies["scores"].note("" if place is None else f"{who}: board {place[0]}")


def _difference(should: Standing, found: Standing) -> str:
    for field in msgspec.structs.fields(Standing):
        expected, actual = getattr(should, field.name), getattr(found, field.name)
        if expected != actual:
            return f"{field.name} should be {expected!r:.200}, is {actual!r:.200}"
    return "its packed form"


_Sums = dict[tuple[str, str, str], int]
"""What the ledger's rows add up to, by member, currency and account."""


async def _sums(member_ids: Sequence[str]) -> _Sums:
    sums: _Sums = {}
    for row in await database.fetch(
        "SELECT member_id, currency, debit, credit, sum(amount) FROM ledger_entry"
        " WHERE member_id IN ? GROUP BY member_id, currency, debit, credit",
        member_ids,
    ):
        for account, amount in ((row[2], -int(row[4])), (row[3], int(row[4]))):
            place = (row[0], row[1], account)
            sums[place] = sums.get(place, 0) + amount
    return sums


def _compare_sums(member: Locked, sums: _Sums, tally: _Tally) -> None:
    for currency, wallet in member.standing.wallets.items():
        for account, expected in ((MEMBER, wallet.total()), (HELD, wallet.held)):
            found = sums.get((member.member_id, currency, account), 0)
            tally.note(
                ""
                if found == expected
                else f"member {member.member_id}: {account} {currency} has lots of {expected:,}"
                f" and ledger entries of {found:,}"
            )


async def _journal_check() -> Check:
    row = await database.fetch_one(
        "SELECT (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM pending),"
        " (SELECT count(*) FROM dead_letter)"
    )
    assert row is not None
    detail = f"{row[0]:,} entries, {row[1]:,} waiting, {row[2]:,} could not be folded"
    return Check(name="journal", ok=row[2] == 0, detail=detail)


async def _accounts_check() -> Check:
    rows = await database.fetch(
        "SELECT account, sum(amount) FROM ("
        "SELECT credit AS account, amount FROM ledger_entry UNION ALL"
        " SELECT debit AS account, -amount FROM ledger_entry) AS legs"
        " GROUP BY account ORDER BY account"
    )
    total = sum(int(row[1]) for row in rows)
    detail = ", ".join(f"{row[0]} {int(row[1]):,}" for row in rows if row[1]) or "no entries"
    return Check(name="accounts", ok=total == 0, detail=f"sum to {total:,}: {detail}"[:500])
