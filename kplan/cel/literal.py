"""What is wrong with the literals of an expression, whatever its types.

Source: cel-go cel/validator.go; ext/formatting.go stringFormatValidator; kubernetes v1.36 apiserver
pkg/cel/environment/base.go, pkg/cel/library regex.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kplan.cel.syntax import CelError, Node
from kplan.cel.type import Type, unwrapped

ALIKE_SINCE = 28
"""The minor of the environment that compares the types of items when all else is checked; before, as it meets them."""

_FORMATS = 29
"""The minor of the environment that looks into the arguments of `format`."""

_VERB = re.compile(r"%(?:(%)|(?:\.\d+)?([sdfebxXo])|)")
_WHOLE = ("int", "uint")
_VERBS: dict[str, tuple[tuple[str, ...], str]] = {
    "s": ((), ""),
    "d": (_WHOLE, "decimal clause can only be used on integers"),
    "f": (("double", "string"), "fixed-point clause can only be used on doubles"),
    "e": (("double", "string"), "scientific clause can only be used on doubles"),
    "b": ((*_WHOLE, "bool"), "only integers and bools can be formatted as binary"),
    "x": (
        (*_WHOLE, "string", "bytes"),
        "only integers, byte buffers, and strings can be formatted as hex",
    ),
    "o": (_WHOLE, "octal clause can only be used on integers"),
}
"""What each formatting clause takes, by kinds of types (none for any), and what is said of others."""


def check_literals(root: Node, types: Mapping[int, Type], minor: int) -> None:
    """Raise CelError for the first wrong literal in a tree whose parts have these types.

    Lists and maps hold values of one type, but for the arguments of `format`; what is searched for is a regular
    expression; `format` has as many arguments as its text asks for.
    """
    if minor >= ALIKE_SINCE:
        _check_alike(root, types)
    for node in _nodes(root):
        if node.kind == "call" and node.target is not None:
            if node.name in ("find", "findAll"):
                _check_pattern(node)
            elif node.name == "format" and minor >= _FORMATS:
                _check_format(node, types)


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in _parts(node):
        yield from _nodes(part)


def _parts(node: Node) -> list[Node]:
    parts = [node.target, *node.parts] if node.target is not None else list(node.parts)
    if node.fold is not None:
        parts += [node.fold.over, node.fold.start, node.fold.condition, node.fold.step, node.fold.result]
    return parts


def _check_alike(node: Node, types: Mapping[int, Type]) -> None:
    if node.kind == "call" and node.name == "format":
        return
    if node.kind == "list":
        _check_one_type(node.parts, node.optional, types)
    elif node.kind == "map":
        _check_one_type(node.parts[::2], frozenset(), types)
        _check_one_type(node.parts[1::2], node.optional, types)
    for part in _parts(node):
        _check_alike(part, types)


def _check_one_type(parts: list[Node], optional: frozenset[int], types: Mapping[int, Type]) -> None:
    first: Type | None = None
    for index, part in enumerate(parts):
        found = types[id(part)]
        found = unwrapped(found)[0] if index in optional else found
        first = first or found
        if found != first:
            raise CelError(f"expected type '{first}' but found '{found}'", part.position)


def _check_pattern(call: Node) -> None:
    from kplan.k8s.regexp import RegexpError, UnknownScript, compile_go

    pattern = call.parts[0] if call.parts else call
    if pattern.kind != "const" or not isinstance(pattern.value, str):
        return
    try:
        compile_go(pattern.value)
    except RegexpError as error:
        raise CelError(str(error), pattern.position) from None
    except UnknownScript:
        pass


def _check_format(call: Node, types: Mapping[int, Type]) -> None:
    template, given = call.target, call.parts[0] if call.parts else None
    if template is None or template.kind != "const" or given is None or given.kind != "list":
        return
    verbs = []
    text = str(template.value)
    for match in _VERB.finditer(text):
        if match[0] == "%":
            clause = text[match.end() : match.end() + 1]
            raise CelError(
                f'could not parse formatting clause: unrecognized formatting clause "{clause}"', call.position
            )
        verbs += [match[2].lower()] if match[2] else []
    wanted, count = len(verbs), len(given.parts)
    if wanted > count:
        raise CelError(f"index {count} out of range", call.position)
    if wanted < count:
        raise CelError(f"too many arguments supplied to string.format (expected {wanted}, got {count})", call.position)
    for verb, part in zip(verbs, given.parts, strict=True):
        kinds, words = _VERBS[verb]
        found = types[id(part)]
        if kinds and found.kind not in (*kinds, "dyn", "error", "param"):
            raise CelError(f"error during formatting: {words}, was given {found}", part.position)
