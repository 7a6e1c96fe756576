"""The order of quantities and of versions in CEL: which function it is hangs on the value alone."""

from __future__ import annotations

from kplan.cel.library.call import Value
from kplan.cel.library.quantity import amount_of
from kplan.cel.library.semver import is_version, precedence


def compare(left: Value, right: Value) -> int:
    """-1, 0 or 1: how two quantities or versions compare."""
    if is_version(left) and is_version(right):
        one, other = precedence(left), precedence(right)
        return int(one > other) - int(one < other)
    a, b = amount_of(left), amount_of(right)
    return (b < a) - (a < b)


def is_less(left: Value, right: Value) -> bool:
    """Whether the left one is less."""
    return compare(left, right) < 0


def is_greater(left: Value, right: Value) -> bool:
    """Whether the left one is more."""
    return compare(left, right) > 0
