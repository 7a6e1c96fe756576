"""Parts of the node that give it away."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS
from kplan.rules.context import Context
from kplan.rules.host_path import host_paths
from kplan.rules.rule import rule

_SENSITIVE = (
    "/",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/proc",
    "/root",
    "/run",
    "/sys",
    "/usr",
    "/var",
    "/var/run",
)
_WITH_ALL_BELOW = ("/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd", "/var/lib/docker", "/var/lib/containerd")
_HARMLESS_TO_READ = ("/dev", "/lib", "/proc", "/sys", "/usr")


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for volume in host_paths(resource, context):
        path = volume.path
        if path not in _SENSITIVE and not any(path == top or path.startswith(f"{top}/") for top in _WITH_ALL_BELOW):
            continue
        if volume.is_writable:
            yield Problem(
                volume.field, f"its pods may change `{path}` of the node", help="mount it with `readOnly: true`"
            )
        elif path not in _HARMLESS_TO_READ:
            yield Problem(volume.field, f"its pods may read `{path}` of the node")
