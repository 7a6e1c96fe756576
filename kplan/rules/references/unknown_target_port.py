"""A Service port that leads to no port of its pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.label import clean_labels
from kplan.k8s.selector import similar
from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.pod import ContainerPort, PodSource
from kplan.rules.rule import rule


@rule(severity=Severity.ERROR, kinds=("Service",), since="0.1")
def check(service: Resource, context: Context) -> Iterator[Problem]:
    selector, ports = clean_labels(service.get("spec", "selector")), service.get("spec", "ports")
    if not selector or not isinstance(ports, list) or service.get("spec", "type") == "ExternalName":
        return
    pods = context.pods_with(selector, service.ref.namespace)
    if any(map(context.misread.ports_of, pods)):
        return
    headless = service.get("spec", "clusterIP") == "None"
    for index, port in enumerate(ports if pods else ()):
        if isinstance(port, dict):
            yield from _port_problems(port, ("spec", "ports", index), pods, headless=headless)


def _port_problems(
    port: dict[str, Any], path: FieldPath, pods: list[PodSource], *, headless: bool
) -> Iterator[Problem]:
    field = "port" if port.get("targetPort") in (None, 0, "") else "targetPort"
    target, protocol = port.get(field), port.get("protocol") or "TCP"
    declared = [p for pod in pods for p in pod.ports]
    if isinstance(target, str):
        named = [p for p in declared if p.name == target]
        mild = Severity.WARNING if headless else None  # clients of a headless Service may use any port of its pods
        if not named:
            message = f"no container of the selected pods has a port named `{target}`"
            yield Problem((*path, field), message, _offer(target, declared), severity=mild)
        elif all(p.protocol != protocol for p in named):
            message = f"port `{target}` of the selected pods is for {named[0].protocol}, this one for {protocol}"
            yield Problem((*path, field), message, f"give this port `protocol: {named[0].protocol}`", severity=mild)
    elif type(target) is int and not headless:
        yield from _number_problems(target, protocol, (*path, field), pods)


def _number_problems(number: int, protocol: str, path: FieldPath, pods: list[PodSource]) -> Iterator[Problem]:
    if not any(_may_listen(pod, number) for pod in pods):
        message = f"no container of the selected pods declares port {number}"
        declared = [p for pod in pods for p in pod.ports]
        yield Problem(path, message, _offer(number, declared), severity=Severity.WARNING)
        return
    protocols = {p.protocol for pod in pods for p in pod.ports if p.number == number}
    if len(protocols) == 1 and protocol not in protocols and all(_declares(pod, number) for pod in pods):
        other = protocols.pop()
        message = f"port {number} of the selected pods is for {other}, this one for {protocol}"
        yield Problem(
            path,
            message,
            f"give this port `protocol: {other}`, or the container's {protocol}",
            severity=Severity.WARNING,
        )


def _declares(pod: PodSource, number: int) -> bool:
    return not pod.is_injected and any(p.number == number for p in pod.ports)


def _may_listen(pod: PodSource, number: int) -> bool:
    """Containers need not declare the ports they listen on; only in a pod that declares some is another one odd."""
    return not pod.ports or pod.is_injected or any(p.number == number for p in pod.ports)


def _offer(target: str | int, declared: list[ContainerPort]) -> str:
    """What the pods have instead: the one port that may be meant, or all of them."""
    if isinstance(target, str) and target.isdigit() and any(p.number == int(target) for p in declared):
        return f"`{target}` in quotes is a name; write the number without them"
    names = sorted({p.name for p in declared if p.name})
    close = [name for name in names if isinstance(target, str) and similar(target, name)]
    if len(close) == 1:
        return f"did you mean `{close[0]}`?"
    ports = sorted({(p.number, p.name) for p in declared})
    if not ports:
        return "their containers name no ports; write the number, or name the port in the container"
    return "they have " + ", ".join(f"{number} (`{name}`)" if name else str(number) for number, name in ports)
