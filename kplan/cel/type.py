"""The types of CEL, and what may stand for what.

Source: cel-go common/types/types.go, checker/types.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias


class Type(NamedTuple):
    """A type: its kind, its name (of structs, opaque types and type parameters), and what it holds.

    Kinds: dyn error null bool int uint double string bytes duration timestamp list map struct opaque type param.
    """

    kind: str
    name: str = ""
    parts: tuple[Type, ...] = ()

    def __str__(self) -> str:
        if self.kind in ("struct", "param"):
            return self.name
        text = self.name if self.kind == "opaque" else _SHOWN.get(self.kind, self.kind)
        return f"{text}({', '.join(map(str, self.parts))})" if self.parts else text


_SHOWN = {
    "error": "!error!",
    "null": "null_type",
    "duration": "google.protobuf.Duration",
    "timestamp": "google.protobuf.Timestamp",
}

_WORDS = {"error": "!error!"}
"""In messages the types that have long names are called by short ones."""


def worded(type_: Type) -> str:
    """A type as messages have it.

    >>> worded(list_of(TIMESTAMP)), str(TIMESTAMP)
    ('list(timestamp)', 'google.protobuf.Timestamp')
    """
    name = type_.name if type_.kind in ("struct", "param", "opaque") else _WORDS.get(type_.kind, type_.kind)
    return f"{name}({', '.join(map(worded, type_.parts))})" if type_.parts else name


DYN, ERROR, NULL = Type("dyn"), Type("error"), Type("null")
BOOL, INT, UINT, DOUBLE = Type("bool"), Type("int"), Type("uint"), Type("double")
STRING, BYTES = Type("string"), Type("bytes")
DURATION, TIMESTAMP = Type("duration"), Type("timestamp")
_NULLABLE = frozenset(("null", "struct", "opaque", "duration", "timestamp"))

Bindings: TypeAlias = dict[str, Type]
"""What type parameters stand for."""


def list_of(item: Type) -> Type:
    """A list."""
    return Type("list", parts=(item,))


def map_of(key: Type, value: Type) -> Type:
    """A map."""
    return Type("map", parts=(key, value))


def optional_of(value: Type) -> Type:
    """A value that may be there."""
    return Type("opaque", "optional_type", (value,))


def unwrapped(type_: Type) -> tuple[Type, bool]:
    """The type inside an optional, and whether it is one."""
    if type_.kind == "opaque" and type_.name == "optional_type":
        return type_.parts[0], True
    return type_, False


def is_dyn(type_: Type) -> bool:
    """Whether nothing is known of the type."""
    return type_.kind in ("dyn", "error")


def substitute(bindings: Mapping[str, Type], type_: Type, *, to_dyn: bool = False) -> Type:
    """The type with its parameters replaced; those that stand for nothing become dyn with `to_dyn`."""
    if type_.kind == "param":
        if type_.name in bindings:
            return substitute(bindings, bindings[type_.name], to_dyn=to_dyn)
        return DYN if to_dyn else type_
    if not type_.parts:
        return type_
    return type_._replace(parts=tuple(substitute(bindings, part, to_dyn=to_dyn) for part in type_.parts))


def assignable(bindings: Bindings, wanted: tuple[Type, ...], given: tuple[Type, ...]) -> Bindings | None:
    """The bindings with which the given types can stand for the wanted ones; None where they cannot."""
    if len(wanted) != len(given):
        return None
    found = dict(bindings)
    return found if all(_fits(found, one, other) for one, other in zip(wanted, given, strict=True)) else None


def _fits(bindings: Bindings, one: Type, other: Type) -> bool:
    if other.kind == "param":
        valid, bound = _bind(bindings, one, other)
        if valid or bound:
            return valid
    if one.kind == "param":
        return _bind(bindings, other, one)[0]
    if is_dyn(one) or is_dyn(other):
        return True
    if one.kind == "null" or other.kind == "null":
        return {one.kind, other.kind} <= _NULLABLE and "null" in (one.kind, other.kind)
    if one.kind != other.kind or (one.name != other.name and one.kind != "type"):
        return False
    if one.kind in ("list", "map", "opaque"):
        pairs = zip(one.parts, other.parts, strict=False)
        return len(one.parts) == len(other.parts) and all(_fits(bindings, a, b) for a, b in pairs)
    return True


def _bind(bindings: Bindings, type_: Type, param: Type) -> tuple[bool, bool]:
    """Whether the type may be what a parameter stands for, and whether that stands for something already."""
    if type_ == param:
        return True, True
    bound = bindings.get(param.name)
    if bound is not None:
        if bound == type_:
            return True, True
        if _fits(bindings, type_, bound):
            general = most_general(type_, bound)
            if not _refers(bindings, param, general):
                bindings[param.name] = general
            return True, True
        return False, True
    if _refers(bindings, param, type_):
        return False, False
    bindings[param.name] = type_
    return True, False


def _refers(bindings: Bindings, param: Type, within: Type) -> bool:
    if within == param:
        return True
    if within.kind == "param" and within.name in bindings:
        return _refers(bindings, param, bindings[within.name])
    return any(_refers(bindings, param, part) for part in within.parts)


def most_general(one: Type, other: Type) -> Type:
    """The one of two types that takes more."""
    return one if _is_as_general(one, other) else other


def _is_as_general(one: Type, other: Type) -> bool:
    if one.kind in ("dyn", "param"):
        return True
    if other.kind in ("dyn", "param"):
        return False
    if one.kind != other.kind or one.name != other.name or len(one.parts) != len(other.parts):
        return False
    return all(_is_as_general(a, b) for a, b in zip(one.parts, other.parts, strict=True))
