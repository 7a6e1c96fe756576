"""What a suppression is, and the words it is written in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from kplan.model import Finding, ObjectRef, Span

By = Literal["comment", "annotation", "configuration", "baseline"]

_REASON: Final = re.compile(r"(?:^|\s)(?:--+|—|–)(?:\s+|$)")
_UNTIL: Final = re.compile(r"(?:^|\s)until(?:\s+(\S*)|$)")
_SEPARATOR: Final = re.compile(r"[,\s]+")


class Words(NamedTuple):
    """What `RULE, RULE until 2027-01-31 -- reason` says: `fault` is what is wrong with it, "" where nothing is."""

    rules: tuple[str, ...]
    until: date | None
    reason: str
    fault: str = ""


def read_words(text: str) -> Words:
    """The words of a comment or an annotation, after `allow`.

    >>> read_words("latest-tag, host-network until 2027-01-31 -- the vendor pins it")
    Words(rules=('latest-tag', 'host-network'), until=datetime.date(2027, 1, 31), reason='the vendor pins it', fault='')
    """
    names, dash, reason = _halves(text, _REASON)
    names, until, rest = _halves(names, _UNTIL)
    day, fault = None, ""
    if until is not None:
        try:
            day = date.fromisoformat(until[1] or "")
        except ValueError:
            fault = f"`{until[1] or ''}` is no date: write `until 2027-01-31`"
    rules = tuple(name for name in _SEPARATOR.split(f"{names} {rest}") if name)
    if not rules and not fault:
        fault = "it names no rule"
    return Words(rules, day, reason.strip() if dash else "", fault)


def _halves(text: str, separator: re.Pattern[str]) -> tuple[str, re.Match[str] | None, str]:
    found = separator.search(text)
    return (text[: found.start()], found, text[found.end() :]) if found else (text, None, "")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One place where findings are allowed: `rules` are rules and groups as written there, `span` is where.

    `covers` says whether a finding is in reach, whatever its rule. `file` is the only file it can reach, None for
    any; `ref` is the object that it stands in. `fault` is what makes it no suppression at all. One that is not `told`
    is a copy of another: nothing is said of it.
    """

    by: By
    rules: tuple[str, ...]
    until: date | None
    reason: str
    span: Span
    covers: Callable[[Finding], bool]
    file: str | None = None
    ref: ObjectRef | None = None
    fault: str = ""
    told: bool = True
