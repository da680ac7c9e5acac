"""What the documentation says is so: examples run, tables are complete, links lead on."""

import json
import re
import shlex

import pytest
import typer
from graphql import build_schema, parse, validate
from graphql.execution.values import get_variable_values

from gamification.conditions import COMMON
from gamification.ledger import EntryKind
from gamification.programme import DefinitionKind
from kit.errors import PialaError
from kit.settings import Settings
from piala.cli import app
from piala.programmes.document import SECTIONS
from tests.house.examples import DOCS, PAGES, START, Block, blocks, run
from tests.house.rules import ROOT

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")
ROOT_FIELD = re.compile(r"(Query|Mutation|Subscription)\.")
CLASSIFICATION = ROOT / "api" / "classification.txt"
_COMMANDS = ("piala ", ".venv/bin/piala ")


def name(page) -> str:
    return str(page.relative_to(ROOT))


def all_blocks(*languages: str) -> list[Block]:
    return [block for page in PAGES for block in blocks(page, *languages)]


def rows(page: str) -> dict[str, list[str]]:
    """The rows of a page's tables by their first cell, without its back quotes."""
    text = (DOCS / page).read_text()
    cells = (
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in text.splitlines()
        if line.startswith("|")
    )
    return {row[0].strip("`"): row[1:] for row in cells}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "yaml", "python")], ids=name
)
async def test_the_examples_of_a_page_do_what_it_says(page, database, clock):
    clock.set(START)
    await run(page, clock)


@pytest.fixture(scope="module")
def schema():
    return build_schema((ROOT / "schema.graphql").read_text())


def documents() -> list[tuple[str, str]]:
    """What blocks of GraphQL ask, and what `{"query": …}` in a command line does."""
    asked = [(str(block), block.text) for block in all_blocks("graphql")]
    for block in all_blocks("console"):
        bodies = re.findall(r"'(\{\"query\": .*\})'$", block.text, re.MULTILINE)
        asked += [(str(block), json.loads(body)["query"]) for body in bodies]
    return asked


@pytest.mark.parametrize(("where", "document"), documents())
def test_a_document_asks_what_the_schema_has(schema, where, document):
    assert validate(schema, parse(document)) == [], where


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any("variables" in block.words for block in blocks(page, "json"))],
    ids=name,
)
def test_variables_fit_the_document_above_them(schema, page):
    above = None
    for block in blocks(page, "graphql", "json"):
        if block.language == "graphql":
            above = parse(block.text)
        elif "variables" in block.words:
            [operation, *_] = above.definitions
            given = json.loads(block.text)
            found = get_variable_values(schema, operation.variable_definitions, given)
            assert not isinstance(found, list), f"{block}: {found}"


@pytest.mark.parametrize("block", all_blocks("json"), ids=str)
def test_json_is_json(block):
    assert json.loads(block.text) is not None


def commands() -> list[tuple[str, list[str]]]:
    found = []
    for block in all_blocks("sh", "console"):
        text = block.text.replace("\\\n", " ")
        for line in text.splitlines():
            said = line.removeprefix("$ ")
            typed = block.language == "sh" or line.startswith("$ ")
            if typed and said.startswith((*_COMMANDS, "make ")):
                found.append((str(block), shlex.split(said, comments=True)))
    return found


@pytest.mark.parametrize(("where", "words"), commands())
def test_a_command_is_there_with_its_options(where, words):
    program, *rest = words[: next((n for n, word in enumerate(words) if word in "|>;&&"), None)]
    if program == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert set(rest) <= set(targets), where
        return
    command, context = typer.main.get_command(app), None
    while rest and hasattr(command, "commands"):
        assert rest[0] in command.commands, f"{where}: {rest[0]}"
        command = command.commands[rest.pop(0)]
    if "--help" not in rest:
        context = command.make_context(words[1], rest)
        assert context is not None


def test_every_page_is_in_the_index():
    index = (DOCS / "README.md").read_text()
    listed = {match[1] for match in _LINK.finditer(index)}
    there = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} - {"README.md"}
    assert there - listed == set()


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=name)
def test_links_lead_somewhere(page):
    for match in _LINK.finditer(page.read_text()):
        target = (page.parent / match[1]).resolve() if match[1] else page
        assert target.exists(), match[0]
        if match[2]:
            assert match[2] in anchors(target.read_text()), match[0]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_setting_is_told_with_its_default():
    told = rows("settings.md")
    for field, info in Settings.model_fields.items():
        variable = f"PIALA_{field.upper()}"
        assert variable in told, f"docs/settings.md lacks {variable}: {info.description}"
        default, meaning = told[variable]
        assert default == shown(info.default), variable
        if info.description:
            assert meaning.replace("\\|", "|") == info.description, variable
        assert meaning, variable
    settings = {f"PIALA_{field.upper()}" for field in Settings.model_fields}
    assert {row for row in told if row.startswith("PIALA_")} == settings


def shown(default: object) -> str:
    """A default as the table shows it."""
    return (
        ""
        if default in (None, "")
        else f"`{str(default).lower() if isinstance(default, bool) else default}`"
    )


def test_every_variable_of_conditions_is_told():
    told = rows("rules.md")
    for variable, kind in COMMON.items():
        assert told[variable][0] == {"STRING": "string", "INTEGER": "int"}[kind.value], variable
    assert {row for row in told if "." in row} - {"activity.attributes.<name>"} == set(COMMON)


def test_every_section_of_a_programme_file_is_told():
    told = rows("programme.md")
    assert {section: told[section][0].strip("`") for section in SECTIONS} == {
        section: kind.value for section, kind in SECTIONS.items()
    }
    assert set(SECTIONS.values()) == set(DefinitionKind)


def test_every_kind_of_ledger_entry_is_told():
    assert {kind.value for kind in EntryKind} <= set(rows("ledger.md"))


def test_every_error_is_told():
    codes = {kind.code for kind in PialaError.__subclasses__()}
    assert codes <= set(rows("api.md"))


def test_every_root_field_is_told_with_its_audience():
    told = {field: row[0] for field, row in rows("access.md").items()}
    roots = [row for row in CLASSIFICATION.read_text().splitlines() if ROOT_FIELD.match(row)]
    assert roots
    for row in roots:
        field, *audience = row.split()
        assert told.get(field) == " ".join(audience)


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(page.name[:4]) for page in sorted((DOCS / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("*.md")), ids=name)
def test_a_decision_says_why(page):
    headings = re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences", "Alternatives"]
