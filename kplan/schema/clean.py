"""The fast half of the check: is there nothing to say about an object?

Each type is compiled once into a table: field name -> class of the value -> None (nothing can be wrong) or a predicate.
A name or a class that is not in the table is a fault; `explain` finds the words for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple, TypeAlias

from kplan.schema.scalar import SCALARS
from kplan.schemas import Field, Type

Predicate: TypeAlias = Callable[[Any], bool]
Handlers: TypeAlias = dict[type, Predicate | None]

_NONE = type(None)
_TEXTS = frozenset((str, _NONE))


class _Anything(dict[type, Predicate | None]):
    """Takes a value of every class."""

    def __missing__(self, key: type) -> None:
        return None


class _Open(dict[str, Handlers]):
    """A table that takes unknown names."""

    def __missing__(self, key: str) -> Handlers:
        return _ANYTHING


_ANYTHING = _Anything()


class Mode(NamedTuple):
    """What counts besides types: fields that are missing, and names that are unknown."""

    validated: bool = True
    strict: bool = True

    def within(self, field: Field) -> Mode:
        """The mode inside a field."""
        if field.type == "any":
            return self._replace(strict=False)  # nested schemas decode themselves, and not strictly
        return self if field.validated else self._replace(validated=False)


@cache
def cleanness(type_: Type, mode: Mode = Mode()) -> Predicate:  # noqa: B008 a frozen value
    """The predicate of an object of this type: whether nothing in it is unknown, of a wrong type, or missing."""
    table: dict[str, Handlers] = {} if mode.strict and not type_.open else _Open()
    for name, field in type_.fields.items():
        table[name] = handlers(field, mode)
    demands = any(field.required for field in type_.fields.values()) and mode.validated

    def is_clean(data: dict[str, Any]) -> bool:
        try:
            for name, value in data.items():
                predicate = table[name][value.__class__]
                if predicate is not None and not predicate(value):
                    return False
        except KeyError:
            return False
        return not (demands and missing(data, type_))

    return is_clean


def missing(data: dict[str, Any], type_: Type) -> list[str]:
    """The required fields that an object of this type goes without."""
    required = _required(type_)
    if type_.is_custom:
        return [name for name in required if name not in data]
    return [name for name in required if data.get(name) is None]


@cache
def _required(type_: Type) -> tuple[str, ...]:
    return tuple(name for name, field in type_.fields.items() if field.required)


def handlers(field: Field, mode: Mode = Mode()) -> Handlers:  # noqa: B008 a frozen value
    """What each class of value must satisfy in this field."""
    found = _handlers(field, mode.within(field))
    if field.enum:
        found = dict.fromkeys((str, int, float, bool), partial(_is_one_of, field.enum))
    if field.nullable and found is not _ANYTHING:
        found = {**found, _NONE: None}
    return found


def _handlers(field: Field, inside: Mode) -> Handlers:
    if field.type == "any":
        return _schema_handlers(field, inside) if field.format else _ANYTHING
    if field.type == "object":
        return {dict: _ObjectPredicate(field, inside)}
    if field.type in ("list", "map"):
        assert field.element is not None
        return _collection(field.element, list if field.type == "list" else dict, inside)
    return SCALARS[field.type, field.format]


def _schema_handlers(field: Field, inside: Mode) -> Handlers:
    """Scalars are ignored where a list is the other form, whatever they are.

    Source: kubernetes v1.36 apiextensions v1 marshal.go, UnmarshalJSON of JSONSchemaPropsOrArray and its likes.
    """
    schema = Field("", "object", resolve=field.resolve)
    found: Handlers = {dict: _ObjectPredicate(schema, inside), bool: None}
    if field.format == "schema-or-boolean":
        return found
    element = schema if field.format == "schema-or-list" else Field("", "string")
    return {**dict.fromkeys((str, int, float)), **found, **_collection(element, list, inside)}


def _collection(element: Field, container: type, inside: Mode) -> Handlers:
    if element.type == "any" and not element.format:
        return {container: None}
    if element.type == "string" and not element.format and element.nullable and not element.enum:
        return {container: _are_texts if container is list else _holds_texts}
    return {container: _ElementsPredicate(element, container is dict, inside)}


class _ObjectPredicate:
    """The predicate of an object, compiled when the first value asks for it: types may hold themselves."""

    def __init__(self, field: Field, mode: Mode) -> None:
        self.field = field
        self.mode = mode
        self.compiled: Predicate | None = None

    def __call__(self, value: dict[str, Any]) -> bool:
        compiled = self.compiled
        if compiled is None:
            type_ = self.field.object
            assert type_ is not None
            self.compiled = compiled = cleanness(type_, self.mode)
        return compiled(value)


class _ElementsPredicate:
    """The predicate of a list's elements or a map's values, compiled when the first value asks for it."""

    def __init__(self, element: Field, of_map: bool, mode: Mode) -> None:
        self.element = element
        self.of_map = of_map
        self.mode = mode
        self.compiled: Handlers | None = None

    def __call__(self, value: Any) -> bool:
        table = self.compiled
        if table is None:
            self.compiled = table = handlers(self.element, self.mode)
        try:
            for item in value.values() if self.of_map else value:
                predicate = table[item.__class__]
                if predicate is not None and not predicate(item):
                    return False
        except KeyError:
            return False
        return True


def _are_texts(values: list[Any]) -> bool:
    return _TEXTS.issuperset(map(type, values))


def _holds_texts(values: dict[str, Any]) -> bool:
    return _TEXTS.issuperset(map(type, values.values()))


def _is_one_of(values: tuple[Any, ...], value: Any) -> bool:
    return any(value == one and isinstance(value, bool) is isinstance(one, bool) for one in values)
