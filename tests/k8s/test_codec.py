"""What Go types keep of JSON."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.errors import InputError
from kplan.k8s.codec import decode, encode
from kplan.k8s.layout import fields, spelled

POD = "core/v1.PodSpec"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"hostNetwork": False}, {}),
        ({"hostNetwork": None}, {}),
        ({"hostUsers": False}, {"hostUsers": False}),
        ({"activeDeadlineSeconds": 0}, {"activeDeadlineSeconds": 0}),
        ({"activeDeadlineSeconds": 30.0}, {"activeDeadlineSeconds": 30}),
        ({"nodeSelector": {}}, {}),
        ({"nodeSelector": {"disk": None}}, {"nodeSelector": {"disk": ""}}),
        ({"volumes": []}, {}),
        ({"tolerations": [None]}, {"tolerations": [{}]}),
        ({"securityContext": {}}, {"securityContext": {}}),
        ({"color": 1}, {}),
    ],
)
def test_decode(value: dict[str, Any], kept: dict[str, Any]) -> None:
    assert decode(POD, 36, value) == kept


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"hostNetwork": "no"}, "hostNetwork: wrong type: a boolean is wanted, a string given"),
        ({"containers": {}}, "containers: wrong type: an array is wanted, an object given"),
        ({"containers": [{"name": "a"}, {"name": 1}]}, "containers[1].name: wrong type: a string is wanted"),
        ({"containers": [{"resources": {"limits": {"cpu": "1K"}}}]}, "containers[0].resources.limits.cpu: unable to"),
        ({"priority": 2**31}, "priority: 2147483648 does not fit an int32"),
        ({"priority": 1.5}, "priority: wrong type: an integer is wanted"),
        ({"nodeSelector": {"a": True}}, "nodeSelector.a: wrong type: a string is wanted, a boolean given"),
        ({"overhead": {1: "1"}}, "overhead: wrong type: a string as key is wanted"),
    ],
)
def test_refused(value: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(POD, 36, value)
    assert str(caught.value).startswith(message)


def test_encode_writes_structs_and_required_fields_only() -> None:
    assert encode("core/v1.PodTemplateSpec", 36, {}) == {"metadata": {}, "spec": {"containers": None}}
    assert encode("core/v1.PodTemplateSpec", 33, {})["metadata"] == {"creationTimestamp": None}


def test_binary_data_is_normalised() -> None:
    found = decode("core/v1.Secret", 36, {"data": {"a": "YWJj\nZGVm", "empty": "", "none": None}})
    assert found == {"data": {"a": "YWJjZGVm", "empty": "", "none": ""}}
    with pytest.raises(InputError):
        decode("core/v1.Secret", 36, {"data": {"a": "no base64"}})


def test_fields_follow_the_minor() -> None:
    def names(minor: int) -> list[str]:
        return [field.name for field in fields("core/v1.Probe", minor) or ()]

    assert names(22)[0] == "Handler"
    assert names(23)[0] == "ProbeHandler"
    assert fields("core/v1.Nothing", 36) is None


def test_types_are_spelled_as_go_does() -> None:
    assert spelled("[]core/v1.Container") == "[]v1.Container"
    assert spelled("*meta/v1.LabelSelector") == "*v1.LabelSelector"
