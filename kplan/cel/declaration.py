"""The functions that expressions may call, with their signatures, by Kubernetes minor.

Source: cel-spec standard definitions; cel-go ext; kubernetes v1.36 apiserver pkg/cel/environment base.go and
pkg/cel/library.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from kplan.cel.type import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    UINT,
    Type,
    list_of,
    map_of,
    optional_of,
)


class Overload(NamedTuple):
    """One signature of a function; of a method, the first parameter is what it is called on."""

    name: str
    parameters: tuple[Type, ...]
    result: Type
    is_member: bool


_NUMBERS = "int uint double"
_ORDERED = "bool int uint double string bytes timestamp duration"
_GETTERS = (
    "getFullYear getMonth getDayOfYear getDayOfMonth getDate getDayOfWeek getHours getMinutes getSeconds "
    "getMilliseconds"
)
_URL_PARTS = ("Scheme", "Host", "Hostname", "Port", "EscapedPath")
_NAME_FORMATS = (
    *("dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName"),
    *("dns1123LabelPrefix", "dns1123SubdomainPrefix", "dns1035LabelPrefix", "labelValue"),
    *("uri", "uuid", "byte", "date", "datetime"),
)
_STANDARD = f"""
_?_:_: (bool, A, A) A
_&&_: (bool, bool) bool
_||_: (bool, bool) bool
!_: (bool) bool
@not_strictly_false: (bool) bool
_==_: (A, A) bool
_!=_: (A, A) bool
@in: (A, list(A)) bool | (A, map(A, B)) bool
_[_]: (list(A), int) A | (map(A, B), A) B
_+_: (int, int) int | (uint, uint) uint | (double, double) double | (string, string) string | (bytes, bytes) bytes
_+_: (list(A), list(A)) list(A) | (timestamp, duration) timestamp | (duration, timestamp) timestamp
_+_: (duration, duration) duration
_-_: (int, int) int | (uint, uint) uint | (double, double) double | (timestamp, timestamp) duration
_-_: (timestamp, duration) timestamp | (duration, duration) duration
_*_: (int, int) int | (uint, uint) uint | (double, double) double
_/_: (int, int) int | (uint, uint) uint | (double, double) double
_%_: (int, int) int | (uint, uint) uint
-_: (int) int | (double) double
size: (string) int | (bytes) int | (list(A)) int | (map(A, B)) int
size: string.() int | bytes.() int | list(A).() int | map(A, B).() int
type: (A) type(A)
dyn: (A) dyn
bool: (bool) bool | (string) bool
bytes: (bytes) bytes | (string) bytes
double: (double) double | (int) double | (string) double | (uint) double
duration: (duration) duration | (string) duration | (int) duration
int: (int) int | (double) int | (duration) int | (string) int | (timestamp) int | (uint) int
string: (string) string | (bool) string | (bytes) string | (double) string | (duration) string | (int) string
string: (timestamp) string | (uint) string
timestamp: (timestamp) timestamp | (string) timestamp | (int) timestamp
uint: (uint) uint | (double) uint | (int) uint | (string) uint
contains: string.(string) bool
endsWith: string.(string) bool
startsWith: string.(string) bool
matches: string.(string) bool | (string, string) bool
{"".join(f"{getter}: timestamp.() int | timestamp.(string) int{chr(10)}" for getter in _GETTERS.split())}
{"".join(f"{getter}: duration.() int{chr(10)}" for getter in _GETTERS.split()[-4:])}
{"".join(f"_{op}_: ({kind}, {kind}) bool{chr(10)}" for op in ("<", "<=", ">", ">=") for kind in _ORDERED.split())}
charAt: string.(int) string
indexOf: string.(string) int | string.(string, int) int
lastIndexOf: string.(string) int | string.(string, int) int
join: list(string).() string | list(string).(string) string
lowerAscii: string.() string
upperAscii: string.() string
trim: string.() string
replace: string.(string, string) string | string.(string, string, int) string
split: string.(string) list(string) | string.(string, int) list(string)
substring: string.(int) string | string.(int, int) string
{"".join(f"isSorted: list({kind}).() bool{chr(10)}" for kind in _ORDERED.split())}
{"".join(f"{name}: list({kind}).() {kind}{chr(10)}" for name in ("min", "max") for kind in _ORDERED.split())}
{"".join(f"sum: list({kind}).() {kind}{chr(10)}" for kind in (*_NUMBERS.split(), "duration"))}
indexOf: list(A).(A) int
lastIndexOf: list(A).(A) int
find: string.(string) string
findAll: string.(string) list(string) | string.(string, int) list(string)
url: (string) kubernetes.URL
isURL: (string) bool
{"".join(f"get{part}: kubernetes.URL.() string{chr(10)}" for part in _URL_PARTS)}
getQuery: kubernetes.URL.() map(string, list(string))
"""
_MIXED = "".join(
    f"_{op}_: ({one}, {other}) bool\n"
    for op in ("<", "<=", ">", ">=")
    for one in _NUMBERS.split()
    for other in _NUMBERS.split()
    if one != other
)


def _narrowed(name: str) -> str:
    """The signature of a method that narrows a question about rights."""
    return f"{name}: {_AUTHORIZATION}.ResourceCheck.(string) {_AUTHORIZATION}.ResourceCheck\n"


_COMPARED = ("isLessThan", "isGreaterThan")
_AUTHORIZATION = "kubernetes.authorization"
_LIBRARIES = {
    27: f"""
