"""What the functions of Kubernetes share: their own types of values, and how a call goes wrong.

Values of such a type are maps of one entry, so that equal ones are equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]


CALL_ERROR = "kubernetes: "
"""Begins the message of every CallError: the library passes on nothing but the text."""


class CallError(ValueError):
    """A call that fails in the API server too."""

    def __init__(self, message: str) -> None:
        super().__init__(CALL_ERROR + message)


class Unsupported(ValueError):
    """A call whose result is not known here."""


def content(value: Value, *types: str) -> str:
    """What a value of one of the types holds. Raises Unsupported for any other value."""
    for type_ in types:
        if type_ in value and len(value) == 1:
            return str(value[type_])
    raise Unsupported("no such overload")


def holds(check: Callable[..., Any]) -> Callable[..., bool]:
    """Whether the arguments are good for a function."""

    def holds(*arguments: Any) -> bool:
        try:
            check(*arguments)
        except CallError:
            return False
        return True

    return holds
