"""The pods that objects make, container by container, as rules about single pods look at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.admission import POD_KINDS
from kplan.rules.context import Context
from kplan.rules.pod import dicts, pod_source

Map = dict[str, Any]

RUNNING_KINDS = (*POD_KINDS, "argoproj.io/Rollout")
"""The kinds whose pods are judged, those of operators with a pod template at the usual place among them."""

_HOOKS = ("helm.sh/hook", "argocd.argoproj.io/hook")


class Container(NamedTuple):
    """A container with its path in the object.

    `role` is `main`, `init` for one that ends before those start, `sidecar` for an init container that goes on.
    """

    data: Map
    path: FieldPath
    role: Literal["main", "init", "sidecar"]

    @property
    def name(self) -> str:
        """The name, "" where it is none."""
        name = self.data.get("name")
        return name if isinstance(name, str) else ""

    def get(self, *path: str) -> Any:
        """The value at `path`, or None where any part of the way is absent or of another type."""
        return value_at(self.data, *path)

    def lacks(
        self, message: str, *path: str | int, help: str | None = None, severity: Severity | None = None
    ) -> Problem:
        """A problem about a field that is not there: it is shown at the container's name."""
        return Problem((*self.path, *path), message, help, place=(*self.path, "name"), severity=severity)

    def has(
        self,
        message: str,
        *path: str | int,
        help: str | None = None,
        at: Literal["key", "value"] = "value",
        severity: Severity | None = None,
    ) -> Problem:
        """A problem about a field that is there; `at` its key where the value has many lines."""
        return Problem((*self.path, *path), message, help, at, severity=severity)


class Pods(NamedTuple):
    """The pods that an object makes: their spec, where it is, and its containers in order, init containers first.

    `stays` says that they are to run until they are stopped: Jobs, hooks and Pods that do not start again do not.
    """

    owner: Resource
    path: FieldPath
    spec: Map
    containers: tuple[Container, ...]
    stays: bool

    @property
    def lasting(self) -> tuple[Container, ...]:
        """The containers that run as long as the pod does."""
        return tuple(c for c in self.containers if c.role != "init")

    @property
    def is_windows(self) -> bool:
        """Whether the pods say that they are for Windows."""
        return bool(value_at(self.spec, "os", "name") == "windows")

    @property
    def has_own_users(self) -> bool:
        """Whether the pods run in a user namespace of their own, where root is nobody outside."""
        return self.spec.get("hostUsers") is False

    def security(self, container: Container, field: str) -> Any:
        """A field of the security context, of the container or else of the pod; None where neither has it."""
        own = container.get("securityContext", field)
        return own if own is not None else value_at(self.spec, "securityContext", field)


def value_at(value: Any, *path: str) -> Any:
    """The value at `path` of plain data, or None where any part of the way is absent or no mapping."""
    for part in path:
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def pods_of(resource: Resource, context: Context) -> Pods | None:
    """The pods that an object makes; None where it makes none, or another object controls it."""
    return context.once(_all_pods).get(id(resource))


def containers_of(resource: Resource, context: Context) -> tuple[Container, ...]:
    """All containers of the pods that an object makes."""
    pods = pods_of(resource, context)
    return pods.containers if pods else ()


def all_pods(context: Context) -> list[Pods]:
    """The pods of all objects that are judged."""
    return list(context.once(_all_pods).values())


def _all_pods(context: Context) -> dict[int, Pods]:
    return {id(r): pods for r in context.of_kinds(RUNNING_KINDS) if (pods := _pods(r)) is not None}


def _pods(resource: Resource) -> Pods | None:
    source = pod_source(resource)
    spec = resource.get(*source.path, "spec") if source else None
    if source is None or not isinstance(spec, dict) or is_controlled(resource):
        return None
    path = (*source.path, "spec")
    found = (*_containers(spec, path, "initContainers"), *_containers(spec, path, "containers"))
    stays = spec.get("restartPolicy") in (None, "Always") and not is_hook(resource)  # Jobs have another policy
    return Pods(resource, path, spec, found, stays)


def _containers(spec: Map, path: FieldPath, field: str) -> Iterator[Container]:
    written = spec.get(field)
    for index, data in enumerate(written if isinstance(written, list) else ()):
        if isinstance(data, dict):
            is_sidecar = data.get("restartPolicy") == "Always"
            role: Literal["main", "init", "sidecar"] = "sidecar" if is_sidecar else "init"
            yield Container(data, (*path, field, index), "main" if field == "containers" else role)


def is_hook(resource: Resource) -> bool:
    """Whether Helm or Argo CD runs the object once, at a certain moment: a hook or a test."""
    annotations = resource.get("metadata", "annotations")
    return isinstance(annotations, dict) and any(key in annotations for key in _HOOKS)


def is_controlled(resource: Resource) -> bool:
    """Whether a controller made the object, so that what is wrong with it is wrong with another one."""
    return any(owner.get("controller") is True for owner in dicts(resource.get("metadata", "ownerReferences")))
