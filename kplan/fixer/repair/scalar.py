"""Values that YAML takes for another type than the API, and quantities in the units of other programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from kplan.fixer.outcome import Safety
from kplan.fixer.repair.place import set_at
from kplan.fixer.repair.view import Repair, View
from kplan.model import Finding, Resource

_AMOUNT = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))\s*([A-Za-z]*)\Z")
_UNITS: Final = {
    **dict.fromkeys(("b", "byte", "bytes"), ""),
    **{word: unit for unit in ("k", "M", "G", "T", "P") for word in (unit.lower(), f"{unit.lower()}b")},
    **{word: f"{unit}i" for unit in "KMGTP" for word in (f"{unit.lower()}i", f"{unit.lower()}ib")},
}


def wrong_type(finding: Finding, view: View) -> Iterator[Repair]:
    """Quotes around what is to be text, none around a number or boolean, a unit that Kubernetes has."""
    resource = view.resource(finding)
    if resource is None or not finding.path:
        return
    value, message = resource.get(*finding.path), finding.message
    if message.startswith("expected string, given") and isinstance(value, bool | int | float):
        yield from _quoted(finding, resource, view)
    elif isinstance(value, str) and message.startswith(("expected integer, given", "expected boolean, given")):
        yield from _unquoted(finding, resource, value)
    elif isinstance(value, str) and message.startswith("expected quantity, given"):
        yield from quantity(finding, view)


def quantity(finding: Finding, view: View) -> Iterator[Repair]:
    """The amount with the unit that is probably meant."""
    resource = view.resource(finding)
    value = resource.get(*finding.path) if resource is not None else None
    match = _AMOUNT.match(value.strip()) if isinstance(value, str) else None
    unit = _UNITS.get(match[2].lower()) if match else None
    if resource is None or match is None or unit is None or f"{match[1]}{unit}" == value:
        return
    new = f"{match[1]}{unit}"
    yield _set(finding, resource, new, f"the quantity `{value}` is written `{new}`", "unsafe")


def _quoted(finding: Finding, resource: Resource, view: View) -> Iterator[Repair]:
    text = view.written(resource, finding.path)
    if text and not text.startswith(("!", "&", "*")):
        where = "its value" if _is_secret(resource) else f"`{text}`"
        yield _set(finding, resource, text, f"{where} is to be text: it gets quotes")


def _unquoted(finding: Finding, resource: Resource, value: str) -> Iterator[Repair]:
    if finding.message.startswith("expected integer"):
        if re.fullmatch(r"0|-?[1-9][0-9]{0,18}", value):
            yield _set(finding, resource, int(value), f'`"{value}"` is to be a number: it loses its quotes')
    elif value.lower() in ("true", "false", "yes", "no", "on", "off"):
        new = value.lower() in ("true", "yes", "on")
        safety: Safety = "safe" if value.lower() in ("true", "false") else "unsafe"
        word = "true" if new else "false"
        yield _set(finding, resource, new, f"`{value}` is to be a boolean: it is written `{word}`", safety)


def _set(finding: Finding, resource: Resource, value: Any, message: str, safety: Safety = "safe") -> Repair:
    return Repair(finding, message, partial(set_at, path=finding.path, value=value), safety, resource)


def _is_secret(resource: Resource) -> bool:
    return resource.kind == "Secret"
