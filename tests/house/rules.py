"""What import contracts cannot say of the house, read from the source: doors, clock, ids, size."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("api", "gamification", "kit", "piala", "rewards", "workers")
LONGEST_FILE = 350

# What tells the time, or makes something unrepeatable, and who alone may call it.
CLOCKS = {
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "Instant.now",
}
CHANCE = {"uuid": (), "secrets": ("kit.ids", "kit.settings"), "os.urandom": (), "random": ()}


@dataclass(frozen=True)
class Source:
    """One file of the house, and the name that it is imported by."""

    name: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """The first two words of the name: `gamification.ledger` for all files of the ledger."""
        return ".".join(self.name.split(".")[:2])


def sources(root: Path = ROOT) -> list[Source]:
    """Every file of the house."""
    return [
        Source(_module_name(path.relative_to(root)), path.read_text())
        for floor in FLOORS
        for path in sorted((root / floor).rglob("*.py"))
    ]


def _module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def faults(source: Source, root: Path = ROOT) -> list[str]:
    """All that is wrong with one file."""
    return [
        f"{source.name}: {fault}"
        for rule in (side_doors, hidden_imports, clocks, chance, size)
        for fault in rule(source, root)
    ]


def side_doors(source: Source, root: Path = ROOT) -> Iterator[str]:
    """A room is entered by its door, and only what stands in the door's `__all__` is taken."""
    for module, name in imports(source):
        parts = module.split(".")
        if parts[0] not in FLOORS or f"{module}.".startswith(f"{source.room}."):
            continue
        room = ".".join(parts[:2])
        if not is_room(room, root):
            # `from gamification import ledger`: the name is the room itself, and so are modules.
            continue
        if len(parts) > 2:
            yield f"enters {room} by {module}, not by its door"
        elif name is not None and name not in shown(room, root):
            yield f"takes {name} from {room}, which its door does not show"


def hidden_imports(source: Source, _root: Path = ROOT) -> Iterator[str]:
    """An import inside a function or behind TYPE_CHECKING hides a loop: a design fault."""
    for function in ast.walk(source.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield f"imports inside {function.name}, line {node.lineno}"
    if any(name == "TYPE_CHECKING" for _module, name in imports(source)):
        yield "uses TYPE_CHECKING"


def clocks(source: Source, _root: Path = ROOT) -> Iterator[str]:
    """Only kit/clock reads the clock."""
    if source.name == "kit.clock":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith(tuple(CLOCKS)):
            dotted = ".".join(ast.unparse(node).split(".")[-2:])
            if dotted in CLOCKS:
                yield f"reads the clock by {dotted}, line {node.lineno}"
    for module, name in imports(source):
        if f"{module}.{name}" in CLOCKS:
            yield f"reads the clock by {module}.{name}"


def chance(source: Source, _root: Path = ROOT) -> Iterator[str]:
    """Only kit/ids makes ids; whoever needs chance is given a seeded `random.Random`."""
    for module, name in imports(source):
        if module == "random" and name == "Random":
            continue
        for what in (module, f"{module}.{name}"):
            if what in CHANCE and source.name not in CHANCE[what]:
                yield f"imports {what}"


def size(source: Source, _root: Path = ROOT) -> Iterator[str]:
    """A file holds one thing."""
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"has {lines} lines; past {LONGEST_FILE} a file holds more than one thing"


def imports(source: Source) -> Iterator[tuple[str, str | None]]:
    """What a file imports: a module, and for `from … import …` the name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, None
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.module or "." * node.level, alias.name


@cache
def is_room(name: str, root: Path = ROOT) -> bool:
    """Whether a name like `gamification.ledger` is a folder with a door."""
    return (root.joinpath(*name.split(".")) / "__init__.py").exists() and "." in name


@cache
def shown(room: str, root: Path = ROOT) -> frozenset[str]:
    """What a room's door shows: its `__all__`."""
    door = ast.parse((root.joinpath(*room.split(".")) / "__init__.py").read_text())
    for node in door.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()
