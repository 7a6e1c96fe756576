"""Changes of Nodes and ResourceQuotas.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateNodeUpdate, ValidateResourceQuotaUpdate.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.update.refusal import IMMUTABLE, Obj, Refusal, at, differs, fixed_field, fixed_value


def node(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A Node keeps its addresses for pods and its provider's id once it has them."""
    del minor
    for name, printed in (("podCIDRs", "podCIDR"), ("providerID", "providerID")):
        if at(before, "spec", name) and differs(before, after, "spec", name):
            text = f'node updates may not change {printed} except from "" to valid'
            yield fixed_field(("spec", name), text)
    if at(before, "spec", "externalID") != at(after, "spec", "externalID"):
        yield fixed_field(("spec", "externalID"), "may not be updated")


def resource_quota(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A ResourceQuota keeps its scopes, in any order."""
    del minor
    if set(at(before, "spec", "scopes") or ()) != set(at(after, "spec", "scopes") or ()):
        yield fixed_value(("spec", "scopes"), at(after, "spec", "scopes"), IMMUTABLE)


CHECKS = {"Node": node, "ResourceQuota": resource_quota}
