"""Types of custom resources, from the CustomResourceDefinitions among the inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, NamedTuple

from kplan.k8s.version import NEWEST
from kplan.model import Problem, Resource
from kplan.schemas import Field, JsonType, Type, definition

_GROUP = "apiextensions.k8s.io"
_SCALARS: dict[str, JsonType] = {"boolean": "boolean", "integer": "integer", "number": "number", "string": "string"}
_PRESERVE = "x-kubernetes-preserve-unknown-fields"


class Judgement(NamedTuple):
    """The problems of a version and kind, and what its objects are checked by: a type, and whether one is clean.

    `named` says that an object needs a name.
    """

    problems: tuple[tuple[str, Problem], ...] = ()
    type: Type | None = None
    is_clean: Callable[[dict[str, Any]], bool] | None = None
    named: bool = True


class CustomType(NamedTuple):
    """One served version of a custom resource; `schema` is its openAPIV3Schema, None where there is none.

    `is_open`: unknown fields are kept everywhere (`preserveUnknownFields` of v1beta1). `subresources` are as written.
    """

    api_version: str
    kind: str
    scope: Literal["Namespaced", "Cluster"]
    schema: dict[str, Any] | None
    is_open: bool
    subresources: Any = None


@dataclass(frozen=True, slots=True)
class CustomTypes:
    """All custom resources that are defined: by (apiVersion, kind), and the served versions by (group, kind)."""

    defined: dict[tuple[str, str], CustomType] = field(default_factory=dict)
    versions: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    types: dict[tuple[str, str], Type | None] = field(default_factory=dict, repr=False, compare=False)
    judgements: dict[tuple[str, str], Judgement] = field(default_factory=dict, repr=False, compare=False)
    checks: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)

    def scope(self, group: str, kind: str) -> Literal["Namespaced", "Cluster"] | None:
        """Whether objects of the kind live in a namespace; None for a kind that is not defined here."""
        for version in self.versions.get((group, kind), ()):
            return self.defined[f"{group}/{version}", kind].scope
        return None

    def lookup(self, api_version: str, kind: str) -> Type | None:
        """The type of a custom resource; None where it is not defined, or its definition says nothing of the fields."""
        key = (api_version, kind)
        if key not in self.types:
            custom = self.defined.get(key)
            self.types[key] = _root_type(custom) if custom is not None and custom.schema is not None else None
        return self.types[key]


NO_CUSTOM_TYPES = CustomTypes()


def custom_types(resources: Iterable[Resource]) -> CustomTypes:
    """What the CustomResourceDefinitions among the resources define; broken parts of them define nothing."""
    found = CustomTypes()
    for resource in resources:
        if resource.kind == "CustomResourceDefinition" and resource.api_version.startswith(_GROUP + "/"):
            versions = list(_versions(resource))
            for name, custom in versions:
                found.defined[custom.api_version, custom.kind] = custom
                key = (custom.api_version.rpartition("/")[0], custom.kind)
                found.versions[key] = (*found.versions.get(key, ()), name)
    return found


def _versions(crd: Resource) -> Iterator[tuple[str, CustomType]]:
    group, kind = crd.get("spec", "group"), crd.get("spec", "names", "kind")
    if not isinstance(group, str) or not isinstance(kind, str):
        return
    is_old = crd.api_version.endswith("v1beta1")
    is_open = crd.get("spec", "preserveUnknownFields")
    for version in _listed_versions(crd):
        name = version.get("name")
        if isinstance(name, str) and version.get("served") is not False:
            yield (
                name,
                CustomType(
                    api_version=f"{group}/{name}",
                    kind=kind,
                    scope="Cluster" if crd.get("spec", "scope") == "Cluster" else "Namespaced",
                    schema=_schema_of(version) or _schema_of({"schema": crd.get("spec", "validation")}),
                    is_open=is_open is True or (is_open is None and is_old),
                    subresources=version.get("subresources") or crd.get("spec", "subresources"),
                ),
            )


def _listed_versions(crd: Resource) -> list[dict[str, Any]]:
    versions = crd.get("spec", "versions")
    if not versions:
        return [{"name": crd.get("spec", "version")}]
    return [version for version in versions if isinstance(version, dict)] if isinstance(versions, list) else []


def _schema_of(version: dict[str, Any]) -> dict[str, Any] | None:
    schema = version.get("schema")
    found = schema.get("openAPIV3Schema") if isinstance(schema, dict) else None
    return found if isinstance(found, dict) and found else None


def _root_type(custom: CustomType) -> Type:
    return _type_of(custom.kind, {**(custom.schema or {}), "x-kubernetes-embedded-resource": True}, custom.is_open)


def _type_of(name: str, schema: dict[str, Any], is_open: bool) -> Type:
    required = _list_of(schema, "required")
    properties = _dict_of(schema, "properties")
    fields = {key: _field_of(key, value, is_open, key in required) for key, value in properties.items()}
    if schema.get("x-kubernetes-embedded-resource"):
        fields |= _object_fields()
    return Type(name, fields, is_open or bool(schema.get(_PRESERVE)), is_custom=True)


def _object_fields() -> dict[str, Field]:
    return {
        "apiVersion": Field("apiVersion", "string", required=True),
        "kind": Field("kind", "string", required=True),
        "metadata": Field("metadata", "object", resolve=partial(definition, "meta.v1.ObjectMeta", NEWEST)),  # type: ignore[arg-type]
    }


def _field_of(name: str, schema: Any, is_open: bool, required: bool = False) -> Field:
    if not isinstance(schema, dict):
        return Field(name, "any", required=required)
    json_type, element = _json_type(schema, is_open)
    enum = tuple(_list_of(schema, "enum"))
    return Field(
        name=name,
        type=json_type,
        format="int64" if json_type == "int-or-string" else "",
        element=element,
        required=required,
        enum=enum if json_type in ("string", "integer", "number", "boolean") else (),
        nullable=bool(schema.get("nullable")) or "default" in schema or None in enum,
        list_type=schema.get("x-kubernetes-list-type") if json_type == "list" else None,
        list_map_keys=tuple(_list_of(schema, "x-kubernetes-list-map-keys")),
        resolve=_Once(name, schema, is_open) if json_type == "object" else None,
    )


def _json_type(schema: dict[str, Any], is_open: bool) -> tuple[JsonType, Field | None]:
    if schema.get("x-kubernetes-int-or-string"):
        return "int-or-string", None
    word = schema.get("type")
    if word == "array":
        return "list", _field_of("", schema.get("items"), is_open)
    if word == "object":
        values = schema.get("additionalProperties")
        if values and not schema.get("properties"):
            return "map", _field_of("", values, is_open)
        return "object", None
    return (_SCALARS.get(word, "any") if isinstance(word, str) else "any"), None


class _Once:
    """The type of a schema, made when it is first asked for."""

    def __init__(self, name: str, schema: dict[str, Any], is_open: bool) -> None:
        self.arguments = name, schema, is_open
        self.type: Type | None = None

    def __call__(self) -> Type:
        if self.type is None:
            self.type = _type_of(*self.arguments)
        return self.type


def _dict_of(schema: dict[str, Any], key: str) -> dict[str, Any]:
    value = schema.get(key)
    return value if isinstance(value, dict) else {}


def _list_of(schema: dict[str, Any], key: str) -> list[Any]:
    value = schema.get(key)
    return value if isinstance(value, list) else []
