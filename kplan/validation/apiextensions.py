"""CustomResourceDefinitions.

The checks read a definition as Go holds it, with its defaults; what all versions share stands at the top, as in the
server's internal type, and so in the paths: `spec.validation`, `spec.subresources`.

Source: apiextensions-apiserver v1.36 pkg/apis/apiextensions/validation validation.go; pkg/apis/apiextensions/v1
conversion.go; pkg/registry/customresourcedefinition strategy.go PrepareForCreate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from kplan.defaults.apiextensions import default_definition
from kplan.k8s.codec import DecodeError, decode
from kplan.k8s.name import Messages, NameRule, dns_label_1035, dns_subdomain
from kplan.k8s.url import parse_url
from kplan.model.path import Key
from kplan.validation.apiextensions_schema import has, schema_faults
from kplan.validation.apiextensions_version import columns, deprecation_warning, selectable_fields, subresources
from kplan.validation.check import Obj, Path, chosen
from kplan.validation.fault import Fault, forbidden, invalid, required
from kplan.validation.feature import on
from kplan.validation.meta import object_meta
from kplan.validation.webhook_client import webhook_service, webhook_url

_SPEC: Path = ("spec",)
_APPROVED = "api-approved.kubernetes.io"
_SHARED = {
    "schema": "validation",
    "subresources": "subresources",
    "additionalPrinterColumns": "additionalPrinterColumns",
    "selectableFields": "selectableFields",
}
"""Fields of versions, and where they stand when all versions have the same."""

_INTERNAL = (
    "Name",
    "Served",
    "Storage",
    "Deprecated",
    "DeprecationWarning",
    "Schema",
    "Subresources",
    "AdditionalPrinterColumns",
    "SelectableFields",
)


def custom_resource_definition(data: Obj, minor: int) -> Iterator[Fault]:
    """A CustomResourceDefinition."""
    try:
        value = decode("apiextensions/v1.CustomResourceDefinition", minor, data)
    except DecodeError:
        return
    default_definition(value, minor)
    spec = _internal(value["spec"])
    yield from object_meta(data, _name_rule(spec), namespaced=False, kube_finalizers=False)
    yield from _spec(spec, minor)
    yield from _stored_versions(spec["versions"], value["status"]["storedVersions"])
    yield from _approval(spec.get("group") or "", (data.get("metadata") or {}).get("annotations") or {})
    if spec.get("preserveUnknownFields"):
        text = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
        yield invalid((*_SPEC, "preserveUnknownFields"), True, text)


def _internal(spec: Obj) -> Obj:
    """The spec with what all versions share moved to the top."""
    versions = [dict(version) for version in spec.get("versions") or ()]
    found = {**spec, "versions": versions}
    for key, name in _SHARED.items():
        first = versions[0].get(key) if versions else None
        if versions and all(version.get(key) == first for version in versions):
            for version in versions:
                version.pop(key, None)
            if first is not None:
                found[name] = first
    return found


def _name_rule(spec: Obj) -> NameRule:
    expected = f"{(spec.get('names') or {}).get('plural', '')}.{spec.get('group', '')}"

    def rule(name: str) -> Messages:
        found = dns_subdomain(name)
        return found if name == expected else (*found, 'must be spec.names.plural+"."+spec.group')

    return rule


def _spec(spec: Obj, minor: int) -> Iterator[Fault]:
    group, at = spec.get("group") or "", (*_SPEC, "group")
    if not group:
        yield required(at)
    elif found := dns_subdomain(group):
        yield invalid(at, group, ",".join(found))
    elif "." not in group:
        yield invalid(at, group, "should be a domain with at least one dot")
    yield from chosen(spec.get("scope") or "", ("Cluster", "Namespaced"), (*_SPEC, "scope"))
    yield from _schemas(spec)
    yield from _versions(spec, minor)
    yield from _names(spec.get("names") or {}, (*_SPEC, "names"))
    has_status = any("status" in (each.get("subresources") or {}) for each in (spec, *spec["versions"]))
    yield from schema_faults(spec.get("validation"), (*_SPEC, "validation"), has_status, minor)
    yield from _besides(spec, spec.get("validation"), _SPEC, minor)
    yield from _conversion(spec.get("conversion") or {}, bool(spec.get("preserveUnknownFields")))


def _schemas(spec: Obj) -> Iterator[Fault]:
    """Every version needs a schema, and defaults need one that prunes."""
    if "openAPIV3Schema" not in (spec.get("validation") or {}):
        for index, version in enumerate(spec["versions"]):
            if "openAPIV3Schema" not in (version.get("schema") or {}):
                yield required((*_SPEC, "versions", index, "schema", "openAPIV3Schema"))
    schemas = [(each or {}).get("openAPIV3Schema") for each in _all_schemas(spec)]
    if spec.get("preserveUnknownFields") and any(has(schema, "default") for schema in schemas if schema is not None):
        yield invalid((*_SPEC, "preserveUnknownFields"), True, "must be false in order to use defaults in the schema")


def _all_schemas(spec: Obj) -> Iterator[Obj | None]:
    yield spec.get("validation")
    for version in spec["versions"]:
        yield version.get("schema")


def _versions(spec: Obj, minor: int) -> Iterator[Fault]:
    versions = spec["versions"]
    per_version = any("subresources" in version for version in versions)
    for index, version in enumerate(versions):
        path = (*_SPEC, "versions", index)
        name = version.get("name") or ""
        if found := dns_label_1035(name):
            yield invalid((*path, "name"), name, ",".join(found))
        yield from deprecation_warning(version, path)
        # The first version of a name is the one whose subresources count.
        first = next(each for each in versions if (each.get("name") or "") == name)
        own = (first if per_version else spec).get("subresources") or {}
        yield from schema_faults(version.get("schema"), (*path, "schema"), "status" in own, minor)
        yield from _besides(version, version.get("schema"), path, minor)
    names = Counter(version.get("name") or "" for version in versions)
    at = (*_SPEC, "versions")
    if any(count > 1 for count in names.values()):
        yield invalid(at, _shown(versions), "must contain unique version names")
    if sum(bool(version.get("storage")) for version in versions) != 1:
        yield invalid(at, _shown(versions), "must have exactly one version marked as storage version")
    first_name = versions[0].get("name") if versions else None
    if first_name and (found := dns_label_1035(first_name)):
        yield invalid((*_SPEC, "version"), first_name, ",".join(found))


def _besides(holder: Obj, schema: Obj | None, path: Path, minor: int) -> Iterator[Fault]:
    """What stands beside a schema, at the top or in a version."""
    yield from subresources(holder.get("subresources"), (*path, "subresources"))
    yield from columns(holder.get("additionalPrinterColumns"), (*path, "additionalPrinterColumns"))
    if on("SelectableFields", minor):
        yield from selectable_fields(holder.get("selectableFields"), schema, (*path, "selectableFields"), minor)


def _shown(versions: list[Obj]) -> Any:
    """The versions as the server shows them: by the names of Go."""
    found = []
    for version in versions:
        row: Obj = dict.fromkeys(_INTERNAL)
        row |= {"Name": "", "Served": False, "Storage": False, "Deprecated": False}
        row |= {key[0].upper() + key[1:]: value for key, value in version.items()}
        found.append(row)
    return found or None


def _names(names: Obj, path: Path) -> Iterator[Fault]:
    keys = ("plural", "singular", "kind", "listKind")
    for key in keys:
        if not names.get(key):
            yield required((*path, key))
    for key in keys:
        name = names.get(key) or ""
        mixed = key in ("kind", "listKind")
        if name and (found := dns_label_1035(name.lower() if mixed else name)):
            prefix = "may have mixed case, but should otherwise match: " if mixed else ""
            yield invalid((*path, key), name, prefix + ",".join(found))
    yield from _labels(names.get("shortNames"), (*path, "shortNames"))
    if names.get("kind") and names["kind"] == names.get("listKind"):
        yield invalid((*path, "listKind"), names["kind"], "kind and listKind may not be the same")
    yield from _labels(names.get("categories"), (*path, "categories"))


def _labels(values: list[Any] | None, path: Path) -> Iterator[Fault]:
    for index, value in enumerate(values or ()):
        if found := dns_label_1035(value):
            yield invalid((*path, index), value, ",".join(found))


def _conversion(conversion: Obj, preserves: bool) -> Iterator[Fault]:
    path = (*_SPEC, "conversion")
    strategy, webhook = conversion.get("strategy") or "", conversion.get("webhook") or {}
    if preserves and strategy != "None":
        text = "must be None if spec.preserveUnknownFields is true"
        yield invalid((*path, "strategy"), strategy, text)
    yield from chosen(strategy, ("None", "Webhook"), (*path, "strategy"))
    client, versions = webhook.get("clientConfig"), webhook.get("conversionReviewVersions") or []
    at, versions_at = (*path, "webhookClientConfig"), (*path, "conversionReviewVersions")
    if strategy == "Webhook":
        yield from _client(client, at)
        yield from _review_versions(versions, versions_at)
        return
    for value, where in ((client is not None, at), (versions, versions_at)):
        if value:
            yield forbidden(where, "should not be set when strategy is not set to Webhook")


def _client(client: Obj | None, path: Path) -> Iterator[Fault]:
    if client is None:
        yield required(path, "required when strategy is set to Webhook")
    elif ("url" in client) is ("service" in client):
        yield required(path, "exactly one of url or service is required")
    elif "url" in client:
        yield from webhook_url(client["url"], (*path, "url"))
    else:
        yield from webhook_service(client["service"], (*path, "service"))


def _review_versions(versions: list[Any], path: Path) -> Iterator[Fault]:
    if not versions:
        yield required(path)
        return
    for index, version in enumerate(versions):
        if version in versions[:index]:
            yield invalid((*path, index), version, "duplicate version")
        else:
            for message in dns_label_1035(version):
                yield invalid((*path, index), version, message)
    if not {"v1", "v1beta1"}.intersection(versions):
        yield invalid(path, versions, "must include at least one of v1, v1beta1")


def _stored_versions(versions: list[Obj], stored: list[str]) -> Iterator[Fault]:
    """A definition is judged with the status that the server gives it, so only its own versions can be missing."""
    path, left = ("status", "storedVersions"), set(stored)
    if not stored:
        yield invalid(path, None, "must have at least one stored version")
        return
    for version in versions:
        name = version.get("name") or ""
        if version.get("storage") and name not in left:
            yield invalid(path, stored, f"must have the storage version {name}")
        left.discard(name)


def _approval(group: str, annotations: dict[str, Any]) -> Iterator[Fault]:
    """Groups of Kubernetes' own need a sign that their API was reviewed."""
    if not f".{group}".endswith((".k8s.io", ".kubernetes.io")):
        return
    text, at = annotations.get(_APPROVED) or "", ("metadata", "annotations", Key(_APPROVED))
    start = f'protected groups must have approval annotation "{_APPROVED}"'
    if not text:
        yield required(at, f"{start}, see https://github.com/kubernetes/enhancements/pull/1111")
    elif not text.startswith("unapproved") and not _is_link(text):
        reason = 'with either a URL or a reason starting with "unapproved"'
        yield invalid(at, text, f"{start} {reason}, see https://github.com/kubernetes/enhancements/pull/1111")


def _is_link(text: str) -> bool:
    try:
        url = parse_url(text)
    except ValueError:
        return False
    return bool(url.scheme and url.host)


CHECKS = {"CustomResourceDefinition": custom_resource_definition}
