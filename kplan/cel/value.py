"""Objects as CEL sees them: typed by the schema of their definition.

Source: kubernetes v1.36 apiserver pkg/cel/common values.go, schemas.go, pkg/cel/escaping.go.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from kplan.cel.token import RESERVED

Map: TypeAlias = dict[str, Any]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ESCAPES = re.compile(r"__|[./-]")
_ESCAPED = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_GO_DURATION = re.compile(
    r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))*\Z|0\Z"
)
_TIMES = {"date-time": "timestamp", "datetime": "timestamp", "date": "timestamp", "duration": "duration"}
_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED = "x-kubernetes-embedded-resource"
_DURATION_PART = re.compile(r"([0-9.]+)([a-zµμ]+)")
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}


class Temporal(NamedTuple):
    """A time or duration, which the library takes only as a call in the expression: `timestamp("...")`."""

    function: str
    text: str


class Mismatch(Exception):
    """A value is not of its schema's type, so no rule is evaluated on it."""


@lru_cache(maxsize=4096)
def escaped(name: str) -> str | None:
    """The name under which an expression finds a property; None for one that it cannot name.

    >>> escaped("max-surge"), escaped("namespace"), escaped("a b")
    ('max__dash__surge', '__namespace__', None)
    """
    if name in RESERVED:
        return f"__{name}__"
    text = _ESCAPES.sub(lambda m: _ESCAPED[m[0]], name)
    return text if _NAME.match(text) else None


def typed(value: Any, schema: Mapping[str, Any], *, root: bool = False) -> Any:
    """The value as an expression sees it, by its OpenAPI schema.

    Properties have their escaped names, and words that CEL reserves their own too; numbers are floats where the schema
    says so, bytes are decoded, times and durations are `Temporal`. Raises Mismatch for a value of another type.
    """
    if value is None:
        if schema.get("nullable"):
            return None
        raise Mismatch
    if schema.get("x-kubernetes-int-or-string"):
        return _expect(value, int, str)
    type_ = schema.get("type")
    if type_ == "object":
        return _object(_expect(value, dict), schema, root or bool(schema.get(_EMBEDDED)))
    if type_ == "array":
        items = schema.get("items")
        return [typed(item, items) for item in _expect(value, list)] if isinstance(items, dict) else value
    if type_ == "string":
        return _text(_expect(value, str), str(schema.get("format") or ""))
    return _scalar(value, type_)


def _scalar(value: Any, type_: Any) -> Any:
    if type_ == "boolean":
        return _expect(value, bool)
    if type_ in ("integer", "number"):
        number = _expect(value, int, float)
        if type_ == "number":
            return _float(number)
        if isinstance(number, float) and not number.is_integer():
            raise Mismatch
        return int(number)
    return value


