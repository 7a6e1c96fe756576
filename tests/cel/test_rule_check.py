"""What the API server says against rules when a definition is written; its costs are those of its own estimator."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kplan.cel.rule import check_rule
from kplan.cel.schema_type import schema_type

Map = dict[str, Any]
TEXT, INT = {"type": "string"}, {"type": "integer"}


def listed(items: Map, most: int | None = None) -> Map:
    return {"type": "array", "items": items, **({} if most is None else {"maxItems": most})}


PROPERTIES: Map = {
    "s": {**TEXT, "maxLength": 20},
    "t": TEXT,
    "i": INT,
    "n": {"type": "number"},
    "b": {"type": "boolean"},
    "d": {**TEXT, "format": "date-time"},
    "u": {**TEXT, "format": "duration"},
    "y": {**TEXT, "format": "byte"},
    "l": listed({**TEXT, "maxLength": 5}, 10),
    "li": listed(INT, 5),
    "big": listed(TEXT),
    "m": {"type": "object", "maxProperties": 8, "additionalProperties": {**TEXT, "maxLength": 9}},
    "o": {"type": "object", "properties": {"a": INT, "x-y": TEXT, "namespace": TEXT, "a b": TEXT}},
    "ios": {"x-kubernetes-int-or-string": True},
    "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
}
SCHEMA = {"type": "object", "properties": PROPERTIES}


def report(text: str, minor: int = 36, schema: Any = SCHEMA, **more: Any) -> Any:
    own = schema_type(schema, is_root=False, name="T")
    assert own is not None
    return check_rule({"rule": text, **more}, own, minor)


GOOD = """
self.s == 'a' && self.i > 1 || !self.b
self.i < self.n
self.l.all(x, x.startsWith('a')) && self.l.exists_one(x, x == self.s)
self.l.map(x, x != 'a', x + 'b').size() < self.li.sum()
self.m.all(k, self.m[k] != k) && 'a' in self.m && self.m.a == 'b'
has(self.o.a) && self.o.x__dash__y == '' && self.o.__namespace__ == self.o.namespace
self.d.getFullYear() == 2024 && self.d - self.d < self.u
self.ios == 1 || self.ios == 'a' || type(self.ios) == int
self.y == b'a' && self.y.size() < 3
self.?s.orValue('') == '' && self.l[?0].hasValue()
optional.of(1).optMap(x, x + 1).value() == 2
quantity(self.s).isGreaterThan(quantity('1')) && isQuantity(self.t)
ip(self.s).family() == 4 && cidr(self.s).containsIP(ip('1.2.3.4')) && isURL(self.s) && url(self.s).getHost() == ''
semver('1.2.3').major() == 1 && format.dns1123Label().validate(self.s).hasValue()
self.m.all(k, v, k != v) && self.l.transformList(i, v, v)[0] == ''
self.l.sort() == self.l.distinct() && lists.range(3).size() == 3
'%s %d'.format([self.s, self.i]) == '' && self.s.split(',').join('-') == self.s.replace('a', 'b')
self == oldSelf && self.any == oldSelf.any
[1, 2].exists(x, x in self.li) && {'a': 1}.a == 1 && {} == {'a': 1}
timestamp('2024-01-01T00:00:00Z') < self.d && duration('1h') > self.u
r'\\d' == '\\\\d' && '''a
b''' != "" && 0x1F == 31 && 1e3 > 1.0 && 2u < 3u && -1 < 0 // and so on
sets.contains(self.l, ['a']) && self.l.isSorted() && self.li.max() == 1
"""


def test_good_rules() -> None:
    for text in GOOD.strip().replace("'''a\nb'''", "'''a b'''").split("\n"):
        assert report(text).error == "", text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("self.x == 1", "1:5: undefined field 'x'"),
        ("other == 1", "1:1: undeclared reference to 'other' (in container '')"),
        ("self.s.weird()", "1:13: undeclared reference to 'weird' (in container '')"),
        ("self.i == 'a'", "1:8: found no matching overload for '_==_' applied to '(int, string)'"),
        ("self.d == null || self.n == null", "1:26: found no matching overload for '_==_' applied to '(double, null)'"),
        ("self.d > 1", "1:8: found no matching overload for '_>_' applied to '(timestamp, int)'"),
        ("self.i && true", "1:5: expected type 'bool' but found 'int'"),
        ("self.i.all(x, true)", "1:5: expression of type 'int' cannot be range of a comprehension"),
        ("[1, 'a'].size() == 2", "1:5: expected type 'int' but found 'string'"),
        ("self.any.foo == 1", "1:9: undefined field 'foo'"),
        ("self.i.foo == 1", "1:7: type 'int' does not support field selection"),
        ("duration('soon') < self.u", "1:10: invalid duration argument"),
        ("self.s.matches('(')", "1:16: invalid matches argument"),
        ("'%d'.format([self.s]) == ''", "decimal clause can only be used on integers, was given string"),
        ("self.s ==", "1:10: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '('"),
        ("(self.b", "1:8: Syntax error: missing ')' at '<EOF>'"),
        ("self.b)", "1:7: Syntax error: extraneous input ')' expecting <EOF>"),
        ("self.", "1:6: Syntax error: no viable alternative at input '.'"),
        ("9223372036854775808 > 1", "1:1: invalid int literal"),
        ("if", "1:1: reserved identifier: if"),
        ("self.l.map(1, x)", "1:12: argument is not an identifier"),
        ("has(self)", "invalid argument to has() macro"),
        ("jsonpatch.escapeKey(self.s) == ''", "undeclared reference to 'jsonpatch'"),
    ],
)
def test_what_does_not_compile(text: str, message: str) -> None:
    found = report(text).error
    assert found.startswith("compilation failed: ERROR: <input>:")
    assert message in found


def test_all_errors_are_told_and_shown_where_they_are() -> None:
    assert report("self.x == 1\n  && self.y == 'a'").error == (
        "compilation failed: ERROR: <input>:1:5: undefined field 'x'\n | self.x == 1\n | ....^\n"
        "ERROR: <input>:2:13: found no matching overload for '_==_' applied to '(bytes, string)'\n"
        " |   && self.y == 'a'\n | ............^"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("int('a') == 1", "type conversion error from 'string' to 'int'"),
        ("int(1e30) == 1", "integer overflow"),
        ("uint(-1) == 1u", "unsigned integer overflow"),
        ("double('x') == 1.0", "type conversion error from 'string' to 'double'"),
        ("bool('yes')", "type conversion error from 'string' to 'bool'"),
        ("int('12') == int(1.5) && bool('T') && double('1e3') > 1.0 && uint('1') == 1u", ""),
    ],
)
def test_constants_are_converted_at_once(text: str, message: str) -> None:
    assert report(text).error == (message and f"program instantiation failed: {message}")


def test_message_expressions() -> None:
    assert report("true", messageExpression="self.s").message_error == ""
    assert report("true", messageExpression="self.i").message_error == "messageExpression must evaluate to a string"
    bad = report("true", messageExpression="self.x").message_error
    assert bad.startswith("messageExpression compilation failed: ERROR")
    assert "instantiation failed" in report("true", messageExpression="string(int('a'))").message_error


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("self.?s.hasValue()", 29),
        ("self.i < 1.5", 29),
        ("isQuantity(self.s)", 29),
        ("isIP(self.s)", 31),
        ("self.m.all(k, v, k == v)", 33),
        ("isSemver(self.s)", 34),
        ("self.l.first().hasValue()", 35),
    ],
)
def test_what_later_minors_know(text: str, first: int) -> None:
    assert report(text, first - 1).error
    assert not report(text, first).error


@pytest.mark.parametrize(
    ("schema", "text", "cost"),
    [
        (listed(TEXT, 100), "self.all(x, true)", 302),
        (listed(listed(TEXT, 10), 50), "self.all(x, x.all(y, true))", 1752),
        ({**TEXT, "maxLength": 125}, "self.matches('[0-9]')", 103),
        ({**TEXT, "maxLength": 25}, "self == self", 12),
        (INT, "self + 1 > 2", 3),
        (TEXT, "self == self", 314575),
        (listed(TEXT, 5), "self.all(x, self.all(y, self.all(z, x + y == z)))", 117965777),
        ({**TEXT, "maxLength": 10}, "quantity(self).isInteger()", 6),
        (TEXT, "quantity(string(1)).isInteger()", 1844674407370955266),
    ],
)
def test_costs(schema: Map, text: str, cost: int) -> None:
    assert report(text, schema=schema).cost == cost


@given(st.text(alphabet="selfab.()[]{}<>=!&|?:,'\"\\+-*/%0123 \n`@#u", max_size=40))
def test_any_text(text: str) -> None:
    report(text)
    report("true", messageExpression=text)


def test_deep_text() -> None:
    for text in (
        "(" * 3000,
        "(" * 240 + "1" + ")" * 240,
        "!" * 3000 + "true",
        "[" * 3000,
        "self.l.all(x, " * 300,
        "1" + "+1" * 3000,
    ):
        report(text)
