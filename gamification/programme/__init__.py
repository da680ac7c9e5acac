"""The programme: definitions in versions, published together, compiled into one value."""

from gamification.programme.checks import Catalogue
from gamification.programme.compiling import current, in_force
from gamification.programme.definition import Definition, DefinitionState, Ref
from gamification.programme.drafting import (
    define,
    definitions_page,
    find_definition,
    newest_bodies,
)
from gamification.programme.edition import Edition, Plan, attribute_types, compiled
from gamification.programme.kinds import Body, DefinitionKind, declare, parsed, plain
from gamification.programme.programme import ALWAYS, Programme, programme_of
from gamification.programme.publishing import Backfill, Revision, Scope, publish

__all__ = [
    "ALWAYS",
    "Backfill",
    "Body",
    "Catalogue",
    "Definition",
    "DefinitionKind",
    "DefinitionState",
    "Edition",
    "Plan",
    "Programme",
    "Ref",
    "Revision",
    "Scope",
    "attribute_types",
    "compiled",
    "current",
    "declare",
    "define",
    "definitions_page",
    "find_definition",
    "in_force",
    "newest_bodies",
    "parsed",
    "plain",
    "programme_of",
    "publish",
]
