"""Keys that stand twice with one value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kplan.fixer.repair.place import map_at
from kplan.fixer.repair.view import Repair, View
from kplan.fixer.spacing import take_out
from kplan.fixer.tree import Map, Unfixable, plain
from kplan.model import FieldPath, Finding


def duplicate_key(finding: Finding, view: View) -> Iterator[Repair]:
    """The first of the keys alone, where all of them have the same value."""
    if finding.path:
        edit = partial(_once, path=finding.path[:-1], name=str(finding.path[-1]))
        message = f"the key `{finding.path[-1]}` stands twice with the same value: one of them goes"
        yield Repair(finding, message, edit, "safe", whole=True)


def _once(it: Map, path: FieldPath, name: str) -> None:
    here = map_at(it, path)
    found = [entry for entry in here.entries if entry.name == name and not entry.merge]
    if any(_differ(plain(entry.value), plain(found[0].value)) for entry in found[1:]):
        raise Unfixable(f"the key `{name}` has different values: a person must say which is meant")
    for entry in found[1:]:
        at = here.entries.index(entry)
        take_out(here, here.entries, at)
        here.keep_comments(entry, at)


def _differ(one: object, other: object) -> bool:
    import json

    return json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True)
