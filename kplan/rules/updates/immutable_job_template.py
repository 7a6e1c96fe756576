"""A Job's pod template changes."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk


@risk(severity=Severity.ERROR, kinds=("batch/Job",), since="0.1")
def check(job: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    refused = [f for f in outlook.changes[job].fields if f.forbidden and f.path[:2] == ("spec", "template")]
    if refused:
        more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
        yield Hazard(
            f"the API server refuses the change of {refused[0].text}{more}: the template of a Job is immutable",
            step=1,
            help="give each run a name of its own, or delete the old Job first: it then runs again from the start",
            path=refused[0].path,
        )
