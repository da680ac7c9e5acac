"""Bringing the published programme to what a file says, and writing one from it."""

from pathlib import Path
from typing import Final

import msgspec

from gamification import programme
from gamification.programme import Definition, DefinitionKind, DefinitionState, Ref, Revision
from kit import database
from kit.errors import InvalidInput, Problem
from piala import yaml_files
from piala.programmes.document import Publication, Said, difference, publications_of, text_of

PAGE: Final = 100


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What was published, how much of the file was so already, and what the file leaves out.

    What is published cannot be withdrawn, so what is left out stays in force.
    """

    revisions: tuple[Revision, ...]
    published: tuple[Ref, ...]
    unchanged: int
    left: tuple[tuple[DefinitionKind, str], ...] = ()


async def apply(path: Path, *, by: str) -> Applied:
    """Define and publish what differs, one revision for each document of the file, or nothing
    at all. Raises `InvalidInput` with everything that is wrong with the file."""
    return await apply_documents(read(path), by=by)


async def apply_documents(publications: list[Publication], *, by: str) -> Applied:
    """Define and publish what differs from the published programme, in one transaction."""
    return await database.unit_of_work(_apply, publications, by)


async def export() -> str:
    """The published programme as a file."""
    return text_of(await published())


async def diff(path: Path) -> str:
    """What `apply` would change, as a unified diff; empty where nothing would."""
    publications = read(path)
    return difference(await published(), publications, name=path.name)


async def published() -> list[Definition]:
    """The newest published version of every definition."""
    newest: dict[tuple[DefinitionKind, str], Definition] = {}
    after = None
    while True:
        page = await programme.definitions_page(
            state=DefinitionState.PUBLISHED, after=after, limit=PAGE
        )
        for definition in page:
            known = newest.get((definition.kind, definition.key))
            if known is None or known.version < definition.version:
                newest[definition.kind, definition.key] = definition
        if len(page) < PAGE:
            return list(newest.values())
        after = (page[-1].kind, page[-1].key, page[-1].version)


def read(path: Path) -> list[Publication]:
    """What a programme file says. Raises `InvalidInput` and `OSError`."""
    return publications_of(yaml_files.read(path), name=path.name)


async def _apply(publications: list[Publication], by: str) -> Applied:
    revisions: list[Revision] = []
    refs: list[Ref] = []
    unchanged = 0
    async with database.transaction():
        known = {(one.kind, one.key): one.body for one in await published()}
        for publication in publications:
            changed = [
                said for said in publication.definitions if known.get(said.name) != said.body
            ]
            unchanged += len(publication.definitions) - len(changed)
            drafts = await _defined(changed, by)
            if drafts:
                revisions.append(
                    await programme.publish(
                        drafts, effective_from=publication.effective_from, by=by
                    )
                )
                refs += drafts
    said = {one.name for publication in publications for one in publication.definitions}
    return Applied(
        revisions=tuple(revisions),
        published=tuple(refs),
        unchanged=unchanged,
        left=tuple(sorted(known.keys() - said)),
    )


async def _defined(changed: list[Said], by: str) -> list[Ref]:
    drafts: list[Ref] = []
    problems: list[Problem] = []
    # Rules may name tiers, which stand behind them in a file; nothing names rules.
    for said in sorted(changed, key=lambda one: one.kind is DefinitionKind.EARNING_RULE):
        try:
            drafts.append((await programme.define(said.kind, said.raw, by=by)).ref)
        except InvalidInput as error:
            path = ".".join(said.name)
            problems += [Problem(f"{path}.{one.path}", one.message) for one in error.problems]
    if problems:
        raise InvalidInput(problems)
    return drafts
