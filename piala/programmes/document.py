"""A programme as a file that people review: sections of definitions, each under its key.

    effective_from: 2026-01-01T00:00:00Z
    badges:
      first-cup:
        name: First cup
        metric: {kind: purchase, aggregate: COUNT}
        goal: 1

A file may hold several documents (`---`), each published for itself, from its `effective_from` on.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from gamification import programme
from gamification.programme import Body, Definition, DefinitionKind
from kit import clock
from kit.clock import Instant
from kit.errors import InvalidInput, Problem
from piala import yaml_files

EFFECTIVE_FROM: Final = "effective_from"
SECTIONS: Final[Mapping[str, DefinitionKind]] = {
    "activity_kinds": DefinitionKind.ACTIVITY_KIND,
    "currencies": DefinitionKind.CURRENCY,
    "earning_rules": DefinitionKind.EARNING_RULE,
    "badges": DefinitionKind.BADGE,
    "challenges": DefinitionKind.CHALLENGE,
    "streaks": DefinitionKind.STREAK,
    "tier_sets": DefinitionKind.TIER_SET,
    "leaderboards": DefinitionKind.LEADERBOARD,
    "rewards": DefinitionKind.REWARD,
    "charities": DefinitionKind.CHARITY,
    "campaigns": DefinitionKind.CAMPAIGN,
}
_PLACES: Final = {kind: place for place, kind in enumerate(SECTIONS.values())}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One definition as a file says it, and the body that this makes."""

    kind: DefinitionKind
    raw: dict[str, Any]
    body: Body

    @property
    def name(self) -> tuple[DefinitionKind, str]:
        """Kind and key."""
        return self.kind, self.raw["key"]


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """What one document of a file publishes, and from when on (None: from its publication)."""

    effective_from: Instant | None
    definitions: tuple[Said, ...]


def publications_of(documents: Sequence[Any], *, name: str) -> list[Publication]:
    """What the documents of a file say. Raises `InvalidInput` with all that is wrong in them."""
    problems: list[Problem] = []
    publications = [_publication(document, problems, name) for document in documents]
    names = [said.name for one in publications for said in one.definitions]
    for kind, key in sorted({each for each in names if names.count(each) > 1}):
        problems.append(Problem(f"{name}: {key}", f"is there twice as {kind}"))
    if problems:
        raise InvalidInput(problems)
    return publications


def text_of(definitions: Iterable[Definition]) -> str:
    """Published definitions as a file: one document for each time from which some are in force."""
    by_start: dict[Instant, list[Definition]] = {}
    for definition in definitions:
        assert definition.in_force_from is not None
        by_start.setdefault(definition.in_force_from, []).append(definition)
    return yaml_files.write(
        *(
            {EFFECTIVE_FROM: clock.isoformat(start)} | _sections(_named(by_start[start]))
            for start in sorted(by_start)
        )
    )


def difference(
    published: Iterable[Definition], publications: Iterable[Publication], *, name: str
) -> str:
    """A unified diff from the published programme to a file's, or nothing where they agree."""
    said = {one.name: one.body for file in publications for one in file.definitions}
    return "\n".join(
        difflib.unified_diff(
            _text(_named(published)).splitlines(),
            _text(said).splitlines(),
            fromfile="published",
            tofile=name,
            lineterm="",
        )
    )


_Bodies = Mapping[tuple[DefinitionKind, str], Body]


def _named(definitions: Iterable[Definition]) -> _Bodies:
    return {(definition.kind, definition.key): definition.body for definition in definitions}


def _text(bodies: _Bodies) -> str:
    return yaml_files.write(_sections(bodies)) if bodies else ""


def _sections(bodies: _Bodies) -> dict[str, Any]:
    sections: dict[str, Any] = {}
    ordered = sorted(bodies, key=lambda name: (_PLACES[name[0]], name[1]))
    names = {kind: section for section, kind in SECTIONS.items()}
    for kind, key in ordered:
        plain = dict(programme.plain(bodies[kind, key]))
        del plain["key"]
        sections.setdefault(names[kind], {})[key] = plain
    return sections


def _publication(document: Any, problems: list[Problem], name: str) -> Publication:
    if not isinstance(document, dict):
        problems.append(Problem(name, "must be sections of definitions"))
        return Publication(effective_from=None, definitions=())
    said: list[Said] = []
    for section, content in document.items():
        if section == EFFECTIVE_FROM:
            continue
        if section not in SECTIONS:
            known = ", ".join(SECTIONS)
            problems.append(Problem(f"{name}: {section}", f"is no section; there are {known}"))
        elif not isinstance(content, dict):
            problems.append(Problem(f"{name}: {section}", "must be definitions under their keys"))
        else:
            said += _section(section, content, problems, name)
    return Publication(
        effective_from=_effective_from(document, problems, name), definitions=tuple(said)
    )


def _section(
    section: str, content: Mapping[str, Any], problems: list[Problem], name: str
) -> Iterable[Said]:
    for key, value in content.items():
        path = f"{name}: {section}.{key}"
        if not isinstance(value, dict):
            problems.append(Problem(path, "must be a definition's fields"))
            continue
        raw = {"key": key, **value}
        try:
            body = programme.parsed(SECTIONS[section], raw)
        except InvalidInput as error:
            problems += [Problem(f"{path}.{one.path}", one.message) for one in error.problems]
            continue
        yield Said(kind=SECTIONS[section], raw=raw, body=body)


def _effective_from(
    document: Mapping[str, Any], problems: list[Problem], name: str
) -> Instant | None:
    text = document.get(EFFECTIVE_FROM)
    if text is None:
        return None
    try:
        return clock.parse(text)
    except (TypeError, ValueError):
        problem = "must be an instant such as 2026-01-01T00:00:00Z"
        problems.append(Problem(f"{name}: {EFFECTIVE_FROM}", problem))
        return None
