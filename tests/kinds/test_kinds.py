from __future__ import annotations

import subprocess
import sys

import pytest

from kplan.k8s.version import NEWEST, OLDEST
from kplan.kinds import (
    ApiKind,
    current_version,
    lifecycle,
    owning_group,
    pod_spec_path,
    pod_template_path,
    scope,
    served,
    served_versions,
    split_api_version,
)
from kplan.schemas import entries


@pytest.mark.parametrize(
    ("group", "version", "kind", "first", "last"),
    [
        ("apps", "v1", "Deployment", OLDEST, NEWEST),
        ("extensions", "v1beta1", "Deployment", None, None),
        ("extensions", "v1beta1", "Ingress", OLDEST, 21),
        ("networking.k8s.io", "v1beta1", "Ingress", OLDEST, 21),
        ("networking.k8s.io", "v1", "Ingress", 19, NEWEST),
        ("batch", "v1", "CronJob", 21, NEWEST),
        ("batch", "v1beta1", "CronJob", OLDEST, 24),
        ("policy", "v1beta1", "PodSecurityPolicy", OLDEST, 24),
        ("policy", "v1beta1", "PodDisruptionBudget", OLDEST, 24),
        ("autoscaling", "v2beta2", "HorizontalPodAutoscaler", OLDEST, 25),
        ("autoscaling", "v2", "HorizontalPodAutoscaler", 23, NEWEST),
        ("autoscaling", "v1", "HorizontalPodAutoscaler", OLDEST, NEWEST),
        ("apiextensions.k8s.io", "v1beta1", "CustomResourceDefinition", OLDEST, 21),
        ("admissionregistration.k8s.io", "v1beta1", "MutatingWebhookConfiguration", OLDEST, 21),
        ("admissionregistration.k8s.io", "v1beta1", "ValidatingAdmissionPolicy", 28, 33),
        ("flowcontrol.apiserver.k8s.io", "v1beta3", "FlowSchema", 26, 31),
        ("settings.k8s.io", "v1alpha1", "PodPreset", OLDEST, 19),
        ("authorization.k8s.io", "v1", "SelfSubjectAccessReview", OLDEST, NEWEST),
    ],
)
def test_served_from_the_minor_that_brought_it_to_the_one_before_its_removal(
    group: str, version: str, kind: str, first: int | None, last: int | None
) -> None:
    minors = [minor for minor in range(OLDEST, NEWEST + 1) if served(group, version, kind, minor)]
    assert minors == ([] if first is None or last is None else list(range(first, last + 1)))


def test_what_kubernetes_never_had_is_not_served() -> None:
    assert lifecycle("apps", "v2", "Deployment") is None
    assert not served("apps", "v2", "Deployment", 36)
    assert not served("", "v1", "List", 36)


def test_lifecycle_of_a_version_that_went() -> None:
    life = lifecycle("extensions", "v1beta1", "Ingress")
    assert life is not None
    assert (life.introduced, life.deprecated, life.removed) == (1, 14, 22)
    assert life.successor == ("networking.k8s.io", "v1", "Ingress")
    assert life.successor is not None
    assert life.successor.api_version == "networking.k8s.io/v1"


@pytest.mark.parametrize(
    ("group", "version", "kind", "minor", "expected"),
    [
        ("extensions", "v1beta1", "Deployment", 16, "apps/v1"),
        ("extensions", "v1beta1", "Ingress", 18, "networking.k8s.io/v1beta1"),
        ("extensions", "v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
        ("networking.k8s.io", "v1", "Ingress", 18, "networking.k8s.io/v1beta1"),
        ("policy", "v1beta1", "PodSecurityPolicy", 25, None),
        ("extensions", "v1beta1", "PodSecurityPolicy", 20, "policy/v1beta1"),
        ("autoscaling", "v2beta1", "HorizontalPodAutoscaler", 25, "autoscaling/v2"),
        ("autoscaling", "v2beta1", "HorizontalPodAutoscaler", 22, "autoscaling/v2beta2"),
    ],
)
def test_what_to_write_instead_is_served(group: str, version: str, kind: str, minor: int, expected: str | None) -> None:
    found = current_version(group, version, kind, minor)
    assert (found.api_version if found else None) == expected
    assert found is None or served(*found, minor)


def test_served_versions_are_best_first() -> None:
    hpa = served_versions("autoscaling", "HorizontalPodAutoscaler", 24)
    assert hpa == ("autoscaling/v2", "autoscaling/v1", "autoscaling/v2beta2", "autoscaling/v2beta1")
    assert served_versions("extensions", "Deployment", 16) == ("apps/v1",)
    assert served_versions("example.com", "Widget", 36) == ()


def test_every_kind_of_the_data_has_a_scope_and_every_scope_a_kind() -> None:
    from kplan.kinds.scope import _SCOPE

    assert {(group, kind) for group, _, kind in entries()} == set(_SCOPE)


@pytest.mark.parametrize(
    ("group", "kind", "expected"),
    [
        ("", "Pod", "Namespaced"),
        ("", "Namespace", "Cluster"),
        ("", "PersistentVolume", "Cluster"),
        ("rbac.authorization.k8s.io", "ClusterRole", "Cluster"),
        ("rbac.authorization.k8s.io", "RoleBinding", "Namespaced"),
        ("networking.k8s.io", "IngressClass", "Cluster"),
        ("extensions", "Ingress", "Namespaced"),
        ("resource.k8s.io", "ResourceClaim", "Namespaced"),
        ("example.com", "Pod", None),
    ],
)
def test_scope(group: str, kind: str, expected: str | None) -> None:
    assert scope(group, kind) == expected


def test_owning_group() -> None:
    assert owning_group("extensions", "DaemonSet") == "apps"
    assert owning_group("extensions", "NetworkPolicy") == "networking.k8s.io"
    assert owning_group("extensions", "PodSecurityPolicy") == "policy"
    assert owning_group("", "Event") == ""
    assert owning_group("example.com", "Deployment") == "example.com"


def test_paths_of_pod_templates() -> None:
    assert pod_template_path("PodTemplate") == ("template",)
    assert pod_template_path("Pod") is None
    assert pod_spec_path("Pod") == ("spec",)
    assert pod_spec_path("CronJob") == ("spec", "jobTemplate", "spec", "template", "spec")
    assert pod_spec_path("Service") is None


def test_split_api_version() -> None:
    assert split_api_version("networking.k8s.io/v1") == ("networking.k8s.io", "v1")
    assert ApiKind("", "v1", "Pod").api_version == "v1"


def test_importing_kinds_reads_no_data() -> None:
    code = "import sys, kplan.kinds; print([m for m in ('json', 'zlib', 'kplan.schemas') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
