"""Making a draft of what an input says."""

from typing import Any

from api.context import Info
from api.defining.bodies import body_of
from gamification import programme
from gamification.programme import Definition, DefinitionKind


async def draft(info: Info, kind: DefinitionKind, said: Any) -> Definition:
    """The draft; the same content again is the same version. Raises `InvalidInput`."""
    return await programme.define(kind, body_of(said), by=info.context.viewer.key)
