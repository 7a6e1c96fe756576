"""What the API server says of one object by itself: it decodes it, and judges the values of what it could decode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kplan.model import FieldPath, Problem, Resource
from kplan.model.path import Name
from kplan.schema import CustomTypes, check
from kplan.schema.judge import judge
from kplan.validation import Fault, is_judged, validate

if TYPE_CHECKING:
    from kplan.model import ObjectRef
    from kplan.validation.custom import CustomCheck

Answer = tuple[str, Problem]

_MISSING: Final = "missing-field"
_DECODED: Final = frozenset((_MISSING, "deprecated-api"))
"""What the schema finds in objects that the server decodes all the same."""

_PARTS: Final = (("apiVersion",), ("kind",), ("metadata",))
"""The fields of a custom resource that the server decodes; the others it judges by their definition."""

_OF_CLUSTER: Final = ("not configured on this cluster", "not configured for dual-stack services")
_OTHER_CLUSTER: Final = "a cluster that was made with IPv4 and IPv6 takes it: allow it there, with the reason"

_NOTHING: Final[Mapping[ObjectRef, Resource]] = {}


def verdict(
    resource: Resource,
    minor: int,
    custom: CustomTypes,
    tells_missing: bool,
    before: Mapping[ObjectRef, Resource] = _NOTHING,
) -> Iterable[Answer]:
    """What Kubernetes 1.`minor` has against an object: (rule id, problem) pairs.

    A field that is missing is told once: by the schema's `missing-field` where `tells_missing`. An object that no
    schema is known for is not judged. `before` are the objects as they were: of a custom resource, parts that stay the
    same are let be.
    """
    found = list(check(resource, minor, custom))
    if (own := _custom_check(resource, minor, custom)) is not None:
        return _custom_verdict(resource, found, own, before.get(resource.ref), tells_missing)
    if found and not _DECODED.issuperset(rule_id for rule_id, _ in found):
        return [answer for answer in found if answer[0] != _MISSING]  # the server stops here, and asks for no more
    judgement = judge(resource.api_version, resource.kind, minor, custom)
    if judgement.type is None or not (judgement.named or is_judged(resource.api_version, resource.kind)):
        return found  # nothing is known of it, or it is a question, which is not stored
    faults = list(_faults(resource, minor))
    return _once(found, faults, resource, tells_missing) if found or faults else ()


def _custom_check(resource: Resource, minor: int, custom: CustomTypes) -> CustomCheck | None:
    """What an object of a custom kind is judged by, made once for each kind."""
    key = (resource.api_version, resource.kind)
    defined = custom.defined.get(key)
    if defined is None or defined.schema is None:
        return None
    if key not in custom.checks:
        from kplan.validation.custom import custom_check

        is_namespaced = defined.scope == "Namespaced"
        custom.checks[key] = custom_check(
            defined.schema, defined.subresources, is_namespaced=is_namespaced, minor=minor
        )
    own: CustomCheck | None = custom.checks[key]
    return own


def _custom_verdict(
    resource: Resource, found: list[Answer], own: CustomCheck, before: Resource | None, tells_missing: bool
) -> Iterable[Answer]:
    """The same of a custom resource: the types of its own fields are no matter of decoding."""
    undecoded = [
        (rule_id, problem)
        for rule_id, problem in found
        if rule_id == "unknown-field" or (rule_id not in _DECODED and problem.path[:1] in _PARTS)
    ]
    if undecoded:
        return undecoded
    known = before.data if before is not None and before.api_version == resource.api_version else None
    missing = [answer for answer in found if answer[0] in _DECODED]
    faults = list(own.faults(resource.data, known))
    return _once(missing, faults, resource, tells_missing, in_full=True) if missing or faults else ()


def _once(
    found: list[Answer], faults: list[Fault], resource: Resource, tells_missing: bool, *, in_full: bool | None = None
) -> Iterator[Answer]:
    """What the schema found, but for fields that the server misses at another place or not at all; then the faults."""
    refused = {fault.path for fault in faults}
    in_full = is_judged(resource.api_version, resource.kind) if in_full is None else in_full
    has_metadata = "metadata" in resource.data
    told = set()
    for rule_id, problem in found:
        path = problem.path
        is_said = in_full or (has_metadata and path[:1] == ("metadata",))
        if rule_id != _MISSING or path in refused or not is_said:
            yield rule_id, problem
            told.add(path)
    for fault in faults:
        if not (tells_missing and fault.path in told):
            path = tuple(Name(part) if part.__class__ is str else part for part in fault.path)
            place = _place(path, resource) or _entry(path, fault.message, resource)
            help_ = _OTHER_CLUSTER if fault.message.endswith(_OF_CLUSTER) else fault.help
            yield fault.rule, Problem(path, fault.message, help_, place=place)


def _faults(resource: Resource, minor: int) -> Iterator[Fault]:
    if resource.kind == "Pod" and resource.api_version == "v1":
        from kplan.validation.pod_admission import admit_pod

        yield from admit_pod(resource.data)
    yield from validate(resource.data, minor)


def _place(path: FieldPath, resource: Resource) -> FieldPath | None:
    """Where a field is that the server calls by a path of its own; None where the path leads there.

    The server leaves `metadata` out of the paths of templates, and judges the versions of a CustomResourceDefinition in
    their old form, with one schema for all.
    """
    value: Any = resource.data
    for index, part in enumerate(path):
        if isinstance(value, dict) and part not in value:
            other = _other_name(value, str(part))
            return _place_below((*path[:index], *other), path[index + 1 :], resource) if other else None
        try:
            value = value[part]
        except (TypeError, LookupError):
            return None
    return None


def _place_below(start: FieldPath, rest: FieldPath, resource: Resource) -> FieldPath:
    path = (*start, *rest)
    return _place(path, resource) or path


def _entry(path: FieldPath, message: str, resource: Resource) -> FieldPath | None:
    """The one entry of labels or annotations that a message of all of them tells of; None for any other message."""
    if path[-1:] not in (("labels",), ("annotations",), ("matchLabels",)):
        return None
    value = resource.get(*path)
    entries = value.items() if isinstance(value, dict) else ()
    told = [
        key for key, text in entries if message.startswith(tuple(f'Invalid value: "{one}":' for one in (key, text)))
    ]
    return (*path, told[0]) if len(told) == 1 else None


def _other_name(value: dict[str, Any], name: str) -> FieldPath:
    metadata, versions = value.get("metadata"), value.get("versions")
    if name in ("labels", "annotations") and isinstance(metadata, dict) and name in metadata:
        return "metadata", name
    if name == "clusterIPs" and "clusterIP" in value:
        return ("clusterIP",)
    if name == "validation" and isinstance(versions, list) and versions:
        return "versions", 0, "schema"
    alike = next((key for key in value if key.lower() == name.lower()), None)
    return (alike,) if alike is not None else ()
