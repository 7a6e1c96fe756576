from __future__ import annotations

import json
from typing import Any

import pytest

from kplan.differ import changes
from kplan.loader import load_text
from kplan.model.change import Change, FieldChange, Verb

MINOR = 36


def web(container: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "app", "image": "shop:1", **(container or {})}]},
            },
            **spec,
        },
    }


def change(before: dict[str, Any], after: dict[str, Any], minor: int = MINOR) -> Change:
    (found,) = changes(load_text(json.dumps(before)), load_text(json.dumps(after)), minor)
    return found


def fields(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {field.text: (field.before, field.after) for field in change(before, after).fields}


APP = "spec.template.spec.containers[app]"

UDP = {"containerPort": 53, "protocol": "UDP", "name": "dns"}
TCP = {"containerPort": 53, "protocol": "TCP", "name": "dns-tcp"}

CASES = {
    "image": (web(), web({"image": "shop:2"}), {f"{APP}.image": ("shop:1", "shop:2")}),
    "same quantity": (
        web({"resources": {"limits": {"cpu": "1000m", "memory": "1024Mi"}}}),
        web({"resources": {"limits": {"cpu": 1, "memory": "1Gi"}}}),
        {},
    ),
    "other quantity": (
        web({"resources": {"requests": {"cpu": "100m"}}}),
        web({"resources": {"requests": {"cpu": "200m"}}}),
        {f"{APP}.resources.requests.cpu": ("100m", "200m")},
    ),
    "defaults written out": (
        web(),
        web({"terminationMessagePath": "/dev/termination-log"}, revisionHistoryLimit=10, replicas=1),
        {},
    ),
    "what kubectl writes by itself": (
        web(),
        {**web({"resources": {}}, strategy={}), "status": {}},
        {},
    ),
    "env by name": (
        web({"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}),
        web({"env": [{"name": "B", "value": "3"}, {"name": "C", "value": "4"}]}),
        {
            f"{APP}.env[A]": ({"name": "A", "value": "1"}, None),
            f"{APP}.env[B].value": ("2", "3"),
            f"{APP}.env[C]": (None, {"name": "C", "value": "4"}),
        },
    ),
    "env in another order": (
        web({"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}),
        web({"env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]}),
        {f"{APP}.env": (["A", "B"], ["B", "A"])},
    ),
    "one number for two protocols": (
        web({"ports": [UDP, TCP]}),
        web({"ports": [UDP]}),
        {f"{APP}.ports": ([UDP, TCP], None)},  # kubectl tells them apart by number only: it removes both
    ),
    "replicas no longer written": (web(replicas=4), web(), {"spec.replicas": (4, 1)}),
    "strategy switched": (
        web(),
        web(strategy={"type": "Recreate"}),
        {
            "spec.strategy.rollingUpdate": ({"maxSurge": "25%", "maxUnavailable": "25%"}, None),
            "spec.strategy.type": ("RollingUpdate", "Recreate"),
        },
    ),
    "a pull policy stays as it was made": (
        web({"image": "shop"}),
        web({"image": "shop:1"}),
        {f"{APP}.image": ("shop", "shop:1")},
    ),
    "null deletes": (
        web(replicas=3),
        {**web(), "spec": {**web()["spec"], "replicas": None}},
        {"spec.replicas": (3, 1)},
    ),
    "args as one list": (
        web({"args": ["a", "b"]}),
        web({"args": ["b", "a"]}),
        {f"{APP}.args": (["a", "b"], ["b", "a"])},
    ),
    "an empty map is none": (
        web(),
        {**web(), "metadata": {"name": "web", "labels": {}, "creationTimestamp": None}},
        {},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_fields(name: str) -> None:
    before, after, expected = CASES[name]
    assert fields(before, after) == expected


def test_defaults_are_told_apart_from_what_is_written() -> None:
    found = {field.text: field.origin for field in change(web(replicas=4), web(strategy={"type": "Recreate"})).fields}
    assert found["spec.replicas"] == "defaulted"  # written before, it falls back to the default
    assert found["spec.strategy.type"] == "written"
    assert found["spec.strategy.rollingUpdate"] == "defaulted"


def test_what_rolls_pods() -> None:
    found = change(web(), web({"image": "shop:2"}, replicas=2))
    assert [field.text for field in found.rolling] == [f"{APP}.image"]


def test_path_has_indexes_and_text_has_names() -> None:
    (found,) = change(web(), web({"image": "shop:2"})).fields
    assert found.path == ("spec", "template", "spec", "containers", 0, "image")


def test_secret_values_are_hidden() -> None:
    before, after = (
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": data}
        for data in ({"a": "hunter2", "b": "same"}, {"a": "hunter3", "b": "same", "c": "new"})
    )
    found = change(before, after)
    assert {(field.text, field.before, field.after) for field in found.fields} == {
        ("data.a", "(hidden)", "(hidden)"),
        ("data.c", None, "(hidden)"),
    }


def refused(before: dict[str, Any], after: dict[str, Any], minor: int = MINOR) -> list[FieldChange]:
    found = change(before, after, minor)
    forbidden = [field for field in found.fields if field.forbidden]
    assert (found.verb == Verb.REPLACE) == bool(forbidden)
    return forbidden


def stateful_set(**spec: Any) -> dict[str, Any]:
    return {**web(**spec), "kind": "StatefulSet"}


def test_selector_is_immutable() -> None:
    (found,) = refused(web(), web(selector={"matchLabels": {"app": "web", "tier": "a"}}))
    assert (found.text, found.forbidden) == ("spec.selector.matchLabels.tier", "field is immutable")


@pytest.mark.parametrize(
    ("field", "value", "first_minor"),
    [("replicas", 2, 16), ("minReadySeconds", 2, 22), ("ordinals", {"start": 1}, 26), ("revisionHistoryLimit", 3, 33)],
)
def test_what_a_stateful_set_may_change_depends_on_the_minor(field: str, value: Any, first_minor: int) -> None:
    before, after = stateful_set(serviceName="db"), stateful_set(serviceName="db", **{field: value})
    assert not refused(before, after, first_minor)
    if first_minor > 26:
        assert refused(before, after, first_minor - 1)


@pytest.mark.parametrize("field", ["serviceName", "podManagementPolicy"])
def test_what_a_stateful_set_may_never_change(field: str) -> None:
    assert refused(stateful_set(serviceName="a"), stateful_set(**{"serviceName": "a", field: "Parallel"}))


def test_order_and_number_of_objects() -> None:
    before = load_text("\n---\n".join(json.dumps(each) for each in (named("a"), named("b"), named("c"))))
    after = load_text("\n---\n".join(json.dumps(each) for each in (named("c"), named("d"), named("a", x="2"))))
    found = [(change.ref.name, change.verb) for change in changes(before, after, MINOR, prune=True)]
    assert found == [("c", Verb.KEEP), ("d", Verb.CREATE), ("a", Verb.CHANGE), ("b", Verb.DELETE)]
    kept = changes(before, after, MINOR)[-1]
    assert (kept.ref.name, kept.verb, bool(kept.note)) == ("b", Verb.KEEP, True)


def named(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
