"""Quantities in CEL.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/cel/library.
"""

from __future__ import annotations

from kplan.cel.library.call import CallError, Value, content, holds
from kplan.k8s.quantity import Quantity, add, negate, parse_quantity

_QUANTITY = "kubernetes.Quantity"


def quantity(text: str) -> Value:
    """The number that a quantity stands for.

    >>> quantity("1000m") == quantity("1"), quantity("1Gi")
    (True, {'kubernetes.Quantity': '1073741824e0'})
    """
    try:
        return _quantity_value(parse_quantity(text))
    except ValueError as error:
        raise CallError(str(error)) from None


def _quantity_value(amount: Quantity) -> Value:
    digits = str(abs(amount.unscaled))
    bare = digits.rstrip("0") if amount.scale < 0 else digits
    lost = min(len(digits) - len(bare), -amount.scale) if amount.scale < 0 else 0
    number = int(digits[: len(digits) - lost] or "0")
    scale = amount.scale + lost if number else 0
    if scale > 0:
        number, scale = number * 10 ** min(scale, 1000), 0
    return {_QUANTITY: f"{-number if amount.unscaled < 0 else number}e{scale}"}


def amount_of(value: Value | int) -> Quantity:
    """The number that a value of ours, or a whole number, stands for."""
    if isinstance(value, int):
        return Quantity(value, 0, "DecimalSI")
    number, _, scale = content(value, _QUANTITY).partition("e")
    return Quantity(int(number), int(scale), "DecimalSI")


is_quantity = holds(quantity)


def is_integer(value: Value) -> bool:
    """Whether a quantity is a whole number that fits an int64."""
    amount = amount_of(value)
    return amount.scale == 0 and -(2**63) <= amount.unscaled < 2**63


def as_integer(value: Value) -> int:
    """A quantity as a whole number."""
    if not is_integer(value):
        raise CallError("cannot convert value to integer")
    return amount_of(value).unscaled


def as_float(value: Value) -> float:
    """A quantity as the nearest floating point number."""
    amount = amount_of(value)
    return float(f"{amount.unscaled}e{amount.scale}")


def sign(value: Value) -> int:
    """-1, 0 or 1."""
    return amount_of(value).sign


def plus(left: Value, right: Value | int) -> Value:
    """The sum of quantities."""
    return _quantity_value(add(amount_of(left), amount_of(right)))


def minus(left: Value, right: Value | int) -> Value:
    """The difference of quantities."""
    return _quantity_value(add(amount_of(left), negate(amount_of(right))))
