"""The shop that the API's tests ask."""

from collections.abc import AsyncIterator

import pytest

from tests.api import shop as shops
from tests.api.shop import Shop


@pytest.fixture
async def shop(database, clock) -> AsyncIterator[Shop]:
    """A shop with five members and a programme that has one of everything, on either database."""
    async with shops.opened() as shop:
        yield shop
