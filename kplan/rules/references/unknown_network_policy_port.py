"""A NetworkPolicy for a port that the pods do not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.label import clean_labels
from kplan.k8s.selector import label_selector, similar
from kplan.kinds.reference import has_hole
from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.pod import PodSource, dicts
from kplan.rules.rule import rule


@rule(severity=Severity.ERROR, kinds=("networking.k8s.io/NetworkPolicy",), since="0.1")
def check(policy: Resource, context: Context) -> Iterator[Problem]:
    for pods, port, path in _ports(policy, context):
        if any(map(context.misread.ports_of, pods)):
            continue
        beside = {str(item.get("port")) for item in dicts(policy.get(*path[:-2]))}
        if isinstance(port, str) and pods and not has_hole(port):
            yield from _named(port, path, pods)
        elif type(port) is int and pods:
            yield from _of_service(port, path, pods, beside, context)


def _ports(policy: Resource, context: Context) -> Iterator[tuple[list[PodSource], Any, FieldPath]]:
    """Each port with the pods that receive the traffic: the selected ones, or the peers of egress."""
    namespace = policy.ref.namespace
    selected = context.selected_pods(label_selector(policy.get("spec", "podSelector")), namespace)
    for direction in ("ingress", "egress"):
        rules = policy.get("spec", direction)
        for number, one in enumerate(rules if isinstance(rules, list) else ()):
            ports = one.get("ports") if isinstance(one, dict) else None
            pods = selected if direction == "ingress" else _peers(one, namespace, context) if ports else []
            for index, port in enumerate(dicts(ports)):
                yield pods, port.get("port"), ("spec", direction, number, "ports", index, "port")


def _peers(one: dict[str, Any], namespace: str, context: Context) -> list[PodSource]:
    """The pods that an egress rule leads to; none where it leads to more than pods of the policy's namespace."""
    found: list[PodSource] = []
    for peer in dicts(one.get("to")):
        if set(peer) != {"podSelector"}:
            return []
        found += context.selected_pods(label_selector(peer["podSelector"]), namespace)
    return found


def _named(name: str, path: FieldPath, pods: list[PodSource]) -> Iterator[Problem]:
    names = sorted({p.name for pod in pods for p in pod.ports if p.name})
    if name not in names and not any(pod.is_injected for pod in pods):
        close = [other for other in names if similar(name, other)]
        has = f"they have `{'`, `'.join(names)}`" if names else "their containers name no ports"
        yield Problem(
            path,
            f"no container of the pods has a port named `{name}`: nothing is let through",
            help=f"did you mean `{close[0]}`?" if close else has,
        )


def _of_service(
    number: int, path: FieldPath, pods: list[PodSource], beside: set[str], context: Context
) -> Iterator[Problem]:
    """The port of a Service is not that of its pods. `beside` are the other ports of the policy's rule."""
    if any(not pod.ports or pod.is_injected or any(p.number == number for p in pod.ports) for pod in pods):
        return
    for service in context.of_kinds(("Service",)):
        selector = clean_labels(service.get("spec", "selector"))
        if service.ref.namespace == pods[0].namespace and selector and all(pod.carries(selector) for pod in pods):
            for port in dicts(service.get("spec", "ports")):
                target = port.get("targetPort")
                if port.get("port") == number and _is_other(target, pods, beside):
                    yield Problem(
                        path,
                        f"no container of the pods declares port {number}, which is that of {service.ref}",
                        help=f"write `{target}`: policies are about the ports of pods, not of Services",
                        severity=Severity.WARNING,
                    )
                    return


def _is_other(target: Any, pods: list[PodSource], beside: set[str]) -> bool:
    """Whether a Service's target is a port of the pods that the policy does not allow anyway."""
    meant = {
        part for pod in pods for p in pod.ports if target in (p.name, p.number) for part in (p.name, str(p.number))
    }
    return bool(meant) and not meant & beside
