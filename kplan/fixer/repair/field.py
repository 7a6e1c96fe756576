"""Names of fields, kinds and values that are misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from kplan.fixer.outcome import Safety
from kplan.fixer.repair.place import map_at, set_at
from kplan.fixer.repair.view import Repair, View
from kplan.fixer.tree import Map
from kplan.model import FieldPath, Finding

_MEANT = re.compile(r"did you mean `([^`]+)`\?\Z")
_SPELLED = re.compile(r"`([^`]+)` is spelled `([^`]+)`\Z")
_SUPPORTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_CLEAR: Final = 0.8


def unknown_field(finding: Finding, view: View) -> Iterator[Repair]:
    """The field that is meant, where the object does not have it yet."""
    resource, match = view.resource(finding), _MEANT.search(finding.help or "")
    if resource is None or match is None:
        return
    *above, name = finding.path
    parent = resource.get(*above)
    if isinstance(parent, dict) and match[1] not in parent:
        edit = partial(_rename, path=tuple(above), name=str(name), new=match[1])
        safety, touched = _clearness(str(name), match[1]), (*above, match[1])
        yield Repair(finding, f"`{name}` is spelled `{match[1]}`", edit, safety, resource, touched=touched)


def misspelt_kind(finding: Finding, view: View) -> Iterator[Repair]:
    """The kind whose name has the same letters."""
    resource, match = view.resource(finding), _MEANT.search(finding.help or "")
    if resource is not None and match is not None and resource.kind.lower() == match[1].lower():
        edit = partial(set_at, path=("kind",), value=match[1])
        yield Repair(finding, f"`{resource.kind}` is spelled `{match[1]}`", edit, "safe", resource)


def misspelt_top(finding: Finding, view: View) -> Iterator[Repair]:
    """`apiVersion` or `kind` in other letters: the document is no object yet."""
    match = _SPELLED.search(finding.help or "")
    if match is not None and finding.path:
        edit = partial(_rename, path=finding.path[:-1], name=match[1], new=match[2])
        yield Repair(finding, f"`{match[1]}` is spelled `{match[2]}`", edit, "safe", whole=True)


def unsupported_value(finding: Finding, view: View) -> Iterator[Repair]:
    """The one supported value that has the same letters."""
    resource = view.resource(finding)
    given = resource.get(*finding.path) if resource is not None else None
    if not isinstance(given, str):
        return
    _, _, listed = finding.message.partition("supported values: ")
    meant = [value for value in _SUPPORTED.findall(listed) if value.lower() == given.strip().lower()]
    if len(meant) == 1:
        edit = partial(set_at, path=finding.path, value=meant[0])
        yield Repair(finding, f"`{given}` is spelled `{meant[0]}`", edit, "safe", resource)


def service_account(finding: Finding, view: View) -> Iterator[Repair]:
    """The field's present name, where it is not there beside the old one."""
    resource = view.resource(finding)
    above = finding.path[:-1]
    spec = resource.get(*above) if resource is not None else None
    if isinstance(spec, dict) and finding.path[-1:] == ("serviceAccount",) and not spec.get("serviceAccountName"):
        edit = partial(_service_account, path=above)
        yield Repair(finding, "`serviceAccount` is called `serviceAccountName`", edit, "safe", resource)


def _service_account(it: Map, path: FieldPath) -> None:
    spec = map_at(it, path)
    spec.drop("serviceAccountName")
    spec.rename("serviceAccount", "serviceAccountName")


def _rename(it: Map, path: FieldPath, name: str, new: str) -> None:
    map_at(it, path).rename(name, new)


def _clearness(name: str, meant: str) -> Safety:
    from difflib import SequenceMatcher

    one, other = (re.sub("[-_]", "", word).lower().strip() for word in (name, meant))
    return "safe" if SequenceMatcher(None, one, other).ratio() >= _CLEAR else "unsafe"
