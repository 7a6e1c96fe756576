"""RuntimeClasses.

Source: kubernetes v1.36 pkg/apis/node/validation.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.name import dns_label
from kplan.validation.check import Obj, Path, labels, messages, objects
from kplan.validation.core_affinity import tolerations
from kplan.validation.core_resource import container_resources
from kplan.validation.fault import Fault, duplicate, required
from kplan.validation.feature import on
from kplan.validation.meta import object_meta

_TOLERATIONS: Path = ("scheduling", "tolerations")


def runtime_class(data: Obj, minor: int) -> Iterator[Fault]:
    """A RuntimeClass."""
    yield from object_meta(data, namespaced=False, kube_finalizers=False)
    handler = data.get("handler") or ""
    if not handler and on("DeclarativeRequired", minor):
        yield required(("handler",))
    else:
        yield from messages(("handler",), handler, dns_label(handler))
    overhead: Obj = data.get("overhead") or {}
    if overhead.get("podFixed"):
        # The server checks the overhead as if it were a container's limits, and says so.
        yield from container_resources({"limits": overhead["podFixed"]}, frozenset(), ("overhead",), minor)
    scheduling: Obj = data.get("scheduling") or {}
    yield from labels(scheduling.get("nodeSelector"), ("scheduling", "nodeSelector"))
    if scheduling.get("tolerations"):
        yield from tolerations(scheduling["tolerations"], _TOLERATIONS, minor)
        yield from _repeated(scheduling["tolerations"])


def _repeated(values: list[Obj]) -> Iterator[Fault]:
    seen = set()
    for index, toleration in objects(values):
        key = tuple(toleration.get(part) or "" for part in ("key", "operator", "value", "effect"))
        if key in seen:
            yield duplicate((*_TOLERATIONS, index), toleration)
        seen.add(key)


CHECKS = {"RuntimeClass": runtime_class}
