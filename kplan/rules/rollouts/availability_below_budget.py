"""A rollout takes more pods down than a PodDisruptionBudget allows."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook, plural, spell
from kplan.rules.rule import risk
from kplan.rules.template import labels, selector, template


@risk(severity=Severity.WARNING, kinds=("policy/PodDisruptionBudget",), since="0.1")
def check(budget: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    scene = outlook.scene(budget)
    shown = scene.shown("pdbs", budget.name)
    if len(shown) < 2 or not shown[0] or shown[0]["healthy"] < shown[0]["desired"]:
        return
    low = [step for step, one in enumerate(shown) if one and one["healthy"] < one["desired"] and one["expected"]]
    if not low:
        return
    worst = min((one for one in shown if one and one["expected"]), key=lambda one: int(one["healthy"] - one["desired"]))
    yield Hazard(
        f"only {plural(worst['healthy'], 'pod')} healthy, of {worst['desired']} that the budget promises, "
        f"at {spell(low)}: a rollout does not heed budgets",
        step=low[0],
        help=_help(budget, outlook),
        path=("spec",),
        at="key",
    )


def _help(budget: ObjectRef, outlook: Outlook) -> str | None:
    matcher = selector(outlook.stored(budget, budget not in outlook.after), budget.kind)
    for ref in outlook.scene(budget).refs:
        if ref.kind == "Deployment" and outlook.rolls(ref):
            pods = template(outlook.stored(ref, ref not in outlook.after), ref.kind)
            if matcher.matches(labels(pods)):
                return f"set maxUnavailable of {ref} so that as many stay"
    return None
