"""YAML, JSON, TOML, base64 and checksums.

Source: helm v3 pkg/engine funcs.go; github.com/Masterminds/sprig v3 strings.go, crypto.go, defaults.go.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from typing import Any

from kplan.render.access import kind
from kplan.render.fault import Fault
from kplan.render.function.dump import to_json, to_yaml
from kplan.render.function.table import Group, Rendering
from kplan.render.text import Form, plain

GROUP = Group("encoding")


def _laid_out(value: Any, text: str) -> str:
    filled = isinstance(value, dict | list) and len(value) > 0
    return plain(text, Form.BLOCK if filled else Form.SCALAR)


@GROUP.add("toYaml", walks=True)
def to_yaml_(value: Any) -> str:
    """The value as YAML; it is indented to where it stands."""
    return _laid_out(value, to_yaml(value))


@GROUP.add("toYamlPretty", walks=True)
def to_yaml_pretty(value: Any) -> str:
    """As `toYaml`, with lists indented below their keys."""
    return _laid_out(value, to_yaml(value, indented_lists=True))


@GROUP.add("toJson", "mustToJson", walks=True)
def to_json_(value: Any) -> str:
    """The value as JSON in one line."""
    return to_json(value)


@GROUP.add("toPrettyJson", "mustToPrettyJson", walks=True)
def to_pretty_json(value: Any) -> str:
    """The value as JSON, each entry in a line of its own."""
    return plain(to_json(value, indent=2), Form.SCALAR)


@GROUP.add("toRawJson", "mustToRawJson", walks=True)
def to_raw_json(value: Any) -> str:
    """The value as JSON in one line, `<`, `>` and `&` as they are."""
    return to_json(value, escape_html=False)


def _loaded(rendering: Rendering, text: str) -> Any:
    from kplan.errors import InputError
    from kplan.loader import parse_documents
    from kplan.render.trace import Reads, traced

    rendering.budget.grow(len(text))
    try:
        documents = parse_documents(str.__str__(text))
    except InputError as error:
        raise Fault(f"this is no YAML: {error}") from None
    data = documents[0] if documents else None
    traced({"data": data}, Reads(rendering.budget))  # counts aliases as often as they are used
    return data


@GROUP.add("fromYaml", inside=True)
def from_yaml(rendering: Rendering, text: str) -> dict[str, Any]:
    """The mapping that a YAML text is; of several documents the first."""
    return _a_mapping(_loaded(rendering, text), "YAML")


@GROUP.add("fromYamlArray", inside=True)
def from_yaml_array(rendering: Rendering, text: str) -> list[Any]:
    """The list that a YAML text is."""
    return _a_list(_loaded(rendering, text), "YAML")


def _json_value(text: str) -> Any:
    try:
        return json.loads(str.__str__(text), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Fault(f"this is no JSON: {error}") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no value")


@GROUP.add("fromJson", "mustFromJson")
def from_json(text: str) -> Any:
    """The value that a JSON text is."""
    return _json_value(text)


@GROUP.add("fromJsonArray")
def from_json_array(text: str) -> list[Any]:
    """The list that a JSON text is."""
    return _a_list(_json_value(text), "JSON")


def _a_mapping(value: Any, what: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Fault(f"the {what} is {kind(value)}, not a mapping")
    return value


def _a_list(value: Any, what: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Fault(f"the {what} is {kind(value)}, not a list")
    return value


@GROUP.add("fromToml")
def from_toml(text: str) -> dict[str, Any]:
    """The mapping that a TOML text is."""
    import tomllib

    try:
        made: dict[str, Any] = _plain_dates(tomllib.loads(str.__str__(text)))
    except (ValueError, RecursionError) as error:
        raise Fault(f"this is no TOML: {error}") from None
    return made


def _plain_dates(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain_dates(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain_dates(each) for each in value]
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value


@GROUP.add("toToml", walks=True)
def to_toml(value: Any) -> str:
    """The value as TOML."""
    from kplan.render.function.toml import to_toml as written

    return plain(written(value), Form.STRING)


@GROUP.add("b64enc")
def b64enc(value: str) -> str:
    """As base64."""
    return base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()


@GROUP.add("b64dec")
def b64dec(value: str) -> str:
    """The text that base64 stands for."""
    try:
        return base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise Fault("this is no base64") from None


@GROUP.add("b32enc")
def b32enc(value: str) -> str:
    """As base32."""
    return base64.b32encode(value.encode()).decode()


@GROUP.add("b32dec")
def b32dec(value: str) -> str:
    """The text that base32 stands for."""
    try:
        return base64.b32decode(value).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise Fault("this is no base32") from None


@GROUP.add("sha1sum")
def sha1sum(value: str) -> str:
    """The SHA-1 of the text, in hexadecimal digits."""
    return hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest()


@GROUP.add("sha256sum")
def sha256sum(value: str) -> str:
    """The SHA-256 of the text, in hexadecimal digits."""
    return hashlib.sha256(value.encode()).hexdigest()


@GROUP.add("sha512sum")
def sha512sum(value: str) -> str:
    """The SHA-512 of the text, in hexadecimal digits."""
    return hashlib.sha512(value.encode()).hexdigest()


@GROUP.add("adler32sum")
def adler32sum(value: str) -> str:
    """The Adler-32 of the text, in decimal digits."""
    return str(zlib.adler32(value.encode()))
