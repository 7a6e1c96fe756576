"""A field changes in a way that it may not."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk


@risk(severity=Severity.ERROR, since="0.1")
def check(ref: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    for field in outlook.changes[ref].fields:
        if field.forbidden and field.one_way:
            yield Hazard(
                f"the API server refuses the change of {field.text}: {field.forbidden}",
                step=1,
                help=f"keep the old value, or delete {ref} and make it anew",
                path=field.path,
            )
