"""CustomResourceDefinition from apiextensions.k8s.io/v1beta1 to v1.

v1 refuses `preserveUnknownFields: true`, which v1beta1 had where nothing was said: the schema says it instead, on every
object in it. Where v1 takes no such schema, the field is written as it was meant, for a person to go on.

Source: kubernetes v1.21 apiextensions-apiserver pkg/apis/apiextensions/{v1beta1,v1} conversion.go and defaults.go.
"""

from __future__ import annotations

import re
from typing import Final

from kplan.fixer.conversion.nest import nest
from kplan.fixer.conversion.structural import problem
from kplan.fixer.tree import Entry, Item, Map, Seq, Unfixable, copied, plain, resolved

_PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
_APPROVED: Final = "api-approved.kubernetes.io"
_UNAPPROVED: Final = "unapproved, not reviewed"
_PROTECTED = re.compile(r"(.*\.)?(k8s|kubernetes)\.io\Z")
_OPEN: Final = {"type": "object", _PRESERVE: True}
_PER_VERSION: Final = {
    "validation": "schema",
    "subresources": "subresources",
    "additionalPrinterColumns": "additionalPrinterColumns",
}


def definition(it: Map, old: str, notes: list[str]) -> None:
    """The versions with all that is theirs, the conversion webhook, and what v1 wants to be told."""
    spec = it.map("spec")
    if spec is None:
        return
    keeps_unknown = spec.value("preserveUnknownFields") is not False
    if not spec.value("scope"):
        spec.set("scope", "Namespaced", after=("group",))
    _versions(spec)
    _conversion(spec)
    _move_to_versions(spec)
    for columns in (spec, *spec.maps("versions")):
        for column in columns.maps("additionalPrinterColumns"):
            column.rename("JSONPath", "jsonPath")
    reason = _schemas(spec, keeps_unknown)
    if reason is not None:
        notes.append(f"v1 refuses to create it: {reason}; types have to be written by hand")
    group = str(spec.value("group") or "")
    if _PROTECTED.match(group) and not it.value("metadata", "annotations", _APPROVED):
        it.ensure("metadata").ensure("annotations").set(_APPROVED, _UNAPPROVED)
        notes.append(f"v1 wants the annotation `{_APPROVED}` in the group {group}: `{_UNAPPROVED}` is written")


def _versions(spec: Map) -> None:
    """The list of versions, made of `version` where there is none."""
    if spec.value("versions"):
        spec.drop("version")
        return
    spec.drop("versions")
    at = spec.index("version")
    name = spec.take("version")
    if name is None:
        return
    version = Map()
    version.put(name, "name")
    version.set("served", True)
    version.set("storage", True)
    spec.insert(min(at, len(spec.entries)), Entry("versions", "versions", Seq([Item(version)])))


def _conversion(spec: Map) -> None:
    conversion = spec.map("conversion")
    if conversion is None:
        return
    fields = {"webhookClientConfig": "clientConfig", "conversionReviewVersions": "conversionReviewVersions"}
    strategy = conversion.value("strategy")
    if any(conversion.has(field) for field in fields):
        nest(conversion, "webhook", fields)
    if strategy == "Webhook" and not conversion.value("webhook", "conversionReviewVersions"):
        conversion.ensure("webhook").set("conversionReviewVersions", ["v1beta1"])


def _move_to_versions(spec: Map) -> None:
    """What stood at the top for all versions is each version's own."""
    versions = spec.maps("versions")
    for name, new in _PER_VERSION.items():
        if not spec.has(name):
            spec.drop(name)
            continue
        entry = spec.entry(name)
        if not versions:
            raise Unfixable("it has no versions")
        assert entry is not None
        more = [copied(resolved(entry.value)) for _ in versions[1:]]
        taken = spec.take(name)
        assert taken is not None
        for version in versions:
            if version.entry(new) is not None:
                version.drop(new)
        versions[0].put(taken, new)
        for version, value in zip(versions[1:], more, strict=True):
            version.put(Entry(new, new, value, offset=taken.offset), new)


def _schemas(spec: Map, keeps_unknown: bool) -> str | None:
    """Give every version a schema that says which unknown fields are kept; else the reason why v1 refuses it."""
    versions = spec.maps("versions")
    reason = next((found for version in versions if (found := _refused(version, keeps_unknown))), None)
    if reason is not None and keeps_unknown:
        spec.set("preserveUnknownFields", True, after=("preserveUnknownFields", "scope", "group"))
        return reason
    for version in versions:
        schema = version.ensure("schema").map("openAPIV3Schema")
        if schema is None or not schema.entries:
            version.ensure("schema").set("openAPIV3Schema", dict(_OPEN))
        elif keeps_unknown:
            _mark(schema)
    if keeps_unknown:
        spec.drop("preserveUnknownFields")
    return reason


def _refused(version: Map, keeps_unknown: bool) -> str | None:
    schema = version.map("schema", "openAPIV3Schema")
    if schema is None or not schema.entries:
        return None
    probe = copied(schema)
    assert isinstance(probe, Map)
    if keeps_unknown:
        _mark(probe)
    found = problem(plain(probe))
    return f"{found} in version `{version.value('name')}`" if found else None


def _mark(schema: Map, root: bool = True) -> None:
    """Mark every object of a schema as one that keeps unknown fields; the root's metadata is known."""
    if schema.value("type") == "object" and not schema.has(_PRESERVE):
        schema.set(_PRESERVE, True, after=("type",))
    properties = schema.map("properties")
    for entry in list(properties.entries) if properties is not None else ():
        value = resolved(entry.value)
        if isinstance(value, Map) and not (root and entry.name == "metadata"):
            _mark(value, root=False)
    for name in ("items", "additionalProperties"):
        value_of = schema.map(name)
        if value_of is not None:
            _mark(value_of, root=False)
