"""A claim that is to be smaller than it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.quantity import Quantity, parse_quantity
from kplan.model import FieldPath, ObjectRef, Resource, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk

_STORAGE: FieldPath = ("spec", "resources", "requests", "storage")


@risk(severity=Severity.ERROR, kinds=("PersistentVolumeClaim",), since="0.1")
def check(claim: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    if outlook.verb(claim) != Verb.CHANGE:
        return  # it is new, or refused for more than its size
    old, new = _size(outlook.before[claim]), _size(outlook.after[claim])
    if old is not None and new is not None and new < old:
        written = outlook.after[claim].get(*_STORAGE), outlook.before[claim].get(*_STORAGE)
        yield Hazard(
            f"the API server refuses {written[0]} for a claim whose volume has {written[1]}: a volume never shrinks",
            step=1,
            help="make a smaller claim of another name and copy the data",
            path=_STORAGE,
        )


def _size(claim: Resource) -> Quantity | None:
    written: Any = claim.get(*_STORAGE)
    try:
        return parse_quantity(str(written)) if written is not None else None
    except ValueError:
        return None
