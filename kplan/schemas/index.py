"""The kinds of the API data: which definition each has, in which minors, and its lifecycle."""

from __future__ import annotations

import os
from functools import cache
from typing import NamedTuple

DATA = os.path.join(os.path.dirname(__file__), "data")


class Entry(NamedTuple):
    """One version of a kind. Minors are ints.

    `definition` is "" for a kind without a schema. `first` and `last` are the minors of the data that hold it.
    `replacement` and `successor` are (group, version, kind).
    """

    group: str
    version: str
    kind: str
    definition: str
    first: int
    last: int
    introduced: int | None
    deprecated: int | None
    removed: int | None
    replacement: tuple[str, str, str] | None
    successor: tuple[str, str, str] | None


@cache
def entries() -> dict[tuple[str, str, str], Entry]:
    """Every version of every kind, keyed by (group, version, kind)."""
    import json

    with open(os.path.join(DATA, "kinds.json"), encoding="utf-8") as file:
        rows = json.load(file)
    return {(row[0], row[1], row[2]): Entry(*row) for row in rows}
