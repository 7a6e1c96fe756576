"""Types and values in words."""

from __future__ import annotations

import json
import re
from typing import Any

from kplan.schemas import Field

_LONGEST = 60
_WORDS = {"object": "map", "int-or-string": "integer or string"}
_FORMATS = {
    "byte": "base64 text",
    "schema-or-boolean": "schema or boolean",
    "date-time": "time as in `2024-01-31T12:00:00Z`",
    "micro-time": "time as in `2024-01-31T12:00:00.000000Z`",
}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ?([kmgt])i?b?(?:ytes?)?", re.ASCII | re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d+\Z", re.ASCII)
_OCTAL = re.compile(r"0[0-7]+\Z")


def describe(value: Any, hidden: bool = False) -> str:
    """A value as its type and, where it is a short scalar that may be shown, its text.

    >>> describe("3"), describe(True), describe({"a": 1}), describe("s3cret", hidden=True)
    ('string `"3"`', 'boolean `true`', 'map', 'string')
    """
    word = type_word(value)
    if hidden or isinstance(value, dict | list) or value is None:
        return word
    text = json.dumps(value, ensure_ascii=False)
    return f"{word} `{text if len(text) <= _LONGEST else text[:_LONGEST] + '...'}`"


def type_word(value: Any) -> str:
    """The API's word for the type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    words: dict[type, str] = {str: "string", list: "list", dict: "map"}
    return words.get(type(value), type(value).__name__)


def expected(field: Field, given: Any) -> str:
    """What a field takes, in words, as narrow as the given value makes necessary."""
    if field.enum:
        return "one of " + ", ".join(f"`{json.dumps(value, ensure_ascii=False)}`" for value in field.enum)
    if field.format in _FORMATS and (isinstance(given, str) or field.type == "any"):
        return _FORMATS[field.format]
    if isinstance(given, int | float) and not isinstance(given, bool):
        bits = "64" if field.format == "int64" or not field.format else "32"
        if field.type in ("integer", "int-or-string") and given == given and abs(given) > 0x7FFFFFFF:
            return f"integer of {bits} bits"
    return _WORDS.get(field.type, field.type)


def wrong_type_help(value: Any, field: Field, hidden: bool = False) -> str | None:
    """How to write what was probably meant; None where nothing is probable."""
    if isinstance(value, str):
        return _text_help(value, field)
    if field.type == "string" and isinstance(value, bool | int | float) and not field.enum:
        return _quotes_help(value)
    if field.type == "list" and value is not None:
        return "begin each element with `- `" if not isinstance(value, list) else None
    if field.type in ("object", "map") and isinstance(value, list):
        return "leave out the `- `"
    if isinstance(value, dict) and not value:
        return None
    if field.type == "string" and isinstance(value, dict):
        return "put text with braces or `: ` in quotes; text of several lines begins with `|`"
    return None


def _quotes_help(value: bool | int | float) -> str:
    """The quoted text itself is not shown: what was written as `1.20` or `yes` is known only as 1.2 and true."""
    if isinstance(value, bool):
        return "put it in quotes: YAML takes true, false, yes, no, on, off, y and n for booleans"
    return "put it in quotes"


def _text_help(value: str, field: Field) -> str | None:
    if field.type == "integer" and _WHOLE.match(value):
        plain = value if _OCTAL.match(value) else str(int(value))  # YAML reads 0440 as Kubernetes' modes are meant
        return f"leave out the quotes: `{plain}`" if len(value) <= _LONGEST else None
    if field.type == "boolean" and value.lower() in ("true", "false", "yes", "no", "on", "off"):
        return f"write `{'true' if value.lower() in ('true', 'yes', 'on') else 'false'}`, without quotes"
    if field.format == "byte":
        return "the API server decodes it as base64; text as it is goes into `stringData`"
    if field.type == "list" and value:
        return "begin each element with `- `"
    if field.type == "quantity" and (amount := _AMOUNT.fullmatch(value.strip())):
        number, unit = amount[1], amount[2].upper()
        return f"did you mean `{number}{unit}i` (of 1024) or `{number}{'k' if unit == 'K' else unit}` (of 1000)?"
    return None
