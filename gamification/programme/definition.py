"""One version of one definition."""

from enum import StrEnum

import msgspec

from gamification.programme.kinds import Body, DefinitionKind
from kit.clock import Instant


class DefinitionState(StrEnum):
    """A draft can be changed and has no effect; what is published stays as it is."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"


class Ref(msgspec.Struct, frozen=True):
    """Names one version of one definition."""

    kind: DefinitionKind
    key: str
    version: int


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """A version and the time from which it is in force (event time), where it is published."""

    kind: DefinitionKind
    key: str
    version: int
    state: DefinitionState
    body: Body
    in_force_from: Instant | None = None
    published_at: Instant | None = None

    @property
    def ref(self) -> Ref:
        """Its name."""
        return Ref(self.kind, self.key, self.version)
