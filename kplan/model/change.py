"""What differs between two manifests, object by object and field by field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from kplan.model.path import FieldPath
from kplan.model.resource import ObjectRef

HIDDEN = "(hidden)"
"""Stands for a value of a Secret, which is never shown."""


class Verb(StrEnum):
    """What happens to an object."""

    CREATE = "+"
    CHANGE = "~"
    REPLACE = "±"
    DELETE = "-"
    KEEP = "="

    @property
    def word(self) -> str:
        """The verb as a word: create, change, replace, delete, keep."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that changes, as stored by the API server. None means absent.

    `path` has the indexes of the object after (before, for what is removed); `text` names list items by their key
    instead: `spec.template.spec.containers[web].image`. Where a whole item or map comes or goes, `before` or `after` is
    what was written of it. `origin` says whether the manifest says so or the API server's defaults do. `forbidden` is
    why the API server refuses the change of this field, None where it does not; `one_way` says that it would take
    another change of it. `rolls` says that pods are replaced for it. `kind` is `order` where a list holds the same
    items in another order; then both values are their keys.
    """

    path: FieldPath
    text: str
    before: Any
    after: Any
    origin: Literal["written", "defaulted"] = "written"
    forbidden: str | None = None
    rolls: bool = False
    kind: Literal["value", "order"] = "value"
    one_way: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one object. `fields` is empty unless the verb is `~` or `±`.

    `note` says what an object that stays was left alone for (it is not pruned), or "".
    """

    verb: Verb
    ref: ObjectRef
    fields: tuple[FieldChange, ...] = ()
    note: str = ""

    @property
    def rolling(self) -> tuple[FieldChange, ...]:
        """The fields for whose sake pods are replaced."""
        return tuple(field for field in self.fields if field.rolls)
