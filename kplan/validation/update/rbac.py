"""Changes of RoleBindings and ClusterRoleBindings. Roles may change in any way.

Source: kubernetes v1.36 pkg/apis/rbac/validation ValidateRoleBindingUpdate.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.update.refusal import Obj, Refusal, immutable


def binding(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A binding keeps its role: who may bind the old one may not bind every other."""
    del minor
    yield from immutable(before, after, "roleRef", message="cannot change roleRef")


CHECKS = {"RoleBinding": binding, "ClusterRoleBinding": binding}
