"""What people call a kind: its name in any case, its plural, its short name, with or without group and version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kplan.k8s.quota import resource_name
from kplan.schemas.index import Entry, entries

SHORT_NAMES = {
    "cj": "CronJob",
    "cm": "ConfigMap",
    "crd": "CustomResourceDefinition",
    "crds": "CustomResourceDefinition",
    "cs": "ComponentStatus",
    "csr": "CertificateSigningRequest",
    "deploy": "Deployment",
    "ds": "DaemonSet",
    "ep": "Endpoints",
    "ev": "Event",
    "hpa": "HorizontalPodAutoscaler",
    "ing": "Ingress",
    "ip": "IPAddress",
    "limits": "LimitRange",
    "netpol": "NetworkPolicy",
    "no": "Node",
    "ns": "Namespace",
    "pc": "PriorityClass",
    "pdb": "PodDisruptionBudget",
    "po": "Pod",
    "psp": "PodSecurityPolicy",
    "pv": "PersistentVolume",
    "pvc": "PersistentVolumeClaim",
    "quota": "ResourceQuota",
    "rc": "ReplicationController",
    "rs": "ReplicaSet",
    "sa": "ServiceAccount",
    "sc": "StorageClass",
    "sts": "StatefulSet",
    "svc": "Service",
    "vac": "VolumeAttributesClass",
}
"""As `kubectl api-resources` has them."""

_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?\Z")


def named(word: str, minor: int) -> list[Entry]:
    """The versions of the kinds that a word means, the one that an API server of that minor prefers first.

    A word is a kind, a plural or a short name in any case, alone or behind the version: `deploy`, `Deployments`,
    `apps/v1/Deployment`. Empty where no built-in kind is called so. What the minor does not serve comes last.

    >>> [(e.group, e.version) for e in named("hpa", 36)][:2]
    [('autoscaling', 'v2'), ('autoscaling', 'v1')]
    """
    api_version, _, name = word.rpartition("/")
    kinds = _kinds().get(name.lower(), frozenset())
    found = [entry for entry in entries().values() if entry.kind in kinds and entry.definition]
    if api_version:
        group, _, version = api_version.rpartition("/")
        found = [entry for entry in found if (entry.group, entry.version) == (group, version)]
    return sorted(found, key=lambda entry: _rank(entry, minor))


def names() -> Iterator[str]:
    """Every name of every built-in kind, in lower case."""
    return iter(_kinds())


@cache
def _kinds() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for kind in sorted({entry.kind for entry in entries().values() if entry.definition}):
        for name in (kind.lower(), resource_name(kind)):
            found[name] = found.get(name, frozenset()) | {kind}
    return found | {name: frozenset({kind}) for name, kind in SHORT_NAMES.items()}


def _rank(entry: Entry, minor: int) -> tuple[bool, int, bool, tuple[int, int, int], str]:
    """Served first, then the nearest; `extensions` gave its kinds away; stable versions before others, higher first."""
    is_served = entry.first <= minor <= entry.last
    distance = 0 if is_served else min(abs(entry.first - minor), abs(entry.last - minor))
    return not is_served, distance, entry.group == "extensions", _age(entry.version), entry.group


def _age(version: str) -> tuple[int, int, int]:
    match = _VERSION.match(version)
    if match is None:
        return 3, 0, 0
    major, stage, number = match.groups()
    return {None: 0, "beta": 1, "alpha": 2}[stage], -int(major), -int(number or 0)
