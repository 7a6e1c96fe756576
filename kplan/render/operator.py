"""Operators of expressions, with results of bounded size."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from kplan.render.fault import Fault
from kplan.render.limit import Budget
from kplan.render.text import glued

_NUMBERS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_SMALLEST: Final = -(2**63)
_LARGEST: Final = 2**63 - 1


def operate(sign: str, left: Any, right: Any, budget: Budget) -> Any:
    """`left sign right`: numbers of up to 64 bits, and `+` of texts and of lists. Raises Fault, Exhausted."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _number(sign, left, right)
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        budget.grow(len(left) + len(right))
        return glued((left, right))
    if sign == "+" and isinstance(left, list) and isinstance(right, list):
        budget.fill(len(left) + len(right))
        return [*left, *right]
    from kplan.render.access import kind
    from kplan.render.undefined import Missing

    for side in (left, right):
        if isinstance(side, Missing):
            raise side.fault()
    raise Fault(f"`{sign}` cannot be done with {kind(left)} and {kind(right)}", _advice(sign, left, right))


def _number(sign: str, left: float, right: float) -> float:
    if sign == "**" and abs(right) * max(abs(left), 1).bit_length() > 4096 if isinstance(left, int) else False:
        raise Fault("the power is larger than 64 bits")
    try:
        result: float = _NUMBERS[sign](left, right)
    except ZeroDivisionError:
        raise Fault("division by zero") from None
    except OverflowError:
        raise Fault("the number is too large") from None
    if isinstance(result, complex):
        raise Fault("the result is no real number")
    if isinstance(result, int) and not _SMALLEST <= result <= _LARGEST:
        raise Fault("the number is larger than 64 bits")
    return result


def _advice(sign: str, left: Any, right: Any) -> str | None:
    return "`~` puts values of any kind together" if sign == "+" and str in (type(left), type(right)) else None
