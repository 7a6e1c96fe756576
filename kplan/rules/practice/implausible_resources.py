"""Amounts with a unit that cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.quantity import parse_quantity
from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.admission import asked_claims
from kplan.rules.amount import quantity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_MANY_CORES = parse_quantity("100")
_FEW_BYTES = parse_quantity("64Ki")
_NOTHING = parse_quantity("0")
_BYTES = ("memory", "ephemeral-storage", "storage")


@rule(severity=Severity.WARNING, kinds=(*RUNNING_KINDS, "PersistentVolumeClaim"), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for container in pods.containers if pods else ():
        yield from _amounts(container.data.get("resources"), (*container.path, "resources"))
    for claim, path, _ in asked_claims(resource):
        if isinstance(claim, dict):
            yield from _amounts(claim.get("resources"), (*path, "resources"))


def _amounts(resources: Any, path: FieldPath) -> Iterator[Problem]:
    if not isinstance(resources, dict):
        return
    for kind in ("requests", "limits"):
        amounts = resources.get(kind)
        for name, written in amounts.items() if isinstance(amounts, dict) else ():
            problem = _wrong(name, written)
            if problem:
                yield Problem((*path, kind, name), f"{name} {kind[:-1]} `{written}` is {problem[0]}", problem[1])


def _wrong(name: str, written: Any) -> tuple[str, str] | None:
    """What an amount really is, and what may be meant; None for one that may well be meant."""
    if name not in _BYTES and name != "cpu":
        return None
    amount = quantity(written)
    if amount is None or not amount > _NOTHING:
        return None
    text = str(written)
    if name == "cpu":
        if amount < _MANY_CORES:
            return None
        if text.isdigit():
            return f"{text} whole cores", f"did you mean `{text}m`?"
        return "more cores than any node has", "cores are written as `2` or `500m`; other units are for bytes"
    if text.endswith("m"):
        return "in thousandths of a byte", f"did you mean `{text[:-1]}Mi`?"
    if amount >= _FEW_BYTES:
        return None
    unit = "Gi" if name == "storage" else "Mi"
    return (
        (f"{text} bytes", f"did you mean `{text}{unit}`?") if text.isdigit() else ("next to nothing", "check the unit")
    )
