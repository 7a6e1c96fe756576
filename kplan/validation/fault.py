"""What the API server would say against a field, and how its messages are worded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from kplan.model.path import FieldPath
from kplan.model.path import Key as Key

FaultKind: TypeAlias = Literal[
    "required-value",
    "invalid-value",
    "unsupported-value",
    "duplicate-value",
    "forbidden-value",
    "too-long",
    "too-many",
    "not-found",
    "wrong-type",
]
"""The API machinery's kinds of field errors."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing the API server refuses.

    `path` is the server's own path to the field. It leads into the object as written, but for a few fields that the
    server spells in another way than the manifest does (`spec.LoadBalancerSourceRanges`): then its longest part that
    exists in the object does.
    """

    rule: FaultKind
    path: FieldPath
    message: str
    help: str | None = None

    @property
    def field(self) -> str:
        """The path as the API server prints it; `[]` for the whole object.

        >>> Fault("required-value", ("spec", "limits", Key("cpu"), 0), "Required value").field
        'spec.limits[cpu][0]'
        """
        text = ""
        for part in self.path:
            if isinstance(part, (int, Key)):
                text += f"[{part}]"
            else:
                text += f".{part}" if text else part
        return text or "[]"


def required(path: FieldPath, detail: str = "") -> Fault:
    """The field is needed here."""
    return Fault("required-value", path, f"Required value: {detail}" if detail else "Required value")


def invalid(path: FieldPath, value: Any, detail: str) -> Fault:
    """The field's value is no good, for the reason in `detail`."""
    return Fault("invalid-value", path, f"Invalid value: {show(value)}: {detail}")


def unsupported(path: FieldPath, value: Any, supported: Iterable[str]) -> Fault:
    """The field's value is none of the `supported` ones."""
    values = ", ".join(show(s) for s in supported)
    return Fault("unsupported-value", path, f"Unsupported value: {show(value)}: supported values: {values}")


def duplicate(path: FieldPath, value: Any) -> Fault:
    """The value is there already, in a list that must not repeat."""
    return Fault("duplicate-value", path, f"Duplicate value: {show(value)}")


def forbidden(path: FieldPath, detail: str) -> Fault:
    """The field may not be set here."""
    return Fault("forbidden-value", path, f"Forbidden: {detail}")


def too_long(path: FieldPath, limit: int) -> Fault:
    """The value has more than `limit` bytes."""
    return Fault("too-long", path, f"Too long: may not be more than {limit} byte{'' if limit == 1 else 's'}")


def too_many(path: FieldPath, count: int, limit: int) -> Fault:
    """The list has more than `limit` items."""
    return Fault("too-many", path, f"Too many: {count}: must have at most {limit} item{'' if limit == 1 else 's'}")


def not_found(path: FieldPath, value: Any, detail: str = "") -> Fault:
    """The value names something that is not there."""
    return Fault("not-found", path, f"Not found: {show(value)}" + (f": {detail}" if detail else ""))


def show(value: Any) -> str:
    """A value as the server prints it in a message: JSON.

    >>> show("a"), show(True), show(None), show(30.0), show(0.00001)
    ('"a"', 'true', 'null', '30', '1e-05')
    """
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _number(number: float) -> str:
    """A number as Go prints it; whole ones are integers there."""
    if number.is_integer() and abs(number) < 2**63:
        return str(int(number))
    from decimal import Decimal

    exponent = Decimal(repr(number)).adjusted() if number - number == 0 else 0
    if -4 <= exponent < 6:
        return repr(number)
    digits = "".join(map(str, Decimal(repr(number)).normalize().as_tuple().digits))
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e{'+' if exponent > 0 else '-'}{abs(exponent):02}"
