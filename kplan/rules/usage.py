"""Objects that nothing among the manifests uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kplan.kinds import scope
from kplan.kinds.reference import has_hole
from kplan.model import Problem, Resource
from kplan.rules.context import Context
from kplan.rules.link import Links

_WORD = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_OWN_WORDS = frozenset({"image", "labels", "matchLabels", "name", "selector"})
"""Fields whose texts name or select something else, in objects of Kubernetes itself."""

_PLAIN = frozenset({"app", "chart", "component", "heritage", "name", "part-of", "release", "tier", "version"})
_PLAIN_PREFIXES = ("app.kubernetes.io/", "helm.sh/", "kubectl.kubernetes.io/", "meta.helm.sh/", "kplan.dev/")


def unused(resource: Resource, context: Context) -> Iterator[Problem]:
    """The problem of an object that nothing refers to.

    Nothing is said of an object that programs may find by a label or annotation, of one whose name stands in a text of
    another object, and in a namespace that has no pods among the manifests, or pods that an operator runs.
    """
    ref = resource.ref
    if ref in context.once(Links).used or context.externals.has(ref) or has_hole(ref.name) or _is_marked(resource):
        return
    if not context.pods.get(ref.namespace) or context.operated_namespaces & {"", ref.namespace}:
        return
    if not context.once(_mentions).get(ref.name, set()) - {id(resource)}:
        yield Problem(("metadata", "name"), f"nothing among the manifests uses {ref.kind} `{ref.name}`")


_UNUSED_KINDS = ("ConfigMap", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount")


def _mentions(context: Context) -> dict[str, set[int]]:
    """For names of objects that may be unused: which objects have them in their texts."""
    used = context.once(Links).used
    names = {r.ref.name for r in context.of_kinds(_UNUSED_KINDS) if r.ref not in used}
    found: dict[str, set[int]] = {}
    for resource in context.manifest.resources if names else ():
        is_known = scope(resource.ref.group, resource.kind) is not None
        for text in set(_texts(resource.data, is_known)):
            for name in names.intersection(_WORD.findall(text)):
                found.setdefault(name, set()).add(id(resource))
            if text in names:  # a name with dots in it
                found.setdefault(text, set()).add(id(resource))
    return found


def _texts(data: Any, is_known: bool) -> Iterator[str]:
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += [inner for key, inner in value.items() if not is_known or key not in _OWN_WORDS]


def _is_marked(resource: Resource) -> bool:
    """Whether it has labels or annotations by which a program may look for it."""
    metadata: Any = resource.get("metadata")
    marks = [metadata.get(field) for field in ("annotations", "labels")] if isinstance(metadata, dict) else []
    keys = [key for mark in marks if isinstance(mark, dict) for key in mark]
    return any(not key.startswith(_PLAIN_PREFIXES) and key not in _PLAIN for key in keys)
