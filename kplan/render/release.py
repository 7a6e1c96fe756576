"""What templates see of the release and of the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

from kplan.render.thing import Thing

HELM_VERSION: Final = "v3.22.0"
"""The Helm whose behaviour templates see."""


@dataclass(frozen=True, slots=True)
class Release:
    """A rendering's name and namespace, and whether it is the first of its name."""

    name: str = "release-name"
    namespace: str = "default"
    is_upgrade: bool = False
    revision: int = 1
    service: str = "Helm"

    @property
    def shown(self) -> dict[str, Any]:
        """What templates see as `Release`."""
        return {
            "Name": self.name,
            "Namespace": self.namespace,
            "IsUpgrade": self.is_upgrade,
            "IsInstall": not self.is_upgrade,
            "Revision": self.revision,
            "Service": self.service,
        }


class KubeVersion(Thing):
    """The version of Kubernetes; printed as `v1.36.0`."""

    shown = ("Version", "Major", "Minor", "GitVersion")

    def __init__(self, minor: int, text: str = "") -> None:
        self.Version = self.GitVersion = text or f"v1.{minor}.0"
        self.Major = "1"
        self.Minor = str(minor)

    def __str__(self) -> str:
        return self.Version


class ApiVersions(Thing):
    """What the cluster serves: the API versions of the Kubernetes version, and those that are said to be there."""

    shown = ("Has",)

    def __init__(self, minor: int, further: tuple[str, ...] = ()) -> None:
        self._minor = minor
        self._further = frozenset(further)

    def Has(self, version: str) -> bool:  # noqa: N802: Helm's name
        """Whether a `group/version` or a `group/version/Kind` is there."""
        return version in self._further or version in self._served

    @cached_property
    def _served(self) -> frozenset[str]:
        from kplan.kinds.lifecycle import on_by_default, served
        from kplan.schemas.index import entries

        found: set[str] = set()
        for group, version, kind in entries():
            if served(group, version, kind, self._minor) and on_by_default(group, version, kind):
                name = f"{group}/{version}" if group else version
                found |= {name, f"{name}/{kind}"}
        return frozenset(found)

    def __str__(self) -> str:
        return " ".join(sorted(self._further | self._served))


class HelmVersion(Thing):
    """The version of Helm that charts ask for."""

    shown: ClassVar[tuple[str, ...]] = ("Version", "GitCommit", "GitTreeState", "GoVersion")
    Version = HELM_VERSION
    GitCommit = GitTreeState = GoVersion = ""

    def __str__(self) -> str:
        return HELM_VERSION


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the cluster can do: Kubernetes' minor, and API versions beside those that it has by itself."""

    minor: int
    api_versions: tuple[str, ...] = ()
    kube_version: str = ""

    @property
    def shown(self) -> dict[str, Any]:
        """What templates see as `Capabilities`."""
        return {
            "KubeVersion": KubeVersion(self.minor, self.kube_version),
            "APIVersions": ApiVersions(self.minor, self.api_versions),
            "HelmVersion": HelmVersion(),
        }
