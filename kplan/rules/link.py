"""Where the references of a manifest lead: to its own objects, to ones that are known to exist, or nowhere."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from kplan.k8s.label import clean_labels
from kplan.kinds import scope
from kplan.kinds.builtin import builtin_keys, is_builtin
from kplan.kinds.reference import Reference, references
from kplan.kinds.reference_made import made, makes_claim
from kplan.model import ObjectRef, Problem, Resource, Severity
from kplan.rules.access import namespaces_with_makers
from kplan.rules.context import Context
from kplan.rules.link_rule import rule_of
from kplan.rules.slip import extends, is_slip

_MADE_AT_RUN_TIME = {
    "ConfigMap": "configmaps",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "Role": "roles",
    "Secret": "secrets",
    "Service": "services",
    "ServiceAccount": "serviceaccounts",
}
"""Kinds that operators make, with the resource that RBAC calls them by."""


class Link(NamedTuple):
    """A reference that leads to no object that is known, with what speaks for a mistake.

    `close` is an object of a like name that nothing refers to, `elsewhere` one of the same name in another namespace,
    `alike` one of the same name and of another kind that does the same. `siblings` are the objects of the kind in the
    target's namespace. `whole` says that the manifests look like a whole application, to which the target belongs;
    `open` that something which runs may make the target.
    """

    reference: Reference
    close: Resource | None
    elsewhere: Resource | None
    alike: Resource | None
    siblings: tuple[Resource, ...]
    whole: bool
    open: bool

    @property
    def severity(self) -> Severity | None:
        """How sure a mistake it is; None where nothing speaks for one."""
        name = self.reference.target.name
        is_misspelt = self.close is not None and is_slip(name, self.close.ref.name)
        if self.open:
            return Severity.WARNING if is_misspelt else None
        if is_misspelt or self.alike:
            return Severity.ERROR
        return Severity.WARNING if self.close or self.elsewhere or self.siblings or self.whole else None


class Links:
    """All references of a manifest. Made once for a context, by `context.once(Links)`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.written: dict[int, list[Reference]] = {}
        self._by_name: dict[tuple[str, str, str], list[Resource]] = defaultdict(list)
        self._by_namespace: dict[tuple[str, str, str], list[Resource]] = defaultdict(list)
        self._made: dict[ObjectRef, list[frozenset[str] | None]] = defaultdict(list)
        self._sets: dict[str, list[Resource]] = defaultdict(list)
        self._classes: set[str] = set()
        self.used: set[ObjectRef] = set()
        for resource in context.manifest.resources:
            self._enter(resource)

    def _enter(self, resource: Resource) -> None:
        ref = resource.ref
        self._by_name[ref.group, ref.kind, ref.name].append(resource)
        self._by_namespace[ref.group, ref.kind, ref.namespace].append(resource)
        if found := references(resource):
            self.written[id(resource)] = found
            self.used.update(reference.target for reference in found)
        if ref.kind == "StatefulSet":
            self._sets[ref.namespace].append(resource)
        elif ref.kind == "PersistentVolume":
            self._classes.add(str(resource.get("spec", "storageClassName")))
        for one in made(resource):
            self._made[one.target].append(one.keys)

    def targets(self, reference: Reference, referrer: Resource) -> list[Resource]:
        """The objects of the manifest that are meant.

        A namespace may be given on the command line (`kubectl -n`): where one of the two names none, it is no
        difference.
        """
        target = reference.target
        exact = self._context.by_ref.get(target)
        if exact:
            return exact
        same_name = self._by_name.get((target.group, target.kind, target.name), [])
        if not target.namespace:
            return same_name if scope(target.group, target.kind) is None else []
        inherits = not _has_namespace(referrer) and target.namespace == referrer.ref.namespace
        return [r for r in same_name if inherits or not _has_namespace(r)]

    def exists(self, reference: Reference, referrer: Resource) -> bool:
        """Whether the target is among the manifests, made by one of them, in every cluster, or said to be elsewhere."""
        target = reference.target
        return bool(
            target in self._context.by_ref
            or target in self._made
            or is_builtin(target)
            or self._context.externals.has(target)
            or self.targets(reference, referrer)
            or (target.kind == "PersistentVolumeClaim" and self._is_claimed(target))
            or (target.kind == "StorageClass" and target.name in self._classes)
            or self._context.misread.may_be(target)
        )

    def _is_claimed(self, claim: ObjectRef) -> bool:
        return any(makes_claim(stateful_set, claim.name) for stateful_set in self._sets.get(claim.namespace, ()))

    def keys(self, reference: Reference, referrer: Resource) -> frozenset[str] | None:
        """The keys of the ConfigMap or Secret that is meant, of all that bear its name; None where not known."""
        target = reference.target
        found = [_keys(r) for r in self.targets(reference, referrer)]
        found += self._made.get(target, [])
        if target not in self._context.by_ref and (is_builtin(target) or self._context.externals.has(target)):
            found.append(builtin_keys(target) or self._context.externals.keys(target))
        return None if not found or None in found else frozenset().union(*(keys for keys in found if keys))

    def link(self, reference: Reference, referrer: Resource) -> Link:
        """What speaks for a mistake in a reference whose target does not exist."""
        target = reference.target
        siblings = self._by_namespace.get((target.group, target.kind, target.namespace), [])
        same_name = self._by_name.get((target.group, target.kind, target.name), [])
        elsewhere = next((r for r in same_name if r.ref.namespace != target.namespace), None)
        counted = () if _is_lenient(reference) else tuple(siblings)
        if target.kind == "ClusterRole":  # many charts bring some: only those beside the binding tell
            counted = tuple(r for r in siblings if _folder(r) == _folder(referrer))
        whole = self._is_whole(reference, referrer)
        alike = self._alike(target)
        return Link(reference, self._closest(target), elsewhere, alike, counted, whole, self.is_open(target))

    def _alike(self, target: ObjectRef) -> Resource | None:
        """An object of the target's name, in its namespace or in none, of another kind that may stand in its place.

        A ConfigMap counts for a Secret, and a Secret for a ConfigMap, where nothing else uses it.
        """
        others = next((kinds for kinds in _ALIKE if target.kind in kinds), ())
        for kind in others:
            for resource in self._by_name.get((target.group, kind, target.name), ()) if kind != target.kind else ():
                is_free = kind not in _CONTENT or resource.ref not in self.used
                if resource.ref.namespace in ("", target.namespace) and is_free:
                    return resource
        return None

    def _closest(self, target: ObjectRef) -> Resource | None:
        """An object that nothing refers to and that has almost the target's name, of those that begin alike."""
        unused = self._unused.get((target.group, target.kind, target.namespace, target.name[0]), ())
        slips = [r for r in unused if is_slip(r.ref.name, target.name)]
        longer = (r for r in unused if extends(r.ref.name, target.name))
        return min(slips or longer, key=lambda r: r.ref.name, default=None)

    @cached_property
    def _unused(self) -> dict[tuple[str, str, str, str], list[Resource]]:
        """By kind, namespace and first letter."""
        found: dict[tuple[str, str, str, str], list[Resource]] = defaultdict(list)
        for (group, kind, namespace), resources in self._by_namespace.items():
            for resource in resources:
                if resource.ref not in self.used:
                    found[group, kind, namespace, resource.ref.name[:1]].append(resource)
        return found

    def _is_whole(self, reference: Reference, referrer: Resource) -> bool:
        """Whether what belongs to the target is there: its namespace, the pods behind it, or the Service before it."""
        group, kind, namespace = reference.target.group, reference.target.kind, reference.target.namespace
        if not namespace or scope(group, kind) is None or _is_lenient(reference):
            return False
        if ObjectRef("", "Namespace", "", namespace) in self._context.by_ref:
            return True
        if kind in ("ConfigMap", "PersistentVolumeClaim"):
            return id(referrer) in self._served
        return (kind == "Service" or group == "apps") and bool(self._context.pods.get(namespace))

    @cached_property
    def _served(self) -> frozenset[int]:
        """What makes pods that a Service of the manifest selects."""
        return frozenset(
            id(source.owner)
            for service in self._context.of_kinds(("Service",))
            if (selector := clean_labels(service.get("spec", "selector")))
            for source in self._context.pods_with(selector, service.ref.namespace)
        )

    def is_open(self, target: ObjectRef) -> bool:
        """Whether something that runs, or kustomize, may make the target."""
        if not target.namespace:
            return False
        if self._context.operated_namespaces & {"", target.namespace}:
            return True
        if target.kind in ("ConfigMap", "Secret") and self._context.is_kustomized:
            return True
        resource = _MADE_AT_RUN_TIME.get(target.kind)
        makers = self._context.once(namespaces_with_makers).get(resource, frozenset()) if resource else frozenset()
        return bool(makers & {"", target.namespace})


