"""The values that templates see, and which of them they read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kplan.render.limit import Budget, Exhausted
from kplan.render.origin import Segment, ValuePath
from kplan.render.text import Form, text

_CONTAINERS: Final = (dict, list)


class Reads:
    """The paths that templates asked for: `paths` all of them, `recent` the last ones, in order."""

    __slots__ = ("budget", "paths", "recent")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.paths: set[ValuePath] = set()
        self.recent: list[ValuePath] = []

    def add(self, path: ValuePath) -> None:
        """Note that the value at a path was read, or asked for."""
        self.budget.step()
        self.paths.add(path)
        self.recent.append(path)


class TracedMap(dict[str, Any]):
    """A mapping of values that notes what is taken out of it."""

    __slots__ = ("path", "reads")
    path: ValuePath
    reads: Reads

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if not isinstance(value, _CONTAINERS) or not value:
            self.reads.add((*self.path, key))
        return value

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str):
            self.reads.add((*self.path, key))
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key."""
        return self[key] if super().__contains__(key) else default

    def items(self) -> Any:
        """All keys and values."""
        return [(key, self[key]) for key in self]

    def values(self) -> Any:
        """All values."""
        return [self[key] for key in self]

    def copy(self) -> dict[str, Any]:
        """The same as a plain mapping."""
        return dict(self.items())


class TracedList(list[Any]):
    """A list of values that notes what is taken out of it."""

    __slots__ = ("path", "reads")
    path: ValuePath
    reads: Reads

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        value = super().__getitem__(index)
        self._note(index % len(self), value)
        return value

    def __iter__(self) -> Iterator[Any]:
        for index, value in enumerate(super().__iter__()):
            self._note(index, value)
            yield value

    def __contains__(self, item: object) -> bool:
        return any(each == item for each in self)

    def _note(self, index: int, value: Any) -> None:
        if not isinstance(value, _CONTAINERS) or not value:
            self.reads.add((*self.path, index))


def traced(data: Mapping[str, Any], reads: Reads) -> TracedMap:
    """The values, all the way down, as mappings and lists that note what is read. Raises Exhausted."""
    builder = _Builder(reads)
    made = builder.build(data, ())
    assert isinstance(made, TracedMap)
    return made


class _Builder:
    def __init__(self, reads: Reads) -> None:
        self.reads = reads
        self.limits = reads.budget.limits
        self.left = self.limits.values

    def build(self, data: Any, path: ValuePath) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Exhausted(f"the values have more than {self.limits.values:,} entries, counted without aliases")
        if isinstance(data, str):
            return text(str.__str__(data), (Segment(len(data), values=(path,)),), Form.STRING)
        if not isinstance(data, _CONTAINERS):
            return data
        if len(path) >= self.limits.nesting:
            raise Exhausted(f"the values are more than {self.limits.nesting} mappings and lists deep")
        return self._map(data, path) if isinstance(data, dict) else self._list(data, path)

    def _map(self, data: dict[str, Any], path: ValuePath) -> TracedMap:
        made = TracedMap((key, self.build(value, (*path, key))) for key, value in data.items())
        made.path, made.reads = path, self.reads
        return made

    def _list(self, data: Sequence[Any], path: ValuePath) -> TracedList:
        made = TracedList(self.build(value, (*path, index)) for index, value in enumerate(data))
        made.path, made.reads = path, self.reads
        return made
