"""Comparing: members' stored standings, ledgers, effects and scores with a fold from nothing."""

from collections.abc import Mapping, Sequence

import msgspec

from gamification import journal, leaderboards, programme
from gamification.engine import budgeting, checkpointing, recalling, storing
from gamification.engine.auditing import debits, decisions
from gamification.engine.auditing.checks import Check, Tally
from gamification.engine.checkpoints import Checkpoint
from gamification.engine.difference import Because, honour_rows, posting_rows, score_changes
from gamification.engine.digest import Digest
from gamification.engine.effects import Effects
from gamification.engine.fold import advance
from gamification.engine.folding import Person
from gamification.engine.settlement import Stored, replayed, wrong_checkpoint
from gamification.engine.standing import BEFORE_ALL, Standing, packed, unpacked
from gamification.engine.storing import Locked
from gamification.journal import Entry
from gamification.ledger import HELD, MEMBER, NEVER
from gamification.programme import Programme
from kit import clock, database
from kit.clock import Instant

_Sums = dict[tuple[str, str, str], int]
"""What the ledger's rows add up to, by member, currency and account."""


class Rows(msgspec.Struct, kw_only=True):
    """What is stored of a page of members, beside their standings."""

    stored: Mapping[str, Stored]
    sums: _Sums
    due: Mapping[str, Instant | None]
    checkpoints: Mapping[str, list[Checkpoint]]
    ties: Mapping[str, Mapping[tuple[str, Instant], int]]
    awaiting: set[str]
    silent: set[str]


class Comparison:
    """All that is compared member by member, and how it came out."""

    def __init__(self) -> None:
        self.members = 0
        self._standings = Tally(unit="members")
        self._checkpoints = Tally(unit="checkpoints")
        self._ledger = Tally(unit="members")
        self._effects = Tally(unit="members")
        self._scores = Tally(unit="members")
        self._balances = Tally(unit="wallets")
        self._debits = Tally(unit="members")
        self._decisions = Tally(unit="members")

    def checks(self) -> list[Check]:
        """The checks, in the order in which they are told."""
        return [
            self._standings.check("standings"),
            self._checkpoints.check("checkpoints"),
            self._ledger.check("ledger"),
            self._effects.check("effects"),
            self._scores.check("scores"),
            self._balances.check("balances"),
            self._debits.check("debits"),
            self._decisions.check("decisions"),
        ]

    async def look_at(self, page: Sequence[Person], total: Digest | None, as_of: Instant) -> None:
        """Compare some members; the digest takes them in as of that moment."""
        member_ids = [person.id for person in page]
        people_by_id = {person.id: person for person in page}
        self.members += len(page)
        async with database.transaction():
            published = await programme.in_force()
            # The members' locks hold everything still but the journal, and what is added to that
            # meanwhile is left out as unsettled.
            locked = await storing.lock(member_ids)
            settled = await journal.journals_of(member_ids, settled=True)
            journals = dict(await budgeting.attached(settled, published))
            rows = await _rows(member_ids)
        for id in people_by_id.keys() - {member.member_id for member in locked}:
            self._standings.differ(f"member {id}: has no standing")
        for member in locked:
            entries = journals.pop(member.member_id)
            standing, effects = replayed(
                published, entries, zone=member.zone, until=member.standing.moved_at
            )
            if member.member_id not in rows.awaiting:
                self._compare(member, standing, effects, rows)
                self._compare_checkpoints(member, published, entries, rows)
                self._compare_laws(member, effects, entries, rows)
            if total is not None:
                external_id = people_by_id[member.member_id].external_id
                standing, effects = _as_of(
                    published, entries, standing, effects, zone=member.zone, as_of=as_of
                )
                total.add(external_id, standing, effects)

    def _compare(self, member: Locked, standing: Standing, effects: Effects, rows: Rows) -> None:
        who = f"member {member.member_id}"
        stored = rows.stored[member.member_id]
        same = packed(standing) == packed(member.standing)
        difference = "" if same else _difference(standing, member.standing)
        difference = difference or _due_difference(member, standing, rows)
        self._standings.note(f"{who}: {difference}" if difference else "")
        posting = next(iter(posting_rows(effects.postings, stored.postings, Because(at=0))), None)
        self._ledger.note(
            ""
            if posting is None
            else f"{who}: {posting.posting.key} lacks {posting.posting.signed:+}"
        )
        honour = next(iter(honour_rows(effects.honours, stored.honours)), None)
        self._effects.note("" if honour is None else f"{who}: {honour.honour.key}")
        difference = _score_difference(member, effects, rows)
        self._scores.note(f"{who}: {difference}" if difference else "")

    def _compare_checkpoints(
        self, member: Locked, published: Programme, entries: Sequence[Entry], rows: Rows
    ) -> None:
        kept = rows.checkpoints.get(member.member_id, [])
        if not kept:
            return
        wrong = wrong_checkpoint(published, entries, kept, zone=member.zone)
        for one in kept:
            state = unpacked(one.state) if one is not wrong else Standing()
            if one is wrong or one.at != max(state.last_at, state.moved_at):
                when = clock.isoformat(one.at)
                self._checkpoints.note(f"member {member.member_id}: that of {when}")
            else:
                self._checkpoints.note("")

    def _compare_laws(
        self, member: Locked, effects: Effects, entries: Sequence[Entry], rows: Rows
    ) -> None:
        who = f"member {member.member_id}"
        for name, difference in _sum_differences(member, rows.sums):
            self._balances.note(f"{who}: {name} {difference}" if difference else "")
        for tally, fault in (
            (self._debits, debits.fault(effects.postings)),
            (self._decisions, decisions.fault(entries)),
        ):
            tally.note(f"{who}: {fault}" if fault else "")


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


