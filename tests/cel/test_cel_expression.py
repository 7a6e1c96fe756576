"""Expressions over Kubernetes' functions, as the API server's own library gives them."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.cel.environment import MISSING, Outcome, evaluate, is_installed
from kplan.cel.value import Temporal

SELF: dict[str, Any] = {
    "n": 3,
    "d": 1.5,
    "text": "web",
    "list": [1, 2],
    "none": None,
    "at": Temporal("timestamp", "2024-02-29T12:00:00Z"),
    "every": Temporal("duration", "1h30m"),
    "steps": [{"at": Temporal("timestamp", "2024-01-01T00:00:00Z"), "n": 1}],
}

TRUE = """
quantity('500m').isLessThan(quantity('1'))
quantity('1Gi').isGreaterThan(quantity('1G'))
quantity('1000m') == quantity('1')
quantity('1.5').add(1) == quantity('2500m')
quantity('50k').sub(quantity('20k')) == quantity('30k')
sign(quantity('-1')) == -1
sign(quantity('0')) == 0
quantity('50').compareTo(quantity('50.0')) == 0
quantity('50k').asInteger() == 50000
!quantity('0.5').isInteger()
quantity('500m').asApproximateFloat() == 0.5
isQuantity('1.3G') && !isQuantity('1.3GB')
isIP('127.0.0.1') && !isIP('127.0.0.256') && !isIP('::ffff:1.2.3.4') && !isIP('fe80::1%eth0')
ip('::1').isLoopback() && ip('0.0.0.0').isUnspecified()
ip('224.0.0.1').isLinkLocalMulticast() && ip('fe80::1').isLinkLocalUnicast()
ip('192.168.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast()
ip('::0:1') == ip('::1') && ip('::1').family() == 6
ip.isCanonical('::1') && !ip.isCanonical('::0:1')
string(ip('10.0.0.1')) == '10.0.0.1' && string(cidr('10.0.0.0/8')) == '10.0.0.0/8'
isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0')
cidr('192.168.0.0/24').containsIP('192.168.0.7') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.7'))
cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24') && !cidr('192.168.0.0/24').containsCIDR(cidr('192.168.0.0/23'))
cidr('192.168.0.7/24').ip() == ip('192.168.0.7') && cidr('192.168.0.7/24').masked() == cidr('192.168.0.0/24')
cidr('::1/128').prefixLength() == 128
isURL('https://a.com/x') && isURL('/x') && !isURL('x') && !isURL('https://a b')
url('https://a.com:80/p?q=1').getHost() == 'a.com:80' && url('https://a.com:80/').getHostname() == 'a.com'
url('https://[::1]:80/').getPort() == '80' && url('https://[::1]/').getHostname() == '::1'
url('/a/b').getEscapedPath() == '/a/b' && url('/a').getScheme() == ''
url('https://a/?k=a&k=b').getQuery()['k'] == ['a', 'b']
'abc 123'.find('[0-9]+') == '123' && 'abc'.find('[0-9]+') == ''
'1, 2, 3'.findAll('[0-9]+') == ['1', '2', '3'] && '1, 2'.findAll('[0-9]+', 1) == ['1']
'abc'.find('c$') == 'c' && 'a$b'.find('[$]') == '$'
[1, 2, 2].isSorted() && !['b', 'a'].isSorted()
[1, 3].sum() == 4 && [].sum() == 0 && [1.0, 0.5].sum() == 1.5
[2, 1, 3].min() == 1 && [2, 1, 3].max() == 3
[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && ['a'].indexOf('b') == -1
'tacocat'.indexOf('a') == 1 && 'tacocat'.lastIndexOf('a') == 5 && 'tacocat'.indexOf('a', 3) == 5
semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.0.0').isGreaterThan(semver('1.0.0-rc.1'))
semver('1.2.3').compareTo(semver('1.2.3+build')) == 0 && semver('v1.2', true) == semver('1.2.0')
semver('1.2.3').minor() == 2 && !isSemver('1.2') && isSemver('v1.2', true)
!format.dns1123Label().validate('web').hasValue() && format.dns1123Label().validate('a_b').hasValue()
format.named('labelValue').value().validate('-x').value().size() == 1
sets.contains([1, 2, 3], [2]) && sets.intersects([1], [1, 2]) && sets.equivalent([1, 1], [1])
[1, 2].all(i, v, i < v) && {'a': 1}.exists(k, v, k == 'a' && v == 1)
[1, 2].transformList(i, v, i * v) == [0, 2]
'a-b'.split('-') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b' && ' a '.trim() == 'a'
'hello'.charAt(1) == 'e' && 'ABC'.lowerAscii() == 'abc' && 'hello'.substring(1, 3) == 'el'
'hello'.replace('l', 'L', 1) == 'heLlo' && strings.quote('a') == '"a"'
'%s has %d'.format(['web', 3]) == 'web has 3'
math.greatest(1, 2) == 2 && math.least([3, 1]) == 1
base64.decode('YQ==') == b'a'
cel.bind(x, self.n + 1, x * x) == 16
self.?missing.orValue('x') == 'x' && !self.?missing.?deeper.hasValue()
optional.of(1).hasValue() && [1][?5].orValue(7) == 7
self.n == 3 && self.n == 3.0 && self.d > 1 && type(self.n) == int
self.at.getFullYear() == 2024 && self.at > timestamp('2024-01-01T00:00:00Z')
self.every > duration('1h') && self.at + self.every == timestamp('2024-02-29T13:30:00Z')
self.steps.all(s, s.at < self.at) && self.steps[0].n == 1
self.none == null && has(self.none) && !has(self.missing)
dyn(1) == 1u && 'a' in {'a': 1}
true || 1 / 0 == 1
"""

FAILING = [
    ("self.missing == 1", "no such key: missing"),
    ("self.list[5] == 1", "index out of bounds: 5"),
    ("1 / 0 == 1", "division by zero"),
    ("sign(quantity('x')) == 1", "quantities must match the regular expression"),
    ("[].min() == 1", "min called on empty list"),
    ("ip('1.2.3') == ip('1.2.3')", 'IP Address "1.2.3" parse error during conversion from string'),
    ("semver('one') == semver('one')", "could not parse semver: one"),
    ("int(self.text) == 1", "type conversion error from 'string' to 'int'"),
    ("optional.none().value() == 1", "optional.none() dereference"),
]

UNKNOWN = [
    ("authorizer.group('').resource('pods').check('get').allowed()", "known to a cluster only"),
    ("request.userInfo.username == 'a'", "who applies the object is not known"),
    ("request.?userInfo.hasValue()", "who applies the object is not known"),
    ("request.options.fieldManager == 'a'", "with which options"),
    ("self.text.someFunction()", "undeclared reference to 'someFunction'"),
    ("undefined == 1", "undeclared reference to 'undefined'"),
    ("self.n +", "Syntax error"),
    ("self.text.find('\\\\p{Greek}') == ''", "the pattern"),
    ("self.text.sum() == 1", "No matching overloads"),
    ("'a' == 1", "no matching overload"),
]


def test_the_library_is_there() -> None:
    assert is_installed()


@pytest.mark.parametrize("expression", TRUE.strip().splitlines())
def test_true(expression: str) -> None:
    assert evaluate(expression, {"self": SELF}) == Outcome(True)


@pytest.mark.parametrize(("expression", "message"), FAILING)
def test_failures_of_the_api_server(expression: str, message: str) -> None:
    outcome = evaluate(expression, {"self": SELF})
    assert message in outcome.error
    assert not outcome.unknown


@pytest.mark.parametrize(("expression", "reason"), UNKNOWN)
def test_what_cannot_be_evaluated_is_never_true_or_false(expression: str, reason: str) -> None:
    outcome = evaluate(expression, {"self": SELF, "request": {}})
    assert reason in outcome.unknown
    assert (outcome.value, outcome.error) == (None, "")


def test_variables_are_evaluated_when_asked_for() -> None:
    variables = {"one": "self.n - 2", "bad": "1 / 0", "two": "variables.one + variables.one"}
    assert evaluate("variables.two == 2", {"self": SELF}, variables=variables) == Outcome(True)
    assert evaluate("variables.bad == 1", {"self": SELF}, variables=variables).error == "division by zero"
    assert evaluate("variables.later == 1", {"self": SELF}, variables=variables).unknown


def test_optional_values() -> None:
    assert evaluate("oldSelf.hasValue()", {"self": SELF}, optional={"oldSelf": None}) == Outcome(False)
    assert evaluate("oldSelf.value().at == self.at", {"self": SELF}, optional={"oldSelf": SELF}) == Outcome(True)


def test_comments_and_text_are_left_alone() -> None:
    expression = "'variables.x.indexOf(' == self.text // variables.x ) }"
    values = {"self": {"text": "variables.x.indexOf("}}
    assert evaluate(expression, values, variables={"x": "1"}) == Outcome(True)


def test_without_the_library_nothing_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kplan.cel.environment.is_installed", lambda: False)
    assert evaluate("true", {}) == Outcome(unknown=MISSING)
