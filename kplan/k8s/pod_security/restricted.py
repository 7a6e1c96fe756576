"""The checks of the level `restricted`: what a pod must do to be hardened."""

from __future__ import annotations

from kplan.k8s.pod_security.baseline import added, seccomp
from kplan.k8s.pod_security.violation import (
    Fault,
    Found,
    Map,
    Pod,
    containers,
    context_of,
    faults,
    items,
    name_of,
    paths_of,
    plural,
    quoted,
    setters,
)
from kplan.model.path import FieldPath

_ALLOWED_TYPES = "configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret"
_OTHER_TYPES = (
    "hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker "
    "fc azureFile vsphereVolume quobyte azureDisk portworxVolume scaleIO storageos"
)
_VOLUMES, _OTHER_VOLUMES = _ALLOWED_TYPES.split(), _OTHER_TYPES.split()
_IMAGE_VOLUMES = 33
"""The minor from which API servers allow image volumes, whatever the version of the policy."""
_BIND = frozenset(("NET_BIND_SERVICE",))


def allow_privilege_escalation(pod: Pod) -> Found | None:
    """Containers whose processes may gain rights."""
    field = "allowPrivilegeEscalation"
    found = faults(pod, lambda c: context_of(c, field) is not False, field)
    detail = f"{containers(found)} must set securityContext.allowPrivilegeEscalation=false"
    return ("allowPrivilegeEscalation != false", detail, paths_of(found)) if found else None


def allow_privilege_escalation_25(pod: Pod) -> Found | None:
    """Containers whose processes may gain rights, but on Windows, which has no such thing."""
    return None if pod.is_windows else allow_privilege_escalation(pod)


def capabilities(pod: Pod) -> Found | None:
    """Capabilities that are kept, or added."""
    keeping = faults(pod, lambda c: "ALL" not in items(context_of(c, "capabilities", "drop")), "capabilities", "drop")
    adding = faults(pod, lambda c: bool(added(c, _BIND)), "capabilities", "add")
    details = [f'{containers(keeping)} must set securityContext.capabilities.drop=["ALL"]'] if keeping else []
    if adding:
        names = sorted({name for c, _ in pod.containers for name in added(c, _BIND)})
        details += [f"{containers(adding)} must not include {quoted(names)} in securityContext.capabilities.add"]
    if not details:
        return None
    return "unrestricted capabilities", "; ".join(details), [*paths_of(keeping), *paths_of(adding)]


def capabilities_25(pod: Pod) -> Found | None:
    """Capabilities that are kept, or added, but on Windows."""
    return None if pod.is_windows else capabilities(pod)


def volumes(pod: Pod) -> Found | None:
    """Volumes of other types than those that are part of the cluster or claimed."""
    found: list[Fault] = []
    types: set[str] = set()
    for index, volume in enumerate(items(pod.spec.get("volumes"))):
        if isinstance(volume, dict) and not _is_allowed(volume, pod.minor):
            type_ = next((t for t in _OTHER_VOLUMES if volume.get(t) is not None), None)
            if type_ is None:
                continue  # no source at all: the API server makes it an emptyDir
            types.add(type_)
            found.append((name_of(volume), ("spec", "volumes", index, type_)))
    if not found:
        return None
    names, use = quoted(name for name, _ in found), plural("uses", "use", len(found))
    type_word = plural("restricted volume type", "restricted volume types", len(types))
    detail = f"{plural('volume', 'volumes', len(found))} {names} {use} {type_word} {quoted(sorted(types))}"
    return "restricted volume types", detail, paths_of(found)


def _is_allowed(volume: Map, minor: int) -> bool:
    if minor >= _IMAGE_VOLUMES and volume.get("image") is not None:
        return True
    return any(volume.get(type_) is not None for type_ in _VOLUMES)


def run_as_non_root(pod: Pod) -> Found | None:
    """Containers that may run as root."""
    own, field = context_of(pod.spec, "runAsNonRoot"), "runAsNonRoot"
    own_path: FieldPath | None = ("spec", "securityContext", field) if own is False else None
    who, paths = setters(own_path, faults(pod, lambda c: context_of(c, field) is False, field))
    if who:
        return "runAsNonRoot != true", f"{who} must not set securityContext.runAsNonRoot=false", paths
    silent = [] if own is True else faults(pod, lambda c: context_of(c, field) is None, field)
    detail = f"pod or {containers(silent)} must set securityContext.runAsNonRoot=true"
    return ("runAsNonRoot != true", detail, paths_of(silent)) if silent else None


def run_as_non_root_35(pod: Pod) -> Found | None:
    """Containers that may run as root, but in a user namespace."""
    return None if pod.has_own_users else run_as_non_root(pod)


def run_as_user(pod: Pod) -> Found | None:
    """Containers that run as root."""

    def is_bad(holder: Map) -> bool:
        user = context_of(holder, "runAsUser")
        return user == 0 and not isinstance(user, bool)

    own: FieldPath | None = ("spec", "securityContext", "runAsUser") if is_bad(pod.spec) else None
    who, paths = setters(own, faults(pod, is_bad, "runAsUser"))
    return ("runAsUser=0", f"{who} must not set runAsUser=0", paths) if who else None


def run_as_user_35(pod: Pod) -> Found | None:
    """Containers that run as root, but in a user namespace."""
    return None if pod.has_own_users else run_as_user(pod)


def seccomp_required(pod: Pod) -> Found | None:
    """Containers without a seccomp profile."""
    if found := seccomp(pod):
        return found
    if isinstance(context_of(pod.spec, "seccompProfile"), dict):
        return None
    field = ("seccompProfile", "type")
    silent = faults(pod, lambda c: not isinstance(context_of(c, "seccompProfile"), dict), *field)
    detail = (
        f'pod or {containers(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
    )
    return ("seccompProfile", detail, paths_of(silent)) if silent else None


def seccomp_required_25(pod: Pod) -> Found | None:
    """Containers without a seccomp profile, but on Windows."""
    return None if pod.is_windows else seccomp_required(pod)
