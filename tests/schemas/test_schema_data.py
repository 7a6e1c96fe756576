from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

import kplan.schemas
from kplan.k8s.version import NEWEST, OLDEST
from kplan.schemas import Field, Type, definition, entries, field_at, history, lookup
from kplan.schemas.text import parse_field

DATA = Path(kplan.schemas.__file__).parent / "data"
MINORS = range(OLDEST, NEWEST + 1)


def pod_spec(minor: int) -> Type:
    found = definition("core.v1.PodSpec", minor)
    assert found is not None
    return found


def test_all_versions_together_are_small() -> None:
    assert sum(file.stat().st_size for file in DATA.iterdir()) < 300_000


@pytest.mark.parametrize("minor", MINORS)
def test_every_type_that_is_used_is_defined(minor: int) -> None:
    seen: set[str] = set()
    todo = [entry.definition for entry in entries().values() if entry.first <= minor <= entry.last]
    assert len(todo) > 60
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            type_ = definition(name, minor)
            assert type_ is not None, name
            todo += [inner.name for field in type_.fields.values() if (inner := innermost(field))]
    assert len(seen) > 400


def innermost(field: Field) -> Type | None:
    while field.element is not None:
        field = field.element
    return field.object


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Pod"),
        ("v1", "Service"),
        ("apps/v1", "Deployment"),
        ("batch/v1", "Job"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("rbac.authorization.k8s.io/v1", "Role"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ],
)
def test_kinds_of_every_minor_are_objects(minor: int, api_version: str, kind: str) -> None:
    type_ = lookup(api_version, kind, minor)
    assert type_ is not None
    assert {"apiVersion", "kind", "metadata", "spec"} <= set(type_.fields) | {"spec"}
    assert type_.fields["metadata"].object is definition("meta.v1.ObjectMeta", minor)


@pytest.mark.parametrize(
    ("name", "field", "first", "last"),
    [
        ("core.v1.PodSpec", "hostUsers", 25, NEWEST),
        ("core.v1.PodSpec", "topologySpreadConstraints", 16, NEWEST),
        ("core.v1.PodSpec", "resources", 32, NEWEST),
        ("core.v1.Container", "startupProbe", 16, NEWEST),
        ("core.v1.Container", "restartPolicy", 28, NEWEST),
        ("core.v1.Volume", "ephemeral", 19, NEWEST),
        ("core.v1.ServiceSpec", "trafficDistribution", 30, NEWEST),
        ("core.v1.ServiceSpec", "topologyKeys", 17, 21),
        ("core.v1.ServiceSpec", "ipFamily", 16, 19),
        ("meta.v1.ObjectMeta", "clusterName", 16, 24),
        ("networking.v1.NetworkPolicy", "status", 24, 27),
        ("batch.v1.CronJobSpec", "timeZone", 24, NEWEST),
        ("apps.v1.StatefulSetSpec", "persistentVolumeClaimRetentionPolicy", 23, NEWEST),
    ],
)
def test_fields_come_and_go(name: str, field: str, first: int, last: int) -> None:
    minors = [minor for minor in MINORS if (found := definition(name, minor)) and field in found.fields]
    assert minors == list(range(first, last + 1))


@pytest.mark.parametrize(
    ("path", "json_type", "format_"),
    [
        (("containers", 0, "image"), "string", ""),
        (("containers", 0, "ports", 0, "containerPort"), "integer", "int32"),
        (("containers", 0, "resources", "limits"), "map", ""),
        (("containers", 0, "resources", "limits", "memory"), "quantity", ""),
        (("containers", 0, "livenessProbe", "httpGet", "port"), "int-or-string", ""),
        (("activeDeadlineSeconds",), "integer", "int64"),
        (("hostNetwork",), "boolean", ""),
        (("volumes",), "list", ""),
        (("volumes", 0, "emptyDir"), "object", ""),
    ],
)
def test_a_path_leads_to_its_field(path: tuple[str | int, ...], json_type: str, format_: str) -> None:
    found = field_at(pod_spec(36), path)
    assert found is not None
    assert (found.type, found.format) == (json_type, format_)


@pytest.mark.parametrize("path", [("nope",), ("containers", "image"), ("containers", 0, "image", "tag"), (0,)])
def test_a_path_that_leads_nowhere_has_no_field(path: tuple[str | int, ...]) -> None:
    assert field_at(pod_spec(36), path) is None


@pytest.mark.parametrize("minor", MINORS)
def test_merge_keys_are_those_of_the_go_types(minor: int) -> None:
    fields = pod_spec(minor).fields
    assert fields["containers"].patch_strategy == ("merge",)
    assert fields["containers"].patch_merge_key == "name"
    assert fields["containers"].list_map_keys == ("name",)
    assert fields["volumes"].patch_strategy == ("merge", "retainKeys")
    assert fields["tolerations"].patch_merge_key is None
    service = field_at(lookup("v1", "Service", minor), ("spec", "ports"))  # type: ignore[arg-type]
    assert service is not None
    assert (service.patch_merge_key, service.list_map_keys) == ("port", ("port", "protocol"))
    deployment = field_at(lookup("apps/v1", "Deployment", minor), ("spec", "strategy"))  # type: ignore[arg-type]
    assert deployment is not None
    assert deployment.patch_strategy == ("retainKeys",)


def test_required_is_what_the_api_server_refuses_to_go_without() -> None:
    assert field_at(pod_spec(36), ("containers",)).required  # type: ignore[union-attr]
    assert not field_at(lookup("apps/v1", "StatefulSet", 25), ("spec", "serviceName")).required  # type: ignore[arg-type,union-attr]
    assert not definition("core.v1.PodStatus", 36).fields["phase"].required  # type: ignore[union-attr]
    assert not definition("core.v1.Sysctl", 36).fields["value"].required  # type: ignore[union-attr]


def test_a_kind_that_went_keeps_its_last_schema() -> None:
    assert lookup("extensions/v1beta1", "Ingress", 36) is lookup("extensions/v1beta1", "Ingress", 21)
    assert lookup("batch/v1", "CronJob", 16) is lookup("batch/v1", "CronJob", 21)
    assert lookup("apps/v2", "Deployment", 36) is None
    assert lookup("example.com/v1", "Widget", 36) is None


def test_types_may_hold_themselves() -> None:
    props = definition("apiextensions.v1.JSONSchemaProps", 36)
    assert props is not None
    assert props.fields["not"].object is props


@pytest.mark.parametrize("entry", sorted({name for entry in entries().values() if (name := entry.definition)}))
def test_lines_of_a_field_follow_each_other_without_overlap(entry: str) -> None:
    by_name: dict[str, list[tuple[int, int]]] = {}
    for line in history(entry):
        by_name.setdefault(line.name, []).append((line.first or 0, line.last or 99))
    for name, spans in by_name.items():
        for (_, last), (first, _) in pairwise(spans):
            assert last < first, (entry, name)


def test_a_line_is_read_as_it_is_written() -> None:
    line = parse_field("ports []core.v1.ServicePort r u s=merge m=port t=map k=port,protocol @17-19")
    assert (line.first, line.last) == (17, 19)
    assert line.field == ("[]core.v1.ServicePort", True, False, "merge", "port", "map", "port,protocol")
    assert [line.holds(minor) for minor in (16, 17, 19, 20)] == [False, True, True, False]
