"""The claims that a StatefulSet makes for its pods, as a plan shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kplan.model import ObjectRef
from kplan.rules.outlook import Outlook
from kplan.rules.pod import dicts


def claims_of(workload: ObjectRef, outlook: Outlook, state: int) -> Iterator[tuple[str, str]]:
    """The claims of its templates that there are in one state, each with the name of its pod."""
    scene = outlook.scene(workload)
    spec = outlook.spec(workload, True) or outlook.spec(workload)
    for template in dicts(spec.get("volumeClaimTemplates")):
        name = (template.get("metadata") or {}).get("name")
        form = re.compile(rf"{re.escape(str(name))}-({re.escape(workload.name)}-\d+)\Z")
        for claim in scene.states[state].get("pvcs") or {}:
            if match := form.match(claim):
                yield claim, match[1]
