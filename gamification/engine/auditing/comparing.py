"""Comparing: members' stored standings, ledgers, effects and scores with a fold from nothing."""

from collections.abc import Sequence

import msgspec

from gamification import leaderboards
from gamification.engine.auditing import debits, decisions
from gamification.engine.auditing.checks import Check, Tally
from gamification.engine.auditing.reading import Page, Rows, Sums, read
from gamification.engine.difference import Because, honour_rows, posting_rows, score_changes
from gamification.engine.digest import Digest
from gamification.engine.effects import Effects
from gamification.engine.fold import advance
from gamification.engine.folding import Person
from gamification.engine.settlement import replayed, wrong_checkpoint
from gamification.engine.standing import BEFORE_ALL, Standing, packed, unpacked
from gamification.engine.storing import Locked
from gamification.journal import Entry
from gamification.ledger import HELD, MEMBER, NEVER
from gamification.programme import Programme
from kit import clock
from kit.clock import Instant


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

    async def look_at(self, people: Sequence[Person], total: Digest | None, at: Instant) -> None:
        """Compare some members; the digest takes them in as of that moment."""
        self.members += len(people)
        pages, unread = await read(people)
        for member_id, why in unread.items():
            self._standings.note(f"member {member_id}: {why}")
        for page in pages:
            self._look_at(page, total, at)

    def _look_at(self, page: Page, total: Digest | None, at: Instant) -> None:
        external_ids = {person.id: person.external_id for person in page.people}
        for id in external_ids.keys() - {member.member_id for member in page.locked}:
            self._standings.note(f"member {id}: has no standing")
        for member in page.locked:
            entries = page.journals.pop(member.member_id)
            try:
                standing, effects = self._fold(page, member, entries)
            except Exception as error:  # noqa: BLE001 - whatever was altered, the others are compared
                self._standings.note(f"member {member.member_id}: cannot be folded: {error!r:.200}")
                continue
            if total is not None:
                zone, published = member.zone, page.published
                then = _as_of(published, entries, standing, effects, zone=zone, as_of=at)
                total.add(external_ids[member.member_id], *then)

    def _fold(self, page: Page, member: Locked, entries: list[Entry]) -> tuple[Standing, Effects]:
        standing, effects = replayed(
            page.published, entries, zone=member.zone, until=member.standing.moved_at
        )
        if member.member_id not in page.rows.awaiting:
            self._compare(member, standing, effects, page.rows)
            self._compare_checkpoints(member, page.published, entries, page.rows)
            self._compare_laws(member, effects, entries, page)
        return standing, effects

    def _compare(self, member: Locked, standing: Standing, effects: Effects, rows: Rows) -> None:
        who = f"member {member.member_id}"
        stored = rows.stored[member.member_id]
        same = packed(standing) == packed(member.standing)
        difference = "" if same else _difference(standing, member.standing)
        difference = difference or _row_difference(member, standing, rows)
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
        self, member: Locked, effects: Effects, entries: Sequence[Entry], page: Page
    ) -> None:
        who = f"member {member.member_id}"
        for name, difference in _sum_differences(member, page.rows.sums):
            self._balances.note(f"{who}: {name} {difference}" if difference else "")
        for tally, fault in (
            (self._debits, debits.fault(effects.postings, sliding=page.published.sliding)),
            (self._decisions, decisions.fault(entries, dead=page.rows.dead)),
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


def _row_difference(member: Locked, standing: Standing, rows: Rows) -> str:
    """What the standing's row says beside its state: when it is due, and which number is next."""
    due = None if standing.next_due >= NEVER else standing.next_due
    found = rows.due.get(member.member_id)
    if found != due and not (found is None and member.member_id in rows.silent):
        return f"next_due_at should be {due}, is {found}"
    stored = rows.stored[member.member_id]
    used = [posting.revision for posting in stored.postings.values()]
    used += [honour.revision for honour in stored.honours.values()]
    if max(used, default=0) > member.revision:
        return f"revision {member.revision} is behind that of a row, {max(used)}"
    return ""


def _score_difference(member: Locked, effects: Effects, rows: Rows) -> str:
    written, dropped = score_changes(effects.scores, rows.stored[member.member_id].scores)
    for board, _ in [*written, *dropped]:
        return f"board {board}"
    for (board, period), tie in rows.ties.get(member.member_id, {}).items():
        if tie != leaderboards.tiebreak(board, member.external_id):
            return f"board {board}, the tiebreak of period {period}"
    return ""


def _sum_differences(member: Locked, sums: Sums) -> list[tuple[str, str]]:
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
