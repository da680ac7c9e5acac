"""Which fact wakes which work: one table.

A reaction gets the member whom the fact is about (None for everybody) and the fact. It runs in the
relay's transaction, perhaps more than once for one fact, and only asks for work; it does none.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeAlias

from kit.outbox import Fact

Reaction: TypeAlias = Callable[[str | None, Fact], Awaitable[None]]

REACTIONS: Final[Mapping[str, Sequence[Reaction]]] = {}


async def react(member_id: str | None, fact: Fact) -> None:
    """Wake all that reacts to this fact."""
    for reaction in REACTIONS.get(fact["type"], ()):
        await reaction(member_id, fact)
