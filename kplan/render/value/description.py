"""What the comments of a values file say of its values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kplan.render.value.table import FilePlace, Table

if TYPE_CHECKING:
    from kplan.model import FieldPath

_COMMENT: Final = re.compile(r"( *)#+(.*)")
_BESIDE: Final = re.compile(r"[:\]}\w\"'] +# ?(.+)$")


def descriptions(values: Table, text: str) -> dict[FieldPath, str]:
    """The comment of each key that has one: the lines right above it, in its column, or what stands behind it.

    >>> from kplan.render.value.read import read_values
    >>> text = "# How many.\\nreplicas: 2\\nport: 80  # where it listens\\n"
    >>> descriptions(read_values(text.encode(), "values.yaml"), text)
    {('replicas',): 'How many.', ('port',): 'where it listens'}
    """
    lines = text.splitlines()
    found = ((path, _of(lines, place)) for path, place in _places(values, ()))
    return {path: said for path, said in found if said}


def _places(values: Table, path: FieldPath) -> Iterator[tuple[FieldPath, FilePlace]]:
    for key, value in values.items():
        place = values.places.get(key)
        if isinstance(place, FilePlace):
            yield (*path, key), place
        if isinstance(value, Table):
            yield from _places(value, (*path, key))


def _of(lines: list[str], place: FilePlace) -> str:
    start = place.span.start
    above: list[str] = []
    for line in reversed(lines[: start.line - 1]):
        comment = _COMMENT.fullmatch(line.rstrip())
        if comment is None or len(comment[1]) != start.column - 1:
            break
        above.append(comment[2].strip().removeprefix("--").strip())
    line = lines[start.line - 1].rstrip()
    beside = _BESIDE.search(line) if not line[: start.column - 1].strip() else None
    return " ".join(part for part in reversed(above) if part) or (beside[1].strip() if beside else "")
