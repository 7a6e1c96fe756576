"""Go's format verbs.

Source: go fmt print.go, format.go.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from kplan.render.fault import Fault
from kplan.render.function.number import format_float
from kplan.render.function.string import go_quoted, show
from kplan.render.limit import Budget

_VERB: Final = re.compile(r"%(?P<flags>[-+# 0]*)(?P<width>\d+|\*)?(?:\.(?P<precision>\d+|\*)?)?(?P<verb>.)?", re.DOTALL)
_WIDEST: Final = 1_000_000


def formatted(pattern: str, values: Sequence[Any], budget: Budget) -> str:
    """The pattern with its verbs filled in; what does not fit shows as Go shows it.

    >>> from kplan.render.limit import Limits
    >>> formatted("%s-%03d %5.1f|%-4s|%q %v %t %d", ["a", 7, 2.25, "b", "c", [1, "x"], True], Budget(Limits()))
    'a-007   2.2|b   |"c" [1 x] true %!d(MISSING)'
    """
    return _Format(values, budget).run(pattern)


class _Format:
    def __init__(self, values: Sequence[Any], budget: Budget) -> None:
        self.values = list(values)
        self.budget = budget

    def run(self, pattern: str) -> str:
        text = _VERB.sub(self._one, pattern)
        if self.values:
            rest = ", ".join(
                f"{_go_type(value)}={show(value)}" if value is not None else "<nil>" for value in self.values
            )
            text += f"%!(EXTRA {rest})"
        return text

    def _one(self, match: re.Match[str]) -> str:
        verb = match["verb"]
        if verb is None:
            return "%!(NOVERB)"
        if verb == "%":
            return "%"
        width, precision = self._number(match["width"]), self._number(match["precision"])
        has_precision = "." in match[0][: match.end("verb") - match.start()][:-1]
        if not self.values:
            return f"%!{verb}(MISSING)"
        flags = match["flags"]
        if width is not None and width < 0:
            flags, width = flags + "-", -width
        if max(width or 0, precision or 0) > _WIDEST:
            raise Fault(f"a width of more than {_WIDEST:,} is too much")
        self.budget.grow((width or 0) + (precision or 0))
        shape = _Shape(flags, width or 0, (precision or 0) if has_precision else None)
        return _verb(verb, self.values.pop(0), shape)

    def _number(self, text: str | None) -> int | None:
        if text != "*":
            return int(text) if text else None
        value = self.values.pop(0) if self.values else 0
        return value if isinstance(value, int) else 0


class _Shape(NamedTuple):
    flags: str
    width: int
    precision: int | None

    def aligned(self, text: str, pad: str = "") -> str:
        """The text at its width; `pad` is "0" where zeros go behind the sign."""
        if "-" in self.flags:
            return text.ljust(self.width)
        if pad == "0" and text[:1] in tuple("+- "):
            return text[0] + text[1:].rjust(self.width - 1, pad)
        return text.rjust(self.width, pad or " ")

    @property
    def zero(self) -> str:
        """What texts are padded with."""
        return "0" if "0" in self.flags else " "


def _verb(verb: str, value: Any, shape: _Shape) -> str:
    if verb == "T":
        return shape.aligned(_go_type(value))
    if isinstance(value, list | tuple | range):
        return "[" + " ".join(_verb(verb, each, shape) for each in value) + "]"
    if isinstance(value, dict):
        inner = ((_verb(verb, key, shape), _verb(verb, value[key], shape)) for key in sorted(value))
        return "map[" + " ".join(f"{key}:{each}" for key, each in inner) + "]"
    if value is None:
        return shape.aligned("<nil>") if verb == "v" else f"%!{verb}(<nil>)"
    if verb == "v":
        plain = shape._replace(flags=shape.flags.replace("+", "").replace("#", ""))
        return _verb(_natural(value), value, plain)
    text = _leaf(verb, value, shape)
    return f"%!{verb}({_go_type(value)}={_verb(_natural(value), value, shape)})" if text is None else text


def _natural(value: Any) -> str:
    """The verb that `%v` is for a value."""
    if isinstance(value, bool):
        return "t"
    return "d" if isinstance(value, int) else "g" if isinstance(value, float) else "s"


def _leaf(verb: str, value: Any, shape: _Shape) -> str | None:
    """A single value; None where the verb does not fit it."""
    if isinstance(value, bool):
        return shape.aligned(show(value), shape.zero) if verb == "t" else None
    if isinstance(value, int):
        return _integer(verb, value, shape) if verb in "dbcoOxXUq" else None
    if isinstance(value, float):
        return _float(verb, value, shape) if verb in "eEfFgGxXb" else None
    return _text(verb, show(value), shape) if verb in "sqxX" else None


def _integer(verb: str, value: int, shape: _Shape) -> str:
    if verb in "cq":
        character = chr(value) if 0 <= value < 0x110000 else "\ufffd"
        return shape.aligned(character if verb == "c" else _quoted(character))
    if verb == "U":
        return shape.aligned(f"U+{value % 2**64:04X}")
    digits = format(abs(value), {"O": "o"}.get(verb, verb)).rjust(shape.precision or 0, "0")
    prefix = {"x": "0x", "X": "0X", "o": "0", "b": "0b"}.get(verb, "") if "#" in shape.flags else ""
    text = ("-" if value < 0 else "") + ("0o" if verb == "O" else prefix) + digits
    return shape.aligned(_signed(text, shape.flags), shape.zero if shape.precision is None else " ")


def _quoted(character: str) -> str:
    inside = go_quoted(character)[1:-1].replace('\\"', '"')
    return "'" + (r"\'" if character == "'" else inside) + "'"


def _float(verb: str, value: float, shape: _Shape) -> str:
    if verb in "xXb":
        text = _binary(value) if verb == "b" else _hexadecimal(value)
        text = text.upper() if verb == "X" else text
    elif verb in "gG" and shape.precision is None:
        text = format_float(value).upper() if verb == "G" else format_float(value)
    else:
        text = format(value, f".{6 if shape.precision is None else shape.precision}{verb}")
    return shape.aligned(_signed(text, shape.flags), shape.zero)


def _hexadecimal(value: float) -> str:
    mantissa, _, exponent = value.hex().partition("p")
    digits = mantissa.rstrip("0").removesuffix(".") if "." in mantissa else mantissa
    return f"{digits}p{exponent[0]}{int(exponent[1:]):02d}" if exponent else mantissa


def _binary(value: float) -> str:
    if value == 0 or value != value or value in (float("inf"), float("-inf")):
        return "0p-1074" if value == 0 else format_float(value)
    fraction, exponent = math.frexp(value)
    return f"{int(fraction * 2**53)}p{exponent - 53:+d}"


def _text(verb: str, value: str, shape: _Shape) -> str:
    text = value if shape.precision is None else value[: shape.precision]
    if verb in "xX":
        data = text.encode().hex(" ") if " " in shape.flags else text.encode().hex()
        text = ("0x" if "#" in shape.flags and data else "") + data
        text = text.upper() if verb == "X" else text
    elif verb == "q":
        text = f"`{text}`" if "#" in shape.flags and "`" not in text else go_quoted(text)
    return text.ljust(shape.width) if "-" in shape.flags else text.rjust(shape.width, shape.zero)


def _signed(text: str, flags: str) -> str:
    if text.startswith(("-", "+")):
        return text
    return "+" + text if "+" in flags else " " + text if " " in flags else text


def _go_type(value: Any) -> str:
    if value is None:
        return "<nil>"
    for kinds, name in (
        (bool, "bool"),
        (str, "string"),
        (int, "int"),
        (float, "float64"),
        (dict, "map[string]interface {}"),
    ):
        if isinstance(value, kinds):
            return name
    return "[]interface {}"
