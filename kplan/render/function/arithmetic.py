"""Numbers.

Source: github.com/Masterminds/sprig v3 numeric.go; github.com/spf13/cast.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import reduce
from typing import Any, Final

from kplan.render.fault import Fault
from kplan.render.function.table import Group

GROUP = Group("number")
_OCTAL: Final = re.compile(r"[-+]?0[0-7_]+")
_FLOAT: Final = re.compile(r"[-+]?(?:D\.?(?:D)?|\.D)(?:[eE][-+]?D)?".replace("D", r"\d(?:_?\d)*"))
_NAMED: Final = re.compile(r"[-+]?(?:inf|infinity|nan)", re.IGNORECASE)
_HEX: Final = re.compile(r"[-+]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][-+]?\d+")
_INT: Final = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]*|[1-9][0-9_]*)")


def to_int(value: Any) -> int:
    """A whole number of 64 bits; 0 for what is none.

    >>> to_int("12"), to_int(3.9), to_int(True), to_int("x"), to_int("1.5")
    (12, 3, 1, 0, 0)
    """
    if isinstance(value, bool | int):
        return _wrapped(int(value))
    if isinstance(value, float):
        return int(value) if abs(value) < 2**63 else -(2**63)
    if not isinstance(value, str):
        return 0
    text = re.sub(r"\.0+$", "", value)
    if not _INT.fullmatch(text):
        return 0
    try:
        number = int(text.replace("_", ""), 8 if _OCTAL.fullmatch(text) else 0)
    except ValueError:
        return 0
    return number if -(2**63) <= number < 2**63 else 0


def _wrapped(value: int) -> int:
    return (value + 2**63) % 2**64 - 2**63


def to_float(value: Any) -> float:
    """A number with a fraction; 0 for what is none."""
    if isinstance(value, bool | int | float):
        return float(value)
    if not isinstance(value, str):
        return 0.0
    if _NAMED.fullmatch(value):
        return float(value)
    try:
        made = float.fromhex(value) if _HEX.fullmatch(value) else float(value) if _FLOAT.fullmatch(value) else 0.0
    except OverflowError:
        return 0.0
    return made if math.isfinite(made) else 0.0


@GROUP.add("int", "int64")
def int_(value: Any) -> int:
    """The value as a whole number; 0 for what is none."""
    return to_int(value)


@GROUP.add("float64")
def float64(value: Any) -> float:
    """The value as a number; 0 for what is none."""
    return to_float(value)


@GROUP.add("atoi")
def atoi(value: str) -> int:
    """The decimal number that a text is; 0 for any other."""
    return int(value) if re.fullmatch(r"[-+]?[0-9]{1,19}", value) and abs(int(value)) < 2**63 else 0


@GROUP.add("toDecimal")
def to_decimal(value: Any) -> int:
    """The number that octal digits stand for."""
    text = str(value)
    return int(text, 8) if re.fullmatch(r"[-+]?[0-7]{1,21}", text) else 0


@GROUP.add("add")
def add(*values: Any) -> int:
    """The sum."""
    return _wrapped(sum(map(to_int, values)))


@GROUP.add("add1")
def add1(value: Any) -> int:
    """One more."""
    return _wrapped(to_int(value) + 1)


@GROUP.add("sub")
def sub(left: Any, right: Any) -> int:
    """The difference."""
    return _wrapped(to_int(left) - to_int(right))


@GROUP.add("mul")
def mul(first: Any, *others: Any) -> int:
    """The product."""
    return reduce(lambda made, each: _wrapped(made * to_int(each)), others, to_int(first))


@GROUP.add("div")
def div(left: Any, right: Any) -> int:
    """The quotient without its fraction."""
    a, b = to_int(left), to_int(right)
    if b == 0:
        raise Fault("division by zero")
    return _wrapped(abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1))


@GROUP.add("mod")
def mod(left: Any, right: Any) -> int:
    """The remainder, with the sign of the left number."""
    a, b = to_int(left), to_int(right)
    if b == 0:
        raise Fault("division by zero")
    return abs(a) % abs(b) * (-1 if a < 0 else 1)


@GROUP.add("max", "biggest")
def max_(first: Any, *others: Any) -> int:
    """The largest, as a whole number."""
    return max(map(to_int, (first, *others)))


@GROUP.add("min")
def min_(first: Any, *others: Any) -> int:
    """The smallest, as a whole number."""
    return min(map(to_int, (first, *others)))


@GROUP.add("maxf")
def maxf(first: Any, *others: Any) -> float:
    """The largest."""
    return max(map(to_float, (first, *others)))


@GROUP.add("minf")
def minf(first: Any, *others: Any) -> float:
    """The smallest."""
    return min(map(to_float, (first, *others)))


def _decimally(first: Any, others: tuple[Any, ...], step: Callable[[Decimal, Decimal], Decimal]) -> float:
    numbers = [Decimal(repr(to_float(each))) for each in (first, *others)]
    with localcontext() as context:
        context.prec = 60
        return float(reduce(step, numbers))


@GROUP.add("addf")
def addf(*values: Any) -> float:
    """The sum."""
    return _decimally(0.0, values, lambda a, b: a + b)


@GROUP.add("add1f")
def add1f(value: Any) -> float:
    """One more."""
    return _decimally(value, (1,), lambda a, b: a + b)


@GROUP.add("subf")
def subf(first: Any, *others: Any) -> float:
    """The first without the others."""
    return _decimally(first, others, lambda a, b: a - b)


@GROUP.add("mulf")
def mulf(first: Any, *others: Any) -> float:
    """The product."""
    return _decimally(first, others, lambda a, b: a * b)


@GROUP.add("divf")
def divf(first: Any, *others: Any) -> float:
    """The first divided by the others, with 16 digits behind the point."""
    if any(to_float(each) == 0 for each in others):
        raise Fault("division by zero")
    return _decimally(first, others, lambda a, b: (a / b).quantize(Decimal(10) ** -16))


@GROUP.add("floor")
def floor(value: Any) -> float:
    """The whole number below."""
    return float(math.floor(to_float(value)))


@GROUP.add("ceil")
def ceil(value: Any) -> float:
    """The whole number above."""
    return float(math.ceil(to_float(value)))


@GROUP.add("round")
def round_(value: Any, places: int, up_from: float = 0.5) -> float:
    """Rounded to so many places; what is left over counts as one from `up_from` on."""
    if abs(places) > 300:
        raise Fault("`round` takes no more than 300 places")
    power = 10.0**places
    digits = power * to_float(value)
    fraction, _ = math.modf(digits)
    return float(math.ceil(digits) if fraction >= up_from else math.floor(digits)) / power


def _compared(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, bool) or isinstance(right, bool) or isinstance(left, str) != isinstance(right, str):
        raise Fault("values of different kinds cannot be compared")
    if not isinstance(left, str | int | float) or not isinstance(right, str | int | float):
        raise Fault("only numbers and texts can be compared")
    return left, right


@GROUP.add("lt")
def lt(left: Any, right: Any) -> bool:
    """Whether the left is less."""
    a, b = _compared(left, right)
    return bool(a < b)


@GROUP.add("le")
def le(left: Any, right: Any) -> bool:
    """Whether the left is not greater."""
    a, b = _compared(left, right)
    return bool(a <= b)


@GROUP.add("gt")
def gt(left: Any, right: Any) -> bool:
    """Whether the left is greater."""
    a, b = _compared(left, right)
    return bool(a > b)


@GROUP.add("ge")
def ge(left: Any, right: Any) -> bool:
    """Whether the left is not less."""
    a, b = _compared(left, right)
    return bool(a >= b)


@GROUP.add("eq", walks=True)
def eq(left: Any, *others: Any) -> bool:
    """Whether the left is equal to one of the others, which are of its kind."""
    return any(_equal(left, each) for each in others)


@GROUP.add("ne", walks=True)
def ne(left: Any, right: Any) -> bool:
    """Whether the two, of one kind, differ."""
    return not _equal(left, right)


def _equal(left: Any, right: Any) -> bool:
    if left is not None and right is not None and type(left) is not bool and type(right) is not bool:
        _compared(left, right)
    elif isinstance(left, bool) != isinstance(right, bool) and left is not None and right is not None:
        raise Fault("values of different kinds cannot be compared")
    return bool(left == right)
