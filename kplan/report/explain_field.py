"""The documentation of a field or kind, for people at a terminal."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any, Final

from kplan.k8s.version import OLDEST, format_version
from kplan.report.colour import Paint, plain
from kplan.report.explain_doc import Doc, Subject, doc_of, inner, type_text
from kplan.report.explain_probe import change_refused, defaults_below
from kplan.schemas import Type
from kplan.schemas.index import Entry

_WIDTH: Final = 100
_TITLE: Final = 12
_ROOM: Final = 80
"""Longer values and reasons are left out of a list of facts."""
_SENTENCE: Final = re.compile(r"(?<=[a-z0-9)\"'`]{2})\.\s")
_MAY_NOT_CHANGE: Final = "an update may not change it"


def report(subject: Subject, *, recursive: bool = False, paint: Paint = plain) -> str:
    """The page: what it is, its facts, its words and the fields below; with `recursive` all of them, as a tree."""
    defaults = defaults_below(subject)
    blocks = [[paint("strong", _heading(subject))], list(_facts(subject, defaults.get("", ()), paint)), _words(subject)]
    if subject.type is not None:
        lines = _tree(subject.type, subject.schema, (), 1) if recursive else _fields(subject, defaults, paint)
        blocks.append([paint("strong", "Fields"), *lines])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _heading(subject: Subject) -> str:
    api = f"{subject.kind} of {subject.api_version}"
    if subject.entry is not None:
        api += f", Kubernetes {format_version(subject.minor)}"
    if not subject.docs:
        return api
    way = ".".join(doc.field.name for doc in subject.docs)
    return f"{way} <{type_text(subject.docs[-1].field)}>, {api}"


def _words(subject: Subject) -> list[str]:
    words = subject.docs[-1].words if subject.docs else subject.words
    return [line for paragraph in words.split("\n") for line in _wrapped(paragraph, 2) or [""]] if words else []


def _facts(subject: Subject, defaults: tuple[Any, ...], paint: Paint) -> Iterator[str]:
    facts = _of_a_field(subject, defaults) if subject.docs else _of_a_kind(subject)
    for title, text in facts:
        first, *rest = _wrapped(text, _TITLE + 2)
        yield f"  {paint('gutter', title.ljust(_TITLE))}{first.strip()}"
        yield from rest


def _of_a_kind(subject: Subject) -> Iterator[tuple[str, str]]:
    entry = subject.entry
    if entry is not None:
        if entry.introduced is not None:
            yield "since", format_version(entry.introduced)
        yield from _end(entry)
    if subject.others:
        yield "also in", ", ".join(subject.others)


def _end(entry: Entry) -> Iterator[tuple[str, str]]:
    """When the version of the kind goes, and what comes instead."""
    if entry.deprecated is not None:
        yield "deprecated", f"in {format_version(entry.deprecated)}"
    if entry.removed is not None:
        yield "removed", f"in {format_version(entry.removed)}"
    if entry.successor is not None:
        group, version, kind = entry.successor
        yield "successor", f"{kind} of {f'{group}/{version}'.lstrip('/')}"


def _of_a_field(subject: Subject, defaults: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    doc = subject.docs[-1]
    if doc.field.required:
        yield "required", "yes"
    if (defaults or doc.defaults) and not doc.field.required:
        yield "default", _either(defaults or doc.defaults)
    if doc.values:
        yield "values", ", ".join(map(_value, doc.values))
    yield from (("limit", limit) for limit in doc.limits)
    yield from (("rule", rule) for rule in doc.rules)
    if doc.field.list_type == "map" or doc.field.patch_merge_key:
        keys = doc.field.list_map_keys or (doc.field.patch_merge_key or "",)
        yield "items", f"are told apart by {' and '.join(keys)}"
    elif doc.field.list_type == "set":
        yield "items", "are a set: none is there twice"
    yield from _ages(subject)
    if (reason := change_refused(subject)) is not None:
        told = reason != "field is immutable" and len(reason) <= _ROOM
        yield "update", f"{_MAY_NOT_CHANGE}: {reason}" if told else _MAY_NOT_CHANGE


def _ages(subject: Subject) -> Iterator[tuple[str, str]]:
    """Since when and until when the field is there: it and all that it is in."""
    if subject.entry is None:
        return
    since = max((doc.since for doc in subject.docs if doc.since is not None), default=subject.entry.introduced)
    if since is not None:
        yield "since", format_version(since)
    elif subject.entry.first <= OLDEST:
        yield "since", f"{format_version(OLDEST)} or before"
    until = min((doc.until for doc in subject.docs if doc.until is not None), default=None)
    if until is not None:
        yield "until", f"{format_version(until)}; it is gone since {format_version(until + 1)}"
    yield from _end(subject.entry)


def _fields(subject: Subject, defaults: dict[str, tuple[Any, ...]], paint: Paint) -> Iterator[str]:
    for doc in subject.members():
        marks = []
        if doc.field.required:
            marks.append("required")
        elif (filled_in := defaults.get(doc.field.name) or doc.defaults) and len(_either(filled_in)) <= _ROOM:
            marks.append(f"default {_either(filled_in)}")
        if doc.values:
            marks.append(f"one of {', '.join(map(_value, doc.values))}")
        if doc.since is not None:
            marks.append(f"since {format_version(doc.since)}")
        if doc.until is not None:
            marks.append(f"until {format_version(doc.until)}")
        yield f"  {paint('gutter', doc.field.name)} <{type_text(doc.field)}> {'; '.join(marks)}".rstrip()
        yield from _wrapped(_sentence(doc.words), 6)


def _tree(type_: Type, schema: dict[str, Any] | None, above: tuple[Any, ...], depth: int) -> Iterator[str]:
    """All fields below a type, each indented below its own; what holds itself is not gone into again."""
    for name in sorted(type_.fields):
        doc: Doc = doc_of(type_, type_.fields[name], schema)
        field, below, _ = inner(doc)
        inside = field.object
        is_again = inside is not None and not inside.is_custom and inside.name in above
        required = " required" if doc.field.required else ""
        yield f"{'  ' * depth}{name} <{type_text(doc.field)}>{required}{' ...' if is_again else ''}"
        if inside is not None and not is_again:
            yield from _tree(inside, below, (*above, inside.name), depth + 1)


def _sentence(words: str) -> str:
    """The first sentence."""
    return _SENTENCE.split(words.partition("\n")[0], maxsplit=1)[0].rstrip(".") + "." if words else ""


def _either(values: Iterable[Any]) -> str:
    texts = [_value(value) for value in values]
    return texts[0] if len(texts) == 1 else f"{' or '.join(texts)}, depending on the image's tag"


def _value(value: Any) -> str:
    """A value on one line: texts plain, all else as JSON without the quotes of keys.

    >>> _value({"type": "RollingUpdate", "max": ["25%", 1]})
    '{type: RollingUpdate, max: [25%, 1]}'
    """
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_value(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _wrapped(text: str, indent: int) -> list[str]:
    margin = " " * indent
    return textwrap.wrap(
        text, _WIDTH, initial_indent=margin, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )
