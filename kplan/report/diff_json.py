"""What differs, for programs: the `changes` of a plan's JSON by themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kplan.model import ObjectRef
from kplan.model.change import Change, FieldChange, Verb
from kplan.model.path import format_path
from kplan.report.colour import Paint, plain

FORMAT_VERSION = 1


def report(changes: Sequence[Change], *, paint: Paint = plain) -> str:
    """The changes as one JSON document, indented, ending in a newline."""
    document = {
        "version": FORMAT_VERSION,
        "summary": summary(changes),
        "changes": [change_document(change) for change in changes],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def summary(changes: Sequence[Change]) -> dict[str, int]:
    """The number of objects by what happens to them."""
    return {verb.word: sum(change.verb == verb for change in changes) for verb in Verb}


def change_document(change: Change) -> dict[str, Any]:
    """One object's change as plain Python."""
    found: dict[str, Any] = {"action": change.verb.word, "object": object_document(change.ref)}
    if change.fields:
        found["fields"] = [_field(field) for field in change.fields]
    if change.note:
        found["note"] = change.note
    return found


def object_document(ref: ObjectRef) -> dict[str, str]:
    """An object's identity as plain Python."""
    return {"group": ref.group, "kind": ref.kind, "namespace": ref.namespace, "name": ref.name}


def _field(field: FieldChange) -> dict[str, Any]:
    return {
        "path": format_path(field.path),
        "name": field.text,
        "before": field.before,
        "after": field.after,
        "origin": field.origin,
        "kind": field.kind,
        "rolls": field.rolls,
        "forbidden": field.forbidden,
    }
