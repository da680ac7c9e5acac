"""The one place that makes ids: UUIDs of version 7, which sort by the time they were made."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Final

from kit import clock

_RANDOM_BITS: Final = 74
_STEP_BITS: Final = 32

_random_bits: Callable[[int], int] = secrets.randbits
_last = 0


def new() -> str:
    """A new id as canonical text; each is greater than every earlier one of this process."""
    global _last
    milliseconds = clock.now() // 1_000
    # The top random bit stays free, so that the steps below never run into the time.
    fresh = milliseconds << _RANDOM_BITS | _random_bits(_RANDOM_BITS - 1)
    _last = fresh if fresh > _last else _last + 1 + _random_bits(_STEP_BITS)
    return _written(_last)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Make the ids inside the block repeatable: the same seed and clock give the same ids."""
    global _random_bits, _last
    before = _random_bits, _last
    _random_bits, _last = Random(seed).getrandbits, 0
    try:
        yield
    finally:
        _random_bits, _last = before


def _written(number: int) -> str:
    time, rest = number >> _RANDOM_BITS, number & (1 << _RANDOM_BITS) - 1
    version, variant = 0x7000 | rest >> 62, 0x2 << 62 | rest & (1 << 62) - 1
    digits = f"{time:012x}{version:04x}{variant:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
