"""IP addresses and CIDRs as the API server reads them.

Source: kubernetes v1.36 apimachinery pkg/util/validation/ip.go; k8s.io/utils/net ParseIPSloppy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

NO_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
NO_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"

_DOTTED = re.compile(r"0*(\d{1,3})\.0*(\d{1,3})\.0*(\d{1,3})\.0*(\d{1,3})\Z", re.ASCII)
_ZEROS = re.compile(r"(?:\A|\.)0\d")


def parse_ip(text: str) -> IPv4Address | IPv6Address | None:
    """The address, None where it is none; leading zeros in IPv4 are let pass, zones are not.

    >>> str(parse_ip("010.0.0.1")), parse_ip("fe80::1%eth0"), parse_ip("10.0.0")
    ('10.0.0.1', None, None)
    """
    import ipaddress

    if match := _DOTTED.match(text):
        text = ".".join(match.groups())
    if "%" in text or "/" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def ip_family(text: str) -> int:
    """4 or 6; 0 where it is no address. An IPv4 address written as IPv6 counts as 4."""
    address = parse_ip(text)
    if address is None:
        return 0
    return 4 if address.version == 4 or address.ipv4_mapped is not None else 6


def ip_errors(text: str, strict: bool) -> tuple[str, ...]:
    """What is wrong with an address; `strict`: no leading zeros, no IPv4-mapped IPv6.

    >>> ip_errors("010.0.0.1", strict=False), ip_errors("010.0.0.1", strict=True)
    ((), ('must not have leading 0s',))
    """
    address = parse_ip(text)
    if address is None:
        return (NO_IP,)
    return _strict_errors(text, address) if strict else ()


def _strict_errors(text: str, address: IPv4Address | IPv6Address) -> tuple[str, ...]:
    if address.version == 6 and address.ipv4_mapped is not None:
        return ("must not be an IPv4-mapped IPv6 address",)
    return ("must not have leading 0s",) if address.version == 4 and _ZEROS.search(text) else ()


def cidr_errors(text: str, strict: bool) -> tuple[str, ...]:
    """What is wrong with a CIDR; `strict`: no leading zeros either, and no bits beyond the prefix length.

    >>> cidr_errors("10.0.0.1/8", strict=False), cidr_errors("10.0.0.1/8", strict=True)
    ((), ('must not have bits set beyond the prefix length',))
    """
    host, slash, length = text.partition("/")
    address = parse_ip(host)
    bits = 0 if address is None else address.max_prefixlen
    if address is None or not slash or not (length.isascii() and length.isdigit()) or int(length) > bits:
        return (NO_CIDR,)
    if not strict:
        return ()
    found = list(_strict_errors(host, address))
    if len(length) > 1 and length[0] == "0":
        found.append("must not have leading 0s in prefix length")
    if int(address) & ((1 << (bits - int(length))) - 1):
        found.append("must not have bits set beyond the prefix length")
    return tuple(found)


def is_strict_subset(inner: str, outer: str) -> bool:
    """Whether one good CIDR lies within another, and is smaller."""
    import ipaddress

    small = ipaddress.ip_interface(_plain(inner)).network
    large = ipaddress.ip_interface(_plain(outer)).network
    if small.version != large.version or small.prefixlen <= large.prefixlen:
        return False
    return int(small.network_address) >> (small.max_prefixlen - large.prefixlen) == int(large.network_address) >> (
        large.max_prefixlen - large.prefixlen
    )


def _plain(cidr: str) -> str:
    host, _, length = cidr.partition("/")
    return f"{parse_ip(host)}/{int(length)}"


def special_ip_errors(text: str) -> tuple[str, ...]:
    """Why a good address cannot be an endpoint or external address: loopback, link-local, unspecified."""
    address = parse_ip(text)
    if address is None:
        return ("must be a valid IP address",)
    if address.version == 6 and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    found = []
    if address.is_unspecified:
        found.append(f"may not be unspecified ({text})")
    if address.is_loopback:
        found.append("may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if address.is_link_local:
        found.append("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if address.is_multicast and _is_link_local_multicast(address):
        found.append("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
    return tuple(found)


def _is_link_local_multicast(address: IPv4Address | IPv6Address) -> bool:
    first = address.packed
    return first[:3] == b"\xe0\x00\x00" if address.version == 4 else first[0] == 0xFF and first[1] & 0x0F == 2
