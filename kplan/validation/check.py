"""Checks that many kinds share: numbers, ports, sets of values, label selectors.

Each yields the faults of one value at `path`, nothing for a good one. Source: kubernetes v1.36
apimachinery pkg/api/validation and pkg/apis/meta/v1/validation, pkg/apis/core/validation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeAlias

from kplan.k8s.name import Messages, NameRule, dns_label, label_value, percent, port_name, qualified_name
from kplan.model.path import FieldPath
from kplan.validation.fault import Fault, forbidden, invalid, required, unsupported

Obj: TypeAlias = dict[str, Any]
Path: TypeAlias = FieldPath

NEGATIVE = "must be greater than or equal to 0"
NOT_POSITIVE = "must be greater than zero"
IMMUTABLE = "field is immutable"
PROTOCOLS = ("SCTP", "TCP", "UDP")


def objects(value: list[Any] | None) -> Iterator[tuple[int, Obj]]:
    """The items of a list of objects with their indexes; null counts as an empty object."""
    for index, item in enumerate(value or ()):
        yield index, item or {}


def texts(value: list[Any] | None) -> Iterator[tuple[int, str]]:
    """The items of a list of strings with their indexes; null counts as the empty string."""
    for index, item in enumerate(value or ()):
        yield index, item or ""


def messages(path: Path, value: Any, found: Iterable[str]) -> Iterator[Fault]:
    """A fault for every message against a value."""
    for message in found:
        yield invalid(path, value, message)


def named(rule: NameRule, value: Any, path: Path) -> Iterator[Fault]:
    """A name that must be there and keep a rule."""
    if not value:
        yield required(path)
    else:
        yield from messages(path, value, rule(value))


def nonnegative(holder: Obj, key: str, path: Path) -> Iterator[Fault]:
    """The number in `holder[key]`, where there is one, must not be below 0."""
    value = holder.get(key)
    if value is not None and value < 0:
        yield invalid((*path, key), value, NEGATIVE)


def inclusive(low: int, high: int) -> str:
    """The message for numbers out of a range."""
    return f"must be between {low} and {high}, inclusive"


PORT_RANGE = inclusive(1, 65535)


def port_number(value: Any, path: Path) -> Iterator[Fault]:
    """A port, 1 to 65535; None is 0."""
    if value is None or not 1 <= value <= 65535:
        yield invalid(path, value or 0, PORT_RANGE)


def port_or_name(value: Any, path: Path) -> Iterator[Fault]:
    """A port's number or name; None is the number 0."""
    if isinstance(value, str):
        yield from messages(path, value, port_name(value))
    else:
        yield from port_number(value, path)


def one_of(value: Any, supported: Collection[str], path: Path) -> Iterator[Fault]:
    """One of a set of words."""
    if value not in supported:
        yield unsupported(path, value, supported)


def chosen(value: Any, supported: Collection[str], path: Path) -> Iterator[Fault]:
    """One of a set of words, which must be there."""
    if not value:
        yield required(path)
    elif value not in supported:
        yield unsupported(path, value, supported)


def dns_labels(value: Any, path: Path) -> Iterator[Fault]:
    """A DNS label, where there is a name."""
    if value:
        yield from messages(path, value, dns_label(value))


def labels(value: dict[str, Any] | None, path: Path) -> Iterator[Fault]:
    """A map of labels; the server names the map, not the key."""
    for key, text in (value or {}).items():
        for message in qualified_name(key):
            yield invalid(path, key, message)
        for message in label_value(text or ""):
            yield invalid(path, text, message)


def label_key(key: Any, path: Path) -> Iterator[Fault]:
    """A label's key."""
    for message in qualified_name(key or ""):
        yield invalid(path, key or "", message)


def label_selector(selector: Obj | None, path: Path) -> Iterator[Fault]:
    """A label selector with matchLabels and matchExpressions."""
    if not selector:
        return
    yield from labels(selector.get("matchLabels"), (*path, "matchLabels"))
    for index, expression in objects(selector.get("matchExpressions")):
        yield from _selector_requirement(expression, (*path, "matchExpressions", index))


def _selector_requirement(expression: Obj, path: Path) -> Iterator[Fault]:
    operator, values = expression.get("operator") or "", expression.get("values")
    if operator in ("In", "NotIn"):
        if not values:
            yield required((*path, "values"), "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            yield forbidden((*path, "values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    else:
        yield invalid((*path, "operator"), operator, "not a valid selector operator")
    yield from label_key(expression.get("key"), (*path, "key"))
    for index, value in texts(values):
        yield from messages((*path, "values", index), value, label_value(value))


def is_good_selector(selector: Obj | None) -> bool:
    """Whether the selector can be turned into a matcher: it has no faults."""
    return next(label_selector(selector, ()), None) is None


def int_or_percent(value: Any, path: Path) -> Iterator[Fault]:
    """A number from 0 on, or a percentage."""
    if isinstance(value, str):
        yield from messages(path, value, percent(value))
    elif value is not None and value < 0:
        yield invalid(path, value, NEGATIVE)


def not_above_100_percent(value: Any, path: Path) -> Iterator[Fault]:
    """A percentage must not be above 100 %."""
    if isinstance(value, str) and not percent(value) and int(value[:-1]) > 100:
        yield invalid(path, value, "must not be greater than 100%")


def int_or_percent_value(value: Any) -> int:
    """The number, of a percentage its digits; 0 for what is neither."""
    if isinstance(value, str):
        return 0 if percent(value) else int(value[:-1])
    return int(value or 0)


def backsteps(path_text: str, path: Path) -> Iterator[Fault]:
    """A file path without `..` elements."""
    if ".." in path_text and ".." in path_text.split("/"):
        yield invalid(path, path_text, "must not contain '..'")


def descending_path(path_text: str, path: Path) -> Iterator[Fault]:
    """A relative file path without `..` elements."""
    if path_text.startswith("/"):
        yield invalid(path, path_text, "must be a relative path")
    yield from backsteps(path_text, path)


def local_path(path_text: str, path: Path) -> Iterator[Fault]:
    """A relative file path that does not start with `..`."""
    yield from descending_path(path_text, path)
    if path_text.startswith("..") and not path_text.startswith("../"):
        yield invalid(path, path_text, "must not start with '..'")


def joined(found: Messages) -> str:
    """Several messages as one."""
    return ";".join(found)
