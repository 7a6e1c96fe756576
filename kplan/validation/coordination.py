"""Leases.

Source: kubernetes v1.36 pkg/apis/coordination/validation. The fields `strategy` and `preferredHolder` are dropped
before: their gate CoordinatedLeaderElection is off.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.check import Obj, nonnegative
from kplan.validation.fault import Fault, invalid
from kplan.validation.meta import object_meta


def lease(data: Obj, minor: int) -> Iterator[Fault]:
    """A Lease."""
    del minor
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data, kube_finalizers=False)
    duration = spec.get("leaseDurationSeconds")
    if duration is not None and duration <= 0:
        yield invalid(("spec", "leaseDurationSeconds"), duration, "must be greater than 0")
    yield from nonnegative(spec, "leaseTransitions", ("spec",))


CHECKS = {"Lease": lease}
