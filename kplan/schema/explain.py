"""The slow half of the check: all that is wrong with an object, in words. Runs only on objects with a fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kplan.model import FieldPath, Problem, format_path
from kplan.schema.clean import Mode, handlers, missing
from kplan.schema.misplaced import unknown_field_help
from kplan.schema.wording import describe, expected, wrong_type_help
from kplan.schemas import Field, Type

Answer = tuple[str, Problem]

_FULL = Mode()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: the path, and the types from the root down to here with their paths."""

    path: FieldPath
    owners: tuple[tuple[FieldPath, Type], ...]
    is_secret: bool = False
    mode: Mode = _FULL

    def at(self, part: str | int) -> _Place:
        return replace(self, path=(*self.path, part))


def explain(data: dict[str, Any], type_: Type, named: bool = True) -> Iterator[Answer]:
    """Every fault of an object of this type, in the order of the text; missing fields come after what is there.

    `named`: an object needs metadata.name or metadata.generateName.
    """
    yield from _object(data, type_, _Place((), (), data.get("kind") == "Secret"))
    if named:
        yield from _unnamed(data.get("metadata"))


def _unnamed(metadata: Any) -> Iterator[Answer]:
    if metadata is None or (isinstance(metadata, dict) and not (metadata.get("name") or metadata.get("generateName"))):
        message = "missing field `metadata.name`: name or generateName is required"
        yield "missing-field", Problem(("metadata", "name"), message, at="key")


def _object(data: dict[str, Any], type_: Type, place: _Place) -> Iterator[Answer]:
    inside = replace(place, owners=(*place.owners, (place.path, type_)))
    for name, value in data.items():
        field = type_.fields.get(name)
        if field is not None:
            yield from _value(value, field, inside.at(name))
        elif place.mode.strict and not type_.open:
            message = f"unknown field `{format_path((name,))}` in {_owner(place, type_)}"
            help_ = unknown_field_help(name, inside.owners)
            yield "unknown-field", Problem((*place.path, name), message, help_, at="key")
    for name in missing(data, type_) if place.mode.validated else ():
        message = f"missing field `{name}` in {_owner(place, type_)}"
        yield "missing-field", Problem((*place.path, name), message, at="key")


def _owner(place: _Place, type_: Type) -> str:
    return f"`{format_path(place.path)}`" if place.path else type_.title


def _value(value: Any, field: Field, place: _Place) -> Iterator[Answer]:
    allowed = handlers(field)
    if field.type == "any" and not field.format:
        return
    place = replace(place, mode=place.mode.within(field))
    if value is not None and value.__class__ in allowed:
        yield from _inside(value, field, place)
    elif value.__class__ not in allowed:
        yield _wrong_type(value, field, place)


def _inside(value: Any, field: Field, place: _Place) -> Iterator[Answer]:
    """The faults of a value whose class is right."""
    if isinstance(value, dict) and (type_ := field.object) is not None:
        yield from _object(value, type_, place)
    elif isinstance(value, dict | list):
        element = field.element or _schema_element(field)
        for part, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _value(item, element, place.at(part))
    else:
        predicate = handlers(field)[value.__class__]
        if predicate is not None and not predicate(value):
            yield _wrong_type(value, field, place)


def _schema_element(field: Field) -> Field:
    return Field("", "string") if field.format == "schema-or-texts" else Field("", "object", resolve=field.resolve)


def _wrong_type(value: Any, field: Field, place: _Place) -> Answer:
    hidden = place.is_secret and place.path[:1] in (("data",), ("stringData",))
    given = describe(value, hidden)
    return "wrong-type", Problem(
        path=place.path,
        message=f"expected {expected(field, value)}, given {given}",
        help=wrong_type_help(value, field, hidden),
    )
