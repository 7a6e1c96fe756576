"""What only the API server's own functions know of a field: they are asked with small objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.defaults import stored
from kplan.errors import InputError
from kplan.report.explain_doc import Subject
from kplan.schemas import Field, Type

_IMAGES = ("web:1", "web")
"""What a container's image decides: the two are probed."""
_NAME = "web"
_KEY = "storage"
"""A key of maps that Kubernetes knows in those of resources."""
_SAME = "no change"
_DEEPEST = 4
_NOTHING: tuple[Any, ...] = (None, {}, [], "")


def defaults_below(subject: Subject) -> dict[str, tuple[Any, ...]]:
    """The values that are filled in below the subject, by field: several where the image decides; none is absent.

    A field that stands alone is its own key "" (what is filled in where nothing of it is written).
    """
    if subject.entry is None or _is_the_servers(subject):
        return {}
    found: dict[str, list[Any]] = {}
    for image in _IMAGES:
        for key, value in _filled_in(subject, image).items():
            if value not in found.setdefault(key, []):
                found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _is_the_servers(subject: Subject) -> bool:
    return bool(subject.path) and subject.path[0] in ("metadata", "status", "apiVersion", "kind")


def _filled_in(subject: Subject, image: str) -> dict[str, Any]:
    try:
        absent = _object(subject, image)
        found = {"": _at(stored(absent, subject.minor), subject.path)} if subject.path else {}
        if subject.type is not None:
            field = subject.docs[-1].field if subject.docs else None
            present = _object(subject, image, [_around(field, _element(subject.type, image))])
            way = (*subject.path, *_way(field))
            written, kept = _at(present, way), _at(stored(present, subject.minor), way)
            if isinstance(kept, dict):
                own = {key: value for key, value in kept.items() if key not in (written or {})}
                found |= own if subject.path else {k: v for k, v in own.items() if k not in ("metadata", "status")}
    except InputError:
        return {}
    return {key: said for key, value in found.items() if (said := _said(value)) not in _NOTHING}


def _said(value: Any) -> Any:
    """The value without what is absent or empty in it: Go writes that out too."""
    if isinstance(value, dict):
        return {key: said for key, item in value.items() if (said := _said(item)) not in _NOTHING}
    return value


def change_refused(subject: Subject) -> str | None:
    """Why an update may not change the field at all; None where it may, or that is not known.

    It is one that is refused for each part of the field, and whatever the phase of the object.
    """
    if subject.entry is None or not subject.docs or _is_the_servers(subject):
        return None
    refused = [
        _refused(subject, *change, phase)
        for change in _changes(subject.docs[-1].field, subject.docs[-1].values)
        for phase in ("", "Bound")
    ]
    details = [detail for detail in refused if detail != _SAME]
    return details[0] if details and None not in details else None


def _changes(field: Field, values: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    """Values to change into each other: one for each field of an object, and one that adds to a list."""
    inside = _innermost(field)
    if inside.type == "object" and inside.object is not None:
        parts = [({f.name: _sample(f, 1)}, {f.name: _sample(f, 2)}) for f in inside.object.fields.values()]
    else:
        parts = [(_sample(inside, 1, values=values), _sample(inside, 2, values=values))]
    for old, new in parts:
        yield _around(field, old), _around(field, new)
    if field.type == "list":
        yield _around(field, parts[0][0]), [*_around(field, parts[0][0]), *_around(field, parts[0][1])]


def _refused(subject: Subject, old: Any, new: Any, phase: str) -> str | None:
    """Why the change is refused; None where it is not, `_SAME` where there is none in what is stored."""
    from kplan.validation.update.registry import refusals

    try:
        before, after = (stored(_object(subject, _IMAGES[0], [value]), subject.minor) for value in (old, new))
    except InputError:
        return _SAME
    if before == after:
        return _SAME
    if phase:
        before = {**before, "status": {"phase": phase}}
    for refusal in refusals(before, after, subject.minor):
        if refusal.rule == "immutable-field" and refusal.covers(subject.path):
            return refusal.detail
    return None


def _object(subject: Subject, image: str, leaf: list[Any] | None = None) -> dict[str, Any]:
    """The smallest object that has all on the way to the field, and the field itself where `leaf` holds its value."""
    root: dict[str, Any] = {"apiVersion": subject.api_version, "kind": subject.kind, "metadata": {"name": _NAME}}
    here = root
    for number, doc in enumerate(subject.docs):
        name = doc.field.name
        if number == len(subject.docs) - 1:
            if leaf:
                here[name] = leaf[0]
            else:
                here.pop(name, None)
            break
        inside = doc.field
        while inside.element is not None:
            inside = inside.element
        element = _element(inside.object, image)
        here[name] = _around(doc.field, element)
        here = element
    return root


def _element(type_: Type | None, image: str) -> dict[str, Any]:
    """An object of a type with as little in it as tells defaults apart."""
    if type_ is not None and type_.title in ("Container", "EphemeralContainer", "EphemeralContainerCommon"):
        return {"name": _NAME, "image": image}
    return {}


def _around(field: Field | None, value: Any) -> Any:
    """The value within the lists and maps that the field is made of."""
    if field is None or field.element is None:
        return value
    inside = _around(field.element, value)
    return [inside] if field.type == "list" else {_KEY: inside}


def _way(field: Field | None) -> tuple[str | int, ...]:
    if field is None or field.element is None:
        return ()
    return (0 if field.type == "list" else "*", *_way(field.element))


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        if isinstance(value, dict):
            value = value.get(_KEY if part == "*" else part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _sample(field: Field, number: int, depth: int = 0, values: tuple[Any, ...] = ()) -> Any:
    """A value of the field's type, another one for another number; of `values` where there are two."""
    if field.element is not None:
        return _around(field, _sample(_innermost(field), number, depth, values))
    if field.type == "object":
        return _sample_object(field.object, number, depth)
    if len(values) > 1:
        return values[number - 1]
    if field.type == "string":
        formats = {"date-time": f"200{number}-01-01T00:00:00Z", "micro-time": f"200{number}-01-01T00:00:00.000000Z"}
        return formats.get(field.format, "YQ==" if number == 1 else "Yg==")
    if field.type == "boolean":
        return number == 2
    return f"{number}" if field.type == "quantity" else number


def _sample_object(type_: Type | None, number: int, depth: int) -> dict[str, Any]:
    """An object with one field that tells it from others, as near to its root as there is one."""
    fields = list(type_.fields.values()) if type_ is not None and depth < _DEEPEST else []
    plain = [f for f in fields if f.type not in ("object", "boolean") and f.element is None]
    rest = [f for f in fields if f.name not in ("metadata", "status")]
    chosen = next(iter([f for f in plain if f.required] or plain or rest), None)
    return {chosen.name: _sample(chosen, number, depth + 1)} if chosen is not None else {}


def _innermost(field: Field) -> Field:
    while field.element is not None:
        field = field.element
    return field
