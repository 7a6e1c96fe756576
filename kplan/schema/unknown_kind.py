"""Kinds that do not exist, and what may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from kplan.kinds import lifecycles, owning_group, served_versions, split_api_version
from kplan.model import Problem
from kplan.schema.custom import CustomTypes
from kplan.schemas import entries

_GROUP = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+\Z")
_VERSION = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
_CLOSE = 0.9


@cache
def _groups() -> dict[str, None]:
    return dict.fromkeys(group for group, _, _ in entries())


@cache
def _kinds() -> dict[str, list[str]]:
    """Owning groups of each kind, by the kind's name in small letters and with its own spelling first."""
    found: dict[str, list[str]] = {}
    for group, _, kind in entries():
        groups = found.setdefault(kind, [])
        if owning_group(group, kind) not in groups:
            groups.append(owning_group(group, kind))
    return found


def is_builtin(api_version: str, kind: str) -> bool:
    """Whether an unknown version and kind can only be meant for one of Kubernetes' own, not for a custom resource.

    A custom resource's group is a domain name with a dot, and none of Kubernetes' own groups.

    >>> is_builtin("apps/v2", "Deployment"), is_builtin("rbac.authorisation.k8s.io/v1", "Role")
    (True, True)
    >>> is_builtin("serving.knative.dev/v1", "Service"), is_builtin("gateway.networking.k8s.io/v1", "Gateway")
    (False, False)
    """
    group, version = split_api_version(api_version)
    if not _GROUP.match(group) or not _VERSION.match(version) or group in _groups():
        return True
    return kind in _kinds() and (group.endswith(".k8s.io") or bool(_close(group, _groups(), 1, _CLOSE)))


def unknown_kind(api_version: str, kind: str, minor: int) -> tuple[str, Problem]:
    """The problem of a kind that Kubernetes never had in this version, at the apiVersion or at the kind."""
    if kind in _kinds():
        versions = served_versions(_nearest_group(api_version, kind), kind, minor)
        help_ = _listed(versions) if versions else f"Kubernetes 1.{minor} has no version of {kind}"
        return "unknown-kind", Problem(
            path=("apiVersion",), message=f"there is no {kind} in `{_cut(api_version)}`", help=help_
        )
    group, _ = split_api_version(api_version)
    if group not in _groups():
        message = f"there is no `{_cut(api_version)}` in Kubernetes, and a custom resource's group is a domain name"
        return "unknown-kind", Problem(
            path=("apiVersion",), message=message, help=_meant_kind(api_version, kind, minor)
        )
    return "unknown-kind", Problem(
        path=("kind",),
        message=f"there is no kind `{_cut(kind)}` in `{_cut(api_version)}`",
        help=_meant_kind(api_version, kind, minor),
    )


def unknown_custom_version(group: str, version: str, kind: str, custom: CustomTypes) -> tuple[str, Problem]:
    """The problem of a custom resource in a version that its CustomResourceDefinition does not serve."""
    versions = [f"{group}/{one}" for one in custom.versions[group, kind]]
    message = f"the CustomResourceDefinition of {kind} does not serve `{_cut(version)}`"
    return "unknown-kind", Problem(path=("apiVersion",), message=message, help=_listed(versions) if versions else None)


def _nearest_group(api_version: str, kind: str) -> str:
    group, _ = split_api_version(api_version)
    groups = _kinds()[kind]
    close = _close(group.lower(), groups, 1, 0.0) if len(groups) > 1 else groups
    return owning_group(group, kind) if owning_group(group, kind) in groups else (close or groups)[0]


def _meant_kind(api_version: str, kind: str, minor: int) -> str | None:
    by_letters = {name.lower(): name for name in _kinds()}
    close = _close(kind.lower(), by_letters, 3, 0.8)
    names = [by_letters[name] for name in close]
    if not names:
        return None
    group, _ = split_api_version(api_version)
    name = next((one for one in names if group in _kinds()[one] and close[0] != kind.lower()), names[0])
    versions = served_versions(_nearest_group(api_version, name), name, minor) or _all_versions(name)
    there = f" in `{versions[0]}`" if versions and api_version not in versions else ""
    return f"did you mean `{name}`{there}?"


def _all_versions(kind: str) -> tuple[str, ...]:
    return tuple(life.api.api_version for group in _kinds()[kind] for life in lifecycles(group, kind))


def _listed(versions: tuple[str, ...] | list[str]) -> str:
    return "it is in " + " and ".join(f"`{version}`" for version in versions)


def _close(word: str, words: Iterable[str], count: int, cutoff: float) -> list[str]:
    from difflib import get_close_matches  # slow to import, and rarely needed

    return get_close_matches(word, list(words), n=count, cutoff=cutoff)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
