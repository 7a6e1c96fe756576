"""Which checks a level has in a version, and what a namespace's labels ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kplan.k8s.pod_security import baseline, restricted
from kplan.k8s.pod_security.violation import Check, Map, Violation, read_pod

MODES = ("enforce", "warn", "audit")
LEVELS = ("privileged", "baseline", "restricted")

_LABEL = "pod-security.kubernetes.io/"
_VERSION = re.compile(r"v1\.(0|[1-9]\d{0,2})\Z")


class Policy(NamedTuple):
    """A level and the minor of the standard it means; None is the latest.

    >>> str(Policy("restricted")), str(Policy("baseline", 25))
    ('restricted:latest', 'baseline:v1.25')
    """

    level: str
    version: int | None = None

    def __str__(self) -> str:
        return f"{self.level}:" + ("latest" if self.version is None else f"v1.{self.version}")


class _Check(NamedTuple):
    """A check's revisions by the first minor of the standard that has them, and the baseline check it replaces."""

    id: str
    revisions: tuple[tuple[int, Check], ...]
    replaces: str = ""

    def at(self, version: int) -> Check | None:
        return next((check for first, check in reversed(self.revisions) if first <= version), None)


_BASELINE = (
    _Check("appArmorProfile", ((0, baseline.app_armor),)),
    _Check("capabilities_baseline", ((0, baseline.capabilities),)),
    _Check("hostNamespaces", ((0, baseline.host_namespaces),)),
    _Check("hostPathVolumes", ((0, baseline.host_path_volumes),)),
    _Check("hostPorts", ((0, baseline.host_ports),)),
    _Check("hostProbesAndHostLifecycle", ((34, baseline.host_probes),)),
    _Check("privileged", ((0, baseline.privileged),)),
    _Check("procMount", ((0, baseline.proc_mount), (35, baseline.proc_mount_35))),
    _Check("seLinuxOptions", ((0, baseline.selinux), (31, baseline.selinux_31))),
    _Check("seccompProfile_baseline", ((0, baseline.seccomp_annotations), (19, baseline.seccomp))),
    _Check(
        "sysctls",
        (
            (0, baseline.sysctls),
            (27, baseline.sysctls_27),
            (29, baseline.sysctls_29),
            (32, baseline.sysctls_32),
            (37, baseline.sysctls_37),
        ),
    ),
    _Check("windowsHostProcess", ((0, baseline.windows_host_process),)),
)
_RESTRICTED = (
    _Check(
        "allowPrivilegeEscalation",
        ((8, restricted.allow_privilege_escalation), (25, restricted.allow_privilege_escalation_25)),
    ),
    _Check(
        "capabilities_restricted",
        ((22, restricted.capabilities), (25, restricted.capabilities_25)),
        "capabilities_baseline",
    ),
    _Check("procMount_restricted", ((35, baseline.proc_mount),), "procMount"),
    _Check("restrictedVolumes", ((0, restricted.volumes),), "hostPathVolumes"),
    _Check("runAsNonRoot", ((0, restricted.run_as_non_root), (35, restricted.run_as_non_root_35))),
    _Check("runAsUser", ((23, restricted.run_as_user), (35, restricted.run_as_user_35))),
    _Check(
        "seccompProfile_restricted",
        ((19, restricted.seccomp_required), (25, restricted.seccomp_required_25)),
        "seccompProfile_baseline",
    ),
)
"""Checks in the order in which the API server names them: by id, those of baseline first."""


def policy_of(labels: Mapping[str, str], mode: str) -> Policy:
    """The policy that a namespace's labels set for a mode (`enforce`, `warn`, `audit`).

    Without a label everything is allowed. A level that is not known is taken for the strictest where it is enforced,
    and for none where it is not.

    >>> str(policy_of({"pod-security.kubernetes.io/warn": "baseline"}, "warn"))
    'baseline:latest'

    Source: kubernetes pod-security-admission api PolicyToEvaluate.
    """
    level = labels.get(_LABEL + mode, "privileged")
    match = _VERSION.match(labels.get(f"{_LABEL}{mode}-version", ""))
    fallback = "restricted" if mode == "enforce" else "privileged"
    return Policy(level if level in LEVELS else fallback, int(match[1]) if match else None)


def violations(pod: Map, policy: Policy, minor: int) -> tuple[Violation, ...]:
    """What a pod or a pod template (plain JSON) does against a policy, as an API server of the minor judges it.

    Nothing is said of a policy newer than the API server but what the server's own version of it says.
    """
    if policy.level == "privileged":
        return ()
    version = minor if policy.version is None else min(policy.version, minor)
    subject = read_pod(pod, minor)
    found = []
    for id_, check in _checks(policy.level, version):
        if said := check(subject):
            reason, detail, paths = said
            found.append(Violation(id_, reason, detail, tuple(paths)))
    return tuple(found)


def _checks(level: str, version: int) -> Iterable[tuple[str, Check]]:
    strict = [(c, at) for c in _RESTRICTED if (at := c.at(version))] if level == "restricted" else []
    replaced = {c.replaces for c, _ in strict}
    basic = [(c, at) for c in _BASELINE if c.id not in replaced and (at := c.at(version))]
    return [(check.id, at) for check, at in (*basic, *strict)]


def describe(found: Iterable[Violation]) -> str:
    """All violations in the API server's words."""
    return ", ".join(map(str, found))
