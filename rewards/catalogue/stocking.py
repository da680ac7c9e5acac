"""Taking from the stock and putting back, so that nothing is given out that is not there."""

from kit import database
from kit.errors import SoldOut
from rewards.catalogue.definition import COUNT_MAX, Reward
from rewards.catalogue.models import STOCK


async def take_one(reward: Reward) -> None:
    """Take one, inside the caller's transaction. Raises `SoldOut`.

    The row stays locked until the transaction ends, so this comes late in it.
    """
    if await _took_one(reward):
        return
    await database.insert(STOCK, [(reward.key, 0)], "ON CONFLICT (reward) DO NOTHING")
    if not await _took_one(reward):
        raise SoldOut(reward.key)


async def put_one_back(reward: str) -> None:
    """Put one back that was taken, inside the caller's transaction; late in it, like taking."""
    changed = await database.execute(
        "UPDATE reward_stock SET taken = taken - 1 WHERE reward = ? AND taken > 0", reward
    )
    assert changed == 1, f"more of {reward!r} came back than was taken"


async def _took_one(reward: Reward) -> bool:
    changed = await database.execute(
        "UPDATE reward_stock SET taken = taken + 1 WHERE reward = ? AND taken < ?",
        reward.key,
        COUNT_MAX if reward.stock is None else reward.stock,
    )
    return changed == 1