def _float(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:
        raise Mismatch from None


def _expect(value: Any, *types: type) -> Any:
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise Mismatch
    return value


def _object(value: Map, schema: Mapping[str, Any], is_object: bool) -> Map:
    properties, values = schema.get("properties"), schema.get("additionalProperties")
    properties = dict(properties) if isinstance(properties, dict) else {}
    if is_object:
        properties |= {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": _METADATA}
    if not properties:
        if isinstance(values, dict) and values:
            return {str(key): typed(item, values) for key, item in value.items()}
        return value
    found = {}
    for key, item in value.items():
        inner, name = properties.get(key), escaped(key) if isinstance(key, str) else None
        if isinstance(inner, dict) and name is not None and not (item is None and not inner.get("nullable")):
            found[name] = typed(item, inner)
            if key in RESERVED:
                found[key] = found[name]
        elif schema.get(_PRESERVE) and name is not None and inner is None:
            found[name] = item
    return found


_METADATA = {"type": "object", "properties": {"name": {"type": "string"}, "generateName": {"type": "string"}}}


def _text(value: str, format_: str) -> Any:
    if format_ == "byte":
        try:
            return b64decode(value, validate=True)
        except ValueError:
            raise Mismatch from None
    if format_ not in _TIMES:
        return value
    if format_ == "date":
        value += "T00:00:00Z"
    if format_ == "duration" and not _GO_DURATION.match(value):
        raise Mismatch
    return Temporal(_TIMES[format_], value)


def defaulted(value: Any, schema: Mapping[str, Any]) -> Any:
    """The value with the defaults of its schema: absent properties are set, and nulls that may not be.

    >>> defaulted({"a": {}}, {"properties": {"a": {"properties": {"b": {"default": 1}}}}})
    {'a': {'b': 1}}

    Source: kubernetes apiextensions-apiserver pkg/apiserver/schema/defaulting.
    """
    items = schema.get("items")
    if isinstance(value, list):
        return [defaulted(_not_null(item, items), items) for item in value] if isinstance(items, dict) else value
    if not isinstance(value, dict):
        return value
    properties, values = schema.get("properties"), schema.get("additionalProperties")
    known = properties if isinstance(properties, dict) else {}
    found = dict(value)
    for key, inner in known.items():
        if isinstance(inner, dict):
            if key in found:
                found[key] = defaulted(_not_null(found[key], inner), inner)
            elif inner.get("default") is not None:
                found[key] = defaulted(inner["default"], inner)
    if isinstance(values, dict):
        found = {k: v if k in known else defaulted(_not_null(v, values), values) for k, v in found.items()}
    return found


def _not_null(value: Any, schema: Mapping[str, Any]) -> Any:
    """The value, or the default in place of a null that may not be."""
    return schema.get("default") if value is None and not schema.get("nullable") else value


def aligned(old: Any, new: Any, schema: Mapping[str, Any]) -> Any:
    """The old value with its sets and maps in the order of the new: there, order makes no difference.

    >>> aligned([1, 2, 3], [3, 1], {"x-kubernetes-list-type": "set"})
    [3, 1, 2]
    """
    if isinstance(old, list) and isinstance(new, list):
        return _aligned_list(old, new, schema)
    if not isinstance(old, dict) or not isinstance(new, dict):
        return old
    properties, values = schema.get("properties"), schema.get("additionalProperties")
    inner = dict(properties) if isinstance(properties, dict) else {}
    found = {}
    for key, value in old.items():
        below = inner.get(key, values)
        found[key] = aligned(value, new[key], below) if key in new and isinstance(below, dict) else value
    return found


def _aligned_list(old: list[Any], new: list[Any], schema: Mapping[str, Any]) -> list[Any]:
    if schema.get("x-kubernetes-list-type") not in ("set", "map"):
        return old
    left = {item_key(item, schema): item for item in old}
    items = schema.get("items")
    found = []
    for item in new:
        key = item_key(item, schema)
        if key in left:
            found.append(aligned(left.pop(key), item, items) if isinstance(items, dict) else left.pop(key))
    return [*found, *left.values()]


def item_key(item: Any, schema: Mapping[str, Any]) -> str:
    """What tells an item of a set or map from the others."""
    keys = schema.get("x-kubernetes-list-map-keys")
    if schema.get("x-kubernetes-list-type") == "map" and isinstance(item, dict) and isinstance(keys, list):
        item = [item.get(str(key)) for key in keys]
    return json.dumps(item, sort_keys=True, default=str)


def plain(value: Any) -> Any:
    """The value with the text of its times and durations."""
    if isinstance(value, Temporal):
        return value.text
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def literal(value: Any, name: str) -> str | None:
    """An expression that makes the value out of its plain form, which has that name; None where that is the same.

    >>> literal({"at": Temporal("duration", "1h"), "n": 1}, "raw")
    'dyn({"at": duration(raw["at"]), "n": raw["n"]})'
    """
    if isinstance(value, Temporal):
        return f"{value.function}({name})"
    if isinstance(value, dict):
        parts = {key: literal(item, f"{name}[{_quoted(key)}]") for key, item in value.items()}
        if not any(parts.values()):
            return None
        listed = (f"{_quoted(key)}: {part or f'{name}[{_quoted(key)}]'}" for key, part in parts.items())
        return "dyn({" + ", ".join(listed) + "})"
    if isinstance(value, list):
        items = [literal(item, f"{name}[{index}]") for index, item in enumerate(value)]
        if any(items):
            return "dyn([" + ", ".join(part or f"{name}[{index}]" for index, part in enumerate(items)) + "])"
    return None


def _quoted(key: Any) -> str:
    return json.dumps(str(key))


def is_go_duration(text: str) -> bool:
    """Whether text is a duration as Go writes it: `1h30m`, `0`; it must fit into 64 bits of nanoseconds.

    >>> is_go_duration("1h30m"), is_go_duration("3000000h"), is_go_duration("1 h")
    (True, False, False)
    """
    if not _GO_DURATION.match(text):
        return False
    parts = _DURATION_PART.findall(text)
    return sum(float(number) * _NANOSECONDS[unit] for number, unit in parts) < 2**63
