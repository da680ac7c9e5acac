"""A standing: one member's whole state, as one packed value."""

import msgspec

from gamification.badges import BadgeState
from gamification.challenges import ChallengeState
from gamification.leaderboards import ScoreState
from gamification.ledger import NEVER, Wallet
from gamification.streaks import StreakState
from gamification.tiers import TierState
from kit.clock import Instant

BEFORE_ALL: Instant = -(1 << 62)


class Hold(msgspec.Struct, array_like=True):
    """Points set aside: for which account and purpose, from which lots, until when.

    `written_off` is how many of them the member did not have: a replay took them on the house.
    """

    currency: str
    points: int
    account: str
    subject: str
    release_at: Instant
    lots: list[tuple[str, int, Instant, Instant, Instant]]
    written_off: int = 0


class Standing(msgspec.Struct, array_like=True):
    """What the fold of a journal has come to.

    `last_at` and `last_source` are the newest entry's place in the journal, `moved_at` the newest
    due time that something happened at by itself. `next_due` is when that will be next.
    """

    last_at: Instant = BEFORE_ALL
    last_source: str = ""
    moved_at: Instant = BEFORE_ALL
    next_due: Instant = NEVER
    entries: int = 0
    wallets: dict[str, Wallet] = {}
    capped: dict[str, list[int]] = {}
    badges: dict[str, BadgeState] = {}
    challenges: dict[str, ChallengeState] = {}
    streaks: dict[str, StreakState] = {}
    tiers: dict[str, TierState] = {}
    scores: dict[str, ScoreState] = {}
    holds: dict[str, Hold] = {}

    def wallet(self, currency: str) -> Wallet:
        """The wallet of that currency, opened where there is none yet."""
        found = self.wallets.get(currency)
        if found is None:
            found = self.wallets[currency] = Wallet()
        return found

    def holdings(self, currency: str) -> int:
        """All that the member has of a currency: to be spent, not yet, or set aside."""
        found = self.wallets.get(currency)
        return found.total() + found.held if found is not None else 0


class Outline(msgspec.Struct, array_like=True):
    """As much of a packed standing as is read to see what changed; the rest stays packed.

    The fields stand in the order of `Standing`'s.
    """

    last_at: Instant
    last_source: str
    moved_at: Instant
    next_due: Instant
    entries: int
    wallets: msgspec.Raw
    capped: msgspec.Raw
    badges: msgspec.Raw
    challenges: dict[str, ChallengeState]
    streaks: dict[str, StreakState]
    tiers: msgspec.Raw
    scores: dict[str, ScoreState]


_encoder = msgspec.msgpack.Encoder(order="sorted")
_decoder = msgspec.msgpack.Decoder(Standing)
_outlines = msgspec.msgpack.Decoder(Outline)


def packed(standing: Standing) -> bytes:
    """The standing as it is stored; equal standings give equal bytes."""
    return _encoder.encode(standing)


def unpacked(state: bytes) -> Standing:
    """The standing that was stored as `state`."""
    return _decoder.decode(state)


def outlined(state: bytes) -> Outline:
    """The outline of a packed standing: cheap, even where a wallet has a hundred thousand lots."""
    return _outlines.decode(state)
