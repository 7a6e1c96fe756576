"""Metadata of objects that change: what a pod's annotations may not lose or win.

Names, namespaces, uids and times are not here: an object with another one is another object, or the server keeps them.
Source: kubernetes v1.36 pkg/apis/core/validation ValidatePodSpecificAnnotationUpdates.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.fault import Key
from kplan.validation.update.refusal import Obj, Refusal, at, fixed_field

_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_MIRROR = "kubernetes.io/config.mirror"


def pod_annotations(before: Obj, after: Obj) -> Iterator[Refusal]:
    """Annotations that say how a pod is run stay as they are."""
    old, new = (at(data, "metadata", "annotations") or {} for data in (before, after))
    for key in (*old, *(key for key in new if key not in old)):
        what = "AppArmor annotations" if key.startswith(_APPARMOR) else "mirror pod annotation"
        if old.get(key) != new.get(key) and (key == _MIRROR or key.startswith(_APPARMOR)):
            verb = "remove or update" if key in old else "add"
            path = ("metadata", "annotations", Key(key))
            yield fixed_field(path, f"may not {verb} {what}")
