"""What a check of the standards says, and the ways its words are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from kplan.model.path import FieldPath

Map: TypeAlias = dict[str, Any]
Fault: TypeAlias = tuple[str, FieldPath]
"""Who is at fault (the name of a container, or of a volume), and the field."""


class Violation(NamedTuple):
    """One check that a pod fails: `reason (detail)`. `paths` are the fields at fault, from the pod's root."""

    check: str
    reason: str
    detail: str
    paths: tuple[FieldPath, ...]

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


class Pod(NamedTuple):
    """A pod or a pod template, with its containers in the order in which the standards look at them."""

    metadata: Map
    spec: Map
    containers: tuple[tuple[Map, FieldPath], ...]
    minor: int

    @property
    def is_windows(self) -> bool:
        """Whether the pod says that it is for Windows."""
        return mapping(self.spec.get("os")).get("name") == "windows"

    @property
    def has_own_users(self) -> bool:
        """Whether the pod runs in a user namespace of its own."""
        return self.spec.get("hostUsers") is False


Check: TypeAlias = Callable[[Pod], "Found | None"]
Found: TypeAlias = tuple[str, str, Iterable[FieldPath]]
"""Reason, detail, fields."""


def read_pod(pod: Map, minor: int) -> Pod:
    """The pod (or template) of plain JSON; parts of a wrong type count as absent."""
    spec = mapping(pod.get("spec"))
    found = tuple(
        (container, ("spec", field, index))
        for field in ("initContainers", "containers", "ephemeralContainers")
        for index, container in enumerate(items(spec.get(field)))
        if isinstance(container, dict)
    )
    return Pod(mapping(pod.get("metadata")), spec, found, minor)


def mapping(value: Any) -> Map:
    """The value where it is a mapping, an empty one where it is not."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value where it is a list, an empty one where it is not."""
    return value if isinstance(value, list) else []


def context_of(holder: Map, *path: str) -> Any:
    """What stands at the path below the security context of a container or a pod spec."""
    value: Any = holder.get("securityContext")
    for part in path:
        value = mapping(value).get(part)
    return value


def name_of(container: Map) -> str:
    """The name of a container or volume."""
    name = container.get("name")
    return name if isinstance(name, str) else ""


def faults(pod: Pod, is_bad: Callable[[Map], bool], *field: str) -> list[Fault]:
    """The containers that are bad, each with the field below its security context."""
    return [(name_of(c), (*path, "securityContext", *field)) for c, path in pod.containers if is_bad(c)]


def plural(singular: str, several: str, count: int) -> str:
    """The word for one, or for any other number."""
    return singular if count == 1 else several


def quoted(names: Iterable[str]) -> str:
    """The names as the API server lists them: `"a", "b"`."""
    return ", ".join(f'"{name}"' for name in names)


def containers(found: Sequence[Fault]) -> str:
    """`container "a"`, or `containers "a", "b"`."""
    return f"{plural('container', 'containers', len(found))} {quoted(name for name, _ in found)}"


def setters(pod_path: FieldPath | None, found: Sequence[Fault]) -> tuple[str, list[FieldPath]]:
    """Who set something, the pod itself or its containers, and where; the text is empty for nobody."""
    names = ["pod"] if pod_path else []
    names += [containers(found)] if found else []
    paths = [pod_path] if pod_path else []
    return " and ".join(names), [*paths, *(path for _, path in found)]


def paths_of(found: Iterable[Fault]) -> Iterator[FieldPath]:
    """The fields at fault."""
    return (path for _, path in found)
