"""YAML scalars as Kubernetes types them: YAML 1.1 as go-yaml v2 has it, then through JSON.

No Python library agrees with it: `y` and `no` are booleans, `0644`, `0o644` and `1_000` are integers, `08` is a float,
`12:30` and dates are strings, `1E400` is a string, `.inf` cannot be stored at all.

Source: sigs.k8s.io/yaml YAMLToJSON; go.yaml.in/yaml/v2 resolve.
"""

from __future__ import annotations

import re
import struct
from typing import Any, Final

_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_NOT_FINITE: Final[dict[str, str]] = {
    **dict.fromkeys((".nan", ".NaN", ".NAN"), ".nan"),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), ".inf"),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), "-.inf"),
}
_WORD_START: Final = frozenset("yYnNtTfFoO~")
_NUMBER_START: Final = frozenset("+-0123456789")
_INTEGER = re.compile(r"([-+]?)(?:0[bB]([01]+)|0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_POINT_FLOAT = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?\Z")
_ODD_BINARY = re.compile(r"0b([-+]?[01]+)\Z")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})"
    r"| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?\Z"
)
_INT64: Final = 1 << 63
_UINT64: Final = 1 << 64
_EXACT: Final = float(1 << 53)
_REMEMBERED: Final = 50_000
_SHORT: Final = 64

_LONG_PREFIX: Final = "tag:yaml.org,2002:"
MERGE: Final = object()
"""What `key` makes of a plain `<<`."""


class ScalarError(ValueError):
    """A scalar that Kubernetes cannot read; the message says why."""


class NotFinite:
    """`.inf`, `-.inf` or `.nan`: a legal map key, and no legal value."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def typed(text: str) -> Any:
    """The value of a plain scalar before it goes through JSON: str, bool, None, int, float or `NotFinite`.

    >>> [typed(text) for text in ("y", "0644", "08", "1_000", "12:30", "0b11", "1e3", "~")]
    [True, 420, 8.0, 1000, '12:30', 3, 1000.0, None]

    Source: go.yaml.in/yaml/v2 resolve.
    """
    if not text:
        return None
    first = text[0]
    if first in _WORD_START:
        return _WORDS.get(text, text)
    if first in _NUMBER_START:
        return NotFinite(_NOT_FINITE[text]) if text in _NOT_FINITE else _number(text)
    if first == ".":
        if text in _NOT_FINITE:
            return NotFinite(_NOT_FINITE[text])
        return _float(text.replace("_", ""), text) if _POINT_FLOAT.match(text) else text
    return text


def _number(text: str) -> Any:
    digits = text.replace("_", "")
    match = _INTEGER.match(digits)
    if match:
        number = _integer(match)
        if -_INT64 <= number < _INT64 or (not match[1] and number < _UINT64):
            return number
    value = _float(digits, text)
    if value is not text:
        return value
    odd = _ODD_BINARY.match(digits)
    if odd and -_INT64 <= int(odd[1], 2) < _UINT64:
        return int(odd[1], 2)
    return text


def _integer(match: re.Match[str]) -> int:
    sign, binary, hexadecimal, octal, decimal = match.groups()
    if decimal:
        magnitude = int(decimal) if len(decimal) < 40 else _UINT64
    elif octal:
        magnitude = int(octal, 8)
    else:
        magnitude = int(hexadecimal, 16) if hexadecimal else int(binary, 2)
    return -magnitude if sign == "-" else magnitude


def _float(digits: str, text: str) -> Any:
    """The float that `digits` spells; `text` where it is none or too large for one."""
    if not _FLOAT.match(digits):
        return text
    number = float(digits)
    return text if number in (float("inf"), float("-inf")) else number


def through_json(value: Any) -> Any:
    """A typed scalar as JSON keeps it: a float without fraction below 1e21 is written, and so read, as an integer.

    >>> through_json(1e3), through_json(30.0), through_json(1.5), through_json(1.234e59)
    (1000, 30, 1.5, 1.234e+59)

    Raises ScalarError for infinity and not-a-number. Source: Go encoding/json floatEncoder.
    """
    if isinstance(value, float):
        return whole(value)
    if isinstance(value, NotFinite):
        raise ScalarError(f"`{value.text}` is a number that JSON, and so Kubernetes, cannot hold")
    return value


def whole(number: float) -> int | float:
    """An integer where Go's JSON writes the float as one; its digits are the shortest that name the float."""
    if not number.is_integer() or abs(number) >= 1e21:
        return number
    if abs(number) < _EXACT:
        return int(number)
    digits, _, exponent = repr(number).partition("e")
    if not exponent:
        return int(digits.partition(".")[0])
    before, _, after = digits.partition(".")
    return int(before + after.ljust(int(exponent), "0"))


