"""JSON to what the API server's Go types hold of it, and back.

A decoded object is a dict by JSON names that has only what Go does not take for zero: no unknown fields, no nulls, no
empty strings, lists or maps, no false and no 0, except behind pointers. Quantities are `Quantity` objects.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from kplan.errors import InputError
from kplan.k8s.layout import BASIC, Field, fields, underlying
from kplan.k8s.quantity import Quantity, parse_quantity
from kplan.k8s.time import parse_time
from kplan.model.path import FieldPath, format_path

Decoder: TypeAlias = Callable[[Any], Any]
Encoder: TypeAlias = Callable[[Any], Any]
Zero: TypeAlias = Callable[[], Any]


class DecodeError(InputError):
    """A value that its Go type cannot hold; `path` is where, from the object that was decoded."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path: FieldPath = ()

    def within(self, part: str | int) -> DecodeError:
        """The same error, seen from the value around."""
        self.path = (part, *self.path)
        return self

    def __str__(self) -> str:
        return f"{format_path(self.path)}: {self.reason}" if self.path else self.reason


_RANGES = {"int32": 2**31, "int64": 2**63, "int": 2**63}


def decode(type_: str, minor: int, value: Any) -> dict[str, Any]:
    """What a struct of this type holds after reading `value`; a new dict.

    >>> decode("core/v1.PodSpec", 36, {"hostNetwork": False, "priority": 0, "volumes": [], "color": "red"})
    {'priority': 0}

    Raises DecodeError, an InputError, for a value of the wrong type.
    """
    if value is None:
        return {}
    decoded: dict[str, Any] = decoder(type_, minor)(value)
    return decoded


def encode(type_: str, minor: int, value: dict[str, Any]) -> dict[str, Any]:
    """The JSON object that Go writes for a decoded value: fields in order, omitempty obeyed, canonical quantities.

    >>> encode("core/v1.Container", 36, {"name": "app"})
    {'name': 'app', 'resources': {}}
    """
    encoded: dict[str, Any] = encoder(type_, minor)(value)
    return encoded


@cache
def decoder(type_: str, minor: int) -> Decoder:
    """The function that reads values of a Go type; compiled once."""
    bare = underlying(type_.lstrip("*"))
    if bare in _DECODERS:
        return _DECODERS[bare]
    if bare in _RANGES:
        return _integer(bare)
    if bare == "[]byte":
        return _decode_bytes
    if bare.startswith("[]"):
        return _list(decoder(bare[2:], minor), _zero(bare[2:]))
    if bare.startswith("map["):
        item = bare.partition("]")[2]
        return _map(decoder(item, minor), _zero(item))
    if _SCHEMA_OR in bare:
        return _schema_or(bare, minor)
    return _decode_any if fields(bare, minor) is None else _struct(bare, minor)


def _struct(type_: str, minor: int) -> Decoder:
    # Compiled at first use: types may hold themselves.
    plan: dict[str, tuple[Decoder, bool]] = {}

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise _mismatch("an object", value)
        known = plan or _plan(type_, minor, plan)
        found = {}
        for key, item in value.items():
            if item is None or key not in known:
                continue
            decode_item, keep = known[key]
            try:
                decoded = decode_item(item)
            except DecodeError as error:
                raise error.within(key) from None
            if keep or decoded:
                found[key] = decoded
        return found

    return read


def _plan(type_: str, minor: int, plan: dict[str, tuple[Decoder, bool]]) -> dict[str, tuple[Decoder, bool]]:
    """Fill in the decoder of each field, and whether its zero value counts."""
    for field in fields(type_, minor) or ():
        if field.gated:
            continue
        if field.inline:
            _plan(field.type.lstrip("*"), minor, plan)
        else:
            plan[field.json] = (decoder(field.type, minor), _keeps_zero(field))
    return plan


def _keeps_zero(field: Field) -> bool:
    """Pointers tell zero from nothing; an empty string in an int-or-string is no 0."""
    bare = underlying(field.type)
    return bare.startswith("*") or bare == "intstr.IntOrString" or (not field.omitempty and bare.startswith("[]"))


def _list(item: Decoder, zero: Zero) -> Decoder:
    def read(value: Any) -> list[Any]:
        if type(value) is not list:
            raise _mismatch("an array", value)
        try:
            return [zero() if part is None else item(part) for part in value]
        except DecodeError:
            pass
        for index, part in enumerate(value):
            try:
                if part is not None:
                    item(part)
            except DecodeError as error:
                raise error.within(index) from None
        raise AssertionError("unreachable")

    return read


def _map(item: Decoder, zero: Zero) -> Decoder:
    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise _mismatch("an object", value)
        found = {}
        for key, part in value.items():
            if type(key) is not str:
                raise _mismatch("a string as key", key)
            try:
                found[key] = zero() if part is None else item(part)
            except DecodeError as error:
                raise error.within(key) from None
        return found

    return read


def _integer(kind: str) -> Decoder:
    bound = _RANGES[kind]

    def read(value: Any) -> int:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int:
            raise _mismatch("an integer", value)
        if not -bound <= value < bound:
            raise DecodeError(f"{value} does not fit an {kind}")
        return value

    return read


def _decode_string(value: Any) -> str:
    if type(value) is not str:
        raise _mismatch("a string", value)
    return value


def _decode_bool(value: Any) -> bool:
    if type(value) is not bool:
        raise _mismatch("a boolean", value)
    return value


def _decode_number(value: Any) -> float | int:
    if type(value) not in (int, float):
        raise _mismatch("a number", value)
    number: float | int = value
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _decode_bytes(value: Any) -> str:
    """Base64 text in its canonical form."""
    text = _decode_string(value).replace("\n", "").replace("\r", "")
    try:
        return base64.b64encode(base64.b64decode(text.encode(), validate=True)).decode()
    except (binascii.Error, ValueError):
        raise DecodeError("illegal base64 data") from None


