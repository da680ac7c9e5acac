"""The head of the chain: what a finance department writes down, and holds against us later."""

import strawberry

from api.context import Info
from api.scalars import BigInt, DateTime
from gamification import engine


@strawberry.type(
    description="The head of the chain of ledger transactions. Whoever notes its number and hash"
    " can prove later that nothing before it was changed: `piala audit --head NUMBER:HASH`."
)
class LedgerHead:
    number: BigInt = strawberry.field(description="How many transactions are linked by now.")
    hash: str = strawberry.field(
        description="A SHA-256 over the last of them and all before it, as 64 hexadecimal digits."
    )
    sealed_at: DateTime = strawberry.field(description="When the last one was linked.")

    @classmethod
    def of(cls, head: engine.LedgerHead) -> "LedgerHead":
        """The head."""
        return cls(number=BigInt(head.number), hash=head.hash, sealed_at=DateTime(head.sealed_at))


@strawberry.type
class ChainQueries:
    """What can be asked of the chain."""

    @strawberry.field(description="The head of the chain; null where nothing is linked yet.")
    async def ledger_head(self, info: Info) -> LedgerHead | None:  # noqa: ARG002
        """The head."""
        head = await engine.ledger_head()
        return None if head is None else LedgerHead.of(head)
