"""RBAC bindings of v1alpha1, access reviews of v1beta1.

Source: kubernetes v1.21 pkg/apis/rbac/v1alpha1 conversion.go.
"""

from __future__ import annotations

from typing import Final

from kplan.fixer.tree import Map

_GROUP: Final = "rbac.authorization.k8s.io"


def binding(it: Map, old: str, notes: list[str]) -> None:
    """Subjects say their API group, not a version; the user `*` is the group of all who are known."""
    for subject in it.maps("subjects"):
        kind, version = subject.value("kind"), str(subject.value("apiVersion") or "")
        group = _GROUP if kind in ("User", "Group") else version.rpartition("/")[0]
        if kind == "ServiceAccount":
            group = ""
        if subject.entry("apiVersion") is not None:
            subject.drop("apiVersion")
        if group:
            subject.set("apiGroup", group, after=("kind",))
        if kind == "User" and subject.value("name") == "*":
            subject.set("kind", "Group")
            subject.set("name", "system:authenticated")
            notes.append("the user `*` is the group `system:authenticated`")


def access_review(it: Map, old: str, notes: list[str]) -> None:
    """The groups of a review were called `group`."""
    spec = it.map("spec")
    if spec is not None:
        spec.rename("group", "groups")
