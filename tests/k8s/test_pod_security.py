"""The Pod Security Standards, check by check, in the words of the API server."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.k8s.pod_security import Policy, describe, policy_of, violations

Map = dict[str, Any]
GOOD = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
POD_GOOD = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def pod(spec: Map | None = None, context: Map | None = None, annotations: Map | None = None, **container: Any) -> Map:
    """A pod that is restricted but for what is given."""
    containers = [{"name": "c", "securityContext": {**GOOD, **(context or {})}, **container}]
    made = {"containers": containers, "securityContext": POD_GOOD, **(spec or {})}
    return {"metadata": {"annotations": annotations or {}}, "spec": made}


def own(**context: Any) -> Map:
    return {"securityContext": {**POD_GOOD, **context}}


def said(made: Map, level: str, version: int | None = None, minor: int = 36) -> str:
    return describe(violations(made, Policy(level, version), minor))


def test_a_hardened_pod_violates_nothing() -> None:
    assert said(pod(), "restricted") == said(pod(), "baseline") == ""
    assert said(pod({"hostNetwork": True}), "privileged") == ""


TWO = {"initContainers": [{"name": "i", "securityContext": {**GOOD, "privileged": True}}]}
BASELINE = [
    (pod({"hostNetwork": True, "hostPID": True}), "host namespaces (hostNetwork=true, hostPID=true)"),
    (
        pod(context={"privileged": True}),
        'privileged (container "c" must not set securityContext.privileged=true)',
    ),
    (
        pod(TWO, {"privileged": True}),
        'privileged (containers "i", "c" must not set securityContext.privileged=true)',
    ),
    (
        pod(ports=[{"hostPort": 80}, {"hostPort": 443}, {"containerPort": 1}]),
        'hostPort (container "c" uses hostPorts 443, 80)',
    ),
    (
        pod(context={"procMount": "Unmasked"}),
        'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ),
    (
        pod(own(seLinuxOptions={"type": "x_t", "user": "u"})),
        'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "x_t"; user may not be set)',
    ),
    (pod(own(sysctls=[{"name": "kernel.msgmax"}, {"name": "net.ipv4.tcp_rmem"}])), "forbidden sysctls (kernel.msgmax)"),
    (
        pod(own(windowsOptions={"hostProcess": True})),
        "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)",
    ),
    (
        pod(context={"appArmorProfile": {"type": "Unconfined"}}),
        'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
    ),
    (
        pod(livenessProbe={"httpGet": {"host": "example.com"}}),
        'probe or lifecycle host (container "c" uses probe or lifecycle host "example.com")',
    ),
]
ONLY_BASELINE = [
    (pod({"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}), 'hostPath volumes (volume "v")'),
    (
        pod(context={"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN", "CHOWN"]}}),
        'non-default capabilities (container "c" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    ),
    (
        pod(own(seccompProfile={"type": "Unconfined"})),
        'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ),
]
RESTRICTED = [
    (
        pod(context={"allowPrivilegeEscalation": None}),
        'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false)',
    ),
    (
        pod(context={"capabilities": {"add": ["CHOWN"]}}),
        'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]; '
        'container "c" must not include "CHOWN" in securityContext.capabilities.add)',
    ),
    (
        pod({"volumes": [{"name": "a", "hostPath": {}}, {"name": "b", "nfs": {}}, {"name": "c", "emptyDir": {}}]}),
        'restricted volume types (volumes "a", "b" use restricted volume types "hostPath", "nfs")',
    ),
    (
        pod({"securityContext": {"seccompProfile": {"type": "Localhost"}}}),
        'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
    ),
    (
        pod(own(runAsNonRoot=False), {"runAsNonRoot": False}),
        'runAsNonRoot != true (pod and container "c" must not set securityContext.runAsNonRoot=false)',
    ),
    (pod(own(runAsUser=0)), "runAsUser=0 (pod must not set runAsUser=0)"),
    (
        pod({"securityContext": {"runAsNonRoot": True}}),
        'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or '
        '"Localhost")',
    ),
]


@pytest.mark.parametrize(("made", "expected"), [*BASELINE, *ONLY_BASELINE])
def test_baseline(made: Map, expected: str) -> None:
    assert said(made, "baseline") == expected


@pytest.mark.parametrize(("made", "expected"), [*BASELINE, *RESTRICTED])
def test_restricted(made: Map, expected: str) -> None:
    assert said(made, "restricted") == expected


@pytest.mark.parametrize(("made", "expected"), RESTRICTED)
def test_restricted_alone_forbids_it(made: Map, expected: str) -> None:
    assert said(made, "baseline") in ("", 'hostPath volumes (volume "a")')


def test_all_at_once_in_the_order_of_the_server() -> None:
    bare = {"spec": {"hostIPC": True, "containers": [{"name": "a"}, {"name": "b"}]}}
    assert said(bare, "restricted") == (
        "host namespaces (hostIPC=true), "
        'allowPrivilegeEscalation != false (containers "a", "b" must set '
        "securityContext.allowPrivilegeEscalation=false), "
        'unrestricted capabilities (containers "a", "b" must set securityContext.capabilities.drop=["ALL"]), '
        'runAsNonRoot != true (pod or containers "a", "b" must set securityContext.runAsNonRoot=true), '
        'seccompProfile (pod or containers "a", "b" must set securityContext.seccompProfile.type to "RuntimeDefault" '
        'or "Localhost")'
    )


def sysctl(name: str) -> Map:
    return pod(own(sysctls=[{"name": name}]))


WINDOWS = pod({"os": {"name": "windows"}}, {"allowPrivilegeEscalation": True, "capabilities": {}})
OWN_USERS = pod({"hostUsers": False, **own(runAsUser=0, runAsNonRoot=False)})


@pytest.mark.parametrize(
    ("made", "level", "first"),
    [
        (sysctl("net.ipv4.ip_local_reserved_ports"), "baseline", 27),
        (sysctl("net.ipv4.tcp_keepalive_time"), "baseline", 29),
        (sysctl("net.ipv4.tcp_rmem"), "baseline", 32),
        (sysctl("net.ipv4.tcp_notsent_lowat"), "baseline", 37),
        (pod(context={"seLinuxOptions": {"type": "container_engine_t"}}), "baseline", 31),
        (pod({"hostUsers": False}, {"procMount": "Unmasked"}), "baseline", 35),
        (WINDOWS, "restricted", 25),
        (OWN_USERS, "restricted", 35),
    ],
)
def test_allowed_from_a_version_on(made: Map, level: str, first: int) -> None:
    assert said(made, level, first - 1, 37)
    assert said(made, level, first, 37) == ""
    assert said(made, level, None, first) == ""
    assert said(made, level, first, first - 1), "a server knows no newer policy than its own"


@pytest.mark.parametrize(
    ("made", "level", "first"),
    [
        (pod(livenessProbe={"tcpSocket": {"host": "a"}}), "baseline", 34),
        (pod(context={"allowPrivilegeEscalation": True}), "restricted", 8),
        (pod(context={"capabilities": {}}), "restricted", 22),
        (pod(context={"runAsUser": 0}), "restricted", 23),
        (pod({"securityContext": {"runAsNonRoot": True}}), "restricted", 19),
    ],
)
def test_forbidden_from_a_version_on(made: Map, level: str, first: int) -> None:
    assert said(made, level, first - 1) == ""
    assert said(made, level, first)


def test_seccomp_was_an_annotation_once() -> None:
    made = pod(annotations={"seccomp.security.alpha.kubernetes.io/pod": "unconfined"})
    detail = 'forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined"'
    assert said(made, "baseline", 18) == f"seccompProfile ({detail})"
    assert said(made, "baseline", 19) == ""


def test_app_armor_by_annotation() -> None:
    made = pod(annotations={"container.apparmor.security.beta.kubernetes.io/c": "unconfined"})
    assert "annotation must not set AppArmor profile type to" in said(made, "baseline")
    assert said(made, "baseline", None, 29).startswith("forbidden AppArmor profile (container.apparmor")


def test_image_volumes_count_by_the_server_not_the_policy() -> None:
    made = pod({"volumes": [{"name": "v", "image": {"reference": "x"}}]})
    assert said(made, "restricted", 25, 33) == ""


def test_paths_lead_to_the_fields() -> None:
    (found,) = violations(pod(context={"privileged": True}), Policy("baseline"), 36)
    assert found.paths == (("spec", "containers", 0, "securityContext", "privileged"),)


@pytest.mark.parametrize(
    ("labels", "mode", "expected"),
    [
        ({}, "enforce", "privileged:latest"),
        ({"enforce": "baseline"}, "enforce", "baseline:latest"),
        ({"enforce": "baseline"}, "warn", "privileged:latest"),
        ({"enforce": "baseline", "enforce-version": "v1.25"}, "enforce", "baseline:v1.25"),
        ({"enforce": "baseline", "enforce-version": "1.25"}, "enforce", "baseline:latest"),
        ({"enforce": "strict"}, "enforce", "restricted:latest"),
        ({"warn": "strict"}, "warn", "privileged:latest"),
    ],
)
def test_labels(labels: dict[str, str], mode: str, expected: str) -> None:
    written = {f"pod-security.kubernetes.io/{key}": value for key, value in labels.items()}
    assert str(policy_of(written, mode)) == expected


@pytest.mark.parametrize("junk", [None, 1, "x", [], [1], {}, {"a": 1}, True])
def test_what_is_no_pod_raises_nothing(junk: Any) -> None:
    for made in (
        {"spec": junk, "metadata": junk},
        {"spec": {"containers": junk, "securityContext": junk, "volumes": junk}},
        {"spec": {"containers": [junk, {"securityContext": junk, "ports": junk, "livenessProbe": junk}]}},
        {"spec": {"containers": [{"securityContext": {"capabilities": junk, "seLinuxOptions": junk}}]}},
        {"metadata": {"annotations": junk}, "spec": {"securityContext": {"sysctls": junk, "seccompProfile": junk}}},
    ):
        for level in ("baseline", "restricted"):
            assert isinstance(said(made, level), str)
            assert isinstance(said(made, level, 18), str)
