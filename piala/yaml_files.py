"""YAML as our files mean it: a date stays text, `no` is a word, and no key is there twice."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Final

import yaml

from kit.errors import InvalidInput

SIZE_MAX: Final = 5_000_000


class _Loader(yaml.SafeLoader):
    """YAML 1.2's plain values: without 1.1's dates, sexagesimals, and `yes`, `no`, `on`, `off`."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} must be text; quote it", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is there twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)

    def compose_node(self, parent: Any, index: Any) -> Any:
        # Aliases can make a small file enormous, and nothing here needs them.
        if self.check_event(yaml.AliasEvent):
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not used here", mark)
        return super().compose_node(parent, index)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_PLAIN: Final = {
    "tag:yaml.org,2002:bool": (re.compile(r"true|false"), "tf"),
    "tag:yaml.org,2002:null": (re.compile(r"null|~|"), ["n", "~", ""]),
    "tag:yaml.org,2002:int": (re.compile(r"[-+]?(?:0|[1-9][0-9]*)"), "-+0123456789"),
    "tag:yaml.org,2002:float": (
        re.compile(r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?"),
        "-+0123456789",
    ),
}
for _class in (_Loader, _Dumper):
    _class.yaml_implicit_resolvers = {}
    for _tag, (_shape, _first) in _PLAIN.items():
        _class.add_implicit_resolver(_tag, re.compile(rf"(?:{_shape.pattern})$"), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))


def read(path: Path) -> list[Any]:
    """The documents of a file. Raises `InvalidInput` with the line, and `OSError`."""
    if path.stat().st_size > SIZE_MAX:
        raise InvalidInput.at(path.name, f"is longer than {SIZE_MAX:,} bytes")
    try:
        return parse(path.read_text("utf-8"), name=path.name)
    except UnicodeDecodeError:
        raise InvalidInput.at(path.name, "is not UTF-8 text") from None


def parse(text: str, *, name: str) -> list[Any]:
    """The documents of a text; `name` is what its problems are reported under."""
    try:
        return list(yaml.load_all(text, _Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        raise InvalidInput.at(where, f"{error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidInput.at(name, f"is not YAML: {str(error).splitlines()[0]}") from None


def write(*documents: Any) -> str:
    """The text of these documents."""
    return yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
