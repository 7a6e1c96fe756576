"""A token for the API server in pods that have no rights there."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.pod import dicts
from kplan.rules.rule import rule

_BINDINGS = ("rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/ClusterRoleBinding")


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    if pods is None or pods.spec.get("automountServiceAccountToken") is False:
        return
    namespace, name = resource.ref.namespace, pods.spec.get("serviceAccountName") or "default"
    accounts = context.by_ref.get(ObjectRef("", "ServiceAccount", namespace, str(name)), [])
    if (not accounts and name != "default") or (namespace, str(name)) in context.once(_bound_accounts):
        return  # what rights it has is not known, or it has some
    asked = pods.spec.get("automountServiceAccountToken")
    if asked is None and any(a.get("automountServiceAccountToken") is False for a in accounts):
        return
    yield Problem(
        (*pods.path, "automountServiceAccountToken"),
        f"its pods get a token of `{name}` for the API server, which no binding gives any rights",
        help="set `automountServiceAccountToken: false`",
        place=None if asked is True else ("metadata", "name"),
    )


def _bound_accounts(context: Context) -> set[tuple[str, str]]:
    """The accounts, by namespace and name, that some binding among the manifests names."""
    return {
        (str(subject.get("namespace") or binding.ref.namespace), str(subject.get("name")))
        for binding in context.of_kinds(_BINDINGS)
        for subject in dicts(binding.get("subjects"))
        if subject.get("kind") == "ServiceAccount"
    }
