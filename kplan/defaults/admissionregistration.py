"""Defaults of the group admissionregistration.k8s.io.

Source: kubernetes v1.36 pkg/apis/admissionregistration/{v1,v1beta1} defaults.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]

_WEBHOOK: Value = {"failurePolicy": "Fail", "matchPolicy": "Equivalent", "timeoutSeconds": 10}
_WEBHOOK_BETA1: Value = {
    "failurePolicy": "Ignore",
    "matchPolicy": "Exact",
    "timeoutSeconds": 30,
    "sideEffects": "Unknown",
}


def default_webhooks(value: Value, minor: int) -> None:
    """ValidatingWebhookConfiguration, and what mutating webhooks share with it."""
    for webhook in value.get("webhooks", ()):
        _default_webhook(webhook, _WEBHOOK)


def default_mutating_webhooks(value: Value, minor: int) -> None:
    """MutatingWebhookConfiguration."""
    default_webhooks(value, minor)
    _default_reinvocation(value)


def default_webhooks_beta1(value: Value, minor: int) -> None:
    """v1beta1 ValidatingWebhookConfiguration."""
    for webhook in value.get("webhooks", ()):
        _default_webhook(webhook, _WEBHOOK_BETA1)
        if not webhook.get("admissionReviewVersions"):
            webhook["admissionReviewVersions"] = ["v1beta1"]


def default_mutating_webhooks_beta1(value: Value, minor: int) -> None:
    """v1beta1 MutatingWebhookConfiguration."""
    default_webhooks_beta1(value, minor)
    _default_reinvocation(value)


def _default_webhook(webhook: Value, defaults: Value) -> None:
    for name, default in defaults.items():
        webhook.setdefault(name, default)
    webhook.setdefault("namespaceSelector", {})
    webhook.setdefault("objectSelector", {})
    _default_rules(webhook.get("rules"))
    service = webhook.get("clientConfig", {}).get("service")
    if service is not None:
        service.setdefault("port", 443)


def _default_reinvocation(value: Value) -> None:
    for webhook in value.get("webhooks", ()):
        webhook.setdefault("reinvocationPolicy", "Never")


def _default_rules(rules: list[Value] | None) -> None:
    for rule in rules or ():
        rule.setdefault("scope", "*")


def default_policy(value: Value, minor: int) -> None:
    """ValidatingAdmissionPolicy and MutatingAdmissionPolicy."""
    spec = value.setdefault("spec", {})
    spec.setdefault("failurePolicy", "Fail")
    _default_match(spec.get("matchConstraints"))


def default_policy_binding(value: Value, minor: int) -> None:
    """ValidatingAdmissionPolicyBinding and MutatingAdmissionPolicyBinding."""
    spec = value.setdefault("spec", {})
    _default_match(spec.get("matchResources"))


def _default_match(match: Value | None) -> None:
    if match is None:
        return
    match.setdefault("matchPolicy", "Equivalent")
    match.setdefault("namespaceSelector", {})
    match.setdefault("objectSelector", {})
    for name in ("resourceRules", "excludeResourceRules"):
        _default_rules(match.get(name))


DEFAULTS = {
    "admissionregistration/v1.ValidatingWebhookConfiguration": default_webhooks,
    "admissionregistration/v1.MutatingWebhookConfiguration": default_mutating_webhooks,
    "admissionregistration/v1beta1.ValidatingWebhookConfiguration": default_webhooks_beta1,
    "admissionregistration/v1beta1.MutatingWebhookConfiguration": default_mutating_webhooks_beta1,
    **{
        f"admissionregistration/{version}.{kind}": default_policy
        for version in ("v1", "v1beta1")
        for kind in ("ValidatingAdmissionPolicy", "MutatingAdmissionPolicy")
    },
    **{
        f"admissionregistration/{version}.{kind}": default_policy_binding
        for version in ("v1", "v1beta1")
        for kind in ("ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicyBinding")
    },
}
