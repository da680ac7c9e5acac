"""What no value of a request may hold, wherever it is going: checked before anything runs.

A NUL ends a text for PostgreSQL, half a surrogate pair cannot be written as UTF-8, and a list or
a nesting without end costs whoever walks it. So the values of the variables, and those written in
the document, pass here first, and no scalar or room needs to think of it.
"""

from collections.abc import Iterator, Mapping

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLError,
    ListValueNode,
    Node,
    ObjectFieldNode,
    ObjectValueNode,
    StringValueNode,
)

from api.budget import Limits, refusal


def check_variables(variables: Mapping[str, object] | None, limits: Limits) -> None:
    """Refuse what no variable may hold. Raises `GraphQLError` naming the path, or the limit."""
    # A stack, not recursion: JSON nests deeper than Python likes to call.
    todo: list[tuple[str, str, object, int]] = [
        (key, key, value, 1) for key, value in (variables or {}).items()
    ]
    while todo:
        path, name, value, depth = todo.pop()
        _hold_text(path, name)
        if isinstance(value, str):
            _hold_text(path, value)
        elif isinstance(value, list):
            _hold_list(name, len(value), limits)
            _hold_depth(depth, limits)
            todo += [(f"{path}.{i}", name, item, depth + 1) for i, item in enumerate(value)]
        elif isinstance(value, dict):
            _hold_depth(depth, limits)
            todo += [(f"{path}.{key}", key, item, depth + 1) for key, item in value.items()]


def check_literals(document: DocumentNode, limits: Limits) -> None:
    """Refuse the same in the values written in the document itself."""
    todo: list[tuple[str, Node, int]] = [("", document, 0)]
    while todo:
        name, node, depth = todo.pop()
        if isinstance(node, StringValueNode):
            _hold_text(name, node.value)
        elif isinstance(node, ListValueNode):
            _hold_list(name, len(node.values), limits)
        elif isinstance(node, ArgumentNode | ObjectFieldNode):
            name = node.name.value
        nested = isinstance(node, ListValueNode | ObjectValueNode)
        depth = depth + 1 if nested else depth
        _hold_depth(depth, limits)
        todo += [(name, child, depth) for child in _children(node)]


def _children(node: Node) -> Iterator[Node]:
    for key in node.keys:
        below = getattr(node, key, None)
        if isinstance(below, Node):
            yield below
        elif isinstance(below, list | tuple):
            yield from (child for child in below if isinstance(child, Node))


def _hold_text(path: str, text: str) -> None:
    if "\0" in text:
        raise _bad_text(path, "a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _bad_text(path, "half a surrogate pair") from None


def _bad_text(path: str, what: str) -> GraphQLError:
    where = path.encode("utf-8", "replace").decode().replace("\0", "?")
    problem = {"path": where, "message": f"holds {what}"}
    extensions = {"code": "INVALID_INPUT", "problems": [problem]}
    return GraphQLError(f"{where or 'A text'} holds {what}.", extensions=extensions)


def _hold_list(name: str, length: int, limits: Limits) -> None:
    limit = "batch_items" if name in limits.batches else "list_items"
    allowed: int = getattr(limits, limit)
    if length > allowed:
        raise refusal(limit, allowed, f"{name} has {length} items; the limit is {allowed}.")


def _hold_depth(depth: int, limits: Limits) -> None:
    if depth > limits.input_depth:
        allowed = limits.input_depth
        sentence = f"The input nests deeper than the limit of {allowed}."
        raise refusal("input_depth", allowed, sentence)
