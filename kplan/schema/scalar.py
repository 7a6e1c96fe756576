"""Which scalars an API server decodes into which type.

Source: kubernetes v1.36 sigs.k8s.io/json, and UnmarshalJSON of resource.Quantity, intstr.IntOrString, metav1.Time and
metav1.MicroTime.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from math import isfinite
from typing import Any, TypeAlias

_Predicate: TypeAlias = Callable[[Any], bool]

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(Z|[+-](?:[01]\d|2[0-4]):(?:[0-5]\d|60))\Z",
    re.ASCII,
)
_MICRO_DIGITS = 7


def is_int32(value: int | float) -> bool:
    """Whether a number is whole and fits: `30.0` is 30.

    >>> is_int32(30.0), is_int32(1.5), is_int32(2147483648)
    (True, False, False)
    """
    return -0x80000000 <= value <= 0x7FFFFFFF and value == int(value)


def is_int64(value: int | float) -> bool:
    """Whether a number is whole and fits. A float of 10**21 or more is written with an exponent, which is refused."""
    return -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF and value == int(value)


def is_base64(value: str) -> bool:
    """Whether text is padded standard base64; line ends do not count."""
    return bool(_BASE64.match(value.replace("\n", "").replace("\r", "")))


def is_time(value: str) -> bool:
    """Whether text is a time as RFC 3339 writes it.

    >>> is_time("2024-02-29T12:00:00Z"), is_time("2023-02-29T12:00:00Z"), is_time("2024-01-01")
    (True, False, False)
    """
    match = _TIME.match(value)
    return match is not None and 1 <= int(match[3]) <= _days(int(match[1]), int(match[2]))


def is_micro_time(value: str) -> bool:
    """Whether text is a time with exactly six digits after the second's point."""
    return is_time(value) and len(_TIME.match(value)[5] or "") == _MICRO_DIGITS  # type: ignore[index]


def _days(year: int, month: int) -> int:
    if not 1 <= month <= 12:
        return 0
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@lru_cache(maxsize=4096)
def _is_quantity(value: str | int | float) -> bool:
    from kplan.k8s.quantity import is_quantity

    return is_quantity(value)


_STRING: dict[type, _Predicate | None] = {str: None}
_INT64: dict[type, _Predicate | None] = {int: is_int64, float: is_int64}
_NUMBER: dict[type, _Predicate | None] = {int: None, float: isfinite}

SCALARS: dict[tuple[str, str], dict[type, _Predicate | None]] = {
    ("boolean", ""): {bool: None},
    ("int-or-string", ""): {str: None, int: is_int32, float: is_int32},
    ("int-or-string", "int64"): {str: None, **_INT64},
    ("integer", ""): _INT64,
    ("integer", "int32"): {int: is_int32, float: is_int32},
    ("integer", "int64"): _INT64,
    ("number", ""): _NUMBER,
    ("number", "double"): _NUMBER,
    ("quantity", ""): dict.fromkeys((str, int, float), _is_quantity),
    ("string", ""): _STRING,
    ("string", "byte"): {str: is_base64},
    ("string", "date-time"): {str: is_time},
    ("string", "micro-time"): {str: is_micro_time},
}
"""By type and format: what each class of value must satisfy; None is nothing, an absent class is refused."""
