"""When each version of a kind came, is deprecated, and goes. Minors are ints."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from kplan.kinds.scope import owning_group

if TYPE_CHECKING:
    from kplan.schemas.index import Entry


_BETAS_ARE_OFF = 24
_LEGACY_BETAS = ("flowcontrol.apiserver.k8s.io",)
"""Groups whose later beta versions are on, because an earlier one was."""


class ApiKind(NamedTuple):
    """A kind in one version of its group."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        """As written in a manifest: `apps/v1`, `v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version


class Lifecycle(NamedTuple):
    """The minors at which one version of a kind came, was deprecated and went; None for none known.

    `replacement` is what Kubernetes itself names; `successor` the end of the chain of replacements. Either may be of
    another kind or group, or None where nothing follows.
    """

    api: ApiKind
    introduced: int | None
    deprecated: int | None
    removed: int | None
    replacement: ApiKind | None
    successor: ApiKind | None


def lifecycle(group: str, version: str, kind: str) -> Lifecycle | None:
    """The lifecycle of one version of a kind; None for one that Kubernetes never had."""
    from kplan.schemas.index import entries

    entry = entries().get((group, version, kind))
    return _lifecycle(entry) if entry else None


def lifecycles(group: str, kind: str) -> tuple[Lifecycle, ...]:
    """The lifecycles of all versions of a kind, the most stable and newest first; those of groups it left are last.

    >>> [life.api.api_version for life in lifecycles("networking.k8s.io", "Ingress")]
    ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1', 'extensions/v1beta1']
    """
    return _by_kind().get((owning_group(group, kind), kind), ())


@cache
def served(group: str, version: str, kind: str, minor: int) -> bool:
    """Whether an API server of this minor has objects of this version and kind, every feature switched on.

    >>> served("apps", "v1beta1", "Deployment", 15), served("apps", "v1beta1", "Deployment", 16)
    (True, False)
    """
    life = lifecycle(group, version, kind)
    if life is None:
        return False
    return (life.introduced or 0) <= minor and (life.removed is None or minor < life.removed)


def on_by_default(group: str, version: str, kind: str) -> bool:
    """Whether servers that have the version serve it without being told to: alpha versions and new beta ones are off.

    >>> on_by_default("batch", "v1beta1", "CronJob")
    True
    >>> on_by_default("admissionregistration.k8s.io", "v1beta1", "ValidatingAdmissionPolicy")
    False

    Source: kubernetes v1.36 pkg/controlplane/instance.go DefaultAPIResourceConfigSource; since 1.24, new betas are off.
    """
    life = lifecycle(group, version, kind)
    is_new = life is not None and (life.introduced or 0) >= _BETAS_ARE_OFF and group not in _LEGACY_BETAS
    return "alpha" not in version and not ("beta" in version and is_new)


def served_versions(group: str, kind: str, minor: int) -> tuple[str, ...]:
    """The `apiVersion`s in which this minor serves the kind, best first; `group` may be one that the kind has left.

    >>> served_versions("extensions", "Ingress", 20)
    ('networking.k8s.io/v1', 'networking.k8s.io/v1beta1', 'extensions/v1beta1')
    """
    return tuple(life.api.api_version for life in lifecycles(group, kind) if served(*life.api, minor))


def current_version(group: str, version: str, kind: str, minor: int) -> ApiKind | None:
    """What to write in this minor instead of a version: its replacement, else its successor, else the best served.

    None where nothing follows it.
    """
    life = lifecycle(group, version, kind)
    for api in (life.successor, life.replacement) if life else ():
        if api and served(*api, minor):
            return api
    others = [other.api for other in lifecycles(group, kind) if served(*other.api, minor)]
    others.sort(key=lambda api: _major(api.version) < _major(version))  # v1 of a kind may hold less than its v2beta2
    return next((api for api in others if api != (group, version, kind)), None)


def _lifecycle(entry: Entry) -> Lifecycle:
    return Lifecycle(
        api=ApiKind(entry.group, entry.version, entry.kind),
        introduced=entry.introduced,
        deprecated=entry.deprecated,
        removed=entry.removed,
        replacement=ApiKind(*entry.replacement) if entry.replacement else None,
        successor=ApiKind(*entry.successor) if entry.successor else None,
    )


@cache
def _by_kind() -> dict[tuple[str, str], tuple[Lifecycle, ...]]:
    from kplan.schemas.index import entries

    found: dict[tuple[str, str], list[Lifecycle]] = {}
    for entry in entries().values():
        found.setdefault((owning_group(entry.group, entry.kind), entry.kind), []).append(_lifecycle(entry))
    return {key: tuple(sorted(lives, key=_preference)) for key, lives in found.items()}


def _preference(life: Lifecycle) -> tuple[bool, int, int, int]:
    """Sorts stable before beta before alpha, newer before older, the owning group before the one it left."""
    _, stage, number = re.split(r"(alpha|beta|$)", life.api.version, maxsplit=1)
    moved = owning_group(life.api.group, life.api.kind) != life.api.group
    return moved, ("", "beta", "alpha").index(stage), -_major(life.api.version), -int(number or 0)


def _major(version: str) -> int:
    """The number after the v; 0 for what is no version of Kubernetes' form."""
    match = re.match(r"v(\d{1,9})", version)
    return int(match[1]) if match else 0