def _decode_any(value: Any) -> Any:
    return value


_SCHEMA_OR = "JSONSchemaPropsOr"
"""In the names of types that hold a schema, or something simpler: a boolean, or a list of schemas or of strings."""


def _schema_or(type_: str, minor: int) -> Decoder:
    schema, other = type_.split("Or", 1)
    simple = {"Bool": "bool", "Array": f"[]{schema}", "StringArray": "[]string"}[other]

    def read(value: Any) -> Any:
        if other != "Bool" and type(value) not in (dict, list):
            return []  # Go looks at the first character only, and takes what is neither for nothing
        return decoder(schema if type(value) is dict else simple, minor)(value)

    return read


def _decode_quantity(value: Any) -> Quantity:
    try:
        return value if type(value) is Quantity else parse_quantity(value)
    except ValueError as error:
        raise DecodeError(str(error)) from None


def _decode_int_or_string(value: Any) -> int | str:
    if type(value) is str:
        return value
    number: int = _integer("int32")(value)
    return number


def _decode_time(value: Any) -> str:
    try:
        return parse_time(_decode_string(value))
    except ValueError as error:
        raise DecodeError(str(error)) from None


_DECODERS: dict[str, Decoder] = {
    "string": _decode_string,
    "bool": _decode_bool,
    "float64": _decode_number,
    "resource.Quantity": _decode_quantity,
    "intstr.IntOrString": _decode_int_or_string,
    "meta/v1.Time": _decode_time,
    "meta/v1.MicroTime": _decode_string,
    "meta/v1.Duration": _decode_string,
}


def _mismatch(wanted: str, value: Any) -> DecodeError:
    names = {
        dict: "an object",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        int: "a number",
        float: "a number",
    }
    return DecodeError(f"wrong type: {wanted} is wanted, {names.get(type(value), 'something else')} given")


_ZEROS: dict[str, Zero] = {
    "string": str,
    "[]byte": str,
    "bool": bool,
    "meta/v1.Time": lambda: None,
    "apiextensions/v1.JSON": lambda: None,
    "apiextensions/v1beta1.JSON": lambda: None,
    "resource.Quantity": lambda: parse_quantity("0"),
    "intstr.IntOrString": int,
}


def _zero(type_: str) -> Zero:
    """Makes what a null stands for in a list or map."""
    bare = underlying(type_)
    if bare in _ZEROS:
        return _ZEROS[bare]
    if bare.startswith(("*", "[]", "map[")):
        return lambda: None
    return int if bare in BASIC else dict


@cache
def encoder(type_: str, minor: int) -> Encoder:
    """The function that writes decoded values of a Go type; compiled once."""
    bare = underlying(type_.lstrip("*"))
    if bare == "resource.Quantity":
        return str
    if bare == "[]byte":
        return _same
    if bare.startswith("[]"):
        item = encoder(bare[2:], minor)
        return list if item is _same else lambda value: [None if part is None else item(part) for part in value]
    if bare.startswith("map["):
        value_encoder = encoder(bare.partition("]")[2], minor)
        return dict if value_encoder is _same else lambda value: {k: value_encoder(v) for k, v in value.items()}
    if _SCHEMA_OR in bare:
        return _encode_schema_or(bare, minor)
    return _same if bare in BASIC or fields(bare, minor) is None else _encode_struct(bare, minor)


def _same(value: Any) -> Any:
    return value


def _encode_schema_or(type_: str, minor: int) -> Encoder:
    schema = type_.split("Or", 1)[0]

    def write(value: Any) -> Any:
        if type(value) is dict:
            return encoder(schema, minor)(value)
        return [write(item) for item in value] if type(value) is list else value

    return write


def _encode_struct(type_: str, minor: int) -> Encoder:
    rows: list[tuple[str, Encoder, bool, Zero | None]] = []

    def write(value: dict[str, Any]) -> dict[str, Any]:
        found = {}
        for name, encode_item, drop_zero, zero in rows or _rows(type_, minor, rows):
            item = value.get(name)
            if item is None or (drop_zero and not item):
                if zero is not None:
                    found[name] = zero()
            else:
                found[name] = encode_item(item)
        return found

    return write


def _rows(
    type_: str, minor: int, rows: list[tuple[str, Encoder, bool, Zero | None]]
) -> list[tuple[str, Encoder, bool, Zero | None]]:
    """Name, encoder, whether zero counts as absent, and what is written for an absent value (None: nothing)."""
    for field in fields(type_, minor) or ():
        if field.inline:
            _rows(field.type.lstrip("*"), minor, rows)
            continue
        bare = underlying(field.type)
        struct = bare not in BASIC and not bare.startswith(("*", "[]", "map["))
        omitted = field.omitzero or (field.omitempty and not struct)
        drop_zero = field.omitempty and not struct and not bare.startswith("*")
        rows.append((field.json, encoder(field.type, minor), drop_zero, None if omitted else _blank(bare, minor)))
    return rows


def _blank(bare: str, minor: int) -> Zero:
    """Makes the JSON of a zero value."""
    if bare.startswith(("*", "[]", "map[")) or bare in ("meta/v1.Time", "meta/v1.MicroTime", "runtime.RawExtension"):
        return lambda: None
    if bare == "resource.Quantity":
        return lambda: "0"
    if bare in _ZEROS:
        return _ZEROS[bare]
    if bare in BASIC:
        return int
    write = encoder(bare, minor)
    return lambda: write({})
