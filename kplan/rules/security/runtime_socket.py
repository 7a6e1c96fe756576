"""The socket of the container runtime inside of a container."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS
from kplan.rules.context import Context
from kplan.rules.host_path import host_paths
from kplan.rules.rule import rule

_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock", "podman.sock")


@rule(severity=Severity.ERROR, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for volume in host_paths(resource, context):
        if volume.path.rpartition("/")[2] in _SOCKETS:
            yield Problem(
                volume.field,
                f"`{volume.path}` lets its pods start containers that may do anything on the node",
                help="a socket takes orders however it is mounted: build images with a tool that needs no runtime",
            )
