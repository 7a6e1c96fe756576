"""A binding that gives every right."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.grant import BINDINGS, RBAC, grants
from kplan.rules.pod import dicts
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=BINDINGS, since="0.1")
def check(binding: Resource, context: Context) -> Iterator[Problem]:
    name, kind = binding.get("roleRef", "name"), binding.get("roleRef", "kind")
    subjects = [s for s in dicts(binding.get("subjects")) if s.get("name") != "system:masters"]
    if isinstance(name, str) and subjects and _is_almighty(str(kind), name, binding, context):
        where = "the cluster" if binding.kind == "ClusterRoleBinding" else f"namespace `{binding.ref.namespace}`"
        yield Problem(
            ("roleRef", "name"),
            f"`{name}` gives {_who(subjects)} every right in {where}",
            help="bind a role with what is needed",
        )


def _is_almighty(kind: str, name: str, binding: Resource, context: Context) -> bool:
    if kind == "ClusterRole" and name == "cluster-admin":
        return True
    ref = ObjectRef(RBAC, kind, "" if kind == "ClusterRole" else binding.ref.namespace, name)
    return any(grant.is_everything for role in context.by_ref.get(ref, ()) for grant in grants(role))


def _who(subjects: list[dict[str, object]]) -> str:
    first = f"{subjects[0].get('kind')} `{subjects[0].get('name')}`"
    return first if len(subjects) == 1 else f"{first} and {len(subjects) - 1} more"
