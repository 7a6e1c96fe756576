"""ReplicationControllers.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateReplicationControllerSpec.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.check import Obj, nonnegative
from kplan.validation.core_pod import template_spec
from kplan.validation.fault import Fault, forbidden, invalid, required, unsupported
from kplan.validation.meta import object_meta

_TEMPLATE = ("spec", "template")


def replication_controller(data: Obj, minor: int) -> Iterator[Fault]:
    """A ReplicationController; its selector and labels default to the template's labels."""
    spec: Obj = data.get("spec") or {}
    template = spec.get("template")
    labels = ((template or {}).get("metadata") or {}).get("labels") or {}
    selector = spec.get("selector") or labels
    yield from object_meta(data)
    yield from nonnegative(spec, "minReadySeconds", ("spec",))
    if not selector:
        yield required(("spec", "selector"))
    yield from nonnegative(spec, "replicas", ("spec",))
    if template is None:
        yield required(_TEMPLATE)
        return
    if any(key not in labels or (value or "") != (labels[key] or "") for key, value in selector.items()):
        text = "`selector` does not match template `labels`"
        yield invalid((*_TEMPLATE, "metadata", "labels"), labels, text)
    yield from template_spec(template, _TEMPLATE, minor)
    pod: Obj = template.get("spec") or {}
    policy = pod.get("restartPolicy") or "Always"
    if policy != "Always":
        yield unsupported((*_TEMPLATE, "spec", "restartPolicy"), policy, ("Always",))
    if pod.get("activeDeadlineSeconds") is not None:
        text = "activeDeadlineSeconds in ReplicationController is not Supported"
        yield forbidden((*_TEMPLATE, "spec", "activeDeadlineSeconds"), text)


CHECKS = {"ReplicationController": replication_controller}
