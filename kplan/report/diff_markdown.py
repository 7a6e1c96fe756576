"""What differs, as Markdown: for a comment on a pull request, or for the page of a CI job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kplan.model.change import Change, FieldChange, Verb
from kplan.report.colour import Paint, plain
from kplan.report.diff_text import Namer, before_after, counts
from kplan.report.markup import Page, code, cut, text

COLUMNS: Final = ("", "object", "what changes")
_FIELDS: Final = 10
"""So many fields of an object are shown, the others are counted."""
_VALUE: Final = 120
"""So many characters of a value are shown."""


def report(changes: Sequence[Change], *, paint: Paint = plain) -> str:
    """A table of the objects that change with their fields, in at most 65,536 characters."""
    page = Page(f"kplan diff: {counts(changes)}")
    page.table(COLUMNS, rows(changes, Namer(change.ref for change in changes)), "object")
    return str(page)


def rows(changes: Iterable[Change], name: Namer) -> Iterator[tuple[str, str, str]]:
    """The cells of each object that changes."""
    for change in changes:
        if change.verb != Verb.KEEP:
            yield f"**{change.verb.word}**", code(cut(name(change.ref))), "<br>".join(_what(change))


def _what(change: Change) -> Iterator[str]:
    if change.note:
        yield text(cut(change.note))
    for field in change.fields[:_FIELDS]:
        yield from _field(field)
    if len(change.fields) > _FIELDS:
        yield f"and {len(change.fields) - _FIELDS} more fields"


def _field(field: FieldChange) -> Iterator[str]:
    before, after = (code(cut(side, _VALUE)) for side in before_after(field))
    remark = " (a default)" if field.origin == "defaulted" else ""
    yield f"{code(cut(field.text, _VALUE))}: {before} → {after}{remark}"
    if field.forbidden:
        yield f"the API server refuses this: {text(cut(field.forbidden))}"
