"""Annotations that allow findings: `kplan.dev/allow: RULE, RULE -- reason`, on an object or on its pod template."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from kplan.kinds import pod_template_path
from kplan.model import FieldPath, Finding, Resource
from kplan.suppression.model import Suppression, Words, read_words

PREFIX: Final = "kplan.dev/"
ALLOW: Final = f"{PREFIX}allow"
UNTIL: Final = f"{PREFIX}allow-until"


def in_annotations(resource: Resource) -> Iterator[Suppression]:
    """The suppressions in the annotations of an object and of its pod template, which cover what is inside of it."""
    yield from _annotations(resource, ())
    template = pod_template_path(resource.kind)
    if template is not None:
        yield from _annotations(resource, template)


def _annotations(resource: Resource, owner: FieldPath) -> Iterator[Suppression]:
    path: FieldPath = (*owner, "metadata", "annotations")
    given = resource.get(*path)
    if not isinstance(given, dict):
        return
    for key in given:
        if isinstance(key, str) and key.startswith(PREFIX) and (key != UNTIL or ALLOW not in given):
            yield _suppression(resource, (*path, key), owner, _words(key, given))


def _words(key: str, given: dict[str, Any]) -> Words:
    value = given[key]
    if key == UNTIL:
        return Words((), None, "", f"`{UNTIL}` stands beside `{ALLOW}`, and here there is none")
    if key != ALLOW:
        return Words((), None, "", f"`{key}` is not known: write `{ALLOW}`")
    if not isinstance(value, str):
        return Words((), None, "", "the value is a text: rules, separated by commas")
    words = read_words(" ".join(value.split()))
    if UNTIL not in given or words.fault:
        return words
    until = read_words(f"x until {given[UNTIL]}")
    return words._replace(until=until.until, fault=until.fault)


def _suppression(resource: Resource, path: FieldPath, owner: FieldPath, words: Words) -> Suppression:
    source = resource.source
    span = source.span(path, "key")
    return Suppression(
        "annotation",
        words.rules,
        words.until,
        words.reason,
        span,
        _reach(resource, owner),
        file=source.file,
        ref=resource.ref,
        fault=words.fault,
    )


def _reach(resource: Resource, owner: FieldPath) -> Callable[[Finding], bool]:
    ref, length = resource.ref, len(owner)
    return lambda finding: finding.ref == ref and finding.path[:length] == owner
