"""Custom resources, judged by the schema of their definition: at creation, and as updates."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kplan.validation.custom import custom_check

Map = dict[str, Any]
TEXT, INT, NUMBER, OBJECT = {"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "object"}
LIST, KEYS = "x-kubernetes-list-type", "x-kubernetes-list-map-keys"
EITHER, EMBEDDED, OPEN = (
    f"x-kubernetes-{name}" for name in ("int-or-string", "embedded-resource", "preserve-unknown-fields")
)


def obj(**properties: Any) -> Map:
    return {"type": "object", "properties": properties}


def listed(items: Map, kind: str = "atomic", **more: Any) -> Map:
    return {"type": "array", "items": items, LIST: kind, **more}


KEYED = listed({**obj(name=TEXT, n=INT), "required": ["name"]}, "map", **{KEYS: ["name"]})


def shop(spec: Any, **more: Any) -> Map:
    meta = {"name": "a", "namespace": "b"}
    return {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": meta, "spec": spec, **more}


def faults(schema: Any, spec: Any, *before: Any, minor: int = 36, subresources: Any = None) -> dict[str, str]:
    check = custom_check(obj(spec=schema, status=OBJECT), subresources, is_namespaced=True, minor=minor)
    assert check is not None
    found = check.faults(shop(spec), *map(shop, before))
    return {fault.field.removeprefix("spec").lstrip("."): fault.message for fault in found}


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        (INT, 1, ""),
        (INT, 1.0, ""),
        (INT, 1.5, 'Invalid value: "number": spec in body must be of type integer: "number"'),
        (INT, "1", 'Invalid value: "string": spec in body must be of type integer: "string"'),
        (INT, True, 'Invalid value: "boolean": spec in body must be of type integer: "boolean"'),
        (TEXT, None, ""),
        ({**TEXT, "nullable": True}, None, ""),
        ({EITHER: True}, "5%", ""),
        ({EITHER: True}, 1.5, 'Invalid value: "number": spec in body must be of type integer,string: "number"'),
        ({OPEN: True}, {"a": [None]}, ""),
        ({**INT, "minimum": 2}, 1, "Invalid value: 1: spec in body should be greater than or equal to 2"),
        ({**INT, "maximum": 2, "exclusiveMaximum": True}, 2, "Invalid value: 2: spec in body should be less than 2"),
        ({**NUMBER, "multipleOf": 0.5}, 0.7, "Invalid value: 0.7: spec in body should be a multiple of 0.5"),
        (
            {**INT, "format": "int32"},
            2**31,
            'Invalid value: "": Checked value must be of type integer with format int32',
        ),
        (
            {**NUMBER, "format": "float"},
            1e39,
            'Invalid value: "": Checked value must be of type number with format float',
        ),
        ({**TEXT, "maxLength": 1}, "ab", "Too long: may not be more than 1 byte"),
        ({**TEXT, "minLength": 3}, "ab", 'Invalid value: "ab": spec in body should be at least 3 chars long'),
        ({**TEXT, "pattern": "^a$"}, "ab", "Invalid value: \"ab\": spec in body should match '^a$'"),
        ({**TEXT, "enum": ["a", 1]}, "ab", 'Unsupported value: "ab": supported values: "a", "1"'),
        (
            {**TEXT, "enum": [None, "a"], "nullable": True},
            None,
            'Unsupported value: null: supported values: "null", "a"',
        ),
        (listed(TEXT, maxItems=1), ["a", "b"], "Too many: 2: must have at most 1 item"),
        (listed(TEXT, minItems=1), [], "Invalid value: 0: spec in body should have at least 1 items"),
        (
            {**OBJECT, "maxProperties": 0, "additionalProperties": INT},
            {"a": 1},
            "Too many: 1: must have at most 0 items",
        ),
        ({**TEXT, "not": {"enum": ["a"]}}, "a", 'Invalid value: "": "spec" must not validate the schema (not)'),
    ],
)
def test_values(schema: Any, value: Any, message: str) -> None:
    found = faults(schema, value)
    assert (not found) is (not message)
    assert not message or any(text.startswith(message) for text in found.values()), found


@pytest.mark.parametrize(
    ("format_", "good", "bad"),
    [
        ("date", "2024-02-29", "2024-02-30"),
        ("date-time", "2024-02-29T10:00:00Z", "2024-02-29"),
        ("duration", "1h30m", "soon"),
        ("duration", "3 days", ""),
        ("byte", "YWJj", "YWJ"),
        ("uri", "https://a/b", "a b"),
        ("email", "Bob <a@b.c>", "a@"),
        ("hostname", "a.example", "-a"),
        ("ipv4", "010.0.0.1", "::1"),
        ("ipv6", "::1", "1.2.3.4"),
        ("cidr", "10.0.0.0/8", "10.0.0.0/33"),
        ("mac", "00:11:22:33:44:55", "00:11"),
        ("uuid", "550e8400-e29b-41d4-a716-446655440000", "550e8400"),
        ("uuid4", "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-31d4-a716-446655440000"),
        ("isbn", "978-0306406157", "978-0306406158"),
        ("creditcard", "4111 1111 1111 1111", "4111 1111 1111 1112"),
        ("ssn", "123-45-6789", "123456789"),
        ("hexcolor", "#fff", "#ff"),
        ("rgbcolor", "rgb(1,2,3)", "rgb(1,2,300)"),
        ("bsonobjectid", "507f1f77bcf86cd799439011", "507f"),
        ("k8s-short-name", "a-b", "a.b"),
        ("k8s-long-name", "a.b", "A"),
    ],
)
def test_formats(format_: str, good: str, bad: str) -> None:
    schema = {**TEXT, "format": format_}
    assert not faults(schema, good)
    assert faults(schema, bad) == {"": f'Invalid value: "{bad}": spec in body must be of type {format_}: "{bad}"'}


def test_formats_that_are_not_known_ask_for_nothing() -> None:
    assert not faults({**TEXT, "format": "colour"}, "x")
    assert not faults({**TEXT, "format": "k8s-short-name"}, "a.b", minor=34)


def test_text_that_would_take_forever() -> None:
    for format_ in ("email", "hostname", "duration", "uri", "byte"):
        faults({**TEXT, "format": format_}, "z" * 50_000 + " " * 50_000 + "!")


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({**obj(a=INT), "required": ["a"]}, {}, {"a"}),
        ({**obj(a=obj(b=INT)), "required": ["a"]}, {"a": {"b": "x"}}, {"a.b"}),
        ({**OBJECT, "additionalProperties": INT}, {"x y": "a", "b": 1}, {"x y"}),
        (listed(obj(a=INT)), [{"a": 1}, {"a": "x"}], {"[1].a"}),
        (listed(INT, "set"), [1, 2, 1, 1], {"[2]"}),
        (KEYED, [{"name": "a", "n": 1}, {"name": "b"}, {"name": "a"}], {"[2]"}),
        (obj(a={**INT, "default": 1, "minimum": 2}), {}, {"a"}),
        ({**OBJECT, EMBEDDED: True, OPEN: True}, {"kind": "Pod"}, {"apiVersion"}),
        ({**OBJECT, EMBEDDED: True, OPEN: True}, {"apiVersion": "a/b/c", "kind": "a b"}, {"apiVersion", "kind"}),
        (
            {**OBJECT, EMBEDDED: True, OPEN: True},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"a": "b c"}}},
            {"metadata.labels"},
        ),
        ({**OBJECT, EMBEDDED: True, OPEN: True}, {"kind": "Pod", "metadata": {"labels": {"a": 1}}}, {"metadata"}),
        ({**obj(a=INT, b=INT), "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": 1, "b": 2}, {"<nil>"}),
        ({**obj(a=INT, b=INT), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {}, {"<nil>", "a"}),
    ],
)
def test_paths(schema: Any, value: Any, expected: set[str]) -> None:
    assert set(faults(schema, value)) == expected


def test_rules_wait_for_a_sound_object() -> None:
    schema = {**obj(a=INT), "required": ["a"], "x-kubernetes-validations": [{"rule": "self.a > 1"}]}
    told = "some validation rules were not checked because the object was invalid"
    assert faults(schema, {})["<nil>"].startswith(f"Invalid value: null: {told}")
    assert faults(schema, {}, minor=32)["<nil>"].startswith(f'Invalid value: "null": {told}')


def test_scale() -> None:
    paths = {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n", "labelSelectorPath": ".spec.s"}
    found = {
        n: faults({OPEN: True}, spec, subresources={"scale": paths}) for n, spec in enumerate(({"n": -1}, {"s": 1}))
    }
    assert set(found[0].values()) == {"Invalid value: -1: should be a non-negative integer"}
    assert set(found[1].values()) == {
        'Invalid value: "": .spec.s accessor error: 1 is of the type int64, expected string'
    }


def test_a_status_with_a_path_of_its_own_is_dropped() -> None:
    schema = obj(spec=OBJECT, status=obj(n=INT))
    for subresources, count in (({}, 1), ({"status": {}}, 0)):
        check = custom_check(schema, subresources, is_namespaced=True, minor=36)
        assert check is not None
        assert len(list(check.faults(shop({}, status={"n": "x"})))) == count


@pytest.mark.parametrize(
    ("schema", "before", "after", "expected"),
    [
        (obj(a={**INT, "minimum": 5}, b=INT), {"a": 1, "b": 1}, {"a": 1, "b": 2}, set()),
        (obj(a={**INT, "minimum": 5}, b=INT), {"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a"}),
        ({**obj(a=INT, b=INT), "required": ["b"]}, {"a": 1}, {"a": 2}, {"b"}),
        (listed({**INT, "minimum": 5}), [1, 9], [1, 8], {"[0]"}),
        (KEYED, [{"name": "a", "n": "x"}, {"name": "b"}], [{"name": "c"}, {"name": "a", "n": "x"}], set()),
        (listed(INT, "set"), [1, 1], [2, 2], set()),
        (obj(a={**OBJECT, OPEN: True, "maxProperties": 1}), {"a": {"x": 1, "y": 2}}, {"a": {"x": 1, "y": 2}}, {"a"}),
    ],
)
def test_what_was_wrong_before_and_stays_is_let_be(schema: Any, before: Any, after: Any, expected: set[str]) -> None:
    assert set(faults(schema, after, before)) == expected
    if LIST not in schema or schema[LIST] != "set":
        assert faults(schema, after, before, minor=29) == faults(schema, after)


KEYWORDS = st.sampled_from(
    [
        *("type", "format", "default", "enum", "minimum", "maximum", "multipleOf", "maxLength", "minLength", "pattern"),
        *(
            "maxItems",
            "minItems",
            "maxProperties",
            "minProperties",
            "required",
            "items",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
        ),
        *("properties", "additionalProperties", "nullable", OPEN, EMBEDDED, EITHER, LIST, KEYS),
        *("x-kubernetes-map-type", "x-kubernetes-validations"),
    ]
)
WORDS = st.sampled_from(["object", "array", "string", "integer", "number", "map", "set", "a", "date", "(", "metadata"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | KEYWORDS, inner, max_size=4),
    max_leaves=8,
)
SCHEMAS = st.recursive(
    st.dictionaries(KEYWORDS, VALUES, max_size=4),
    lambda inner: st.dictionaries(
        KEYWORDS, inner | st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2) | VALUES, max_size=5
    ),
    max_leaves=6,
)


@given(SCHEMAS, VALUES, VALUES)
def test_nothing_raises(schema: Any, value: Any, before: Any) -> None:
    check = custom_check(
        obj(spec=schema), {"status": {}, "scale": {"specReplicasPath": ".spec.a"}}, is_namespaced=True, minor=36
    )
    if check is not None:
        list(check.faults(shop(value)))
        list(check.faults(shop(value), shop(before)))
