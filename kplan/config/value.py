"""What values of the configuration may be: how each is read from TOML, and its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from kplan.errors import UsageError

Json = dict[str, Any]


class Type(NamedTuple):
    """One type of value: `read` makes of a TOML value what kplan uses, or raises ValueError with what is wrong."""

    read: Callable[[Any], Any]
    schema: Json


def near(name: str, known: Iterable[str]) -> str:
    """A hint at a name like the one given, or ""."""
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a text is expected, not {called(value)}")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise ValueError(f"a list of texts is expected, not {called(value)}")
    return tuple(map(_text, value))


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"true or false is expected, not {called(value)}")
    return value


def _version(value: Any) -> str:
    from kplan.k8s.version import parse_version

    if isinstance(value, float):
        raise ValueError("a version is a text: write it in quotes")
    try:
        parse_version(_text(value))
    except UsageError as error:
        raise ValueError(str(error)) from None
    return str(value)


def _namespace(value: Any) -> str:
    if not re.fullmatch("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", _text(value)):
        raise ValueError(f"`{value}` can be no namespace: lower case letters, digits and dashes")
    return str(value)


def _date(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        raise ValueError("a date is expected, as 2027-01-31") from None


def _names(value: Any) -> tuple[str, ...]:
    from kplan.rules.catalog import GROUPS, groups_by_rule

    names = _texts(value)
    known = {*GROUPS, *groups_by_rule()}
    for name in names:
        if name not in known:
            raise ValueError(f"`{name}` is neither a rule nor a group{near(name, sorted(known))}")
    return names


def _profile(value: Any) -> str:
    from kplan.rules.page import PROFILES

    if _text(value) not in PROFILES:
        raise ValueError(f"there is no profile `{value}`{near(value, PROFILES) or ';'} there are {', '.join(PROFILES)}")
    return str(value)


def _globs(value: Any) -> tuple[str, ...]:
    from kplan.loader.ignore import pattern_checks

    globs = _texts(value)
    try:
        pattern_checks(globs)
    except UsageError as error:
        raise ValueError(str(error)) from None
    return globs


def _externals(value: Any) -> tuple[str, ...]:
    from kplan.kinds.external import Externals

    patterns = _texts(value)
    try:
        Externals(patterns)
    except UsageError as error:
        raise ValueError(str(error)) from None
    return patterns


def _output(value: Any) -> tuple[str, ...]:
    outputs = _texts(value)
    if not outputs:
        raise ValueError("at least one form is expected")
    return outputs


def choice(*words: str) -> Type:
    """One of some words."""

    def read(value: Any) -> str:
        if _text(value) not in words:
            raise ValueError(f"`{value}` is not one of {', '.join(words)}{near(value, words)}")
        return str(value)

    return Type(read, {"enum": list(words)})


def called(value: Any) -> str:
    """What a TOML value is, in words."""
    for kind, word in _WORDS:
        if isinstance(value, kind):
            return word
    return "a table" if isinstance(value, dict) else "a time"


_WORDS: Final = (
    (bool, "true or false"),
    (str, "a text"),
    (int, "a number"),
    (float, "a number"),
    (list, "a list"),
    (date, "a date"),
)
_ONE_OR_MORE: Final[Json] = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

TEXT: Final = Type(_text, {"type": "string"})
TEXTS: Final = Type(_texts, _ONE_OR_MORE)
BOOL: Final = Type(_bool, {"type": "boolean"})
VERSION: Final = Type(_version, {"type": "string", "pattern": r"^v?1\.[0-9]{1,3}"})
NAMESPACE: Final = Type(_namespace, {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"})
DATE: Final = Type(_date, {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
NAMES: Final = Type(_names, _ONE_OR_MORE)
PROFILE: Final = Type(_profile, {"type": "string"})
GLOBS: Final = Type(_globs, _ONE_OR_MORE)
EXTERNALS: Final = Type(_externals, _ONE_OR_MORE)
OUTPUT: Final = Type(_output, _ONE_OR_MORE)
SEVERITY: Final = choice("error", "warning", "note")
