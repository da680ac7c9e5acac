"""A counter keeps one member's value of one metric."""

import msgspec

from gamification.journal import AttributeValue
from gamification.metrics.metric import Aggregate


class Counter(msgspec.Struct, array_like=True):
    """The value so far; DISTINCT also remembers what it has seen, as far as anybody asks."""

    value: int = 0
    seen: list[str] = []

    def add(self, value: AttributeValue, aggregate: Aggregate, *, up_to: int) -> bool:
        """Take a happening's value in; True where the counter moved.

        `up_to` is the highest goal: a distinct count remembers no more values than that, so that
        a standing stays small.
        """
        if aggregate is Aggregate.DISTINCT:
            text = str(value)
            if text in self.seen or len(self.seen) >= up_to:
                return False
            self.seen = [*self.seen, text]
            self.value = len(self.seen)
            return True
        number = int(value)
        after = max(self.value, number) if aggregate is Aggregate.MAX else self.value + number
        moved = after != self.value
        self.value = after
        return moved
