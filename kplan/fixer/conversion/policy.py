"""PodDisruptionBudget, admission policies and their bindings, admission webhooks.

Source: kubernetes v1.24 pkg/apis/policy/v1beta1 conversion.go, v1.21 pkg/apis/admissionregistration/v1beta1
defaults.go.
"""

from __future__ import annotations

from typing import Any, Final

from kplan.fixer.tree import Map, Seq, plain

_MARK: Final = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match"

_WEBHOOK_DEFAULTS: Final[dict[str, Any]] = {
    "failurePolicy": "Ignore",
    "matchPolicy": "Exact",
    "sideEffects": "Unknown",
    "timeoutSeconds": 30,
    "admissionReviewVersions": ["v1beta1"],
}


def disruption_budget(it: Map, old: str, notes: list[str]) -> None:
    """An empty selector selected nothing, and everything from v1 on: a mark that no pod carries says so there."""
    selector = it.map("spec", "selector")
    if selector is None:
        return
    labels, expressions = selector.value("matchLabels"), selector.value("matchExpressions")
    if not labels and not expressions:
        for name in ("matchLabels", "matchExpressions"):
            selector.drop(name)
        selector.set("matchExpressions", [{"key": _MARK, "operator": "Exists"}])
        notes.append(
            "`selector: {}` selects nothing in v1beta1 and everything in v1: it is rewritten to select nothing"
        )
        return
    found = selector.get("matchExpressions")
    if isinstance(found, Seq):
        for index in reversed(range(len(found.items))):
            expression = plain(found.items[index].value)
            if isinstance(expression, dict) and expression.get("key") == _MARK:
                found.remove(index)
        if not found.items:
            selector.drop("matchExpressions")


def webhooks(it: Map, old: str, notes: list[str]) -> None:
    """What v1beta1 filled in and v1 fills in otherwise, or wants to be told."""
    for webhook in it.maps("webhooks"):
        for name, value in _WEBHOOK_DEFAULTS.items():
            if webhook.value(name) in (None, []):
                webhook.set(name, value)
        if webhook.value("sideEffects") not in ("None", "NoneOnDryRun"):
            notes.append(
                f"v1 refuses `sideEffects: {webhook.value('sideEffects')}` of webhook `{webhook.value('name')}`: "
                "write `None` or `NoneOnDryRun`, whichever is true of it"
            )
    names = [webhook.value("name") for webhook in it.maps("webhooks")]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        notes.append(f"v1 refuses two webhooks with the name `{name}`")


def policy_binding(it: Map, old: str, notes: list[str]) -> None:
    """v1alpha1 filled in what to do where the parameters are missing; later versions want to be told."""
    reference = it.map("spec", "paramRef")
    if reference is not None and not reference.value("parameterNotFoundAction"):
        reference.set("parameterNotFoundAction", "Deny")
