"""Reading and running the examples of the documentation: fenced blocks, in their order."""

import ast
import doctest
import inspect
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import rewards
from api import schema
from api.auth import Role, Viewer
from api.context import Context
from gamification import conditions, engine, journal, ledger, members, programme
from gamification.engine import Recorded, Recording
from kit import clock as kit_clock
from kit import outbox
from kit.errors import PialaError
from kit.settings import Settings
from piala import importing, programmes, yaml_files
from tests.house.rules import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md"])
SHOP = DOCS / "shop.yaml"
START = "2026-03-02T12:00:00Z"

_FENCE = re.compile(r"^```(?P<words>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_AWAITING = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
# What a fact says beside its type and its instants.
_UNTOLD = {"type", "at", "balance", "period", "reached_at", "before"}


@dataclass(frozen=True)
class Block:
    """One fenced block: where it is, the words behind the fence, and the text in it."""

    page: Path
    line: int
    words: tuple[str, ...]
    text: str

    @property
    def language(self) -> str:
        return self.words[0] if self.words else ""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path, *languages: str) -> list[Block]:
    """The fenced blocks of a page in these languages, in their order."""
    text = page.read_text()
    found = (
        Block(
            page,
            text.count("\n", 0, match.start()) + 2,
            tuple(match["words"].split()),
            match["text"],
        )
        for match in _FENCE.finditer(text)
    )
    return [block for block in found if block.language in languages]


async def run(page: Path, clock: Any) -> None:
    """Run a page from top to bottom: YAML is applied, Python executed and compared."""
    names = Names(clock).all()
    await programmes.apply(SHOP, by="the shop")
    for block in blocks(page, "yaml", "python"):
        if block.language == "yaml":
            await _apply(block)
        else:
            await _execute(block, names)


async def _apply(block: Block) -> None:
    [document] = yaml_files.parse(block.text, name=str(block))
    if "member" in document:
        importing.compiled(document, name=str(block))
        return
    # What a page adds is in force from the beginning of its shop.
    document.setdefault("effective_from", "2026-01-01T00:00:00Z")
    publications = programmes.publications_of([document], name=str(block))
    await programmes.apply_documents(publications, by=str(block))


async def _execute(block: Block, names: dict[str, Any]) -> None:
    for example in doctest.DocTestParser().get_examples(block.text, str(block)):
        where = f"{block.page.relative_to(ROOT)}:{block.line + example.lineno}"
        want, got = example.exc_msg or example.want, await _answer(example, names, where)
        if not doctest.OutputChecker().check_output(want, got, doctest.ELLIPSIS):
            raise AssertionError(f"{where}\n{example.source}answers\n{got}\nand not\n{want}")


async def _answer(example: doctest.Example, names: dict[str, Any], where: str) -> str:
    code = compile(example.source, where, "single", flags=_AWAITING)
    printed, show = StringIO(), sys.displayhook
    sys.displayhook = lambda value: None if value is None else print(repr(value))
    try:
        with redirect_stdout(printed):
            answer = eval(code, names)
            if inspect.iscoroutine(answer):
                await answer
    except Exception as error:
        if example.exc_msg is None:
            raise AssertionError(f"{where}\n{example.source}raises {error!r}") from error
        return traceback.format_exception_only(error)[-1]
    finally:
        sys.displayhook = show
    return printed.getvalue()


class Names:
    """What an example may use besides what it imports. `docs/README.md` tells of them."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock

    def all(self) -> dict[str, Any]:
        """The names with what they stand for."""
        rooms = (conditions, engine, journal, ledger, members, programme, rewards)
        named = {room.__name__.rpartition(".")[2]: room for room in rooms}
        own = {
            "buy": self.buy,
            "take_back": self.take_back,
            "look": self.look,
            "ask": ask,
            "day": moment,
        }
        return {**named, **own, "clock": kit_clock}

    async def buy(
        self,
        member: str,
        dollars: str,
        on: str,
        *,
        key: str = "",
        zone: str = "UTC",
        **attributes: Any,
    ) -> None:
        """Record a purchase of a member (enrolled as they appear), and print what it brings."""
        recording = Recording(
            external_id=member,
            kind="purchase",
            source=key or f"{member}:{on}",
            occurred_at=moment(on),
            amount=round(float(dollars) * 100),
            currency="USD",
            attributes=attributes,
        )
        self._at_least(moment(on))
        [answer] = await engine.record([recording], trusted=True, enrol=True, time_zone=zone)
        if isinstance(answer, PialaError):
            raise answer
        await _settled(answer)

    async def take_back(self, key: str, *, dollars: str | None = None) -> None:
        """Retract a purchase, all or some of its amount, and print what that brings."""
        amount = None if dollars is None else round(float(dollars) * 100)
        source = f"retraction:{key}:{dollars}"
        await _settled(
            await engine.retract(source=source, target_source=key, reason="returned", amount=amount)
        )

    async def look(self, member: str, on: str | None = None) -> engine.View:
        """The member's standing as of a moment (default: now)."""
        found = await members.find(external_id=member)
        return await engine.standing_of(found.id, at=moment(on) if on else None)

    def _at_least(self, at: kit_clock.Instant) -> None:
        self._clock.now = max(self._clock.now, at)


async def ask(
    document: str, *, role: str | None = None, member: str | None = None, **variables: Any
) -> dict[str, Any] | None:
    """Answer a GraphQL document in process, asked by nobody, a member or a role; errors are
    printed."""
    viewer = Viewer()
    if member is not None:
        viewer = Viewer(Role.MEMBER, (await members.find(external_id=member)).id)
    elif role is not None:
        viewer = Viewer(Role(role), "docs")
    answer = await schema.build(Settings()).execute(
        document, variable_values=variables, context_value=Context(viewer)
    )
    for error in answer.errors or ():
        print(f"{(error.extensions or {}).get('code')}: {error.message}")
    return None if answer.errors else answer.data


def moment(text: str) -> kit_clock.Instant:
    """`2026-03-02` is that day's noon, UTC; anything longer is ISO 8601."""
    return kit_clock.parse(text if "T" in text else f"{text}T12:00:00Z")


async def _settled(recorded: Recorded) -> None:
    member_id = recorded.entry.member_id
    before = await outbox.newest_position(member_id)
    await engine.settle([member_id])
    for line in await _facts(member_id, before):
        print(line)


async def _facts(member_id: str, before: int) -> list[str]:
    heard = await outbox.facts_after(member_id, before)
    return [f"{one.fact['type']} {' '.join(_said(one.fact))}" for one in heard]


def _said(fact: outbox.Fact) -> Iterator[str]:
    for name, value in fact.items():
        if name not in _UNTOLD and value != "":
            yield f"{name}={value}"
