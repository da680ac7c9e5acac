"""Effects: what the fold asks for. Each has a key built from its cause and subject."""

from enum import StrEnum

import msgspec

from gamification.ledger import Posting
from gamification.rules import CapMode
from kit.clock import Instant


class HonourKind(StrEnum):
    """What an honour is about."""

    BADGE = "badge"
    TIER = "tier"
    CHALLENGE = "challenge"


class Honour(msgspec.Struct, frozen=True, kw_only=True):
    """A badge won, a tier changed, a challenge completed.

    `value` is the badge's level or the tier reached, `previous` the tier before. `cause` is the
    source of the entry behind it, empty where time alone was.
    """

    kind: HonourKind
    key: str
    subject: str
    value: str
    at: Instant
    version: int
    previous: str = ""
    cause: str = ""

    @property
    def content(self) -> tuple[str, str, Instant, int]:
        """What must be equal for two honours of one key to say the same."""
        return self.value, self.previous, self.at, self.version


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Points that an entry would get from a rule with a common budget of `limit` points.

    The fold cannot know what is left of a budget: it grants what it assumes (`assumed`, all of them
    where nobody told it better), and whoever settles decides.
    """

    source: str
    member_id: str
    at: Instant
    rule: str
    points: int
    assumed: int
    limit: int
    mode: CapMode


Scores = dict[tuple[str, Instant], tuple[int, Instant]]
"""`(board, period)` → `(score, reached at)`."""


class Effects:
    """What a stretch of folding asks for, in the order in which it happened."""

    __slots__ = ("honours", "postings", "scores", "wishes")

    def __init__(self) -> None:
        self.postings: list[Posting] = []
        self.honours: list[Honour] = []
        self.scores: Scores = {}
        self.wishes: list[Wish] = []
