"""Regular expressions.

Source: github.com/Masterminds/sprig v3 regex.go; go regexp.
"""

from __future__ import annotations

from kplan.render.fault import Fault
from kplan.render.function.table import Group, Rendering
from kplan.render.regex import Pattern, pattern

GROUP = Group("pattern")


def _pattern(source: str) -> Pattern:
    try:
        return pattern(str.__str__(source))
    except ValueError as error:
        raise Fault(f"`{source}` is no regular expression: {error}") from None


@GROUP.add("regexMatch", "mustRegexMatch", inside=True)
def regex_match(rendering: Rendering, source: str, value: str) -> bool:
    """Whether the pattern matches a part of the text."""
    return _pattern(source).search(value, 0, rendering.budget.step) is not None


@GROUP.add("regexFind", "mustRegexFind", inside=True)
def regex_find(rendering: Rendering, source: str, value: str) -> str:
    """The first part that matches; an empty text where none does."""
    found = _pattern(source).search(value, 0, rendering.budget.step)
    return value[found[0] : found[1]] if found else ""


@GROUP.add("regexFindAll", "mustRegexFindAll", inside=True)
def regex_find_all(rendering: Rendering, source: str, value: str, count: int) -> list[str]:
    """The first `count` parts that match; all of them for -1."""
    return [value[m[0] : m[1]] for m in _pattern(source).matches(value, rendering.budget.step, count)]


@GROUP.add("regexReplaceAll", "mustRegexReplaceAll", inside=True)
def regex_replace_all(rendering: Rendering, source: str, value: str, new: str) -> str:
    """The text with each part that matches replaced; `${1}` in `new` is what the first group took."""
    return _replaced(rendering, source, value, new, literal=False)


@GROUP.add("regexReplaceAllLiteral", "mustRegexReplaceAllLiteral", inside=True)
def regex_replace_all_literal(rendering: Rendering, source: str, value: str, new: str) -> str:
    """As `regexReplaceAll`, with `new` taken as it is."""
    return _replaced(rendering, source, value, new, literal=True)


def _replaced(rendering: Rendering, source: str, value: str, new: str, literal: bool) -> str:
    compiled, at = _pattern(source), 0
    parts: list[str] = []
    for match in compiled.matches(value, rendering.budget.step):
        inserted = new if literal else compiled.expand(new, value, match)
        rendering.budget.grow(len(inserted))
        parts += [value[at : match[0]], inserted]
        at = match[1]
    return "".join([*parts, value[at:]])


@GROUP.add("regexSplit", "mustRegexSplit", inside=True)
def regex_split(rendering: Rendering, source: str, value: str, count: int) -> list[str]:
    """The parts between what matches, at most `count`; all of them for -1."""
    if count == 0:
        return []
    if source and not value:
        return [""]
    parts: list[str] = []
    start = end = 0
    for match in _pattern(source).matches(value, rendering.budget.step, count):
        if count > 0 and len(parts) == count - 1:
            break
        end = match[0]
        if match[1]:
            parts.append(value[start:end])
        start = match[1]
    return [*parts, value[start:]] if end != len(value) else parts
