"""A manifest and an autoscaler that both set the replicas of one workload."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.kinds import split_api_version
from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk


@risk(severity=Severity.WARNING, kinds=("autoscaling/HorizontalPodAutoscaler",), since="0.1")
def check(autoscaler: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    target = target_of(autoscaler, outlook)
    if autoscaler not in outlook.after or target not in outlook.after:
        return
    written = outlook.after[target].get("spec", "replicas")
    spec = outlook.spec(autoscaler)
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas")
    if not isinstance(written, int) or written == 0 or (least == most == written):
        return
    yield Hazard(
        f"{target} says `replicas: {written}`: each apply sets it back to that, and the autoscaler "
        f"({least} to {most}) changes it again",
        step=1,
        help="take replicas out of the manifest; first out of the last applied one (`kubectl apply edit-last-applied`),"
        " or that apply resets it to 1",
        path=("spec", "scaleTargetRef"),
        at="key",
    )


def target_of(autoscaler: ObjectRef, outlook: Outlook) -> ObjectRef:
    """The workload that it scales."""
    found = outlook.spec(autoscaler, autoscaler not in outlook.after).get("scaleTargetRef")
    reference = found if isinstance(found, dict) else {}
    group, _ = split_api_version(str(reference.get("apiVersion") or "apps/v1"))
    return ObjectRef(group, str(reference.get("kind")), autoscaler.namespace, str(reference.get("name")))
