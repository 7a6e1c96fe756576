"""Namespaces and ServiceAccounts.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateNamespace, ValidateServiceAccount; pod-security-admission
ValidateNamespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kplan.k8s.name import dns_label, label_value, qualified_name
from kplan.validation.check import Obj, messages, texts
from kplan.validation.fault import Fault, Key, invalid
from kplan.validation.meta import kube_finalizer, object_meta

_LEVELS = ("privileged", "baseline", "restricted")
_VERSION = re.compile(r"v1\.(0|[1-9]\d*)\Z", re.ASCII)


def namespace(data: Obj, minor: int) -> Iterator[Fault]:
    """A Namespace; the admission of Pod Security judges its labels once the rest is fine."""
    found = list(object_meta(data, dns_label, namespaced=False))
    name = (data.get("metadata") or {}).get("name") or ""
    # The server adds the name as a label.
    found += messages(("metadata", "labels"), name, label_value(name))
    for _, finalizer in texts((data.get("spec") or {}).get("finalizers")):
        found += messages(("spec", "finalizers"), finalizer, qualified_name(finalizer))
        found += kube_finalizer(finalizer, ("spec", "finalizers"))
    pod_security = list(_pod_security((data.get("metadata") or {}).get("labels") or {}))
    yield from pod_security or found


def _pod_security(labels: Obj) -> Iterator[Fault]:
    for mode in ("enforce", "audit", "warn"):
        level, version = f"pod-security.kubernetes.io/{mode}", f"pod-security.kubernetes.io/{mode}-version"
        if level in labels and labels[level] not in _LEVELS:
            text = f"must be one of {', '.join(_LEVELS)}"
            yield invalid(("metadata", "labels", Key(level)), labels[level] or "", text)
        if version in labels and labels[version] != "latest" and not _VERSION.match(labels[version] or ""):
            text = 'must be "latest" or "v1.x"'
            yield invalid(("metadata", "labels", Key(version)), labels[version] or "", text)


def service_account(data: Obj, minor: int) -> Iterator[Fault]:
    """A ServiceAccount."""
    yield from object_meta(data)


CHECKS = {"Namespace": namespace, "ServiceAccount": service_account}
