"""Which expressions of webhooks and policies the API server takes, and of what type they are."""

from __future__ import annotations

import pytest

from kplan.cel.admission_type import variable_type
from kplan.cel.compiled import Scope, compiled
from kplan.cel.type import INT, NULL, TIMESTAMP, Type, list_of, map_of

SCOPE = Scope(variables={"count": INT})


def type_of(expression: str, minor: int = 36, *, patches: bool = False) -> str:
    found = compiled(expression, SCOPE._replace(patches=patches), minor)
    assert not found.error, found.error
    return str(found.type)


def error_of(expression: str, minor: int = 36) -> str:
    return compiled(expression, SCOPE, minor).error


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("object.spec.replicas <= 5", "bool"),
        ("object.spec.paused", "dyn"),
        ("null", "null_type"),
        ("{'a': [1]}", "map(string, list(int))"),
        ("optional.of(1)", "optional_type(int)"),
        ("type(1)", "type(int)"),
        ("duration('1h')", "google.protobuf.Duration"),
        ("timestamp('2024-01-01T00:00:00Z')", "google.protobuf.Timestamp"),
        ("url('/a')", "kubernetes.URL"),
        ("cidr('10.0.0.0/8').ip()", "net.IP"),
        ("1 < 2.5", "bool"),
        ("request.kind.kind + request.name", "string"),
        ("has(request.name) && has(request.kind.kind)", "bool"),
        ("request.?name.orValue('') == ''", "bool"),
        ("variables.count + 1", "int"),
        ("authorizer.group('').resource('pods').namespace('a').check('get').allowed()", "bool"),
        ("authorizer.requestResource.check('get').reason()", "string"),
        ("'%s has %d'.format(['a', 1])", "string"),
        ("sign(quantity('1')) + quantity('1').asInteger()", "int"),
        ("string(ip('::1')) + string(1)", "string"),
        ("object.items.transformMap(k, v, v)", "map(dyn, dyn)"),
        ("dyn(1)", "dyn"),
    ],
)
def test_types(expression: str, expected: str) -> None:
    assert type_of(expression) == expected


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("", "Syntax error"),
        ("a b", "Syntax error"),
        ("'a", "Syntax error"),
        ("missing", "undeclared reference to 'missing'"),
        ("params.a", "undeclared reference to 'params"),
        ("object.missing()", "undeclared reference to 'missing'"),
        ("'a' + 1", "found no matching overload for '_+_' applied to '(string, int)'"),
        ("1 == 'a'", "no matching overload"),
        ("request.name == 1", "no matching overload"),
        ("request.colour", "undefined field 'colour'"),
        ("has(request.colour)", "undefined field 'colour'"),
        ("has(request.kind.colour)", "undefined field 'colour'"),
        ("request.?colour", "undefined field 'colour'"),
        ("variables.other", "undefined field 'other'"),
        ("has(variables.other)", "undefined field 'other'"),
        ("quantity('1').sign()", "sign"),
        ("math.greatest(1, 2)", "undeclared reference"),
        ("base64.encode(b'a')", "undeclared reference"),
        ("cel.bind(x, 1, x)", "undeclared reference"),
        ("[1, 'a']", "expected type 'int' but found 'string'"),
        ("[1, object.a]", "expected type 'int' but found 'dyn'"),
        ("{'a': 1, 'b': 'c'}", "expected type 'int' but found 'string'"),
        ("[[1], [object.a]]", "expected type 'list(int)' but found 'list(dyn)'"),
        ("isImage('a')", "undeclared reference"),
        ("Object{}", "undeclared reference to 'Object'"),
        ("duration('1x')", "invalid duration argument"),
        ("timestamp('today')", "invalid timestamp argument"),
        ("'a'.matches('(')", "invalid matches argument"),
        ("'a'.find('[')", "error parsing regexp"),
        ("'%s %s'.format(['a'])", "index 1 out of range"),
        ("'%s'.format(['a', 'b'])", "too many arguments"),
        ("'%y'.format(['a'])", "unrecognized formatting clause"),
        ("'\ud800'+", "Syntax error"),
    ],
)
def test_errors(expression: str, part: str) -> None:
    found = error_of(expression)
    assert found.startswith("compilation failed: ERROR: <input>:")
    assert part in found


@pytest.mark.parametrize(
    ("expression", "since"),
    [
        ("quantity('1').isInteger()", 29),
        ("object.?a.hasValue()", 29),
        ("1 < 2.5", 29),
        ("sets.contains([1], [1])", 30),
        ("'%s'.format(['a'])", 30),
        ("isIP('a')", 31),
        ("format.named('uri').hasValue()", 32),
        ("authorizer.requestResource.labelSelector('a=b').check('list').allowed()", 32),
        ("[1].all(i, v, true)", 33),
        ("isSemver('1.2.3')", 34),
        ("[3, 1].sort() == [1, 3]", 35),
    ],
)
def test_what_comes_with_a_minor(expression: str, since: int) -> None:
    assert type_of(expression, since)
    assert error_of(expression, since - 1)


def test_literals_are_judged_later_than_expressions() -> None:
    assert type_of("duration('1x')", 29) == "google.protobuf.Duration"
    assert error_of("[1, 'a']", 29)
    assert error_of("'a'.find('(')", 29)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Object{spec: Object.spec{replicas: object.spec.replicas + 1, paused: true}}", "Object"),
        ("Object{metadata: Object.metadata{labels: {'a': 'b'}}}", "Object"),
        ("[JSONPatch{op: 'replace', path: '/a/' + jsonpatch.escapeKey('b/c'), value: [1]}]", "list(JSONPatch)"),
    ],
)
def test_mutations(expression: str, expected: str) -> None:
    assert type_of(expression, patches=True) == expected
    assert error_of(expression)


def test_long_expressions() -> None:
    assert type_of("1" + " + 1" * 200) == "int"
    assert type_of(" && ".join(["true"] * 500)) == "bool"
    assert "recursion limit" in error_of("(" * 2000 + "1" + ")" * 2000)


def test_types_of_variables() -> None:
    address = Type("opaque", "net.IP")
    types = (NULL, address, map_of(INT, list_of(TIMESTAMP)), map_of(address, INT), Type("type", parts=(INT,)))
    assert [str(variable_type(each)) for each in types] == [
        "null_type",
        "dyn",
        "map(int, list(google.protobuf.Timestamp))",
        "map(dyn, int)",
        "dyn",
    ]
