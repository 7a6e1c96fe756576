"""What a rendering has to say: errors as findings, ways that were never gone, calls that depend on chance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from jinja2.exceptions import TemplateSyntaxError

from kplan.model import Finding, Related, Severity
from kplan.render.fault import Fault
from kplan.render.function import LEFT_OUT
from kplan.render.limit import Exhausted
from kplan.render.rendering import GROUP, Branch, Chance
from kplan.render.undefined import nearest

if TYPE_CHECKING:
    from kplan.render.engine import Failure
    from kplan.render.origin import Place
    from kplan.render.session import Session

_NO_FILTER: Final = re.compile(r"No (filter|test) named '(\w+)'")
_LONGEST: Final = 500
_KINDS: Final = {"str": "a text", "int": "a number", "float": "a number", "dict": "a mapping", "list": "a list"}


def findings(session: Session) -> Iterator[Finding]:
    """The errors, by file and place."""
    made = (_finding(failure, session) for failure in session.engine.failures)
    unique = {(each.span, each.message): each for each in made}
    return iter(sorted(unique.values(), key=lambda each: (each.span.file, each.span.start) if each.span else ("",)))


def _finding(failure: Failure, session: Session) -> Finding:
    stack = [failure.place, *failure.callers]
    inside = [place for place in stack if place.sheet.file] or [failure.place]
    prefix = "" if failure.place.sheet.file else "in the text given to `tpl`: "
    rule, message, advice = _words(failure.error, session)
    return Finding(
        rule=rule,
        group=GROUP,
        severity=Severity.ERROR,
        message=prefix + (message if len(message) <= _LONGEST else f"{message[: _LONGEST - 80]} ... {message[-75:]}"),
        help=advice,
        span=inside[0].span,
        related=tuple(Related(place.span, "included from here") for place in _outer(inside)),
    )


def _outer(places: list[Place]) -> list[Place]:
    """The tags that another file's text came through: one for each change of the file or macro."""
    kept = [places[0]]
    for place in places[1:]:
        if (place.sheet, place.start) != (kept[-1].sheet, kept[-1].start):
            kept.append(place)
    return kept[1:]


def _words(error: BaseException, session: Session) -> tuple[str, str, str | None]:
    if isinstance(error, Fault):
        return error.rule, error.message, error.help
    if isinstance(error, Exhausted):
        return "template-limit", str(error), None
    if isinstance(error, RecursionError):
        return "template-limit", "macros, includes or values are too deep inside each other", None
    if isinstance(error, TemplateSyntaxError):
        message = error.message or "this is no template"
        named = _NO_FILTER.match(message)
        near = (
            nearest(named[2], session.engine.filters if named[1] == "filter" else session.engine.tests)
            if named
            else None
        )
        if named and named[2] in LEFT_OUT:
            return "template-syntax", f"there is no function `{named[2]}`: {LEFT_OUT[named[2]]}", None
        text = f"there is no {named[1]} `{named[2]}`" if named else _lowered(message)
        return "template-syntax", text, f"did you mean `{near}`?" if near else None
    return "template-error", _of_python(error), None


def _lowered(message: str) -> str:
    text = message.strip().removesuffix(".").replace("'", "`")
    return text[:1].lower() + text[1:]


def _of_python(error: BaseException) -> str:
    """An error of Python, without Python's words."""
    text = re.sub(r"'(str|int|float|dict|list)'", lambda found: _KINDS[found[1]], str(error))
    text = re.sub(r"\b(Text|TracedMap|TracedList)\b", "value", text)
    return _lowered(text) or type(error).__name__


def branches(session: Session) -> Iterator[Branch]:
    """The ways of all conditions and loops of the chart's files, in order."""
    engine = session.engine
    sites = {site for site in engine.branches if engine.sites[site].sheet.file}
    for site in sorted(sites, key=lambda each: (engine.sites[each].sheet.name, engine.sites[each].start)):
        for outcome in (True, False):
            yield Branch(engine.sites[site].span, outcome, (site, outcome) in engine.taken)


def chances(session: Session) -> Iterator[Chance]:
    """The calls whose result is another one in every release, in order."""
    for function, place in sorted(session.chances, key=lambda each: (each[1].sheet.name, each[1].start, each[0])):
        yield Chance(function, place.span)
