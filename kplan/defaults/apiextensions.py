"""Defaults of the group apiextensions.k8s.io.

Source: kubernetes v1.36 apiextensions-apiserver pkg/apis/apiextensions/v1 defaults.go,
pkg/registry/customresourcedefinition strategy.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]


def default_definition(value: Value, minor: int) -> None:
    """CustomResourceDefinition: its names, and the version that is stored."""
    spec = value.setdefault("spec", {})
    names = spec.setdefault("names", {})
    kind = names.get("kind", "")
    if kind:
        names.setdefault("singular", kind.lower())
        names.setdefault("listKind", f"{kind}List")
    conversion = spec.setdefault("conversion", {"strategy": "None"})
    service = conversion.get("webhook", {}).get("clientConfig", {}).get("service")
    if service is not None:
        service.setdefault("port", 443)
    stored = [version.get("name", "") for version in spec.get("versions") or () if version.get("storage")]
    value["status"] = {"storedVersions": stored[:1]}


DEFAULTS = {"apiextensions/v1.CustomResourceDefinition": default_definition}
