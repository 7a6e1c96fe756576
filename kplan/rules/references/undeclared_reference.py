"""References to what neither the manifests nor the configuration know."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.kinds.reference import Reference
from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.link import unresolved
from kplan.rules.link_rule import every_rule, referring_kinds
from kplan.rules.rule import rule

_OFTEN_ELSEWHERE = {
    "GatewayClass",
    "IngressClass",
    "PriorityClass",
    "RuntimeClass",
    "Secret",
    "StorageClass",
    "VolumeAttributesClass",
}
"""Kinds that are kept out of most repositories for good reasons."""


@rule(severity=Severity.WARNING, kinds=referring_kinds(), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for link in unresolved(resource, context, every_rule()):
        if link.severity is None and not _is_named_after_its_maker(link.reference, context):
            target = link.reference.target
            yield Problem(
                link.reference.path,
                f"{target.kind} `{target.name}` is neither among the manifests nor among the externals: "
                f"{link.reference.row.loss}",
                severity=Severity.NOTE if link.open or target.kind in _OFTEN_ELSEWHERE else None,
            )


def _is_named_after_its_maker(reference: Reference, context: Context) -> bool:
    """Whether the target has a name such as operators give: that of a custom resource, and more."""
    target = reference.target
    return any(target.name.startswith(f"{name}-") for name in context.once(_operated_names).get(target.namespace, ()))


def _operated_names(context: Context) -> dict[str, list[str]]:
    from kplan.rules.operator import may_run_pods

    names: dict[str, list[str]] = {}
    for resource in context.manifest.resources:
        namespace = may_run_pods(resource.ref)
        if namespace:
            names.setdefault(namespace, []).append(resource.ref.name)
    return names
