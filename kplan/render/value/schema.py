"""`values.schema.json`: values checked against it, and a first one made from values."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kplan.errors import InputError
from kplan.render.value.table import Place, Table, place_of, plain

if TYPE_CHECKING:
    from kplan.model import FieldPath
    from kplan.render.chart import Chart

DIALECT = "http://json-schema.org/draft-07/schema#"


class ValueFault(NamedTuple):
    """A value that its chart's schema refuses. `path` starts at the values of the top chart."""

    chart: str
    path: FieldPath
    message: str
    place: Place | None


def check_values(chart: Chart, values: Table) -> tuple[ValueFault, ...]:
    """What the schemas of the chart and of its dependencies refuse, in the order of paths.

    Raises InputError for a schema that is none. A `$ref` that leads out of the schema is not followed.

    Source: helm v3 pkg/chartutil ValidateAgainstSchema.
    """
    faults = _check(chart, values, values, ())
    return tuple(sorted(faults, key=lambda fault: ([str(part) for part in fault.path], fault.message)))


def _check(chart: Chart, own: Table, top: Table, prefix: FieldPath) -> Iterator[ValueFault]:
    if chart.schema:
        for path, message in _faults(chart.schema, f"{chart.folder}/values.schema.json", plain(own)):
            yield ValueFault(chart.name, (*prefix, *path), message, place_of(top, (*prefix, *path)))
    for dependency in chart.dependencies:
        inner = own.get(dependency.name)
        if isinstance(inner, Table):
            yield from _check(dependency, inner, top, (*prefix, dependency.name))


def _faults(raw: bytes, file: str, values: dict[str, Any]) -> Iterator[tuple[FieldPath, str]]:
    from jsonschema import Draft7Validator, SchemaError
    from jsonschema.validators import validator_for
    from referencing.exceptions import Unresolvable

    from kplan.render.limit import Exhausted
    from kplan.render.value.keyword import bounded

    try:
        schema = json.loads(raw)
        validator = validator_for(schema, default=Draft7Validator)
        validator.check_schema(schema)
    except (ValueError, SchemaError) as error:
        raise InputError(f"{file}: it is no JSON Schema: {getattr(error, 'message', error)}") from None
    except RecursionError:
        raise InputError(f"{file}: the schema is nested too deep") from None
    try:
        for fault in bounded(validator)(schema).iter_errors(values):
            path = tuple(fault.absolute_path)
            unknown = [*_unknown(fault.instance, fault.schema)] if fault.validator == "additionalProperties" else []
            if not unknown:
                yield path, fault.message
            for key, near in unknown:
                yield (*path, key), f"there is no such value{f'; did you mean `{near}`?' if near else ''}"
    except Unresolvable as error:
        raise InputError(f"{file}: the reference `{error.ref}` leads nowhere: schemas are not fetched") from None
    except ValueError as error:
        raise InputError(f"{file}: a pattern is no regular expression: {error}") from None
    except Exhausted:
        raise InputError(f"{file}: it takes too long to check values by this schema") from None
    except RecursionError:
        raise InputError(f"{file}: the schema refers to itself without end") from None


def _unknown(values: Any, schema: Any) -> Iterator[tuple[str, str | None]]:
    """The keys that a schema has no place for, and those that were probably meant."""
    from kplan.render.undefined import nearest

    known = schema.get("properties") or {}
    if schema["additionalProperties"] is False and not schema.get("patternProperties"):
        for key in values:
            if key not in known:
                yield key, nearest(key, known)


def inferred_schema(
    values: Mapping[str, Any],
    descriptions: Mapping[FieldPath, str] | None = None,
    whole: Collection[FieldPath] = (),
    dependencies: Collection[str] = (),
) -> dict[str, Any]:
    """A JSON Schema that takes these values, as a start: types, no key beside those that are there.

    Null and empty lists or mappings say nothing of their type, so anything may stand there. `descriptions` are what
    to say of a value, by its path; mappings at the paths in `whole` may have further keys, and so may those whose keys
    are no names; the values of `dependencies` are checked by their own schemas.

    >>> inferred_schema({"replicas": 2}, {("replicas",): "How many."})["properties"]["replicas"]
    {'description': 'How many.', 'type': 'integer'}
    """
    own = {key: value for key, value in values.items() if key not in dependencies}
    schema = _Inference(descriptions or {}, frozenset(whole)).schema(own, ())
    if own:
        schema["properties"] |= {name: {"type": "object"} for name in sorted({*dependencies, *_EVERYWHERE} - set(own))}
    return {"$schema": DIALECT, **schema}


_EVERYWHERE = ("global",)
"""What charts above may give to any chart."""
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}
_NAME = re.compile("[a-z][A-Za-z0-9]*")


class _Inference(NamedTuple):
    descriptions: Mapping[FieldPath, str]
    whole: frozenset[FieldPath]

    def schema(self, value: Any, path: FieldPath) -> dict[str, Any]:
        said = {"description": self.descriptions[path]} if path in self.descriptions else {}
        if isinstance(value, dict):
            return {**said, "type": "object", **self.entries(value, path)}
        if isinstance(value, list):
            kinds = _distinct(self.schema(item, (*path, index)) for index, item in enumerate(value))
            return {**said, "type": "array", **({"items": _any_of(kinds)} if kinds else {})}
        return said if value is None else {**said, "type": _TYPES[type(value)]}

    def entries(self, value: dict[str, Any], path: FieldPath) -> dict[str, Any]:
        """What is said of a mapping's entries; of those that are named freely, only the type."""
        if not value:
            return {}
        made = {key: self.schema(item, (*path, key)) for key, item in value.items()}
        if not all(_NAME.fullmatch(key) for key in value):
            return {"additionalProperties": _any_of(_distinct(made.values()))}
        return {"properties": made, **({} if path in self.whole else {"additionalProperties": False})}


def _distinct(schemas: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for schema in schemas:
        if schema not in found:
            found.append(schema)
    return found


def _any_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
