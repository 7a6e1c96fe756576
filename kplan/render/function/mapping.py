"""Mappings.

Source: github.com/Masterminds/sprig v3 dict.go; dario.cat/mergo.
"""

from __future__ import annotations

from typing import Any

from kplan.render.access import kind
from kplan.render.fault import Fault
from kplan.render.function.flow import is_empty
from kplan.render.function.string import show
from kplan.render.function.table import Group, Rendering
from kplan.render.trace import TracedMap

GROUP = Group("mapping")


@GROUP.add("dict")
def dict_(*pairs: Any) -> dict[str, Any]:
    """A mapping of the keys and values, one after the other."""
    keys = [show(key) for key in pairs[::2]]
    return dict(zip(keys, [*pairs[1::2], ""] if len(pairs) % 2 else pairs[1::2], strict=True))


@GROUP.add("get", subject=dict)
def get(mapping: dict[str, Any], key: str) -> Any:
    """The value of a key; an empty text where there is none."""
    return mapping.get(key, "")


@GROUP.add("set", subject=dict)
def set_(mapping: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """Set a key of a mapping that the template made."""
    _writable(mapping)[key] = value
    return mapping


@GROUP.add("unset", subject=dict)
def unset(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    """Take a key out of a mapping that the template made."""
    _writable(mapping).pop(key, None)
    return mapping


def _writable(mapping: dict[str, Any]) -> dict[str, Any]:
    if isinstance(mapping, TracedMap) or type(mapping) is not dict:
        raise Fault("values cannot be changed", "copy them first: `deepCopy`, or `merge(dict(), values)`")
    return mapping


@GROUP.add("hasKey", subject=dict)
def has_key(mapping: dict[str, Any], key: str) -> bool:
    """Whether there is the key."""
    return key in mapping


@GROUP.add("pluck")
def pluck(key: str, *mappings: dict[str, Any]) -> list[Any]:
    """The values of a key in those mappings that have it."""
    return [mapping[key] for mapping in mappings if key in mapping]


@GROUP.add("keys")
def keys(*mappings: dict[str, Any]) -> list[str]:
    """All keys."""
    return [key for mapping in mappings for key in mapping]


@GROUP.add("values")
def values(mapping: dict[str, Any]) -> list[Any]:
    """All values."""
    return list(mapping.values())


@GROUP.add("pick", subject=dict)
def pick(mapping: dict[str, Any], *names: str) -> dict[str, Any]:
    """Only these keys."""
    return {name: mapping[name] for name in names if name in mapping}


@GROUP.add("omit", subject=dict)
def omit(mapping: dict[str, Any], *names: str) -> dict[str, Any]:
    """All but these keys."""
    return {key: mapping[key] for key in mapping if key not in names}


@GROUP.add("dig")
def dig(*arguments: Any) -> Any:
    """The value at a path of keys, or the default: `dig("a", "b", default, mapping)`."""
    if len(arguments) < 3:
        raise Fault("`dig` takes keys, a default and a mapping")
    *path, otherwise, node = arguments
    if not isinstance(node, dict) and isinstance(arguments[0], dict):
        node, *path, otherwise = arguments
    for key in path:
        if not isinstance(node, dict):
            raise Fault(f"`dig` needs a mapping, and finds {kind(node)}")
        if key not in node:
            return otherwise
        node = node[key]
    return node


@GROUP.add("deepCopy", "mustDeepCopy", inside=True)
def deep_copy(rendering: Rendering, value: Any) -> Any:
    """A copy, all the way down."""
    if isinstance(value, dict):
        rendering.budget.fill(len(value))
        return {key: deep_copy(rendering, each) for key, each in value.items()}
    if isinstance(value, list):
        rendering.budget.fill(len(value))
        return [deep_copy(rendering, each) for each in value]
    return value


@GROUP.add("merge", "mustMerge", inside=True)
def merge(rendering: Rendering, first: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    """The mappings as one, all the way down; what comes first wins, unless it is empty."""
    return _merged(rendering, first, others, overwrite=False)


@GROUP.add("mergeOverwrite", "mustMergeOverwrite", inside=True)
def merge_overwrite(rendering: Rendering, first: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    """The mappings as one, all the way down; what comes last wins."""
    return _merged(rendering, first, others, overwrite=True)


def _merged(
    rendering: Rendering, first: dict[str, Any], others: tuple[dict[str, Any], ...], overwrite: bool
) -> dict[str, Any]:
    """Merge into the first, or, where it is values, into a copy of it."""
    into: dict[str, Any] = first if type(first) is dict else deep_copy(rendering, first)
    for other in others:
        _merge_into(rendering, into, other, overwrite)
    return into


def _merge_into(rendering: Rendering, into: dict[str, Any], other: dict[str, Any], overwrite: bool) -> None:
    rendering.budget.fill(len(other))
    for key, value in other.items():
        mine = into.get(key)
        if value is None:
            if overwrite:
                into[key] = None
        elif isinstance(mine, dict) and mine and isinstance(value, dict):
            if type(mine) is not dict:
                mine = into[key] = deep_copy(rendering, mine)
            _merge_into(rendering, mine, value, overwrite)
        elif overwrite or is_empty(mine):
            into[key] = deep_copy(rendering, value)
