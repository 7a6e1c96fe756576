"""Numbers as Go reads and prints them."""

from __future__ import annotations

import math
from decimal import Decimal


def format_float(value: float) -> str:
    """A float as Go's `%v` prints it: the shortest digits, with an exponent from 1e+06 and below 1e-04 on.

    >>> [format_float(x) for x in (1.0, 1.5, 123456.0, 1000000.0, 1234567.5, 0.0001, 0.00001)]
    ['1', '1.5', '123456', '1e+06', '1.2345675e+06', '0.0001', '1e-05']

    Source: go strconv FormatFloat, format g, shortest.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign, digits, exponent = _decimal(value)
    if not -4 <= exponent - 1 < 6:
        return sign + _scientific(digits, exponent - 1)
    return sign + _fixed(digits, exponent)


def json_float(value: float) -> str:
    """A float as Go's encoding/json prints it: no exponent between 1e-06 and 1e+21.

    >>> json_float(1000000.0), json_float(1e21), json_float(1e-7)
    ('1000000', '1e+21', '1e-7')
    """
    sign, digits, exponent = _decimal(value)
    if value != 0 and (abs(value) < 1e-6 or abs(value) >= 1e21):
        return sign + _scientific(digits, exponent - 1).replace("e-0", "e-")
    return sign + _fixed(digits, exponent)


def _decimal(value: float) -> tuple[str, str, int]:
    """The sign, the shortest digits, and the place of the decimal point among them."""
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).lstrip("0")
    point = len(text) + exponent
    text = text.rstrip("0")
    return "-" if sign else "", text or "0", point if text else 1


def _scientific(digits: str, exponent: int) -> str:
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _fixed(digits: str, point: int) -> str:
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"
