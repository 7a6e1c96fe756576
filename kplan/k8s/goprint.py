"""Values as Go's spew prints them: types, every field, no addresses. What a pod template hash is made from.

Source: kubernetes v1.36 apimachinery pkg/util/dump ForHash; github.com/davecgh/go-spew, `%#v`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from kplan.errors import InputError
from kplan.k8s.fnv import Stretch
from kplan.k8s.layout import BASIC, Field, fields, spelled, underlying
from kplan.k8s.quantity import Quantity, parse_quantity

Parts: TypeAlias = list[str]
Printer: TypeAlias = Callable[[Any, Parts], None]

_DECIMAL = (
    "{i:(resource.int64Amount){value:(int64)0 scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec){"
    "unscaled:(big.Int){neg:(bool)%s abs:(big.nat)%s} scale:(inf.Scale)%d}} s:(string)%s Format:(resource.Format)%s}"
)
_INT64 = "{i:(resource.int64Amount){value:(int64)"
_SCALE = " scale:(resource.Scale)"
_TEXT = "} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)"
_FORMATS = {name: f" Format:(resource.Format){name}}}" for name in ("DecimalSI", "BinarySI", "DecimalExponent")}
_NUMBER = "{Type:(intstr.Type)0 IntVal:(int32)"
_NO_NAME = " StrVal:(string)}"
_NAME = "{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)"
_ZERO_TIME = "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"

STRETCHES = {text: Stretch(text) for text in (_INT64, _SCALE, _TEXT, *_FORMATS.values(), _NUMBER, _NO_NAME, _NAME)}
"""The texts between values that printing has made so far; few, since they depend on types only."""


class Unpredictable(InputError):
    """What a cluster makes of this value depends on more than the manifest."""


def print_go(type_: str, minor: int, value: dict[str, Any]) -> Parts:
    """The text of a decoded struct, in parts; those in STRETCHES are likely to come again.

    >>> "".join(print_go("core/v1.SELinuxOptions", 36, {"level": "s0"}))
    '(v1.SELinuxOptions){User:(string) Role:(string) Type:(string) Level:(string)s0}'

    Raises Unpredictable for a point in time, which is printed with the state of the controller's process.
    """
    parts = [f"({spelled(type_)})"]
    printer(type_, minor)(value, parts)
    return parts


@cache
def printer(type_: str, minor: int) -> Printer:
    """The function that prints values of a type, without the type itself; compiled once."""
    bare = underlying(type_.lstrip("*"))
    if bare in _PRINTERS:
        return _PRINTERS[bare]
    if bare in BASIC:
        return _print_integer
    if bare.startswith("[]"):
        return _list(printer(bare[2:], minor))
    if bare.startswith("map["):
        return _map(printer(bare.partition("]")[2], minor))
    return _struct(bare, minor)


def _struct(type_: str, minor: int) -> Printer:
    rows: list[tuple[str, str, Printer, bool]] = []
    index: dict[str, int] = {}
    gaps: dict[tuple[int, int], str] = {}

    def write(value: dict[str, Any], parts: Parts) -> None:
        if not rows:
            _compile(type_, minor, rows, index)
        last = -1
        for place in sorted({index[key] for key in value}):
            _, json, print_value, inline = rows[place]
            item = value if inline else value[json]
            if item is None or item == []:
                continue
            parts.append(gaps.get((last, place)) or _gap(rows, gaps, last, place))
            print_value(item, parts)
            last = place
        parts.append(gaps.get((last, len(rows))) or _gap(rows, gaps, last, len(rows)))

    return write


def _compile(type_: str, minor: int, rows: list[tuple[str, str, Printer, bool]], index: dict[str, int]) -> None:
    """Rows of (text before the value, JSON name, printer, inline), and the row of each JSON name."""
    for place, field in enumerate(fields(type_, minor) or ()):
        head = f"{field.name}:({spelled(field.type)})"
        print_value = _inline(field, minor) if field.inline else printer(field.type, minor)
        rows.append((head + "\0" + _zero(field.type, minor), field.json, print_value, field.inline))
        for key in _json_names(field, minor):
            index[key] = place


def _inline(field: Field, minor: int) -> Printer:
    """Prints an embedded struct, whose fields stand among its parent's."""
    write = printer(field.type, minor)
    names = _json_names(field, minor)

    def write_own(value: dict[str, Any], parts: Parts) -> None:
        write({key: item for key, item in value.items() if key in names}, parts)

    return write_own


