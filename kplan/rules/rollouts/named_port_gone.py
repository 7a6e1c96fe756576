"""A Service sends to a named port that the new pods no longer have."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.pod import dicts
from kplan.rules.rule import risk
from kplan.rules.template import named_ports, selector, template


@risk(severity=Severity.ERROR, kinds=("Service",), since="0.1")
def check(service: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    if service not in outlook.after or outlook.verb(service) == Verb.CREATE:
        return
    ports = list(dicts(outlook.spec(service).get("ports")))
    if not any(isinstance(port.get("targetPort"), str) for port in ports):
        return
    matcher = selector(outlook.stored(service, False), "Service")
    behind = [ref for ref in outlook.workloads_with(matcher, service.namespace) if outlook.rolls(ref)]
    for index, port in enumerate(ports):
        name, protocol = port.get("targetPort"), port.get("protocol") or "TCP"
        for ref in behind:
            old, new = (named_ports(template(outlook.stored(ref, side), ref.kind)) for side in (True, False))
            if isinstance(name, str) and (name, protocol) in old and (name, protocol) not in new:
                yield _hazard(name, index, ref, outlook)


def _hazard(name: str, index: int, ref: ObjectRef, outlook: Outlook) -> Hazard:
    course = outlook.courses[ref]
    steps = course.steps[1:]
    last = next((step.number for step in steps if not step.old and step.new), None)
    first = next((step.number for step in steps if step.new), None)
    until = f", and port {index + 1} of the Service leads nowhere from step {last} on" if last is not None else ""
    return Hazard(
        f"the new pods of {ref} have no port named `{name}`: none of them is sent anything{until}",
        step=first,
        help="keep the port's old name beside the new one until the Service sends to the new one, or send to a number",
        path=("spec", "ports", index, "targetPort"),
    )
