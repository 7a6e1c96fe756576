"""Custom kinds, as the CustomResourceDefinitions among the inputs define them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kplan.model import FieldPath, Resource

_RULES = "x-kubernetes-validations"


class CustomKind(NamedTuple):
    """One version of a custom kind: its schema and where that is in the definition.

    `has_rules` says whether there is a rule anywhere in the schema.
    """

    definition: Resource
    path: FieldPath
    schema: dict[str, Any]
    plural: str
    is_namespaced: bool
    has_rules: bool


def custom_kinds(resources: Iterable[Resource]) -> dict[tuple[str, str], CustomKind]:
    """The custom kinds that are defined, by apiVersion and kind; broken parts of definitions define nothing."""
    found: dict[tuple[str, str], CustomKind] = {}
    for resource in resources:
        if resource.kind == "CustomResourceDefinition" and resource.ref.group == "apiextensions.k8s.io":
            for version, path, schema in _schemas(resource):
                group, kind = resource.get("spec", "group"), resource.get("spec", "names", "kind")
                if isinstance(group, str) and isinstance(kind, str):
                    found[f"{group}/{version}", kind] = CustomKind(
                        resource,
                        path,
                        schema,
                        str(resource.get("spec", "names", "plural") or f"{kind.lower()}s"),
                        resource.get("spec", "scope") != "Cluster",
                        has_rules(schema),
                    )
    return found


def _schemas(definition: Resource) -> Iterator[tuple[str, FieldPath, dict[str, Any]]]:
    versions = definition.get("spec", "versions")
    for index, version in enumerate(versions if isinstance(versions, list) else ()):
        if isinstance(version, dict) and isinstance(version.get("name"), str):
            path: FieldPath = ("spec", "versions", index, "schema", "openAPIV3Schema")
            schema = definition.get(*path)
            if isinstance(schema, dict):
                yield version["name"], path, schema


def has_rules(schema: dict[str, Any]) -> bool:
    """Whether there is a rule anywhere in the schema."""
    if schema.get(_RULES):
        return True
    properties = schema.get("properties")
    below = [*(properties.values() if isinstance(properties, dict) else ()), schema.get("items")]
    below.append(schema.get("additionalProperties"))
    return any(isinstance(inner, dict) and has_rules(inner) for inner in below)
