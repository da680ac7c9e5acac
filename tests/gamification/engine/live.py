"""One member's stored state, settled as the engine does it, without a database."""

import msgspec

from gamification.engine.checkpoints import superfluous
from gamification.engine.difference import Because, StoredHonour, stored_posting
from gamification.engine.settlement import (
    Stored,
    advanced,
    continued,
    is_in_order,
    refolded,
    replayed,
)
from gamification.engine.standing import Standing, packed, unpacked
from gamification.ledger import HELD, MEMBER, EntryKind


class Live:
    """Standing as bytes, rows that are only ever appended, scores that are overwritten."""

    def __init__(self, programme, zone):
        self.programme, self.zone = programme, zone
        self.state, self.revision = packed(Standing()), 0
        self.journal = {}
        self.postings, self.honours, self.scores = {}, {}, {}
        self.fast = self.slow = 0
        self.checkpoints = {}

    def settle(self, entries):
        """Take entries in, some of which may be known already."""
        new = {one.source: one for one in entries if one.source not in self.journal}
        self.journal |= new
        ordered = sorted(new.values(), key=lambda one: (one.at, one.source))
        if not ordered:
            return
        standing = unpacked(self.state)
        if is_in_order(standing, ordered):
            self.fast += 1
            self._write(
                continued(standing, self.programme, ordered, zone=self.zone, revision=self.revision)
            )
        else:
            self.slow += 1
            earliest = min(
                self.journal[one.target].at if one.type == "RETRACTION" else one.at
                for one in ordered
            )
            refunds = {one.target: one.source for one in ordered if one.type == "RETRACTION"}
            because = Because(at=ordered[-1].at, refunds=refunds)
            self._refold(standing.moved_at, because, self._checkpoint(earliest))

    def publish(self, programme, at):
        """Let another programme apply to all of the past."""
        self.programme = programme
        self._refold(unpacked(self.state).moved_at, Because(at=at), None)

    def sweep(self, to):
        """Let time alone pass."""
        standing = unpacked(self.state)
        self._write(advanced(standing, self.programme, to, zone=self.zone, revision=self.revision))

    def _checkpoint(self, earliest):
        before = [at for at in self.checkpoints if at < earliest]
        return self.checkpoints[max(before)] if before else None

    def _refold(self, until, because, checkpoint):
        journal, stored = list(self.journal.values()), self.stored()
        if checkpoint is not None:
            journal = [one for one in journal if one.at > checkpoint.at]
            stored = self.stored_after(checkpoint.at)
        self._write(
            refolded(
                self.programme,
                journal,
                stored,
                because,
                zone=self.zone,
                until=until,
                checkpoint=checkpoint,
                revision=self.revision,
            )
        )

    def stored(self):
        """What the rows add up to."""
        return Stored(
            postings={
                key: stored_posting((row.posting, row.revision) for row in rows)
                for key, rows in self.postings.items()
            },
            honours={
                key: StoredHonour(
                    honour=rows[-1].honour, holds=rows[-1].change >= 0, revision=rows[-1].revision
                )
                for key, rows in self.honours.items()
            },
            scores=dict(self.scores),
        )

    def stored_after(self, at):
        """What took effect after an instant, as the database recalls it."""
        stored = self.stored()
        return Stored(
            postings={
                key: one
                for key, one in stored.postings.items()
                if any(row.posting.at > at for row in self.postings[key])
                and (not one.net or one.posting.at > at)
            },
            honours={
                key: one
                for key, one in stored.honours.items()
                if any(row.honour.at > at for row in self.honours[key])
                and (not one.holds or one.honour.at > at)
            },
            scores={place: one for place, one in stored.scores.items() if one[1] > at},
        )

    def _write(self, settlement):
        for kept, rows, key_of in (
            (self.postings, settlement.postings, lambda row: row.posting.key),
            (self.honours, settlement.honours, lambda row: row.honour.key),
        ):
            for row in rows:
                earlier = kept.setdefault(key_of(row), [])
                newest = earlier[-1].revision if earlier else -1
                assert row.revision > newest, f"a second {key_of(row)}@{row.revision}"
                earlier.append(row)
        for row in settlement.postings:
            assert row.posting.amount > 0
        self.scores |= settlement.scores
        for place in settlement.dropped_scores:
            del self.scores[place]
        self.state, self.revision = packed(settlement.standing), settlement.revision
        if settlement.since is not None:
            kept = {at: one for at, one in self.checkpoints.items() if at <= settlement.since}
            self.checkpoints = kept
        self.checkpoints |= {one.at: one for one in settlement.checkpoints}
        of = settlement.standing.entries
        known = [(one.at, one.entries) for one in self.checkpoints.values()]
        for at in superfluous(known, of=of):
            del self.checkpoints[at]

    def digest(self, until):
        """Standing and effective effects, advanced to an instant."""
        self.sweep(until)
        stored = self.stored()
        return (
            unpacked(self.state),
            {key: said(one.posting, one.net) for key, one in stored.postings.items() if one.net},
            {key: one.honour.content for key, one in stored.honours.items() if one.holds},
            stored.scores,
        )

    def sums(self):
        """What all ledger rows add up to, by currency and account."""
        sums = {}
        for rows in self.postings.values():
            for row in rows:
                one = row.posting
                for account, amount in ((one.debit, -one.amount), (one.credit, one.amount)):
                    place = one.currency, account
                    sums[place] = sums.get(place, 0) + amount
        return sums

    def assert_conserved(self):
        """Ledger = lots = balance, and all accounts sum to zero."""
        sums = self.sums()
        for currency, wallet in unpacked(self.state).wallets.items():
            assert sums.get((currency, MEMBER), 0) == wallet.total()
            assert sums.get((currency, HELD), 0) == wallet.held
        assert sum(sums.values()) == 0


def said(posting, amount):
    """All that a posting says of an amount. Its rule's version is that of when it was posted."""
    lots = () if posting.kind is EntryKind.EXPIRE else posting.lots
    subject = posting.subject.split("@")[0]
    plain = msgspec.structs.replace(posting, amount=amount, lots=lots, subject=subject, cause="")
    return msgspec.structs.astuple(plain)


def from_nothing(programme, journal, *, zone, until):
    """The digest of a fold of the whole journal."""
    standing, effects = replayed(programme, list(journal), zone=zone, until=until)
    keys = [one.key for one in effects.postings] + [one.key for one in effects.honours]
    assert len(keys) == len(set(keys)), "two effects of one key"
    return (
        standing,
        {one.key: said(one, one.amount) for one in effects.postings},
        {one.key: one.content for one in effects.honours},
        effects.scores,
    )
