"""Quotas of the cluster that stand in no manifest of the plan."""

from __future__ import annotations

from dataclasses import replace

from kplan.errors import UsageError
from kplan.model import Manifest

_KINDS = ("ResourceQuota", "LimitRange")


def with_quotas(sides: tuple[Manifest, Manifest], quotas: Manifest) -> tuple[Manifest, Manifest]:
    """Before and after, both with the ResourceQuotas and LimitRanges; one that a side has itself stays as it is.

    Raises UsageError where there are none among the objects.
    """
    found = [resource for resource in quotas if resource.kind in _KINDS]
    if not found:
        raise UsageError(f"--quota: there is no {' and no '.join(_KINDS)} in {', '.join(quotas.files) or 'it'}")

    def joined(side: Manifest) -> Manifest:
        own = {resource.ref for resource in side}
        return replace(side, resources=(*side.resources, *(one for one in found if one.ref not in own)))

    before, after = sides
    return joined(before), joined(after)
