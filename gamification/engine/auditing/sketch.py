"""A sketch of two streams of ids: whether they are the same, in little memory. Pure.

Each id is hashed under a secret key, added to one of many heaps from the one side and taken off
it from the other. What is on both sides cancels out, in whatever order it comes; heaps that are
not even hold what is on one side only, and are small enough to be looked at id by id.
"""

import hashlib
from typing import Final

HEAPS: Final = 4_096


class Sketch:
    """Heaps of hashed ids that are even where both sides name the same."""

    __slots__ = ("_heaps", "_key")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._heaps = [0] * HEAPS

    def add(self, id: bytes, times: int = 1) -> None:
        """Put an id on, or take it off (-1)."""
        hashed = self._hash(id)
        self._heaps[hashed % HEAPS] += times * hashed

    def is_even(self) -> bool:
        """Whether both sides were the same."""
        return not any(self._heaps)

    def is_uneven_at(self, id: bytes) -> bool:
        """Whether the id may be one that makes a difference."""
        return self._heaps[self._hash(id) % HEAPS] != 0

    def _hash(self, id: bytes) -> int:
        return int.from_bytes(hashlib.blake2b(id, digest_size=16, key=self._key).digest(), "big")
