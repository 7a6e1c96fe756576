"""A binding that gives rights to those who have not said who they are."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.grant import BINDINGS, RBAC, Grant, grants
from kplan.rules.pod import dicts
from kplan.rules.rule import rule

_EVERYBODY = ("system:anonymous", "system:unauthenticated")
_HARMLESS = (
    "system:discovery",
    "system:health-checker",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
)
"""Roles that are made to be read by everybody."""


@rule(severity=Severity.WARNING, kinds=BINDINGS, since="0.1")
def check(binding: Resource, context: Context) -> Iterator[Problem]:
    name = binding.get("roleRef", "name")
    found = [
        (index, subject)
        for index, subject in enumerate(dicts(binding.get("subjects")))
        if subject.get("name") in _EVERYBODY and subject.get("kind") in ("User", "Group")
    ]
    if not found or name in _HARMLESS or binding.ref.namespace == "kube-public" or _is_for_login(binding, context):
        return
    for index, subject in found:
        yield Problem(
            ("subjects", index, "name"),
            f"`{subject['name']}` is everybody who reaches the API server: they get all of `{name}`",
            help="bind an account, and let the client use its token",
        )


def _is_for_login(binding: Resource, context: Context) -> bool:
    """Whether the role, which is among the manifests, gives only paths such as `/healthz` or calls of custom APIs."""
    kind, name = binding.get("roleRef", "kind"), binding.get("roleRef", "name")
    ref = ObjectRef(RBAC, str(kind), "" if kind == "ClusterRole" else binding.ref.namespace, str(name))
    given = [grant for role in context.by_ref.get(ref, ()) for grant in grants(role) if grant.resources]
    return ref in context.by_ref and all(map(_is_custom, given))


def _is_custom(grant: Grant) -> bool:
    return all("." in group and not group.endswith(".k8s.io") for group in grant.groups)
