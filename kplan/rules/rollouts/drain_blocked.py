"""A PodDisruptionBudget that allows no eviction at all."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook, plural
from kplan.rules.rule import risk


@risk(severity=Severity.WARNING, kinds=("policy/PodDisruptionBudget",), since="0.1")
def check(budget: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    shown = outlook.scene(budget).shown("pdbs", budget.name)
    last = shown[-1] if shown else None
    if not last or last["allowed"] or not last["expected"] or last["healthy"] < max(last["desired"], last["expected"]):
        return
    field = next((name for name in ("minAvailable", "maxUnavailable") if name in outlook.spec(budget)), None)
    yield Hazard(
        f"with all {plural(last['expected'], 'pod')} healthy none may be evicted: a drain of their nodes never ends",
        help="let one pod be missing (`maxUnavailable: 1`), or run one more than the budget demands",
        path=("spec", field) if field else ("spec",),
    )
