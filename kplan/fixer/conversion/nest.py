"""Fields that move into a mapping of their own."""

from __future__ import annotations

from collections.abc import Mapping

from kplan.fixer.tree import Entry, Map


def nest(here: Map, name: str, fields: Mapping[str, str], *, constants: Mapping[str, object] | None = None) -> None:
    """Move fields into the mapping `name` below, under the names that `fields` gives them, in the order written.

    The new mapping stands where the first of them stood; `constants` come first in it. A field with a value of null
    goes without trace.
    """
    written = [entry.name for entry in here.entries if entry.name in fields]
    inner = Map()
    for key, value in (constants or {}).items():
        inner.set(key, value)
    at = min((here.index(field) for field in written), default=len(here.entries))
    for field in written:
        if here.has(field):
            taken = here.take(field)
            assert taken is not None
            inner.put(taken, fields[field])
        else:
            here.drop(field)
    there = here.map(name)
    if there is not None:
        for entry in inner.entries:
            there.put(entry)
    else:
        here.insert(min(at, len(here.entries)), Entry(name, name, inner))
