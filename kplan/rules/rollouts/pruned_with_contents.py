"""A Namespace or CustomResourceDefinition is deleted, and all objects in it or of it with it."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk


@risk(severity=Severity.WARNING, kinds=("Namespace", "apiextensions.k8s.io/CustomResourceDefinition"), since="0.1")
def check(ref: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    if outlook.verb(ref) not in (Verb.DELETE, Verb.REPLACE):
        return
    if ref.kind == "Namespace":
        text = "everything in the namespace goes with it, also what no manifest names, and its volumes"
    else:
        text = "every object of this kind goes with it, in all namespaces"
    yield Hazard(text, step=1, help="take it out of what is pruned, unless that is meant")
