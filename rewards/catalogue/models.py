"""The table of what has gone out of stock."""

from kit.database import Table

STOCK = Table("reward_stock", {"reward": "text", "taken": "bigint"})
