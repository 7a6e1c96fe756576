"""Objects of API versions that are gone: the cluster has them still, and serves them in the version that came after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kplan.errors import InputError
from kplan.kinds import current_version, split_api_version
from kplan.model import Finding, Manifest, ObjectRef, Resource
from kplan.schema import check


def still_there(findings: Iterable[Finding], before: Manifest, minor: int) -> Iterator[Finding]:
    """The findings without those that say only that the version is gone, where the next one reads the object the same.

    Where it has other fields (an Ingress of `extensions/v1beta1`) the object cannot be compared, and the finding stays.
    """
    resources: dict[ObjectRef, Resource] = {}
    for finding in findings:
        if finding.rule == "removed-api" and finding.ref is not None:
            resources = resources or {resource.ref: resource for resource in before}
            if finding.ref in resources and reads_the_same(resources[finding.ref], minor):
                continue
        yield finding


def reads_the_same(resource: Resource, minor: int) -> bool:
    """Whether the object as it was stored, with its defaults, is one of the version that is current in the minor."""
    from kplan.defaults import stored

    current = current_version(*split_api_version(resource.api_version), resource.kind, minor)
    if current is None or current.kind != resource.kind:
        return False
    try:
        data = {**stored(resource.data, minor), "apiVersion": current.api_version}
    except InputError:
        return False
    successor = replace(resource, api_version=current.api_version, data=data)
    return not any(rule != "deprecated-api" for rule, _ in check(successor, minor))