def unresolved(resource: Resource, context: Context, rules: Iterable[str]) -> Iterator[Link]:
    """The references of an object that lead nowhere and that these rules report on, each target once."""
    links, wanted, told = context.once(Links), frozenset(rules), set()
    for reference in links.written.get(id(resource), ()):
        if reference.optional or reference.target in told or rule_of(reference.row) not in wanted:
            continue
        if not links.exists(reference, resource):
            told.add(reference.target)
            yield links.link(reference, resource)


def dangling(rule: str, resource: Resource, context: Context) -> Iterator[Problem]:
    """The problems of references that this rule reports on and that are likely mistakes."""
    for link in unresolved(resource, context, (rule,)):
        if link.severity is not None:
            yield _problem(link)


def _problem(link: Link) -> Problem:
    target, row = link.reference.target, link.reference.row
    known = link.alike or link.close or link.elsewhere
    where = f"in namespace `{target.namespace}`" if known and known is link.elsewhere else "among the manifests"
    return Problem(
        link.reference.path,
        f"{target.kind} `{target.name}` is not {where}: {row.loss}",
        help=_help(link),
        related=((known, ("metadata", "name"), _label(link)),) if known else (),
        severity=link.severity,
    )


def _label(link: Link) -> str:
    if link.alike:
        return f"this one is a {link.alike.kind}"
    return "nothing refers to this one" if link.close else "there is one in another namespace"


