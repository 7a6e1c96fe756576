"""Changes of CustomResourceDefinitions.

Source: kubernetes v1.36 apiextensions-apiserver pkg/apis/apiextensions/validation
ValidateCustomResourceDefinitionUpdate; pkg/registry/customresourcedefinition strategy.go PrepareForUpdate.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.update.refusal import Obj, Refusal, at, immutable, wrong_value

_LONG_WORDS = 35
_MUST_STAY = (
    "missing from spec.versions; {0} was previously a storage version, and must remain in spec.versions until a "
    "storage migration ensures no data remains persisted in {0} and removes {0} from status.storedVersions"
)


def definition(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A CustomResourceDefinition keeps its names and scope, and every version that objects may be stored in."""
    for names in (("scope",), ("names", "kind"), ("group",), ("names", "plural")):
        yield from immutable(before, after, "spec", *names)
    served = {version.get("name") for version in _versions(after)}
    for index, name in enumerate(_stored_versions(before)):
        if name not in served:
            text = _MUST_STAY.format(name) if minor >= _LONG_WORDS else "must appear in spec.versions"
            path = ("status", "storedVersions", index)
            yield wrong_value(path, name, text, ("spec", "versions"), ("spec", "version"))


def _versions(data: Obj) -> list[Obj]:
    spec: Obj = data.get("spec") or {}
    return spec.get("versions") or ([{"name": spec["version"], "storage": True}] if spec.get("version") else [])


def _stored_versions(before: Obj) -> list[str]:
    """Versions that objects are stored in: what the status says, else the one that the definition began with."""
    found = list(at(before, "status", "storedVersions") or ())
    storage = [str(version.get("name")) for version in _versions(before) if version.get("storage")]
    return found or storage


CHECKS = {"CustomResourceDefinition": definition}
