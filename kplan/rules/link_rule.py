"""Which rule reports on which row of the table of references."""

from __future__ import annotations

from functools import cache

from kplan.kinds.reference import POD_SPEC, Row
from kplan.rules.admission import POD_KINDS

_TEMPLATED = (*POD_KINDS, "PodTemplate", "argoproj.io/Rollout", "serving.knative.dev/Service")
_RULE_BY_TARGET = {
    ("", "ConfigMap"): "dangling-config-map",
    ("", "PersistentVolumeClaim"): "dangling-volume-claim",
    ("", "Secret"): "dangling-secret",
    ("", "Service"): "dangling-backend",
    ("", "ServiceAccount"): "dangling-service-account",
    ("networking.k8s.io", "IngressClass"): "dangling-ingress-class",
    ("node.k8s.io", "RuntimeClass"): "dangling-runtime-class",
    ("scheduling.k8s.io", "PriorityClass"): "dangling-priority-class",
    ("storage.k8s.io", "StorageClass"): "dangling-storage-class",
}
_RULE_BY_FIELD = {
    "imagePullSecrets[].name": "dangling-pull-secret",
    "roleRef.name": "dangling-role",
    "spec.conversion.webhook.clientConfig.service.name": "dangling-webhook-service",
    "spec.scaleTargetRef.name": "dangling-scale-target",
    "spec.service.name": "dangling-webhook-service",
    "spec.serviceName": "dangling-governing-service",
    "spec.targetRef.name": "dangling-scale-target",
    "subjects[].name": "dangling-subject",
    "webhooks[].clientConfig.service.name": "dangling-webhook-service",
}


def rule_of(row: Row) -> str:
    """The rule that reports what a row refers to where it is missing."""
    if (rule := _RULE_BY_FIELD.get(row.at)) is not None:
        return rule
    group, _, kind = row.to.rpartition("/")
    return _RULE_BY_TARGET.get((group, kind), "dangling-custom-reference")


@cache
def every_rule() -> frozenset[str]:
    """All rules that report on references."""
    from kplan.kinds.reference_table import ROWS

    return frozenset(rule_of(row) for row in ROWS)


@cache
def referring_kinds(*rules: str) -> tuple[str, ...]:
    """The kinds whose references these rules report on; of every rule where none is named."""
    from kplan.kinds.reference_table import ROWS

    of = dict.fromkeys(row.of for row in ROWS if not rules or rule_of(row) in rules)
    kinds = (_TEMPLATED if kind == POD_SPEC else (kind,) for kind in of)
    return tuple(dict.fromkeys(kind for some in kinds for kind in some))
