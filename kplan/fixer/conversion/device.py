"""Dynamic resource allocation from v1beta1, and RuntimeClass from v1alpha1.

Source: kubernetes v1.37 pkg/apis/resource/v1beta1 conversion.go; v1.24 pkg/apis/node/v1alpha1 conversion.go.
"""

from __future__ import annotations

from typing import Final

from kplan.fixer.conversion.nest import nest
from kplan.fixer.tree import Map, Unfixable, plain

_REQUEST: Final = (
    "deviceClassName",
    "selectors",
    "allocationMode",
    "count",
    "adminAccess",
    "tolerations",
    "capacity",
)


def claim(it: Map, old: str, notes: list[str]) -> None:
    """Requests for one kind of device stand under `exactly`."""
    _requests(it.map("spec", "devices"))


def claim_template(it: Map, old: str, notes: list[str]) -> None:
    """As a claim, one level deeper."""
    _requests(it.map("spec", "spec", "devices"))


def _requests(devices: Map | None) -> None:
    for request in devices.maps("requests") if devices is not None else ():
        if any(request.has(field) for field in _REQUEST):
            nest(request, "exactly", {field: field for field in _REQUEST})


def slice_(it: Map, old: str, notes: list[str]) -> None:
    """What stood under `basic` is the device itself."""
    for device in it.maps("spec", "devices"):
        lift(device, "basic", device)


def runtime_class(it: Map, old: str, notes: list[str]) -> None:
    """The fields of `spec` stand at the top, the handler under its own name."""
    spec = it.map("spec")
    if spec is not None:
        spec.rename("runtimeHandler", "handler")
        lift(it, "spec", it)


def lift(here: Map, name: str, to: Map) -> None:
    """Put the entries of the mapping `name` in its place."""
    inner = here.map(name)
    if inner is None:
        return
    at = here.index(name)
    entries = list(inner.entries)
    if any(entry.merge for entry in entries):
        raise Unfixable(f"`{name}` comes from an anchor by way of `<<`")
    if any(to.entry(entry.name) is not None for entry in entries):
        raise Unfixable(f"fields of `{name}` are there already")
    inner.entries.clear()
    here.drop(name)
    for offset, entry in enumerate(entries):
        to.insert(min(at + offset, len(to.entries)), entry)
    assert plain(inner) == {}