def _plain(text: str) -> Any:
    return through_json(typed(text))


def key_text(value: Any) -> str:
    """The map key that a typed scalar becomes in JSON.

    >>> key_text(8080), key_text(True), key_text(1.5), key_text(1e6)
    ('8080', 'true', '1.5', '1e+06')

    Raises ScalarError for null and for integers beyond 64 bits with sign.
    Source: sigs.k8s.io/yaml convertToJSONableObject.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value < _INT64:
        return str(value)
    if isinstance(value, float):
        return _short_float(value)
    if isinstance(value, NotFinite):
        return value.text
    if value is None:
        raise ScalarError("null cannot be a key")
    raise ScalarError(f"`{value}` is too large a number for a key")


def _short_float(number: float) -> str:
    """Go's FormatFloat(number, 'g', -1, 32): the shortest digits that name the nearest 32-bit float."""
    single = _single(number)
    if single in (float("inf"), float("-inf")):
        return ".inf" if number > 0 else "-.inf"
    shortest = next(text for text in (f"{single:.{n}e}" for n in range(17)) if _single(float(text)) == single)
    digits, _, exponent = shortest.partition("e")
    power = int(exponent)
    if power < -4 or power >= 6:
        return f"{digits}e{power:+03d}"
    return f"{float(shortest):.{max(0, len(digits.lstrip('-').replace('.', '')) - 1 - power)}f}"


def _single(number: float) -> float:
    """The nearest 32-bit float, infinite beyond its range."""
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def _key(text: str) -> Any:
    return MERGE if text == "<<" else key_text(typed(text))


class _Memo(dict[str, Any]):
    """What short texts were found to mean; equal texts share one value, which also saves memory."""

    def __init__(self, meaning: Any) -> None:
        super().__init__()
        self.meaning = meaning

    def __missing__(self, text: str) -> Any:
        value = self.meaning(text)
        if len(text) <= _SHORT:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[text] = value
        return value


PLAIN: Final[dict[str, Any]] = _Memo(_plain)
"""The value of a plain scalar without tag: `PLAIN["0644"]` is 420. Raises ScalarError."""

KEY: Final[dict[str, Any]] = _Memo(_key)
"""The map key that a plain scalar without tag stands for, or MERGE. Raises ScalarError."""


def tagged(tag: str, text: str) -> Any:
    """The typed value of a scalar with a tag; a tag that YAML does not define leaves the text as it is.

    >>> tagged("tag:yaml.org,2002:int", "0x10"), tagged("!foo", "5"), tagged("tag:yaml.org,2002:str", "5")
    (16, '5', '5')

    Raises ScalarError where text and tag contradict each other. Source: go.yaml.in/yaml/v2 resolve, decoder.scalar.
    """
    name = tag.removeprefix(_LONG_PREFIX) if tag.startswith(_LONG_PREFIX) else ""
    if name == "binary":
        return _binary(text)
    if name == "timestamp":
        return _timestamp(text)
    if name not in ("bool", "int", "float", "null"):
        return text
    value = typed(text)
    if name == "float" and type(value) is int and value < _INT64:
        return float(value)
    if _type_name(value) == name:
        return value
    raise ScalarError(f"`{text}` is no !!{name}")


def _type_name(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    return "float" if isinstance(value, float | NotFinite) else "str"


def _timestamp(text: str) -> str:
    import datetime

    match = _DATE.match(text)
    try:
        if match is None:
            raise ValueError(text)
        numbers = [int(number) for number in match.groups() if number]
        datetime.datetime(*numbers)  # type: ignore[arg-type]
    except ValueError:
        raise ScalarError(f"`{text}` is no !!timestamp") from None
    return text


def _binary(text: str) -> str:
    import base64

    packed = text.replace("\n", "").replace("\r", "")
    if not _BASE64.match(packed):
        raise ScalarError("a !!binary value is not valid base64")
    return re.sub("[\udc80-\udcff]", "\ufffd", base64.b64decode(packed).decode("utf-8", "surrogateescape"))
