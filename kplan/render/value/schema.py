"""`values.schema.json`: values checked against it, and a first one made from values."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
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

    try:
        schema = json.loads(raw)
        validator = validator_for(schema, default=Draft7Validator)
        validator.check_schema(schema)
    except (ValueError, SchemaError) as error:
        raise InputError(f"{file}: it is no JSON Schema: {getattr(error, 'message', error)}") from None
    try:
        for fault in validator(schema).iter_errors(values):
            path = tuple(fault.absolute_path)
            unknown = [*_unknown(fault.instance, fault.schema)] if fault.validator == "additionalProperties" else []
            if not unknown:
                yield path, fault.message
            for key, near in unknown:
                yield (*path, key), f"there is no such value{f'; did you mean `{near}`?' if near else ''}"
    except Unresolvable as error:
        raise InputError(f"{file}: the reference `{error.ref}` leads nowhere: schemas are not fetched") from None
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
    dependencies: Collection[str] = (),
) -> dict[str, Any]:
    """A JSON Schema that takes these values, as a start: types, no key beside those that are there.

    Null and empty lists or mappings say nothing of their type, so anything may stand there. `descriptions` are what
    to say of a value, by its path; the values of `dependencies` are checked by their own schemas.

    >>> inferred_schema({"replicas": 2}, {("replicas",): "How many."})["properties"]["replicas"]
    {'description': 'How many.', 'type': 'integer'}
    """
    own = {key: value for key, value in values.items() if key not in dependencies}
    schema = _inferred(own, (), descriptions or {})
    if own:
        schema["properties"] |= {name: {"type": "object"} for name in sorted({*dependencies, *_EVERYWHERE} - set(own))}
    return {"$schema": DIALECT, **schema}


_EVERYWHERE = ("global",)
"""What charts above may give to any chart."""
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def _inferred(value: Any, path: FieldPath, descriptions: Mapping[FieldPath, str]) -> dict[str, Any]:
    said = {"description": descriptions[path]} if path in descriptions else {}
    if isinstance(value, dict):
        if not value:
            return {**said, "type": "object"}
        properties = {key: _inferred(item, (*path, key), descriptions) for key, item in value.items()}
        return {**said, "type": "object", "properties": properties, "additionalProperties": False}
    if isinstance(value, list):
        found = [_inferred(item, (*path, index), descriptions) for index, item in enumerate(value)]
        kinds = [kind for number, kind in enumerate(found) if kind not in found[:number]]
        return {
            **said,
            "type": "array",
            **({"items": kinds[0] if len(kinds) == 1 else {"anyOf": kinds}} if kinds else {}),
        }
    return said if value is None else {**said, "type": _TYPES[type(value)]}
