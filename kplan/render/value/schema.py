"""`values.schema.json`: values checked against it, and a first one made from values."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
            yield tuple(fault.absolute_path), fault.message
    except Unresolvable as error:
        raise InputError(f"{file}: the reference `{error.ref}` leads nowhere: schemas are not fetched") from None
    except RecursionError:
        raise InputError(f"{file}: the schema refers to itself without end") from None


def inferred_schema(values: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema that takes these values, as a start: types, no key beside those that are there.

    Null and empty lists or mappings say nothing of their type, so anything may stand there.

    >>> inferred_schema({"replicas": 2})["properties"]
    {'replicas': {'type': 'integer'}}
    """
    return {"$schema": DIALECT, **_inferred(values)}


_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def _inferred(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        if not value:
            return {"type": "object"}
        properties = {key: _inferred(item) for key, item in value.items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}
    if isinstance(value, list):
        kinds = [kind for n, kind in enumerate(map(_inferred, value)) if kind not in map(_inferred, value[:n])]
        return {"type": "array", **({"items": kinds[0] if len(kinds) == 1 else {"anyOf": kinds}} if kinds else {})}
    return {} if value is None else {"type": _TYPES[type(value)]}
