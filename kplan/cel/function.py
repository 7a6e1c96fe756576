"""How Kubernetes' functions are declared to the CEL library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kplan.cel.library import address, format, item, order, pattern, quantity, semver, text, url
from kplan.cel.token import OWN

_TYPES = {
    "s": "STRING",
    "b": "BOOL",
    "i": "INT",
    "d": "DOUBLE",
    "m": "MAP",
    "l": "LIST",
    "a": "DYN",
    "y": "BYTES",
    "t": "TIMESTAMP",
    "u": "DURATION",
}
"""The letters of a signature: those of the arguments, then that of the result."""

_ITEMS = "sbidmlytu"
_Declared = list[tuple[str, str, Callable[..., Any]]]

_QUANTITY: _Declared = [
    ("quantity", "sm", quantity.quantity),
    ("isQuantity", "sb", quantity.is_quantity),
    (".isInteger", "mb", quantity.is_integer),
    (".asInteger", "mi", quantity.as_integer),
    (".asApproximateFloat", "md", quantity.as_float),
    ("sign", "mi", quantity.sign),
    (".add", "mmm", quantity.plus),
    (".add", "mim", quantity.plus),
    (".sub", "mmm", quantity.minus),
    (".sub", "mim", quantity.minus),
    (".compareTo", "mmi", order.compare),
    (".isLessThan", "mmb", order.is_less),
    (".isGreaterThan", "mmb", order.is_greater),
]
_NETWORK: _Declared = [
    ("ip", "sm", address.ip),
    ("isIP", "sb", address.is_ip),
    ("ip.isCanonical", "sb", address.is_canonical),
    (".family", "mi", address.family),
    (".isUnspecified", "mb", address.is_unspecified),
    (".isLoopback", "mb", address.is_loopback),
    (".isLinkLocalMulticast", "mb", address.is_link_local_multicast),
    (".isLinkLocalUnicast", "mb", address.is_link_local_unicast),
    (".isGlobalUnicast", "mb", address.is_global_unicast),
    ("cidr", "sm", address.cidr),
    ("isCIDR", "sb", address.is_cidr),
    (".containsIP", "msb", address.contains_ip),
    (".containsIP", "mmb", address.contains_ip),
    (".containsCIDR", "msb", address.contains_cidr),
    (".containsCIDR", "mmb", address.contains_cidr),
    (".ip", "mm", address.cidr_ip),
    (".masked", "mm", address.masked),
    (".prefixLength", "mi", address.prefix_length),
    ("_string", "ms", address.to_text),
    ("url", "sm", url.url),
    ("isURL", "sb", url.is_url),
    (".getScheme", "ms", url.url_part("scheme")),
    (".getHost", "ms", url.url_part("host")),
    (".getHostname", "ms", url.url_part("hostname")),
    (".getPort", "ms", url.url_part("port")),
    (".getEscapedPath", "ms", url.url_part("escaped_path")),
    (".getQuery", "mm", url.url_query),
]
_TEXT: _Declared = [
    (".charAt", "sis", text.char_at),
    (".substring", "sis", text.substring),
    (".substring", "siis", text.substring),
    (".find", "sss", pattern.find),
    (".findAll", "ssl", pattern.find_all),
    (".findAll", "ssil", pattern.find_all),
    ("_validate", "ssl", format.validate),
    ("semver", "sm", semver.semver),
    ("semver", "sbm", semver.semver),
    ("isSemver", "sb", semver.is_semver),
    ("isSemver", "sbb", semver.is_semver),
    (".major", "mi", semver.version_part(0)),
    (".minor", "mi", semver.version_part(1)),
    (".patch", "mi", semver.version_part(2)),
]
_LIST: _Declared = [
    (".isSorted", "lb", item.is_sorted),
    (".sum", "la", item.total),
    (".min", "la", item.least),
    (".max", "la", item.most),
    (".indexOf", "ssi", item.index_of),
    (".indexOf", "ssii", item.index_of),
    (".lastIndexOf", "ssi", item.last_index_of),
    (".lastIndexOf", "ssii", item.last_index_of),
    ("._toMap", "lm", item.to_map),
    ("._merged", "lm", item.merged),
    *((".indexOf", f"l{letter}i", item.index_of) for letter in _ITEMS),
    *((".lastIndexOf", f"l{letter}i", item.last_index_of) for letter in _ITEMS),
]


def declarations(cel: Any) -> list[Any]:
    """The declarations, one for each name, in the terms of the library's module."""
    by_name: dict[str, list[Any]] = {}
    for dotted, signature, implementation in (*_QUANTITY, *_NETWORK, *_TEXT, *_LIST):
        name = dotted.removeprefix(".")
        name = f"_{name}" if name in OWN else name
        overloads = by_name.setdefault(name, [])
        *parameters, result = (getattr(cel.Type, _TYPES[letter]) for letter in signature)
        overloads.append(
            cel.Overload(
                f"kubernetes_{name.replace('.', '_')}_{len(overloads)}",
                return_type=result,
                parameters=parameters,
                is_member=dotted.startswith("."),
                impl=implementation,
            )
        )
    return [cel.FunctionDecl(name, overloads) for name, overloads in by_name.items()]
