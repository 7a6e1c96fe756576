"""A ServiceMonitor or PodMonitor whose selector selects nothing, or whose port is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.label import clean_labels, format_labels
from kplan.k8s.selector import Selector, label_selector, near_miss, similar
from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.pod import dicts
from kplan.rules.rule import rule

_MONITORING = "monitoring.coreos.com"
_SELECTOR: FieldPath = ("spec", "selector")


@rule(severity=Severity.ERROR, kinds=(f"{_MONITORING}/ServiceMonitor", f"{_MONITORING}/PodMonitor"), since="0.1")
def check(monitor: Resource, context: Context) -> Iterator[Problem]:
    namespaces = _namespaces(monitor)
    if namespaces is None:
        return  # any namespace: what it is for may be far away
    is_service = monitor.kind == "ServiceMonitor"
    candidates = _services(namespaces, context) if is_service else _pods(namespaces, context)
    selector = label_selector(monitor.get(*_SELECTOR))
    found = [ports for labels, ports in candidates if selector.matches(labels)]
    if found:
        yield from _ports(monitor, found)
    elif selector.requirements and candidates:
        help_ = _by_pods(selector, namespaces, context) if is_service else None
        closest = near_miss(selector.pairs, (labels for labels, _ in candidates))
        word = "Service" if is_service else "pod"
        if closest and not help_:
            help_ = f"the closest {word} has the labels `{format_labels(closest)}`"
        if help_:
            message = f"selector `{selector}` matches no {word}: nothing is scraped"
            yield Problem(_SELECTOR, message, help=help_, severity=Severity.WARNING)


def _by_pods(selector: Selector, namespaces: frozenset[str], context: Context) -> str | None:
    """A hint where the labels are those by which a Service selects its pods: a monitor goes by the Service's own."""
    for service in context.of_kinds(("Service",)):
        pairs = clean_labels(service.get("spec", "selector"))
        if service.ref.namespace in namespaces and pairs and selector.matches(pairs):
            labels = format_labels(selector.pairs)
            return f"{service.ref} selects its pods by `{labels}`, and has no such label itself: give it one"
    return None


def _namespaces(monitor: Resource) -> frozenset[str] | None:
    written = monitor.get("spec", "namespaceSelector")
    if not isinstance(written, dict) or not written:
        return frozenset({monitor.ref.namespace})
    names = written.get("matchNames")
    return frozenset(map(str, names)) if isinstance(names, list) and names and written.get("any") is not True else None


Target = tuple[dict[str, str], frozenset[str]]
"""Labels, and names of ports."""


def _services(namespaces: frozenset[str], context: Context) -> list[Target]:
    return [
        (clean_labels(service.get("metadata", "labels")), _names(service.get("spec", "ports")))
        for service in context.of_kinds(("Service",))
        if service.ref.namespace in namespaces
    ]


def _pods(namespaces: frozenset[str], context: Context) -> list[Target]:
    return [
        (pod.labels, frozenset(port.name for port in pod.ports if port.name))
        for namespace in sorted(namespaces)
        for pod in context.pods.get(namespace, ())
    ]


def _names(ports: Any) -> frozenset[str]:
    return frozenset(name for port in dicts(ports) if isinstance(name := port.get("name"), str))


def _ports(monitor: Resource, found: list[frozenset[str]]) -> Iterator[Problem]:
    field = "endpoints" if monitor.kind == "ServiceMonitor" else "podMetricsEndpoints"
    word = "Service" if monitor.kind == "ServiceMonitor" else "pod"
    endpoints = monitor.get("spec", field)
    names = sorted(frozenset().union(*found))
    for index, endpoint in enumerate(endpoints if isinstance(endpoints, list) else ()):
        port = endpoint.get("port") if isinstance(endpoint, dict) else None
        if isinstance(port, str) and port and port not in names:
            close = [name for name in names if similar(name, port)]
            has = f"it has `{'`, `'.join(names)}`" if names else "its ports have no names"
            yield Problem(
                ("spec", field, index, "port"),
                f"no selected {word} has a port named `{port}`: nothing is scraped",
                help=f"did you mean `{close[0]}`?" if close else has,
            )
