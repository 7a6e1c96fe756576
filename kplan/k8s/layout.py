"""The Go types of the Kubernetes API, minor by minor: the fields of each struct in order, and their names in JSON.

The API server keeps of an object what these types can hold, and a pod template hash prints them field by field.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kplan.k8s.gate import is_off

BASIC = frozenset({"string", "bool", "int", "int32", "int64", "uint32", "uint64", "float64", "byte"})
OPAQUE = {"types.UID": "string", "types.NodeName": "string"}
"""Names from packages whose types are not in the data."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a Go struct.

    `name` is Go's, `json` JSON's; `type` is a Go type with its packages written out (`*core/v1.Probe`).
    `inline`: its own fields stand in the parent's JSON object. `gated`: the API server drops its value.
    """

    name: str
    json: str
    type: str
    omitempty: bool
    omitzero: bool
    inline: bool
    gated: bool


@cache
def fields(type_: str, minor: int) -> tuple[Field, ...] | None:
    """The fields of a struct type as Kubernetes 1.`minor` has it, in order of declaration; None where there is none.

    >>> [field.json for field in fields("core/v1.TCPSocketAction", 36)]
    ['port', 'host']
    """
    line = _lines().get(type_)
    if line is None:
        return None
    found = [field for cell in line.split("\t") if cell and (field := _field(type_, cell, minor))]
    return tuple(found)


def underlying(type_: str) -> str:
    """What a named type that is no struct stands for; the type itself otherwise.

    >>> underlying("core/v1.Protocol"), underlying("core/v1.ResourceList")
    ('string', 'map[core/v1.ResourceName]resource.Quantity')
    """
    while type_ in OPAQUE or type_ in _names():
        type_ = OPAQUE.get(type_) or _names()[type_]
    return type_


def spelled(type_: str) -> str:
    """The type as Go prints it: packages by their last element.

    >>> spelled("map[core/v1.ResourceName]resource.Quantity")
    'map[v1.ResourceName]resource.Quantity'
    """
    head, slash, tail = type_.rpartition("/")
    if not slash:
        return type_
    return spelled(head.rstrip("abcdefghijklmnopqrstuvwxyz0123456789")) + tail


@cache
def _data() -> tuple[dict[str, str], dict[str, str]]:
    packed = (Path(__file__).parent / "data" / "layouts.txt.gz").read_bytes()
    structs: dict[str, str] = {}
    names: dict[str, str] = {}
    for line in zlib.decompress(packed, wbits=31).decode().split("\n"):
        name, tab, rest = line.partition("\t")
        if tab:
            structs[name] = rest
        elif " = " in name:
            key, _, under = name.partition(" = ")
            names[key] = under
        elif name:
            structs[name] = ""
    return structs, names


def _lines() -> dict[str, str]:
    return _data()[0]


def _names() -> dict[str, str]:
    return _data()[1]


def _field(owner: str, cell: str, minor: int) -> Field | None:
    """The field that a cell describes; None where this minor does not have it."""
    name, type_, *rest = cell.split(" ")
    if rest and "-" in rest[-1]:
        first, last = rest.pop().split("-")
        if not int(first) <= minor <= int(last):
            return None
    flags = rest[0] if rest else ""
    go, _, json = name.partition("=")
    return Field(
        name=go,
        json=json or go[0].lower() + go[1:],
        type=type_,
        omitempty="e" in flags,
        omitzero="z" in flags,
        inline="i" in flags,
        gated=is_off(owner, go, minor),
    )
