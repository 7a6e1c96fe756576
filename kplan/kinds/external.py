"""Objects that are in the cluster and not among the manifests, as the user declares them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import translate
from typing import NamedTuple

from kplan.errors import UsageError
from kplan.model import ObjectRef

_VERSION = re.compile(r"v\d+((alpha|beta)\d+)?\Z")


class _Pattern(NamedTuple):
    """One declared glob; `group` is None where any is meant."""

    kind: re.Pattern[str]
    group: re.Pattern[str] | None
    namespace: re.Pattern[str]
    name: re.Pattern[str]

    def covers(self, ref: ObjectRef) -> bool:
        return bool(
            self.name.match(ref.name)
            and self.kind.match(ref.kind)
            and self.namespace.match(ref.namespace)
            and (self.group is None or self.group.match(ref.group))
        )


class Externals:
    """What lives elsewhere: objects that match one of the patterns, or are in the inventory.

    A pattern is `kind/namespace/name`, or `kind/name` for an object of the cluster's scope (or of any namespace); each
    part is a glob. The kind may name its group (`Deployment.apps`, `ConfigMap.v1`), else any group is meant. An
    inventory tells the keys of ConfigMaps and Secrets; None stands for keys that are not known.

    >>> externals = Externals(["Secret/payments/db-*", "PriorityClass/high"])
    >>> externals.has(ObjectRef("", "Secret", "payments", "db-main"))
    True
    >>> externals.has(ObjectRef("", "Secret", "shop", "db-main"))
    False

    Raises UsageError for a pattern of another form.
    """

    def __init__(
        self, patterns: Iterable[str] = (), inventory: Mapping[ObjectRef, frozenset[str] | None] | None = None
    ) -> None:
        self._patterns = tuple(_parse(pattern) for pattern in patterns)
        self._inventory = dict(inventory or {})

    def __bool__(self) -> bool:
        return bool(self._patterns or self._inventory)

    def has(self, ref: ObjectRef) -> bool:
        """Whether the object is said to be in the cluster."""
        return ref in self._inventory or any(pattern.covers(ref) for pattern in self._patterns)

    def keys(self, ref: ObjectRef) -> frozenset[str] | None:
        """The keys of a ConfigMap or Secret that the inventory tells; None where they are not known."""
        return self._inventory.get(ref)


def _parse(pattern: str) -> _Pattern:
    parts = pattern.strip().split("/")
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise UsageError(f"`{pattern}` is no external object: write kind/namespace/name, or kind/name")
    kind, dot, group = parts[0].partition(".")
    first, _, rest = group.partition(".")
    if _VERSION.match(first):
        group = rest  # `ConfigMap.v1`, `Deployment.v1.apps`
    return _Pattern(
        _glob(kind), _glob(group) if dot else None, _glob(parts[1] if len(parts) == 3 else "*"), _glob(parts[-1])
    )


def _glob(text: str) -> re.Pattern[str]:
    return re.compile(translate(text))


NO_EXTERNALS = Externals()
"""Nothing is said to live elsewhere."""
