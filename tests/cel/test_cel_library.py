"""Kubernetes' functions, against what is documented of them."""

from __future__ import annotations

import pytest

from kplan.cel.environment import Outcome, evaluate

TRUE = r"""
isQuantity("20") && isQuantity("20Mi") && isQuantity("10000k") && !isQuantity("20Mo") && !isQuantity("10Mm")
!isQuantity("1,3G") && !isQuantity("200K") && !isQuantity("Three")
quantity("200M") == quantity("0.2G") && quantity("2000k") == quantity("0.002G") && quantity("200M") != quantity("0.3G")
quantity("50M").isLessThan(quantity("50Mi")) && !quantity("100M").isLessThan(quantity("50M"))
quantity("150Mi").isGreaterThan(quantity("100Mi")) && !quantity("50M").isGreaterThan(quantity("100M"))
quantity("200M").compareTo(quantity("0.2G")) == 0 && quantity("50M").compareTo(quantity("50Mi")) == -1
quantity("50k").add(quantity("20")) == quantity("50.02k") && quantity("50k").add(20) == quantity("50020")
quantity("50k").sub(quantity("20")) == quantity("49.98k") && quantity("50k").sub(20) == quantity("49980")
quantity("50k").add(20).sub(quantity("100k")).sub(-50000).asInteger() == 20
quantity("50k").asInteger() == 50000 && quantity("50000000G").isInteger() && quantity("50").isInteger()
!quantity("9999999999999999999999999999999999999G").isInteger() && quantity("50.703k").asApproximateFloat() == 50703.0
sign(quantity("50k")) == 1 && sign(quantity("-50k")) == -1 && sign(quantity("0")) == 0
isIP("192.168.0.1") && !isIP("192.168.0.1.0") && isIP("2001:db8::68") && !isIP("2001:db8:::68") && !isIP("1.2.3.04")
ip.isCanonical("127.0.0.1") && ip.isCanonical("2001:db8::68") && !ip.isCanonical("2001:DB8::68")
ip("192.168.0.1").family() == 4 && ip("2001:db8::68").family() == 6
ip("0.0.0.0").isUnspecified() && ip("::").isUnspecified() && !ip("127.0.0.1").isUnspecified()
ip("127.0.0.1").isLoopback() && ip("::1").isLoopback() && !ip("2001:db8::abcd").isLoopback()
ip("224.0.0.1").isLinkLocalMulticast() && !ip("224.0.1.1").isLinkLocalMulticast()
ip("ff02::1").isLinkLocalMulticast() && !ip("fd00::1").isLinkLocalMulticast()
ip("169.254.169.254").isLinkLocalUnicast() && ip("fe80::1").isLinkLocalUnicast() && !ip("fd80::1").isLinkLocalUnicast()
ip("192.168.0.1").isGlobalUnicast() && ip("2001:db8::abcd").isGlobalUnicast() && !ip("ff00::1").isGlobalUnicast()
!ip("255.255.255.255").isGlobalUnicast() && string(ip("192.168.0.1")) == "192.168.0.1"
isCIDR("192.168.0.0/16") && isCIDR("::1/128") && !isCIDR("192.168.0.0/") && !isCIDR("192.168.0.0/33")
!isCIDR("::1/129")
cidr("192.168.0.0/24").containsIP(ip("192.168.0.1")) && !cidr("192.168.0.0/24").containsIP("192.168.1.1")
cidr("2001:db8::/32").containsIP("2001:db8::1") && !cidr("2001:db8::/32").containsIP(ip("2001:dc8::1"))
cidr("192.168.0.0/24").containsCIDR("192.168.0.0/25") && !cidr("192.168.0.0/24").containsCIDR(cidr("192.168.0.0/23"))
cidr("192.168.0.0/16").containsCIDR(cidr("192.168.10.0/24")) && !cidr("2001:db8::/32").containsCIDR("2001:db8::/31")
cidr("192.168.0.1/24").ip() == ip("192.168.0.1") && cidr("::1/128").ip().family() == 6
cidr("192.168.0.1/24").masked() == cidr("192.168.0.0/24") && cidr("192.168.0.1/24") != cidr("192.168.0.1/24").masked()
cidr("192.168.0.0/16").prefixLength() == 16 && string(cidr("192.168.0.0/24")) == "192.168.0.0/24"
isURL("https://user:pass@example.com:80/path?query=val#fragment") && isURL("/absolute-path")
!isURL("https://a:b:c/") && !isURL("../relative-path") && !isURL("")
url("/path").getScheme() == "" && url("https://example.com/").getScheme() == "https"
url("https://example.com:80/").getHost() == "example.com:80" && url("https://[::1]:80/").getHost() == "[::1]:80"
url("https://example.com:80/").getHostname() == "example.com" && url("https://[::1]:80/").getHostname() == "::1"
url("https://example.com:80/").getPort() == "80" && url("https://example.com/").getPort() == ""
url("/p").getPort() == ""
url("https://example.com/path with spaces/").getEscapedPath() == "/path%20with%20spaces/"
url("https://example.com").getEscapedPath() == ""
url("https://example.com/path?k1=a&k2=b&k2=c").getQuery() == {"k1": ["a"], "k2": ["b", "c"]}
url("https://a.io/path?key with spaces=value with spaces").getQuery() == {"key with spaces": ["value with spaces"]}
url("https://example.com/path?").getQuery() == {} && url("https://example.com/path").getQuery() == {}
"abc 123".find("[0-9]+") == "123" && "abc 123".find("[0-9]*") == "" && "abc 123".find("xyz") == ""
"123 abc 456".findAll("[0-9]+") == ["123", "456"] && "123 abc 456".findAll("[0-9]+", 1) == ["123"]
"123 abc 456".findAll("xyz") == [] && "1 2".findAll("[0-9]", 0) == [] && "Ünder".find("\\pL+") == "Ünder"
[1, 2, 3].isSorted() && ["a", "b", "b", "c"].isSorted() && ![2.0, 1.0].isSorted() && [1].isSorted() && [].isSorted()
[1, 3].sum() == 4 && [1.0, 3.0].sum() == 4.0 && [].sum() == 0 && [1u, 2u].sum() == 3u
[1, 3].min() == 1 && [1, 3].max() == 3 && ["a", "b"].max() == "b" && ([0] + []).min() == 0
[1, 2, 2, 3].indexOf(2) == 1 && ["a", "b", "b", "c"].lastIndexOf("b") == 2 && [1.0].indexOf(1.1) == -1
[].indexOf("string") == -1 && [[1], [2]].indexOf([2]) == 1
sets.contains([], []) && !sets.contains([], [1]) && sets.contains([1, 2, 3, 4], [2, 3]) && sets.contains([1], [1, 1])
sets.equivalent([], []) && sets.equivalent([1, 2, 3], [3u, 2.0, 1]) && !sets.equivalent([1], [1, 2])
sets.intersects([1], [1, 2]) && !sets.intersects([1], []) && sets.intersects([[1], [2, 3]], [[1, 2], [2, 3.0]])
"hello".charAt(4) == "o" && "hello".charAt(5) == "" && "hello mellow".indexOf("") == 0
"hello mellow".indexOf("jello") == -1
"hello mellow".indexOf("ello", 2) == 7 && "hello mellow".lastIndexOf("ello") == 7
"hello mellow".lastIndexOf("ello", 6) == 1
["hello", "mellow"].join() == "hellomellow" && ["hello", "mellow"].join(" ") == "hello mellow" && [].join("/") == ""
"TacoCÆt".lowerAscii() == "tacocÆt" && "TacoCÆt".upperAscii() == "TACOCÆT"
"hello hello".replace("he", "we", 1) == "wello hello" && "hello hello".replace("he", "we", 0) == "hello hello"
"hello hello".replace("", "_") == "_h_e_l_l_o_ _h_e_l_l_o_" && "a".replace("a", "") == ""
"hello hello hello".split(" ", 2) == ["hello", "hello hello"] && "a b".split(" ", 0) == []
"abc".split("") == ["a", "b", "c"]
"tacocat".substring(4) == "cat" && "tacocat".substring(0, 4) == "taco" && "  \ttrim\n".trim() == "trim"
"%d items, %s, %.2f, %x".format([3, ["a", 1], 2.345, 255]) == "3 items, [a, 1], 2.35, ff"
strings.quote('say "hi"') == '"say \\"hi\\""'
semver("1.2.3") == semver("1.2.3") && semver("1.2.3") != semver("1.0.0") && semver("v01.01", true) == semver("1.1.0")
semver("1.0.0").isLessThan(semver("1.2.3")) && !semver("1.0.0").isLessThan(semver("1.0.0"))
semver("1.2.3").isGreaterThan(semver("1.0.0")) && semver("1.2.3").compareTo(semver("0.1.2")) == 1
semver("1.0.0-alpha").compareTo(semver("1.0.0-alpha.1")) == -1 && semver("1.0.0-rc.1").isLessThan(semver("1.0.0"))
semver("1.2.3").major() == 1 && semver("1.2.3").minor() == 2 && semver("1.2.3").patch() == 3
isSemver("1.2.3-beta.1+build.1") && !isSemver("") && !isSemver("v1.0.0") && !isSemver(" 1.0.0") && !isSemver("1. 0.0")
!isSemver("01.01.01") && !isSemver("1") && !isSemver("1.1") && !isSemver("", true) && !isSemver(" 1.0.0", true)
isSemver("v1.0.0", true) && isSemver("01.01.01", true) && isSemver("1", true) && !isSemver("1-rc", true)
!format.dns1123Label().validate("my-label-name").hasValue() && !format.dns1123Subdomain().validate("a.io").hasValue()
!format.dns1123LabelPrefix().validate("my-label-prefix-").hasValue()
!format.dns1035LabelPrefix().validate("my-label-prefix-").hasValue()
format.dns1035Label().validate("contains a space").value()[0].startsWith("a DNS-1035 label must consist of")
!format.qualifiedName().validate("apiextensions.k8s.io/v1beta1").hasValue()
!format.portName().validate("http").hasValue()
!format.uri().validate("http://example.com").hasValue() && format.uri().validate("a").hasValue()
!format.uuid().validate("123e4567-e89b-12d3-a456-426614174000").hasValue()
!format.byte().validate("aGVsbG8=").hasValue() && format.byte().validate("aGVsbG8").value() == ["invalid base64"]
!format.date().validate("2021-01-01").hasValue() && format.date().validate("2020-01-32").value() == ["invalid date"]
!format.datetime().validate("2021-01-01T00:00:00Z").hasValue()
format.datetime().validate("2020-01-32T00:00:00Z").hasValue()
format.labelValue().validate("my-cool-label-Value!!").hasValue()
format.named("labelValue").value().validate("-").hasValue()
[1, 2, 3].all(i, v, i < v) && [1, 2, 1].existsOne(i, v, v == 2) && {"a": 1}.exists(k, v, v == 1)
[1, 2, 3].transformList(i, v, i > 0, v * v) == [4, 9] && {"a": 1}.transformList(k, v, k) == ["a"]
{"a": 1, "b": 2}.transformMap(k, v, v + 1) == {"a": 2, "b": 3}
{"a": 1, "b": 2}.transformMap(k, v, v > 1, v + 1) == {"b": 3}
["x", "y"].transformMap(i, v, v + "!") == {0: "x!", 1: "y!"}
{"a": "b"}.transformMapEntry(k, v, {v: k}) == {"b": "a"}
optional.of(1).value() == 1 && !optional.none().hasValue() && !optional.ofNonZeroValue("").hasValue()
{"a": {"b": 1}}[?"a"].?b.orValue(0) == 1 && [1, 2][?5].or(optional.of(3)).value() == 3
optional.of(2).optMap(x, x * 2).orValue(0) == 4 && optional.of(2).optFlatMap(x, optional.none()).orValue(7) == 7
[?optional.of(1), ?optional.none()] == [1] && {?"a": optional.none()} == {}
duration("1h30m").getMinutes() == 90 && timestamp("2024-02-29T12:00:00Z").getDayOfYear() == 59
1 in [1, 2] && "a" in {"a": 1} && size("é") == 1 && size(b"\303\251") == 2 && "abc".matches("^a.c$")
int("5") == 5 && double(1) == 1.0 && string(1.5) == "1.5" && bytes("a") == b"a" && type(1u) == uint && bool("true")
dyn(1) < dyn(2.5) && dyn(1u) == dyn(1) && dyn(1) != dyn("1")
"""

