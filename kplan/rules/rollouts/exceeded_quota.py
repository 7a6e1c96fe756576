"""A ResourceQuota that the manifests ask more of than it grants."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.quantity import Quantity, parse_quantity
from kplan.k8s.quota import Amounts, exceeded, in_scope, object_usage, pod_usage, total, unspecified
from kplan.kinds import owning_group
from kplan.model import Problem, Resource, Severity
from kplan.rules.admission import POD_KINDS, Map, asked_claims, asked_pods, together
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.ERROR, kinds=("ResourceQuota", *POD_KINDS), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    quotas = context.of_kinds(("ResourceQuota",))
    for quota in quotas if resource.kind != "ResourceQuota" else (resource,):
        spec = quota.get("spec")
        if isinstance(spec, dict) and isinstance(spec.get("hard"), dict) and together(quota, resource, context):
            try:
                hard = {name: parse_quantity(amount) for name, amount in spec["hard"].items()}
                found = _excesses if quota is resource else _silences
                yield from found(quota, spec, hard, resource, context)
            except (ValueError, TypeError, AttributeError):
                continue  # not of the API's types: the schema check says so


def _excesses(
    quota: Resource, spec: Map, hard: dict[str, Quantity], _resource: Resource, context: Context
) -> Iterator[Problem]:
    """What all manifests together ask for beyond the quota."""
    users = [(r, _usage(r, spec, hard, context)) for r in context.manifest.resources if together(r, quota, context)]
    for name, limit in hard.items():
        asked = total([({name: used[name]}, 1) for _, used in users if name in used])
        if message := exceeded(quota.ref.name, {name: limit}, {}, asked):
            yield Problem(("spec", "hard", name), message, help=_help(name, users))


def _usage(resource: Resource, quota: Map, hard: dict[str, Quantity], context: Context) -> Amounts:
    """What an object, its pods and its claims count for."""
    is_scoped = bool(quota.get("scopes") or quota.get("scopeSelector"))
    parts: list[tuple[Amounts, int]] = []
    asked = asked_pods(resource, context)
    if asked is not None and in_scope(asked.spec, quota):
        parts.append((pod_usage(asked.spec, hard), asked.replicas))
    if not is_scoped:
        group = owning_group(resource.ref.group, resource.kind)
        if resource.kind != "Pod":
            parts.append((object_usage(group, resource.kind, resource.get("spec") or {}), 1))
        if resource.kind == "StatefulSet":
            made = asked_claims(resource)
            parts += [(object_usage("", "PersistentVolumeClaim", spec), count) for spec, _, count in made]
    return total(parts)


def _help(name: str, users: list[tuple[Resource, Amounts]]) -> str:
    """The objects that ask for most."""
    most = sorted((used[name], str(r.ref)) for r, used in users if name in used and used[name].sign)[::-1]
    shown = ", ".join(f"{ref} asks for {amount}" for amount, ref in most[:3])
    return shown + (f", and {len(most) - 3} more for the rest" if len(most) > 3 else "")


def _silences(
    quota: Resource, spec: Map, hard: dict[str, Quantity], resource: Resource, context: Context
) -> Iterator[Problem]:
    """What pods do not say that the quota needs to know."""
    asked = asked_pods(resource, context)
    missing = unspecified(asked.spec, hard) if asked is not None and in_scope(asked.spec, spec) else ""
    if asked is not None and missing:
        refused = "" if resource.kind == "Pod" else "its pods are refused: "
        yield Problem(
            (*asked.path, "containers"),
            f"{refused}failed quota: {quota.ref.name}: must specify {missing}",
            help="say it in the containers, or give defaults with a LimitRange",
            at="key",
            related=((quota, ("spec", "hard"), f"what {quota.ref} limits"),),
        )