path: {_AUTHORIZATION}.Authorizer.(string) {_AUTHORIZATION}.PathCheck
group: {_AUTHORIZATION}.Authorizer.(string) {_AUTHORIZATION}.GroupCheck
serviceAccount: {_AUTHORIZATION}.Authorizer.(string, string) {_AUTHORIZATION}.Authorizer
resource: {_AUTHORIZATION}.GroupCheck.(string) {_AUTHORIZATION}.ResourceCheck
{"".join(_narrowed(name) for name in ("subresource", "namespace", "name"))}
check: {_AUTHORIZATION}.PathCheck.(string) {_AUTHORIZATION}.Decision
check: {_AUTHORIZATION}.ResourceCheck.(string) {_AUTHORIZATION}.Decision
allowed: {_AUTHORIZATION}.Decision.() bool
reason: {_AUTHORIZATION}.Decision.() string
errored: {_AUTHORIZATION}.Decision.() bool
error: {_AUTHORIZATION}.Decision.() string
""",
    28: f"""{_MIXED}
optional.of: (V) optional(V)
optional.ofNonZeroValue: (V) optional(V)
optional.none: () optional(V)
value: optional(V).() V
hasValue: optional(V).() bool
or: optional(V).(optional(V)) optional(V)
orValue: optional(V).(V) V
_?._: (dyn, string) optional(V)
_[?_]: (list(V), int) optional(V) | (optional(list(V)), int) optional(V)
_[?_]: (map(K, V), K) optional(V) | (optional(map(K, V)), K) optional(V)
_[_]: (optional(list(V)), int) optional(V) | (optional(map(K, V)), K) optional(V)
quantity: (string) kubernetes.Quantity
isQuantity: (string) bool
isInteger: kubernetes.Quantity.() bool
asInteger: kubernetes.Quantity.() int
asApproximateFloat: kubernetes.Quantity.() double
sign: (kubernetes.Quantity) int
add: kubernetes.Quantity.(kubernetes.Quantity) kubernetes.Quantity | kubernetes.Quantity.(int) kubernetes.Quantity
sub: kubernetes.Quantity.(kubernetes.Quantity) kubernetes.Quantity | kubernetes.Quantity.(int) kubernetes.Quantity
compareTo: kubernetes.Quantity.(kubernetes.Quantity) int
{"".join(f"{name}: kubernetes.Quantity.(kubernetes.Quantity) bool{chr(10)}" for name in _COMPARED)}
""",
    29: """
format: string.(list(dyn)) string
strings.quote: (string) string
sets.contains: (list(A), list(A)) bool
sets.equivalent: (list(A), list(A)) bool
sets.intersects: (list(A), list(A)) bool
""",
    30: f"""
ip: (string) net.IP | net.CIDR.() net.IP
isIP: (string) bool
ip.isCanonical: (string) bool
family: net.IP.() int
{"".join(f"{name}: net.IP.() bool{chr(10)}" for name in ("isUnspecified", "isLoopback", "isLinkLocalMulticast"))}
{"".join(f"{name}: net.IP.() bool{chr(10)}" for name in ("isLinkLocalUnicast", "isGlobalUnicast"))}
string: (net.IP) string | (net.CIDR) string
cidr: (string) net.CIDR
isCIDR: (string) bool
containsIP: net.CIDR.(string) bool | net.CIDR.(net.IP) bool
containsCIDR: net.CIDR.(string) bool | net.CIDR.(net.CIDR) bool
prefixLength: net.CIDR.() int
masked: net.CIDR.() net.CIDR
""",
    31: f"""
{"".join(_narrowed(name) for name in ("fieldSelector", "labelSelector"))}
format.named: (string) optional(kubernetes.NamedFormat)
validate: kubernetes.NamedFormat.(string) optional(list(string))
"""
    + "".join(f"format.{name}: () kubernetes.NamedFormat\n" for name in _NAME_FORMATS),
    32: """
