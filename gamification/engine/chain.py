"""The chain of ledger transactions: fingerprints of rows, digests, and the links. Pure.

A transaction lists what it settled in pieces of 32 bytes: a row's id, and the fingerprint of all
that stands in the row. Its digest covers its lists; each seal's hash covers the digest and the
seal before, so whoever knows the last hash knows every byte that came before it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from gamification.engine.models import EFFECTS
from gamification.journal import JOURNAL
from gamification.ledger import LEDGER
from kit.clock import Instant
from kit.database import Table

RELATIONS: Final[tuple[Table, ...]] = (JOURNAL, LEDGER, EFFECTS)
"""The tables whose rows transactions list, in the order of the lists."""

NO_HASH: Final = "0" * 64
"""What stands before the first seal."""

_ID: Final = 16
_PIECE: Final = 32
_encode = msgspec.msgpack.Encoder().encode


def fingerprint(row: Sequence[Any]) -> bytes:
    """All columns of a row as stored, in sixteen bytes."""
    return hashlib.blake2b(_encode(tuple(row)), digest_size=16).digest()


def listed(rows: Iterable[Sequence[Any]]) -> bytes:
    """The pieces of these rows, whose ids come first in each."""
    return b"".join(packed_id(row[0]) + fingerprint(row) for row in rows)


def pieces(listing: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The ids of a list, packed, with the fingerprints of their rows."""
    for start in range(0, len(listing), _PIECE):
        middle = start + _ID
        yield listing[start:middle], listing[middle : start + _PIECE]


def packed_id(id: str) -> bytes:
    """An id in sixteen bytes. Raises `ValueError` where it is none of ours."""
    packed = bytes.fromhex(id.replace("-", ""))
    if len(packed) != _ID:
        raise ValueError(id)
    return packed


def written_id(packed: bytes) -> str:
    """An id as it stands in the tables."""
    digits = packed.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def digest_of(id: str, recorded_at: Instant, lists: Sequence[bytes]) -> str:
    """The digest of a transaction."""
    hashed = hashlib.sha256(_encode((id, recorded_at, [len(one) for one in lists])))
    for one in lists:
        hashed.update(one)
    return hashed.hexdigest()


def hash_of(previous: str, *, number: int, transaction_id: str, digest: str, at: Instant) -> str:
    """The hash of a seal: the link to the one before it."""
    link = _encode((previous, number, transaction_id, digest, at))
    return hashlib.sha256(link).hexdigest()
