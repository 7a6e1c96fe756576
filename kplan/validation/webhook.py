"""MutatingWebhookConfigurations and ValidatingWebhookConfigurations.

Source: kubernetes v1.36 pkg/apis/admissionregistration/validation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kplan.k8s.name import dns_label_1035, fully_qualified_name
from kplan.validation.admission import (
    FAILURE_POLICIES,
    MATCH_POLICIES,
    REINVOCATION_POLICIES,
    Judge,
    match_conditions,
    rule_with_operations,
)
from kplan.validation.check import Obj, Path, is_good_selector, label_selector, messages, named, objects, one_of, texts
from kplan.validation.fault import Fault, duplicate, invalid, required, unsupported
from kplan.validation.feature import on
from kplan.validation.meta import object_meta
from kplan.validation.webhook_client import webhook_service, webhook_url

_REVIEW_VERSIONS = ("v1", "v1beta1")
_NO_SIDE_EFFECTS = ("None", "NoneOnDryRun")
_SIDE_EFFECTS = ("None", "NoneOnDryRun", "Some", "Unknown")
_SELECTORS = ("namespaceSelector", "objectSelector")


class _Rules(NamedTuple):
    """Which rules hold: an object that broke one before may go on breaking it."""

    side_effects: bool = True
    review_versions: bool = True
    unique_names: bool = True
    selector_values: bool = True
    conditions: bool = True
    old_expressions: frozenset[str] = frozenset()


def configuration(data: Obj, minor: int) -> Iterator[Fault]:
    """A webhook configuration that is new."""
    yield from _configuration(data, minor, _Rules())


def changed_configuration(data: Obj, minor: int, before: Obj) -> Iterator[Fault]:
    """A webhook configuration in place of another one."""
    old, new = _webhooks(before), _webhooks(data)
    rules = _Rules(
        side_effects=all(hook.get("sideEffects") in _NO_SIDE_EFFECTS for hook in old),
        review_versions=all(_has_known_version(hook.get("admissionReviewVersions")) for hook in old),
        unique_names=len({hook.get("name") for hook in old}) == len(old),
        selector_values=all(is_good_selector(hook.get(key)) for hook in old for key in _SELECTORS),
        conditions=[hook.get("matchConditions") or [] for hook in old] != [h.get("matchConditions") or [] for h in new],
        old_expressions=frozenset(
            (condition.get("expression") or "").strip()
            for hook in old
            for _, condition in objects(hook.get("matchConditions"))
        ),
    )
    yield from _configuration(data, minor, rules)


def _webhooks(data: Obj) -> list[Obj]:
    return [hook for _, hook in objects(data.get("webhooks"))]


def _has_known_version(versions: Iterable[Any] | None) -> bool:
    versions = list(versions or ())
    return not versions or any(version in _REVIEW_VERSIONS for version in versions)


def _configuration(data: Obj, minor: int, rules: _Rules) -> Iterator[Fault]:
    yield from object_meta(data, namespaced=False)
    if data.get("apiVersion") != "admissionregistration.k8s.io/v1":
        return
    names = set()
    for index, hook in objects(data.get("webhooks")):
        path: Path = ("webhooks", index)
        yield from _webhook(hook, path, minor, rules)
        yield from _review_versions(hook.get("admissionReviewVersions") or [], path, rules)
        name = hook.get("name")
        if name and rules.unique_names:
            if name in names:
                yield duplicate((*path, "name"), name)
            names.add(name)


def _webhook(hook: Obj, path: Path, minor: int, rules: _Rules) -> Iterator[Fault]:
    yield from named(fully_qualified_name, hook.get("name"), (*path, "name"))
    for index, rule in objects(hook.get("rules")):
        yield from rule_with_operations(rule, (*path, "rules", index))
    for key, supported in (("failurePolicy", FAILURE_POLICIES), ("matchPolicy", MATCH_POLICIES)):
        if hook.get(key) is not None:
            yield from one_of(hook[key], supported, (*path, key))
    yield from _side_effects(hook.get("sideEffects"), (*path, "sideEffects"), rules)
    timeout = hook.get("timeoutSeconds")
    if timeout is not None and not 1 <= timeout <= 30:
        yield invalid((*path, "timeoutSeconds"), timeout, "the timeout value must be between 1 and 30 seconds")
    for key in _SELECTORS:
        yield from _selector(hook.get(key), (*path, key), rules)
    if hook.get("reinvocationPolicy") is not None:
        yield from one_of(hook["reinvocationPolicy"], REINVOCATION_POLICIES, (*path, "reinvocationPolicy"))
    yield from _client(hook.get("clientConfig") or {}, (*path, "clientConfig"))
    if rules.conditions and on("MatchConditions", minor):
        judge = Judge(minor, rules.old_expressions)
        yield from match_conditions(hook.get("matchConditions"), (*path, "matchConditions"), judge)


def _side_effects(value: Any, path: Path, rules: _Rules) -> Iterator[Fault]:
    allowed = _NO_SIDE_EFFECTS if rules.side_effects else _SIDE_EFFECTS
    if value is None:
        yield required(path, f"must specify one of {', '.join(allowed)}")
    elif value not in allowed:
        yield unsupported(path, value, allowed)


def _selector(selector: Obj | None, path: Path, rules: _Rules) -> Iterator[Fault]:
    for fault in label_selector(selector, path):
        if rules.selector_values or "values" not in fault.path or fault.rule != "invalid-value":
            yield fault


def _review_versions(versions: list[Any], path: Path, rules: _Rules) -> Iterator[Fault]:
    at, known = (*path, "admissionReviewVersions"), ", ".join(_REVIEW_VERSIONS)
    if not versions:
        yield required(at, f"must specify one of {known}")
        return
    seen = set()
    for index, version in texts(versions):
        if version in seen:
            yield invalid((*at, index), version, "duplicate version")
            continue
        seen.add(version)
        yield from messages((*at, index), version, dns_label_1035(version))
    if rules.review_versions and seen.isdisjoint(_REVIEW_VERSIONS):
        yield invalid(at, [version or "" for version in versions], f"must include at least one of {known}")


def _client(config: Obj, path: Path) -> Iterator[Fault]:
    url, service = config.get("url"), config.get("service")
    if (url is None) == (service is None):
        yield required(path, "exactly one of url or service is required")
    elif url is not None:
        yield from webhook_url(url, (*path, "url"))
    elif service is not None:
        yield from webhook_service(service, (*path, "service"))


CHECKS = {"MutatingWebhookConfiguration": configuration, "ValidatingWebhookConfiguration": configuration}
CHANGES = {
    "MutatingWebhookConfiguration": changed_configuration,
    "ValidatingWebhookConfiguration": changed_configuration,
}