def _json_names(field: Field, minor: int) -> frozenset[str]:
    """The keys of a JSON object that belong to a field."""
    if not field.inline:
        return frozenset({field.json})
    return frozenset().union(*(_json_names(inner, minor) for inner in fields(field.type, minor) or ()))


def _gap(rows: list[tuple[str, str, Printer, bool]], gaps: dict[tuple[int, int], str], last: int, place: int) -> str:
    """The text from after the value of row `last` to before that of row `place`, the rows between being zero."""
    texts = [row[0].replace("\0", "") for row in rows[last + 1 : place]]
    if place < len(rows):
        texts.append(rows[place][0].partition("\0")[0])
    text = " ".join(texts)
    if last < 0:
        text = "{" + text
    elif text:
        text = " " + text
    gaps[last, place] = text = text if place < len(rows) else text + "}"
    STRETCHES.setdefault(text, Stretch(text))
    return text


def _zero(type_: str, minor: int) -> str:
    """The text of a zero value, without its type."""
    bare = underlying(type_)
    if bare.startswith(("*", "[]", "map[")):
        return "<nil>"
    if bare in ("string", "bool"):
        return "" if bare == "string" else "false"
    if bare == "meta/v1.Time":
        return _ZERO_TIME
    parts: Parts = []
    # An absent quantity is stored as `0` and comes back as that.
    zero: Any = parse_quantity("0") if bare == "resource.Quantity" else 0 if bare == "intstr.IntOrString" else {}
    printer(type_, minor)(0 if bare in BASIC else zero, parts)
    return "".join(parts)


def _list(print_item: Printer) -> Printer:
    def write(value: list[Any], parts: Parts) -> None:
        mark = "["
        for item in value:
            parts.append(mark)
            print_item(item, parts)
            mark = " "
        parts.append("]")

    return write


def _map(print_item: Printer) -> Printer:
    def write(value: dict[str, Any], parts: Parts) -> None:
        mark = "map["
        for key in sorted(value):
            parts.append(f"{mark}{key}:")
            print_item(value[key], parts)
            mark = " "
        parts.append("]")

    return write


def _print_text(value: str, parts: Parts) -> None:
    parts.append(value)


def _print_integer(value: int, parts: Parts) -> None:
    parts.append(str(value))


def _print_bool(value: bool, parts: Parts) -> None:
    parts.append("true" if value else "false")


def _print_int_or_string(value: int | str, parts: Parts) -> None:
    parts += (_NAME, value, "}") if isinstance(value, str) else (_NUMBER, str(value), _NO_NAME)


def _print_quantity(value: Quantity, parts: Parts) -> None:
    if value.big:
        words = _words(abs(value.unscaled))
        sign = "true" if value.unscaled < 0 else "false"
        parts.append(_DECIMAL % (sign, words, -value.scale, value.text, value.format))
    else:
        parts += (_INT64, str(value.unscaled), _SCALE, str(value.scale), _TEXT, value.text, _FORMATS[value.format])


def _words(number: int) -> str:
    """A big number as its 64-bit words, least first."""
    words = []
    while number:
        words.append(str(number & 2**64 - 1))
        number >>= 64
    return f"[{' '.join(words)}]" if words else "<nil>"


def _print_time(value: str, parts: Parts) -> None:
    raise Unpredictable(f"the time {value} in the template enters the hash with the state of the controller's process")


_PRINTERS: dict[str, Printer] = {
    "string": _print_text,
    "bool": _print_bool,
    "resource.Quantity": _print_quantity,
    "intstr.IntOrString": _print_int_or_string,
    "meta/v1.Time": _print_time,
    "meta/v1.FieldsV1": _print_time,
}
