"""Values that know where they were written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kplan.loader.source import DocumentSource
    from kplan.model import FieldPath, Span


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A key of a values file; printed as `values.yaml:12`. The line is looked up only when it is asked for."""

    source: DocumentSource
    path: FieldPath

    @property
    def span(self) -> Span:
        """Where the key stands."""
        return self.source.span(self.path, "key" if self.path and isinstance(self.path[-1], str) else "value")

    def __str__(self) -> str:
        span = self.span
        return f"{span.file}:{span.start.line}"


@dataclass(frozen=True, slots=True)
class OptionPlace:
    """An option of the command line, as it was written: `--set image.tag=2`."""

    text: str
    span: Span | None = None

    @property
    def option(self) -> str:
        """The option without what it says, which may be a secret: `--set`."""
        return self.text.split()[0]

    def __str__(self) -> str:
        return self.text


Place = FilePlace | OptionPlace


class Table(dict[str, Any]):
    """A mapping of values, with the place of every key that has one."""

    __slots__ = ("places",)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.places: dict[str, Place] = {}

    def put(self, key: str, value: Any, place: Place | None) -> None:
        """Set a key, and where that was said."""
        self[key] = value
        if place is None:
            self.places.pop(key, None)
        else:
            self.places[key] = place

    def take(self, key: str, other: Table) -> None:
        """Set a key to what another table has there."""
        self.put(key, other[key], other.places.get(key))


def table_of(data: Mapping[str, Any], source: DocumentSource | None = None) -> Table:
    """The data as tables all the way down; `source` is the document that it was read from.

    >>> table_of({"image": {"tag": 1}})["image"]
    {'tag': 1}
    """
    table = _located(data, source, ())
    assert isinstance(table, Table)
    return table


def _located(data: Any, source: DocumentSource | None, path: FieldPath) -> Any:
    if isinstance(data, Mapping):
        table = Table()
        for key, value in data.items():
            at = (*path, key)
            table.put(key, _located(value, source, at), FilePlace(source, at) if source else None)
        return table
    if isinstance(data, list):
        return [_located(item, source, (*path, index)) for index, item in enumerate(data)]
    return as_helm_reads(data)


def as_helm_reads(value: Any) -> Any:
    """A number as it comes out of Helm, which keeps numbers of YAML as 64-bit floats and prints their shortest form.

    >>> as_helm_reads(12345678901234567890)
    12345678901234567000
    """
    if type(value) is int and abs(value) > 2**53:
        text = repr(float(value))
        return int(float(text)) if "e" not in text else _whole(text)
    return value


def _whole(text: str) -> int | float:
    from decimal import Decimal

    return int(Decimal(text)) if abs(float(text)) < 1e21 else float(text)


def copied(value: Any) -> Any:
    """A copy that shares no table or list with the value."""
    if isinstance(value, Table):
        copy = Table()
        for key in value:
            copy.put(key, copied(value[key]), value.places.get(key))
        return copy
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value


def plain(value: Any) -> Any:
    """The value as plain mappings and lists."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def place_of(table: Table, path: Sequence[str | int]) -> Place | None:
    """Where the value at `path` was written; of a value without a place of its own, that of what it is part of."""
    place: Place | None = None
    node: Any = table
    for key in path:
        if isinstance(node, Table) and key in node:
            place, node = node.places.get(str(key), place), node[str(key)]
        elif isinstance(node, list) and isinstance(key, int) and 0 <= key < len(node):
            node = node[key]
        else:
            break
    return place


def table_at(table: Table, path: str) -> Table | None:
    """The table at a dotted path, None where there is none.

    Source: helm v3 pkg/chartutil Values.Table.
    """
    node: Any = table
    for key in path.split("."):
        node = node.get(key) if isinstance(node, Table) else None
    return node if isinstance(node, Table) else None
