"""Pods that run as a ServiceAccount that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.selector import similar
from kplan.model import FieldPath, ObjectRef, Problem, Resource, Severity
from kplan.rules.admission import POD_KINDS
from kplan.rules.context import Context
from kplan.rules.pod import PodSource, pod_source
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=POD_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    source = pod_source(resource)
    if source is None or source.service_account == "default":
        return
    namespace, name = source.namespace, source.service_account
    if ObjectRef("", "ServiceAccount", namespace, name) in context.by_ref or namespace in _operated(context):
        return
    accounts = [r.ref.name for r in context.of_kinds(("ServiceAccount",)) if r.ref.namespace == namespace]
    is_made_here = ObjectRef("", "Namespace", "", namespace) in context.by_ref
    if accounts or is_made_here:
        yield Problem(
            _path(source),
            f"ServiceAccount `{name}` is not among the manifests: no pod is made without it",
            help=_help(name, accounts),
        )


def _operated(context: Context) -> set[str]:
    """Namespaces in which an operator may make accounts."""
    everywhere = "" in context.operated_namespaces
    return set(context.pods) if everywhere else set(context.operated_namespaces)


def _path(source: PodSource) -> FieldPath:
    spec: FieldPath = (*source.path, "spec")
    field = "serviceAccountName" if source.owner.get(*spec, "serviceAccountName") else "serviceAccount"
    return (*spec, field)


def _help(name: str, accounts: list[str]) -> str | None:
    close = sorted(account for account in accounts if similar(name, account))
    return f"did you mean `{close[0]}`?" if close else None
