"""Objects as asked for: a resource is one Kubernetes object of the input, a manifest is all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from kplan.model.coverage import Unchecked
from kplan.model.finding import Finding
from kplan.model.path import FieldPath
from kplan.model.position import Span


@dataclass(frozen=True, slots=True, order=True)
class ObjectRef:
    """Which object it is: identity without the version.

    `group` is the API group that owns the kind today ("" for core; `extensions` workloads are `apps`).
    `namespace` is "" for objects of the cluster's scope; a namespaced object that names none has the default one.

    >>> str(ObjectRef("apps", "Deployment", "shop", "web"))
    'deployment/web'
    """

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind.lower()}/{self.name}"


class Source(Protocol):
    """Where a resource was read from. Positions are looked up on demand: a clean file never pays for them."""

    @property
    def file(self) -> str:
        """The path as shown to the user (`web.yaml`, `<stdin>`, `HEAD~1:web.yaml`)."""

    @property
    def line(self) -> int:
        """The line, from 1, at which the object begins."""

    def span(self, path: FieldPath, at: Literal["key", "value"] = "value") -> Span:
        """The span of the key or value at `path`; of the nearest parent that exists where it does not."""

    def text(self) -> str:
        """The whole text of the file."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One Kubernetes object as written: `data` is plain Python (dict, list, str, int, float, bool, None).

    `data` is shared, never changed: copy before editing.
    """

    ref: ObjectRef
    api_version: str
    data: dict[str, Any]
    source: Source

    @property
    def kind(self) -> str:
        """The kind as written."""
        return self.ref.kind

    def get(self, *path: str | int) -> Any:
        """The value at `path`, or None where any part of the way is absent or of another type."""
        value: Any = self.data
        for part in path:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and -len(value) <= part < len(value):
                value = value[part]
            else:
                return None
        return value


@dataclass(frozen=True, slots=True)
class Skipped:
    """A YAML document that is no Kubernetes object, and why it is taken for none."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is asked for: all objects of the input in order, with what reading them found.

    `texts` are the texts of the files that reading found something in: such a file may have no resource to ask.
    `unchecked` is what could not be made objects of (a template that was not rendered), and so is not checked.
    `partial` are patches: objects of which only a part is written. `marks` are those of `kplan.loader.placeholder` that
    the files have.
    """

    resources: tuple[Resource, ...] = ()
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    files: tuple[str, ...] = field(default=())
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    unchecked: tuple[Unchecked, ...] = ()
    partial: tuple[Resource, ...] = ()
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)

    def __len__(self) -> int:
        return len(self.resources)