def _difference(should: Standing, found: Standing) -> str:
    for field in msgspec.structs.fields(Standing):
        expected, actual = getattr(should, field.name), getattr(found, field.name)
        if expected != actual:
            return f"{field.name} should be {expected!r:.200}, is {actual!r:.200}"
    return "its packed form"


def _due_difference(member: Locked, standing: Standing, rows: Rows) -> str:
    """Whether the standing's row is looked at again when something falls due for it."""
    expected = None if standing.next_due >= NEVER else standing.next_due
    found = rows.due.get(member.member_id)
    if found == expected or (found is None and member.member_id in rows.silent):
        return ""
    return f"next_due_at should be {expected}, is {found}"


def _score_difference(member: Locked, effects: Effects, rows: Rows) -> str:
    written, dropped = score_changes(effects.scores, rows.stored[member.member_id].scores)
    for board, _ in [*written, *dropped]:
        return f"board {board}"
    for (board, period), tie in rows.ties.get(member.member_id, {}).items():
        if tie != leaderboards.tiebreak(board, member.external_id):
            return f"board {board}, the tiebreak of period {period}"
    return ""


def _sum_differences(member: Locked, sums: _Sums) -> list[tuple[str, str]]:
    """For each account of each currency that lots or rows know of, what differs."""
    wallets = member.standing.wallets
    held = {currency for id, currency, _ in sums if id == member.member_id}
    found = []
    for currency in sorted({*wallets, *held}):
        wallet = wallets.get(currency)
        total, set_aside = (wallet.total(), wallet.held) if wallet else (0, 0)
        for account, expected in ((MEMBER, total), (HELD, set_aside)):
            rows = sums.get((member.member_id, currency, account), 0)
            difference = f"has lots of {expected:,} and ledger entries of {rows:,}"
            found.append((f"{account} {currency}", "" if rows == expected else difference))
    return found


async def _rows(member_ids: Sequence[str]) -> Rows:
    return Rows(
        stored=await recalling.stored_of(member_ids),
        sums=await _sums(member_ids),
        due=await _due(member_ids),
        checkpoints=await checkpointing.of_members(member_ids),
        ties=await _ties(member_ids),
        awaiting=await journal.awaiting_refold(member_ids),
        silent=await _silent(member_ids),
    )


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


async def _due(member_ids: Sequence[str]) -> dict[str, Instant | None]:
    rows = await database.fetch(
        "SELECT member_id, next_due_at FROM standing WHERE member_id IN ?", member_ids
    )
    return {row[0]: row[1] for row in rows}


async def _ties(member_ids: Sequence[str]) -> dict[str, dict[tuple[str, Instant], int]]:
    ties: dict[str, dict[tuple[str, Instant], int]] = {}
    for row in await database.fetch(
        "SELECT member_id, board, period, tiebreak FROM score WHERE member_id IN ?", member_ids
    ):
        ties.setdefault(row[0], {})[row[1], row[2]] = row[3]
    return ties


async def _silent(member_ids: Sequence[str]) -> set[str]:
    """Members for whom nothing may fall due: an entry of theirs could not be folded."""
    rows = await database.fetch(
        "SELECT member_id FROM dead_letter WHERE member_id IN ?", member_ids
    )
    return {row[0] for row in rows}
