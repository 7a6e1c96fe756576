"""IP addresses and networks in CEL.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/cel/library.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from kplan.cel.library.call import CallError, Value, content, holds

_IP = "kubernetes.IP"
_CIDR = "kubernetes.CIDR"


Address: TypeAlias = IPv4Address | IPv6Address


def _address(text: str) -> Address:
    if "%" in text:
        raise CallError(f'IP Address "{text}" with zone value is not allowed')
    try:
        found = ip_address(text)
    except ValueError:
        raise CallError(f'IP Address "{text}" parse error during conversion from string') from None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        raise CallError(f'IPv4-mapped IPv6 address "{text}" is not allowed')
    return found


def ip(text: str) -> Value:
    """The address that the text holds.

    >>> ip("::0:1") == ip("::1")
    True
    """
    return {_IP: str(_address(text))}


is_ip = holds(ip)


def is_canonical(text: str) -> bool:
    """Whether an address is written in its shortest form."""
    return str(_address(text)) == text


def family(value: Value) -> int:
    """4 or 6."""
    return _ip(value).version


def _ip(value: Value) -> Address:
    return ip_address(content(value, _IP))


def is_unspecified(value: Value) -> bool:
    """Whether the address is 0.0.0.0 or ::."""
    return _ip(value).is_unspecified


def is_loopback(value: Value) -> bool:
    """Whether the address is the host's own."""
    return _ip(value).is_loopback


def is_link_local_multicast(value: Value) -> bool:
    """Whether the address is in 224.0.0.0/24 or ff02::/16."""
    address = _ip(value)
    return address in (ip_network("224.0.0.0/24") if address.version == 4 else ip_network("ff02::/16"))


def is_link_local_unicast(value: Value) -> bool:
    """Whether the address is in 169.254.0.0/16 or fe80::/10."""
    return _ip(value).is_link_local


def is_global_unicast(value: Value) -> bool:
    """Whether the address is none of the special ones; private ones count as global."""
    address = _ip(value)
    special = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not special and str(address) != "255.255.255.255"


def cidr(text: str) -> Value:
    """The network that the text holds, with the address as written."""
    address, slash, length = text.partition("/")
    try:
        written = _address(address)
        if not slash or not length.isdigit() or (length != "0" and length[0] == "0"):
            raise ValueError
        ip_network(text, strict=False)
    except CallError:
        raise CallError(f'network address parse error during conversion from string: "{text}"') from None
    except ValueError:
        raise CallError(f'network address parse error during conversion from string: "{text}"') from None
    return {_CIDR: f"{written}/{length}"}


is_cidr = holds(cidr)


def _network(value: Value) -> IPv4Network | IPv6Network:
    return ip_network(content(value, _CIDR), strict=False)


def contains_ip(value: Value, address: Value | str) -> bool:
    """Whether a network holds an address."""
    found = _address(address) if isinstance(address, str) else _ip(address)
    return found in _network(value)


def contains_cidr(value: Value, other: Value | str) -> bool:
    """Whether a network holds another."""
    outer, inner = _network(value), _network(cidr(other) if isinstance(other, str) else other)
    return outer.version == inner.version and outer.prefixlen <= inner.prefixlen and inner.network_address in outer


def cidr_ip(value: Value) -> Value:
    """The address of a network as written."""
    return {_IP: content(value, _CIDR).partition("/")[0]}


def masked(value: Value) -> Value:
    """A network with the bits behind its prefix set to zero."""
    return {_CIDR: str(_network(value))}


def prefix_length(value: Value) -> int:
    """How many bits of a network are fixed."""
    return _network(value).prefixlen


def to_text(value: Value) -> str:
    """An address or a network as text."""
    return content(value, _IP, _CIDR)
