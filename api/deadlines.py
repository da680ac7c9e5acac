"""Nothing that is asked here may run for ever."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

TIMEOUT: Final = "TIMEOUT"


class Deadline(SchemaExtension):
    """Ends an operation after so many seconds; of a subscription, only the opening."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    async def on_execute(self) -> AsyncIterator[None]:
        """Raises `GraphQLError` when the time is up. What was begun may still be committed."""
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except TimeoutError:
            raise GraphQLError(
                f"The request took longer than {self._seconds:g} seconds. Whether it took effect "
                "is not known; sent again with the same idempotency key, it takes effect once.",
                extensions={"code": TIMEOUT},
            ) from None
