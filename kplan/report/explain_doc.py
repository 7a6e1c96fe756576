"""What there is to say of a field: its type, its words, and the facts beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kplan.schemas import Field, Type, history
from kplan.schemas.index import Entry

_LIMITS = (
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
)


@dataclass(frozen=True, slots=True)
class Doc:
    """One field. `since` and `until` are minors, None where it is as old as its type, and still there.

    `defaults` are the values that the API server fills in, several where other fields decide which. `limits` and
    `rules` (in CEL) are of custom resources. `schema` is the schema of a custom resource's field.
    """

    field: Field
    words: str
    values: tuple[Any, ...] = ()
    since: int | None = None
    until: int | None = None
    defaults: tuple[Any, ...] = ()
    limits: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    schema: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is explained: a kind and the way to a field of it, the kind itself where `docs` is empty.

    `docs` are the fields along the way. `path` has 0 for the items of lists and `*` for the keys of maps. `type` is the
    object whose fields are listed, if any, and `words` what is said of the kind. `entry` is None for custom resources.
    `minor` is the one that was asked for, or the nearest that has the kind. `others` are the other versions of the kind
    that are served.
    """

    api_version: str
    kind: str
    minor: int
    words: str
    docs: tuple[Doc, ...]
    path: tuple[str | int, ...]
    type: Type | None
    entry: Entry | None = None
    others: tuple[str, ...] = ()
    schema: dict[str, Any] | None = None

    def members(self) -> Iterator[Doc]:
        """The fields below, in order of their names; those that are required first."""
        docs = (doc_of(self.type, field, self.schema) for field in self.type.fields.values()) if self.type else ()
        return iter(sorted(docs, key=lambda doc: (not doc.field.required, doc.field.name)))


def doc_of(owner: Type, field: Field, schema: dict[str, Any] | None) -> Doc:
    """What there is to say of a field of a type; `schema` is that of the owner, where it is a custom resource's."""
    if schema is not None and field.name in (properties := schema.get("properties") or {}):
        return _custom(field, properties[field.name])
    from kplan.schemas.description import description, values

    name = "core.v1.ConfigMap" if owner.is_custom else owner.name  # apiVersion, kind and metadata are as any kind's
    lines = [line for line in history(name) if line.name == field.name]
    return Doc(
        field,
        description(name, field.name),
        values(name, field.name),
        None if any(line.first is None for line in lines) else min((line.first or 0 for line in lines), default=None),
        None if any(line.last is None for line in lines) else max((line.last or 0 for line in lines), default=None),
    )


def _custom(field: Field, schema: Any) -> Doc:
    schema = schema if isinstance(schema, dict) else {}
    rules = schema.get("x-kubernetes-validations")
    texts = [rule.get("rule") for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    enum = schema.get("enum")
    return Doc(
        field,
        str(schema.get("description") or ""),
        tuple(enum) if isinstance(enum, list) else (),
        defaults=(schema["default"],) if "default" in schema else (),
        limits=tuple(f"{key} {schema[key]}" for key in _LIMITS if key in schema),
        rules=tuple(text for text in texts if isinstance(text, str)),
        schema=schema,
    )


def inner(doc: Doc) -> tuple[Field, dict[str, Any] | None, tuple[str | int, ...]]:
    """What lies inside of lists and maps: the field, its schema, and the way there (0 for items, `*` for keys)."""
    field, schema, way = doc.field, doc.schema, list[str | int]()
    while field.element is not None:
        way.append(0 if field.type == "list" else "*")
        below = (schema or {}).get("items" if field.type == "list" else "additionalProperties")
        schema = below if isinstance(below, dict) else None
        field = field.element
    return field, schema, tuple(way)


def type_text(field: Field) -> str:
    """The type, as people say it.

    >>> type_text(Field("ports", "list", element=Field("", "string")))
    'list of strings'
    """
    if field.element is not None:
        element = type_text(field.element)
        plural = element if element.startswith(("map", "list", "any")) else _plural(element)
        return f"list of {plural}" if field.type == "list" else f"map of strings to {plural}"
    if field.type == "object":
        inside = field.object
        return inside.title if inside is not None and not inside.is_custom else "object"
    words = {"int-or-string": "integer or string", "any": "anything"}.get(field.type, field.type)
    return f"{words} ({field.format})" if field.format and field.type != "int-or-string" else words


def _plural(noun: str) -> str:
    word, bracket, rest = noun.partition(" (")
    if word == "quantity":
        return "quantities"
    return f"{word}s{bracket}{rest}" if word.islower() else noun