def _help(link: Link) -> str | None:
    if link.alike:
        return f"did you mean the {link.alike.kind} `{link.alike.ref.name}`?"
    if link.close:
        return f"did you mean `{link.close.ref.name}`?"
    if link.elsewhere:
        return f"there is one in namespace `{link.elsewhere.ref.namespace}`"
    kind = link.reference.target.kind
    names = sorted({r.ref.name for r in link.siblings if r.kind == kind})
    return f"the manifests have `{'`, `'.join(names)}`" if 0 < len(names) <= 4 else None


def _is_lenient(reference: Reference) -> bool:
    """Whether objects beside the target tell nothing of it.

    Secrets, and the classes of a provider, are kept elsewhere; pods of a StatefulSet run without its Service.
    """
    kind = reference.target.kind
    return kind in _KEPT_ELSEWHERE or rule_of(reference.row) == "dangling-governing-service"


def _folder(resource: Resource) -> str:
    return os.path.dirname(resource.source.file)


_ALIKE = (
    ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"),
    ("ClusterRole", "Role"),
    ("ClusterIssuer", "Issuer"),
    ("ClusterSecretStore", "SecretStore"),
    ("ConfigMap", "Secret"),
)
"""Kinds of one group that are taken for each other."""

_CONTENT = ("ConfigMap", "Secret")
_KEPT_ELSEWHERE = ("GatewayClass", "IngressClass", "Secret", "StorageClass", "VolumeAttributesClass")
_FILLED = ("inject", "reflect", "generat", "replicat")


def _keys(resource: Resource) -> frozenset[str] | None:
    """The keys of a ConfigMap or Secret; None where it has none yet, or something adds to them."""
    metadata = resource.get("metadata")
    marks = [metadata.get(field) for field in ("annotations", "labels")] if isinstance(metadata, dict) else []
    if any(word in key for mark in marks if isinstance(mark, dict) for key in mark for word in _FILLED):
        return None
    if resource.get("type") == "kubernetes.io/service-account-token":
        return None
    parts = [resource.data.get(field) for field in ("data", "binaryData", "stringData")]
    keys = frozenset(str(key) for part in parts if isinstance(part, dict) for key in part)
    return keys or None


def _has_namespace(resource: Resource) -> bool:
    return bool(resource.get("metadata", "namespace"))
