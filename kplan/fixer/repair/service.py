"""Ports of Services: names that are missing, and ports of pods that are misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from kplan.fixer.repair.place import set_at
from kplan.fixer.repair.view import Repair, View
from kplan.fixer.tree import Entry, Map, node_of
from kplan.model import Finding

_MEANT = re.compile(r"did you mean `([^`]+)`\?\Z")


def port_name(finding: Finding, view: View) -> Iterator[Repair]:
    """Names for the ports of a Service that has several: protocol and number, as in `tcp-80`."""
    resource, path = view.resource(finding), finding.path
    if resource is None or resource.kind != "Service" or len(path) != 4 or path[:2] != ("spec", "ports"):
        return
    port = resource.get(*path[:3])
    if path[3] == "name" and isinstance(port, dict) and type(port.get("port")) is int:
        name = f"{str(port.get('protocol') or 'TCP').lower()}-{port['port']}"
        others = [p.get("name") for p in resource.get("spec", "ports") if isinstance(p, dict)]
        if name not in others:
            edit = partial(_name, index=path[2], name=name)
            yield Repair(
                finding, f"a Service's ports have names where there are several: `{name}`", edit, "safe", resource
            )


def _name(it: Map, index: Any, name: str) -> None:
    port = it.maps("spec", "ports")[index]
    if port.entry("name") is not None:
        port.set("name", name)
    else:
        port.insert(0, Entry("name", "name", node_of(name)))


def target_port(finding: Finding, view: View) -> Iterator[Repair]:
    """The name of the port that is meant, or its number without quotes."""
    resource = view.resource(finding)
    given = resource.get(*finding.path) if resource is not None else None
    match = _MEANT.search(finding.help or "")
    if match is not None and isinstance(given, str):
        edit = partial(set_at, path=finding.path, value=match[1])
        yield Repair(finding, f"the port `{given}` of the pods is called `{match[1]}`", edit, "unsafe", resource)
    elif isinstance(given, str) and given.isdigit() and "in quotes is a name" in (finding.help or ""):
        edit = partial(set_at, path=finding.path, value=int(given))
        yield Repair(finding, f'`"{given}"` is a name: the number has no quotes', edit, "unsafe", resource)
