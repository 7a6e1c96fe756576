"""Changes of IngressClasses, IPAddresses and ServiceCIDRs. Ingresses and NetworkPolicies may change in any way.

Source: kubernetes v1.36 pkg/apis/networking/validation.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.update.refusal import IMMUTABLE, Obj, Refusal, at, fixed, fixed_value


def service_cidr(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A ServiceCIDR keeps its range, and may get a second one."""
    old, new = (at(data, "spec", "cidrs") or [] for data in (before, after))
    grows = minor >= 33 and len(old) == 1 and len(new) == 2 and old[0] == new[0]
    if old != new and not grows:
        yield fixed_value(("spec", "cidrs"), new, IMMUTABLE)


CHECKS = {
    "IngressClass": fixed(("spec", "controller")),
    "IPAddress": fixed(("spec", "parentRef")),
    "ServiceCIDR": service_cidr,
}
