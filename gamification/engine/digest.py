"""One number for all that the fold of every journal comes to. Pure."""

import hashlib

import msgspec

from gamification.engine.effects import Effects
from gamification.engine.standing import Standing, packed

_encoder = msgspec.msgpack.Encoder(order="sorted")


class Digest:
    """A SHA-256 over members in any order: their digests are added up, and the sum is hashed."""

    def __init__(self) -> None:
        self._sum = 0
        self._members = 0

    def add(self, external_id: str, standing: Standing, effects: Effects) -> None:
        """Take a member in. One whose journal is empty leaves no mark."""
        if not standing.entries:
            return
        digest = hashlib.sha256(external_id.encode())
        digest.update(b"\0")
        digest.update(packed(standing))
        digest.update(_encoded(effects))
        self._sum = (self._sum + int.from_bytes(digest.digest(), "big")) % (1 << 256)
        self._members += 1

    def hexdigest(self) -> str:
        """The digest as 64 hexadecimal digits."""
        whole = self._sum.to_bytes(32, "big") + self._members.to_bytes(8, "big")
        return hashlib.sha256(whole).hexdigest()


def _encoded(effects: Effects) -> bytes:
    postings = sorted(
        (
            posting.key,
            posting.currency,
            posting.kind.value,
            posting.amount,
            posting.debit,
            posting.credit,
            posting.at,
            posting.available_at,
            posting.expires_at,
            posting.lots,
        )
        for posting in effects.postings
    )
    honours = sorted((honour.key, *honour.content) for honour in effects.honours)
    scores = sorted((*place, *score) for place, score in effects.scores.items())
    return _encoder.encode((postings, honours, scores))
