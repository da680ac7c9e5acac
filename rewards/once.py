"""The same request, the same answer, although its twin may be at work at this very moment."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from kit.errors import PialaError

T = TypeVar("T")


async def once(known: Callable[[], Awaitable[T | None]], act: Callable[[], Awaitable[T]]) -> T:
    """The answer that is `known` already, else the one that `act` gives.

    A refusal is looked at twice: the last item may be gone because the twin of this request has
    just taken it, and then its answer is ours too.
    """
    earlier = await known()
    if earlier is not None:
        return earlier
    try:
        return await act()
    except PialaError:
        earlier = await known()
        if earlier is None:
            raise
        return earlier
