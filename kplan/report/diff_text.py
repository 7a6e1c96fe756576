"""What differs, for people: each object with its sign, each field with its value before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from kplan.model import ObjectRef
from kplan.model.change import Change, FieldChange, Verb
from kplan.report.cell import width
from kplan.report.colour import Paint, plain

WIDTH = 100
_INDENT = "      "
_SHOWN = 10
"""So many unchanged objects are named; more are counted."""


def report(changes: Sequence[Change], *, paint: Paint = plain) -> str:
    """The changes, a line for each object and field, then how many there are; lines end in newlines."""
    name = Namer(change.ref for change in changes)
    lines = [line for change in changes if change.verb != Verb.KEEP for line in change_lines(change, name, paint)]
    lines += kept_lines(changes, name, paint)
    if lines:
        lines.append("")
    return "\n".join([*lines, counts(changes)]) + "\n"


def counts(changes: Sequence[Change]) -> str:
    """How many objects there are by what happens to them: `1 created, 3 unchanged`."""
    found = [(sum(change.verb == verb for change in changes), verb) for verb in Verb]
    return ", ".join(f"{count} {_PAST[verb]}" for count, verb in found if count) or "no objects"


_PAST = {
    Verb.CREATE: "created",
    Verb.CHANGE: "changed",
    Verb.REPLACE: "to replace",
    Verb.DELETE: "deleted",
    Verb.KEEP: "unchanged",
}


class Namer:
    """Objects' names as a report shows them: with the namespace where there are several."""

    def __init__(self, refs: Any) -> None:
        self._several = len({ref.namespace for ref in refs if ref.namespace}) > 1

    def __call__(self, ref: ObjectRef) -> str:
        """`deployment/web`, or `deployment/web in shop`."""
        return f"{ref} in {ref.namespace}" if self._several and ref.namespace else str(ref)


def change_lines(change: Change, name: Namer, paint: Paint, effect: str = "") -> Iterator[str]:
    """One object that changes: a line for itself, with its effect on pods, and one or two for each field."""
    head = paint(change.verb, f"{change.verb} {name(change.ref)}")
    if width(f"  {change.verb} {name(change.ref)}  {effect}") <= WIDTH:
        yield f"  {head}{'  ' + effect if effect else ''}"
    else:
        yield f"  {head}"
        yield from wrap(effect, _INDENT)
    if change.note:
        yield from wrap(change.note, _INDENT, paint, "error")
    for field in change.fields:
        yield from field_lines(field, paint)


def field_lines(field: FieldChange, paint: Paint) -> Iterator[str]:
    """One field, on one line where it fits, with why it matters."""
    remarks = [_REMARK[key] for key in ("defaulted",) if field.origin == key]
    before, after = before_after(field)
    tail = f"  ({', '.join(remarks)})" if remarks else ""
    line = f"{_INDENT}{field.text}: {before} -> {after}{tail}"
    if width(line) <= WIDTH:
        yield f"{_INDENT}{field.text}: {paint('-', before)} -> {paint('+', after)}{paint('dim', tail)}"
    else:
        yield f"{_INDENT}{cut(field.text, WIDTH - 20)}:{paint('dim', tail)}"
        yield f"{_INDENT}  {paint('-', '- ' + cut(before, WIDTH - 10))}"
        yield f"{_INDENT}  {paint('+', '+ ' + cut(after, WIDTH - 10))}"
    if field.forbidden:
        yield from wrap(f"the API server refuses this: {field.forbidden}", _INDENT + "  ", paint, "error")


_REMARK = {"defaulted": "a default"}


def before_after(field: FieldChange) -> tuple[str, str]:
    """The two sides of a change as text."""
    if field.kind == "order":
        return f"order {', '.join(map(str, field.before))}", ", ".join(map(str, field.after))
    if field.before is not None and field.before == field.after:
        return shown(field.before), "(changed)"
    return shown(field.before), shown(field.after)


def shown(value: Any) -> str:
    """A value on one line: plain text as it is, all else as JSON.

    >>> shown("nginx:1.27"), shown("8080"), shown(8080), shown(None), shown({"cpu": "1"})
    ('nginx:1.27', '"8080"', '8080', '(none)', '{"cpu": "1"}')
    """
    if value is None:
        return "(none)"
    if isinstance(value, str) and value.isprintable() and value == value.strip() and not _looks_typed(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _looks_typed(text: str) -> bool:
    if not text or text in ("true", "false", "null"):
        return True
    try:
        float(text)
    except ValueError:
        return text[0] in "{[\"'"
    return True


def cut(text: str, limit: int) -> str:
    """The text, its middle left out where it is longer than `limit`."""
    if len(text) <= limit:
        return text
    half = (limit - 5) // 2
    return f"{text[:half]} ... {text[-half:]}"


def kept_lines(changes: Sequence[Change], name: Namer, paint: Paint) -> Iterator[str]:
    """What stays as it is: a few by name, many by number."""
    for note in dict.fromkeys(change.note for change in changes if change.verb == Verb.KEEP):
        kept = [name(change.ref) for change in changes if change.verb == Verb.KEEP and change.note == note]
        names = ", ".join(kept[:_SHOWN]) + (f" and {len(kept) - _SHOWN} more" if len(kept) > _SHOWN else "")
        why = f"left alone ({note})" if note else "unchanged"
        yield from wrap(f"= {why}: {names}", "  ", paint, "=")


def wrap(text: str, indent: str, paint: Paint = plain, meaning: str = "") -> Iterator[str]:
    """The text in lines of at most 100 columns, those after the first indented by two more."""
    import textwrap

    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=True,
        break_on_hyphens=False,
    )
    for line in lines:
        yield paint(meaning, line) if meaning else line
