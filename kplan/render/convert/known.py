"""What is known of a value before a chart is rendered: examples of it from values.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Known(NamedTuple):
    """`examples` are what the value may be, none where nothing is known; `is_sure` says that it is never missing.

    `is_shared` says that it is a part of the values, which templates cannot change.
    """

    examples: tuple[Any, ...] = ()
    is_sure: bool = False
    is_shared: bool = False

    def field(self, key: str) -> Known:
        """What is known of an entry of it.

        >>> Known(({"port": 80}, {"port": 81, "name": "x"}), True).field("name")
        Known(examples=(), is_sure=False, is_shared=False)
        """
        found = [example.get(key) if isinstance(example, Mapping) else None for example in self.examples]
        is_there = bool(found) and all(each is not None for each in found)
        return Known(tuple(found) if is_there else (), is_there, self.is_shared)

    def items(self) -> Known:
        """What is known of the items of it, in a loop."""
        found = [item for example in self.examples for item in _items(example)]
        return Known(tuple(found), True, self.is_shared)


def _items(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()


UNKNOWN = Known()
SURE = Known(is_sure=True)


def of_dict(sure: Mapping[str, bool]) -> Known:
    """What is known of a mapping of whose keys those are always there that are true."""
    return Known(({key: True for key, is_sure in sure.items() if is_sure},), True)
