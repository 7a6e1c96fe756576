"""What a template may reach: data, and the few methods of data that change nothing and make nothing large."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from jinja2.environment import TemplateModule
from jinja2.runtime import LoopContext, TemplateReference
from jinja2.utils import Namespace

from kplan.render.fault import Fault
from kplan.render.function.table import Function, Rendering
from kplan.render.origin import Place
from kplan.render.thing import Thing
from kplan.render.trace import TracedMap
from kplan.render.undefined import Missing, nearest

_STRING_METHODS: Final = frozenset((
    "capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha", "isascii", "isdecimal",
    "isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper", "lower", "lstrip", "partition",
    "removeprefix", "removesuffix", "rfind", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith",
    "strip", "swapcase", "title", "upper",
))  # fmt: skip
_MAP_METHODS: Final = frozenset(("items", "keys", "values", "get"))
_LIST_METHODS: Final = frozenset(("count", "index"))
_LOOP: Final = frozenset((
    "index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0", "previtem",
    "nextitem", "cycle", "changed",
))  # fmt: skip


class Method:
    """A method that may be called."""

    __slots__ = ("call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call


def kind(value: object) -> str:
    """What a value is, for a reader.

    >>> kind({}), kind("a"), kind(None)
    ('a mapping', 'a text', 'null')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a truth value"
    for kinds, name in (
        (str, "a text"),
        (int | float, "a number"),
        (dict, "a mapping"),
        (list | tuple | range, "a list"),
        (Missing, "undefined"),
    ):
        if isinstance(value, kinds):
            return name
    return "an object of the engine" if isinstance(value, Thing) else "a function"


def attribute_of(value: Any, name: str, place: Place) -> Any:
    """`value.name`: the key of a mapping, the attribute of an object; Missing where there is none."""
    if isinstance(value, dict):
        return value[name] if dict.__contains__(value, name) else absent(value, name, place)
    if isinstance(value, Missing):
        return value.below(name)
    if isinstance(value, Thing):
        if name in value.shown:
            found = getattr(value, name)
            return Method(found) if callable(found) else found
        return Missing(_written(place), place, lambda: _meant(name, value.shown))
    found = _of_jinja(value, name)
    return Missing(_written(place), place, message=_no_such(value, name, place)) if found is None else found


def method_of(value: Any, name: str, place: Place, rendering: Rendering) -> Any:
    """`value.name(`: as `attribute_of`, and the methods of texts, mappings and lists."""
    if isinstance(value, str):
        if name in ("join", "replace"):
            return Method(lambda *arguments: _by_function(rendering, name, value, arguments))
        if name in _STRING_METHODS:
            rendering.budget.grow(len(value))
            return Method(getattr(value, name))
    elif (isinstance(value, dict) and name in _MAP_METHODS) or (isinstance(value, list) and name in _LIST_METHODS):
        rendering.budget.grow(len(value))
        return Method(
            getattr(value, name) if name in ("get", "count", "index") else lambda: list(getattr(value, name)())
        )
    elif isinstance(value, LoopContext) and name in _LOOP:
        return Method(getattr(value, name))
    return attribute_of(value, name, place)


def _by_function(rendering: Rendering, name: str, value: str, arguments: tuple[Any, ...]) -> Any:
    function: Function = rendering.functions[name]
    return function(rendering, *((value, *arguments) if name == "join" else (*arguments, value)))


def item_of(value: Any, key: Any, place: Place) -> Any:
    """`value[key]`."""
    if isinstance(value, Missing):
        return value.below(key)
    if isinstance(key, Missing):
        raise key.fault()
    if isinstance(value, dict):
        if not isinstance(key, str):
            key = str(key)
        return value[key] if dict.__contains__(value, key) else absent(value, key, place)
    if isinstance(value, list | tuple | str | range) and isinstance(key, int | slice):
        try:
            return value[key]
        except IndexError:
            return Missing(_written(place), place, message=f"`{_written(place)}`: the list has {len(value)} items only")
    if isinstance(key, str):
        return attribute_of(value, key, place)
    raise Fault(f"{kind(value)} has no items", place=place)


def absent(value: dict[str, Any], name: str, place: Place) -> Missing:
    """What a mapping gives for a key that it has not."""
    if isinstance(value, TracedMap):
        value.reads.add((*value.path, name))
    return Missing(_written(place), place, lambda: _meant(name, value))


def _of_jinja(value: Any, name: str) -> Any:
    if name.startswith("_"):
        return None
    if isinstance(value, TemplateModule):
        return value.__dict__.get(name)
    if isinstance(value, Namespace):
        return getattr(value, name, None)
    if isinstance(value, LoopContext) and name in _LOOP:
        return getattr(value, name)
    if isinstance(value, TemplateReference):
        return value[name]
    return None


def _no_such(value: Any, name: str, place: Place) -> str:
    inner = _written(place).removesuffix(f".{name}")
    if isinstance(value, TemplateModule):
        return f"`{inner}` has no macro `{name}`"
    if not inner or inner == _written(place):
        return f"`{name}` is not defined: {kind(value)} has no such thing"
    return f"`{_written(place)}` is not defined: `{inner}` is {kind(value)}"


def _written(place: Place) -> str:
    """How the expression reads in the template."""
    return " ".join(place.sheet.text[place.start : place.end].split())


def _meant(name: str, names: Any) -> str | None:
    near = nearest(name, names)
    if near is not None:
        return f"did you mean `{near}`?"
    known = sorted(map(str, names))
    if not known:
        return None
    return f"there is {', '.join(f'`{each}`' for each in known[:6])}{', ...' if len(known) > 6 else ''}"
