"""Resource quantities: `500m`, `1.5Gi`, `1e3`.

A quantity is a number with a notation, kept exactly: `value = unscaled * 10**scale`. The API server keeps the text of
some quantities and rewrites others (`1000m` becomes `1`, `+1` stays): that shows in stored objects and in pod template
hashes.

Source: kubernetes v1.36 apimachinery pkg/api/resource (quantity.go, amount.go, scale_int.go, suffix.go).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["DecimalSI", "BinarySI", "DecimalExponent"]

_PATTERN = re.compile(r"([+-]?)(0*)([0-9]*)(\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)\Z", re.ASCII)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIX = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIX = {exponent: suffix for suffix, exponent in _BINARY.items()}
_NANO = -9
_MILLI = -3
_LARGEST = 2**63 - 1
_DIGITS = 18
"""As many decimal digits fit an int64 whatever they are."""
_LONGEST = 1_000
"""More digits or zeros than anyone means; Python's own limit is not far above."""

_FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_NUMERIC = "unable to parse numeric part of quantity"
_SUFFIX = "unable to parse quantity's suffix"


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A number (`unscaled * 10**scale`) in a notation; quantities compare and hash by their number.

    `text` is the spelling where the API server keeps it, "" where it writes its canonical one (`str()` gives either).
    `big` says that Kubernetes holds the number as a big decimal instead of an int64; only hashes show it.

    >>> str(parse_quantity("1000m")), str(parse_quantity("0.1Gi")), str(parse_quantity("+1"))
    ('1', '107374182400m', '+1')
    >>> parse_quantity("1024Mi") == parse_quantity("1Gi"), parse_quantity("1G") < parse_quantity("1Gi")
    (True, True)
    """

    unscaled: int
    scale: int
    format: Format
    text: str = ""
    big: bool = False

    def __str__(self) -> str:
        return self.text or _canonical(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and compare(self, other) == 0

    def __lt__(self, other: Quantity) -> bool:
        return compare(self, other) < 0

    def __le__(self, other: Quantity) -> bool:
        return compare(self, other) <= 0

    def __hash__(self) -> int:
        return hash(_stripped(self.unscaled, self.scale))

    @property
    def sign(self) -> int:
        """-1, 0 or 1."""
        return (self.unscaled > 0) - (self.unscaled < 0)

    def scaled(self, scale: int) -> int:
        """The number in units of `10**scale`, fractions rounded away from zero; capped at about 10**1000."""
        return _rescale(self.unscaled, self.scale, scale)

    def value(self) -> int:
        """The number as a whole, fractions rounded away from zero: bytes, pods."""
        return self.scaled(0)

    def milli(self) -> int:
        """The number in thousandths, fractions of them rounded away from zero: millicores."""
        return self.scaled(_MILLI)


def parse_quantity(text: str | int | float) -> Quantity:
    """The quantity that a JSON string or number stands for.

    >>> parse_quantity("1500m").value(), parse_quantity("1500m").milli(), parse_quantity(0.1).milli()
    (2, 1500, 100)

    Raises ValueError, with the words of the API server, for text that is no quantity.

    Source: kubernetes v1.36 apimachinery pkg/api/resource Quantity.UnmarshalJSON, ParseQuantity.
    """
    if isinstance(text, str):
        return _parse(text.strip())
    if isinstance(text, bool) or not isinstance(text, int | float):
        raise ValueError(_FORMAT_WRONG)
    return _parse(number_text(text))


def is_quantity(value: object) -> bool:
    """Whether the API server reads `value` as a quantity."""
    try:
        parse_quantity(value)  # type: ignore[arg-type]
    except ValueError:
        return False
    return True


def number_text(number: int | float) -> str:
    """The number as Go writes it in JSON, which is what the API server reads quantities from.

    >>> number_text(1000.0), number_text(1e21), number_text(0.0000001)
    ('1000', '1e+21', '1e-7')
    """
    if isinstance(number, int):
        return str(number)
    if not math.isfinite(number):
        raise ValueError(_FORMAT_WRONG)
    if number == 0:
        return "-0" if math.copysign(1, number) < 0 else "0"
    sign = "-" if number < 0 else ""
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0") if fraction.strip("0") else ""
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if 1e-6 <= abs(number) < 1e21:
        return sign + _plain(digits, point)
    tail = digits[:1] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{tail}e{point - 1:+d}"


def add(left: Quantity, right: Quantity) -> Quantity:
    """The sum, in the notation of `left`, or of `right` where `left` is zero.

    >>> str(add(parse_quantity("1Gi"), parse_quantity("500Mi")))
    '1524Mi'

    Source: kubernetes v1.36 apimachinery pkg/api/resource Quantity.Add.
    """
    notation = left.format if left.unscaled else right.format
    if not right.unscaled:
        return Quantity(left.unscaled, left.scale, notation, big=left.big or right.big)
    if not left.unscaled:
        return Quantity(right.unscaled, right.scale, notation, big=left.big or right.big)
    scale = min(left.scale, right.scale)
    total = _rescale(left.unscaled, left.scale, scale) + _rescale(right.unscaled, right.scale, scale)
    big = left.big or right.big or not -_LARGEST - 1 <= total <= _LARGEST
    return Quantity(total, scale, notation, big=big)


def negate(quantity: Quantity) -> Quantity:
    """The quantity with the other sign."""
    return Quantity(-quantity.unscaled, quantity.scale, quantity.format, big=quantity.big)


def compare(left: Quantity, right: Quantity) -> int:
    """-1, 0 or 1: how the numbers compare; the notation does not count."""
    if left.sign != right.sign or not left.sign:
        return (left.sign > right.sign) - (left.sign < right.sign)
    # Exponents may be astronomic: numbers of different length are told apart without writing them out.
    left_length = _length(left)
    right_length = _length(right)
    if left_length != right_length:
        return left.sign if left_length > right_length else -left.sign
    scale = min(left.scale, right.scale)
    a = left.unscaled * _power(left.scale - scale)
    b = right.unscaled * _power(right.scale - scale)
    return (a > b) - (a < b)


def round_up(quantity: Quantity, scale: int = _MILLI) -> Quantity:
    """The quantity in whole units of `10**scale`, rounded away from zero; its text is kept where nothing was lost.

    Source: kubernetes v1.36 apimachinery pkg/api/resource Quantity.RoundUp.
    """
    if quantity.big:
        return Quantity(quantity.scaled(scale), scale, quantity.format, big=True)
    if quantity.scale >= scale:
        return quantity
    return Quantity(quantity.scaled(scale), scale, quantity.format)


@lru_cache(maxsize=4096)
def _parse(text: str) -> Quantity:
    if text == "0":
        return Quantity(0, 0, "DecimalSI", "0")
    match = _PATTERN.match(text) if 0 < len(text) <= _LONGEST else None
    if not match:
        raise ValueError(_FORMAT_WRONG)
    sign, zeros, digits, _, fraction, suffix = match.groups("")
    base, exponent, notation = _interpret(suffix)
    number = digits or "0"
    shifted = number + fraction
    if base == 10:
        exact = _DIGITS - len(shifted) >= 0 and exponent - len(fraction) >= _NANO
        if exact:
            unscaled, scale = int(shifted), exponent - len(fraction)
            canonical = scale % 3 == 0 and not shifted.endswith("000") and shifted[0] != "0"
            return Quantity(-unscaled if sign == "-" else unscaled, scale, notation, text if canonical else "")
    elif not fraction and 15 - len(number) - exponent * 3 // 10 - 1 >= 0:
        unscaled = int(number) << exponent
        canonical = int(number) & 7 != 0
        return Quantity(-unscaled if sign == "-" else unscaled, 0, notation, text if canonical else "")
    if not (zeros or digits or fraction):
        raise ValueError(_NUMERIC)
    return _big(sign, int(shifted), len(fraction), base, exponent, notation)


def _interpret(suffix: str) -> tuple[int, int, Format]:
    """Base, exponent and notation of a suffix."""
    if suffix in _DECIMAL:
        return 10, _DECIMAL[suffix], "DecimalSI"
    if suffix in _BINARY:
        return 2, _BINARY[suffix], "BinarySI"
    if len(suffix) > 1 and suffix[0] in "eE":
        try:
            exponent = int(suffix[1:])
        except ValueError:
            raise ValueError(_SUFFIX) from None
        if -(2**63) <= exponent <= _LARGEST:
            return 10, (exponent + 2**31) % 2**32 - 2**31, "DecimalExponent"
    raise ValueError(_SUFFIX)


def _big(sign: str, digits: int, places: int, base: int, exponent: int, notation: Format) -> Quantity:
    """The quantity held as a big decimal: nano precision, binary ones capped at the largest int64."""
    scale = (exponent if base == 10 else 0) - places
    if not digits:
        return Quantity(0, scale, notation, big=True)
    unscaled, scale = _rescale(digits << exponent if base == 2 else digits, scale, _NANO), _NANO
    if base == 2 and unscaled > _LARGEST * 10**9:
        unscaled, scale = _LARGEST, 0
    if base == 2 and scale == _NANO and unscaled < 10**9:
        notation = "DecimalSI"
    return Quantity(-unscaled if sign == "-" else unscaled, scale, notation, big=True)


def _rescale(unscaled: int, scale: int, target: int) -> int:
    """`unscaled * 10**scale` in units of `10**target`, rounded away from zero."""
    if not unscaled or scale >= target:
        return unscaled * _power(min(scale - target, _LONGEST)) if unscaled else 0
    if target - scale > len(str(abs(unscaled))):
        return 1 if unscaled > 0 else -1
    whole, rest = divmod(abs(unscaled), _power(target - scale))
    rounded = whole + bool(rest)
    return rounded if unscaled > 0 else -rounded


def _power(exponent: int) -> int:
    return int(10**exponent)


def _length(quantity: Quantity) -> int:
    """Decimal digits before the point; negative for small fractions."""
    return len(str(abs(quantity.unscaled))) + quantity.scale


def _stripped(unscaled: int, scale: int) -> tuple[int, int]:
    """The number without trailing zeros."""
    if not unscaled:
        return 0, 0
    digits = str(unscaled)
    bare = digits.rstrip("0")
    return int(bare), scale + len(digits) - len(bare)


def _canonical(quantity: Quantity) -> str:
    """Source: kubernetes v1.36 apimachinery pkg/api/resource Quantity.CanonicalizeBytes."""
    if not quantity.unscaled:
        return "0"
    if quantity.format == "BinarySI":
        text = _canonical_binary(quantity)
        if text:
            return text
    unscaled, exponent = _stripped(quantity.unscaled, quantity.scale)
    unscaled *= 10 ** (exponent % 3)
    exponent -= exponent % 3
    if quantity.format == "DecimalExponent":
        return f"{unscaled}e{exponent}" if exponent else str(unscaled)
    # Kubernetes drops a suffix that is not in the table: 1000E is written as 1.
    return f"{unscaled}{_DECIMAL_SUFFIX.get(exponent, '')}"


def _canonical_binary(quantity: Quantity) -> str | None:
    """The text in powers of 1024; None for fractions and for numbers below 1024, which are written in decimals."""
    unscaled, scale = _stripped(quantity.unscaled, quantity.scale)
    number = _rescale(unscaled, scale, 0)
    if scale < 0 or abs(number) < 1024:
        return None
    exponent = 0
    while number % 1024 == 0:
        number //= 1024
        exponent += 10
    return f"{number}{_BINARY_SUFFIX.get(exponent, '')}"


def _plain(digits: str, point: int) -> str:
    """Digits with a decimal point after `point` of them, without an exponent."""
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"