FAILING = [
    ('quantity("10Mo")', "quantities must match the regular expression"),
    ('quantity("9999999999999999999999999999999999999G").asInteger() == 1', "cannot convert value to integer"),
    ('ip("192.168.0.1.0").family() == 4', 'IP Address "192.168.0.1.0" parse error during conversion from string'),
    ('ip.isCanonical("2001:db8:::68")', 'IP Address "2001:db8:::68" parse error during conversion from string'),
    ('cidr("192.168.0.0/").prefixLength() == 1', "network address parse error during conversion from string"),
    ('cidr("10.0.0.0/8").containsIP("x")', 'IP Address "x" parse error'),
    ('url("../a").getHost() == ""', "URL parse error during conversion from string: parse"),
    ('"a".find("(") == ""', "Illegal regex: error parsing regexp: missing closing ): `(`"),
    ("[].min() == 1", "min called on empty list"),
    ("[].max() == 1", "max called on empty list"),
    ('semver("v1.0").major() == 1', ""),
    ("object.a.b == 1", "no such key: a"),
    ("[1][1] == 1", "index out of bounds: 1"),
    ("1 / 0 == 1", "division by zero"),
    ("duration('x') == duration('1s')", ""),
]


@pytest.mark.parametrize("expression", TRUE.strip().splitlines())
def test_true(expression: str) -> None:
    assert evaluate(expression, {"object": {}}) == Outcome(True)


@pytest.mark.parametrize(("expression", "message"), FAILING)
def test_failures_of_the_api_server(expression: str, message: str) -> None:
    outcome = evaluate(expression, {"object": {}})
    assert outcome.error, outcome
    assert message in outcome.error
