"""A rendered chart's documents as Helm writes them: hooks apart, the rest in the order in which kinds are installed.

Source: helm v3 pkg/releaseutil kind_sorter.go, manifest_sorter.go, manifest.go; pkg/action install.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from kplan.render.rendering import RenderedFile

INSTALL_ORDER: Final = (
    "PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy",
    "PodDisruptionBudget", "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass", "PersistentVolume",
    "PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding",
    "ClusterRoleBindingList", "Role", "RoleList", "RoleBinding", "RoleBindingList", "Service", "DaemonSet", "Pod",
    "ReplicationController", "ReplicaSet", "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob",
    "IngressClass", "Ingress", "APIService",
)  # fmt: skip
"""Kinds in the order in which Helm creates them; others come after, by name."""
EVENTS: Final = (
    *(f"{when}-{what}" for what in ("install", "delete", "upgrade", "rollback") for when in ("pre", "post")),
    "test",
)
HOOK: Final = "helm.sh/hook"
WEIGHT: Final = "helm.sh/hook-weight"
DELETE_POLICY: Final = "helm.sh/hook-delete-policy"
_SEPARATOR: Final = re.compile(r"(?:^|\s*\n)---\s*")


class Hook(NamedTuple):
    """When Helm runs an object apart from the release: at `events`, the lightest first."""

    events: tuple[str, ...]
    weight: int
    delete_policies: tuple[str, ...]


class Document(NamedTuple):
    """One document of a rendered file: `source` is the template, as Helm names it; `hook` is None for a plain object.

    `is_known` is False for a hook whose event Helm does not know: it leaves the object out.
    """

    source: str
    text: str
    kind: str
    name: str
    hook: Hook | None = None
    is_known: bool = True

    @property
    def is_test(self) -> bool:
        """Whether only `helm test` runs it."""
        return self.hook is not None and "test" in self.hook.events


def documents(files: Iterable[RenderedFile]) -> list[Document]:
    """The documents of the files that hold anything, first those that are no hooks; both in the order of kinds.

    A document that is no YAML mapping has no kind and no name.
    """
    found = [document for file in sorted(files, key=lambda f: f.name) for document in _split(file)]
    plain = [each for each in found if each.hook is None and each.is_known]
    hooks = [each for each in found if each.hook is not None]
    return [*sorted(plain, key=_rank), *sorted(hooks, key=_rank)]


def _rank(document: Document) -> tuple[int, str]:
    if document.kind in INSTALL_ORDER:
        return INSTALL_ORDER.index(document.kind), ""
    return len(INSTALL_ORDER), document.kind


def _split(file: RenderedFile) -> Iterator[Document]:
    for part in _SEPARATOR.split(file.text.strip()):
        text = part.strip()
        if text:
            yield _document(file.name, text)


def _document(source: str, text: str) -> Document:
    head = _head(text)
    metadata = head.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    annotations = metadata.get("annotations")
    annotations = annotations if isinstance(annotations, dict) else {}
    kind, name = str(head.get("kind") or ""), str(metadata.get("name") or "")
    if HOOK not in annotations:
        return Document(source, text, kind, name)
    events = [_event(each) for each in _listed(annotations[HOOK])]
    if not all(each in EVENTS for each in events):
        return Document(source, text, kind, name, is_known=False)
    policies = tuple(_listed(annotations[DELETE_POLICY])) if DELETE_POLICY in annotations else ()
    return Document(source, text, kind, name, Hook(tuple(events), _weight(annotations.get(WEIGHT)), policies))


def _head(text: str) -> dict[str, Any]:
    from kplan.errors import InputError
    from kplan.loader import parse_documents

    try:
        found = parse_documents(text)
    except InputError:
        return {}
    return found[0] if found and isinstance(found[0], dict) else {}


def _event(name: str) -> str:
    return "test" if name == "test-success" else name


def _listed(value: object) -> list[str]:
    return [part.strip().lower() for part in str(value).split(",")]


def _weight(value: object) -> int:
    text = str(value)
    return int(text) if re.fullmatch(r"[-+]?\d{1,18}", text) else 0


def written(found: Iterable[Document]) -> str:
    """The documents as one text that `kubectl apply -f -` takes, each under the line that names its template.

    >>> print(written([Document("web/templates/a.yaml", "kind: ConfigMap", "ConfigMap", "a")]), end="")
    ---
    # Source: web/templates/a.yaml
    kind: ConfigMap
    """
    return "".join(f"---\n# Source: {each.source}\n{each.text}\n" for each in found)