cel.@mapInsert: (map(K, V), K, V) map(K, V) | (map(K, V), map(K, V)) map(K, V)
""",
    33: f"""
semver: (string) kubernetes.Semver | (string, bool) kubernetes.Semver
isSemver: (string) bool | (string, bool) bool
{"".join(f"{name}: kubernetes.Semver.() int{chr(10)}" for name in ("major", "minor", "patch"))}
compareTo: kubernetes.Semver.(kubernetes.Semver) int
{"".join(f"{name}: kubernetes.Semver.(kubernetes.Semver) bool{chr(10)}" for name in _COMPARED)}
""",
    34: f"""
slice: list(T).(int, int) list(T)
flatten: list(list(T)).() list(T) | list(dyn).(int) list(dyn)
distinct: list(T).() list(T)
reverse: list(T).() list(T)
first: list(T).() optional(T)
last: list(T).() optional(T)
lists.range: (int) list(int)
{"".join(f"sort: list({kind}).() list({kind}){chr(10)}" for kind in _ORDERED.split())}
{"".join(f"@sortByAssociatedKeys: list(T).(list({kind})) list(T){chr(10)}" for kind in _ORDERED.split())}
""",
}
"""The minor that a library came with, and its functions."""

_PLAIN = {
    "dyn": DYN,
    "null": NULL,
    "bool": BOOL,
    "int": INT,
    "uint": UINT,
    "double": DOUBLE,
    "string": STRING,
    "bytes": BYTES,
    "duration": DURATION,
    "timestamp": TIMESTAMP,
}
TYPE_NAMES = {
    **{name: type_ for name, type_ in _PLAIN.items() if name not in ("dyn", "null", "duration", "timestamp")},
    "null_type": NULL,
    "list": list_of(DYN),
    "map": map_of(DYN, DYN),
    "type": Type("type"),
    "google.protobuf.Duration": DURATION,
    "google.protobuf.Timestamp": TIMESTAMP,
    "net.IP": Type("opaque", "net.IP"),
    "net.CIDR": Type("opaque", "net.CIDR"),
    "kubernetes.URL": Type("struct", "kubernetes.URL"),
    "kubernetes.Quantity": Type("struct", "kubernetes.Quantity"),
    "optional_type": optional_of(DYN),
}
"""Names that stand for types."""


def environment_minor(minor: int) -> int:
    """The minor whose functions new expressions may use in Kubernetes 1.`minor`: those that one can go back with.

    >>> environment_minor(36), environment_minor(26)
    (35, 26)
    """
    return minor - 1 if minor >= _SETS_BEGIN else minor


_SETS_BEGIN = 28


_PATCHES = "jsonpatch.escapeKey: (string) string\n"


@cache
def functions(minor: int, *, patches: bool = False) -> dict[str, tuple[Overload, ...]]:
    """The functions of an environment, by name; `patches`: it is that of mutations."""
    text = _STANDARD + "".join(library for since, library in _LIBRARIES.items() if minor >= since)
    text += _PATCHES if patches else ""
    found: dict[str, list[Overload]] = {}
    for line in filter(None, text.split("\n")):
        name, _, signatures = line.rpartition(": ") if line.startswith("_?_") else line.partition(": ")
        for signature in signatures.split(" | "):
            found.setdefault(name, []).append(_overload(name, signature))
    return {name: tuple(overloads) for name, overloads in found.items()}


def _overload(name: str, signature: str) -> Overload:
    head, result = _split(signature)
    receiver, _, arguments = ("", "", head[1:]) if head.startswith("(") else head.partition(".(")
    parameters = [_type(text) for text in _items(arguments.removesuffix(")"))]
    if receiver:
        parameters.insert(0, _type(receiver))
    return Overload(name, tuple(parameters), _type(result), bool(receiver))


def _split(signature: str) -> tuple[str, str]:
    """Parameters and result of a signature: the result stands behind the first blank that is in no parenthesis."""
    depth = 0
    for index, char in enumerate(signature):
        depth += (char == "(") - (char == ")")
        if char == " " and not depth:
            return signature[:index], signature[index + 1 :]
    raise AssertionError(signature)


def _items(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for index, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and not depth:
            yield text[start:index].strip()
            start = index + 1
    if text[start:].strip():
        yield text[start:].strip()


def _type(text: str) -> Type:
    name, _, inner = text.partition("(")
    if not inner:
        if text in _PLAIN:
            return _PLAIN[text]
        if len(text) == 1:
            return Type("param", text)
        return Type("opaque" if text.startswith("net.") else "struct", text)
    parts = tuple(_type(item) for item in _items(inner.removesuffix(")")))
    return optional_of(*parts) if name == "optional" else Type(name, parts=parts)
