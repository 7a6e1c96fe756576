"""Certificates that depend on nothing but the chart and the release.

Keys are on the curve P-256, and drawn as `chance` draws: who knows the input knows them. A rendering knows no clock, so
the certificates are valid without end.

Source: github.com/Masterminds/sprig v3 crypto.go; RFC 5280; SEC 1.
"""

from __future__ import annotations

import hashlib
import ipaddress
from base64 import b64encode
from typing import Any, ClassVar, Final, NamedTuple

from kplan.render.fault import Fault
from kplan.render.function.chance import below, stream
from kplan.render.function.encoding import b64dec
from kplan.render.function.table import Group, Rendering
from kplan.render.thing import Thing

GROUP = Group("certificate")
_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_BASE: Final = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_ECDSA_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
_EC_KEY_P256: Final = bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")
_P256: Final = bytes.fromhex("06082a8648ce3d030107")
_VALIDITY: Final = bytes.fromhex("3020") + b"\x17\x0d000101000000Z" + b"\x18\x0f99991231235959Z"
_COMMON_NAME: Final = bytes.fromhex("0603550403")
_MOST_NAMES: Final = 1000

Point = tuple[int, int] | None


def _add(a: Point, b: Point) -> Point:
    """The sum of two points of the curve; None is the point at infinity."""
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0]:
        if (a[1] + b[1]) % _P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, _P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, _P)
    x = (slope * slope - a[0] - b[0]) % _P
    return x, (slope * (a[0] - x) - a[1]) % _P


def _times(number: int, point: Point) -> tuple[int, int]:
    total: Point = None
    while number:
        if number & 1:
            total = _add(total, point)
        point, number = _add(point, point), number >> 1
    assert total is not None
    return total


class _Key(NamedTuple):
    number: int
    public: bytes

    def sign(self, data: bytes) -> bytes:
        """An ECDSA signature; its nonce depends on the key and the data."""
        digest = hashlib.sha256(data).digest()
        source = stream(hashlib.sha256(self.number.to_bytes(32, "big") + digest).digest())
        while True:
            nonce = 1 + below(source, _ORDER - 1)
            r = _times(nonce, _BASE)[0] % _ORDER
            s = pow(nonce, -1, _ORDER) * (int.from_bytes(digest, "big") + r * self.number) % _ORDER
            if r and s:
                return _tlv(0x30, _integer(r), _integer(s))

    @property
    def pem(self) -> str:
        """The private key."""
        inside = (_tlv(0x04, self.number.to_bytes(32, "big")), _tlv(0xA0, _P256), _tlv(0xA1, _bits(self.public)))
        return _pem("EC PRIVATE KEY", _tlv(0x30, _integer(1), *inside))


def _draw(seed: bytes) -> _Key:
    number = 1 + below(stream(seed), _ORDER - 1)
    x, y = _times(number, _BASE)
    return _Key(number, b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big"))


def _tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + body


def _integer(value: int) -> bytes:
    return _tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _bits(data: bytes, unused: int = 0) -> bytes:
    return _tlv(0x03, bytes((unused,)) + data)


def _pem(kind: str, data: bytes) -> str:
    text = b64encode(data).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"


def _name(common_name: str) -> bytes:
    return _tlv(0x30, _tlv(0x31, _tlv(0x30, _COMMON_NAME, _tlv(0x0C, common_name.encode()))))


def _extension(oid: str, value: bytes, critical: bool = False) -> bytes:
    return _tlv(0x30, bytes.fromhex(oid), b"\x01\x01\xff" if critical else b"", _tlv(0x04, value))


def _extensions(is_ca: bool, names: list[bytes]) -> bytes:
    usage = _bits(b"\xa4", 2) if is_ca else _bits(b"\xa0", 5)
    purposes = _tlv(0x30, bytes.fromhex("06082b06010505070301"), bytes.fromhex("06082b06010505070302"))
    parts = [_extension("0603551d0f", usage, critical=True), _extension("0603551d25", purposes)]
    parts.append(_extension("0603551d13", _tlv(0x30, b"\x01\x01\xff" if is_ca else b""), critical=True))
    if names:
        parts.append(_extension("0603551d11", _tlv(0x30, *names)))
    return _tlv(0xA3, _tlv(0x30, *parts))


class Certificate(Thing):
    """A certificate and its key, as PEM."""

    shown: ClassVar[tuple[str, ...]] = ("Cert", "Key")

    def __init__(self, cert: str, key: str, common_name: str = "", signer: _Key | None = None) -> None:
        self.Cert = cert
        self.Key = key
        self.common_name = common_name
        self.signer = signer


def _issue(seed: bytes, common_name: str, names: list[bytes], is_ca: bool, ca: Certificate | None) -> Certificate:
    key = _draw(seed)
    signer, issuer = (ca.signer, ca.common_name) if ca is not None and ca.signer is not None else (key, common_name)
    serial = _integer(int.from_bytes(hashlib.sha256(seed).digest()[:15], "big"))
    public = _tlv(0x30, _EC_KEY_P256, _bits(key.public))
    version = _tlv(0xA0, _integer(2))
    body = (version, serial, _ECDSA_SHA256, _name(issuer), _VALIDITY, _name(common_name), public)
    signed = _tlv(0x30, *body, _extensions(is_ca, names))
    whole = _tlv(0x30, signed, _ECDSA_SHA256, _bits(signer.sign(signed)))
    return Certificate(_pem("CERTIFICATE", whole), key.pem, common_name, key)


def _names(rendering: Rendering, addresses: Any, hosts: Any) -> list[bytes]:
    """The alternative names: those of hosts, then addresses."""
    for each in (addresses, hosts):
        if each is not None and not isinstance(each, list):
            raise Fault("the addresses and names of a certificate are lists of texts, or null")
    rendering.budget.step(len(hosts or ()) + len(addresses or ()))
    if len(hosts or ()) + len(addresses or ()) > _MOST_NAMES:
        raise Fault(f"a certificate has at most {_MOST_NAMES:,} names")
    try:
        ips = [_tlv(0x87, ipaddress.ip_address(str(each)).packed) for each in addresses or ()]
        return [*(_tlv(0x82, str(each).encode("ascii")) for each in hosts or ()), *ips]
    except ValueError as error:
        raise Fault(f"the certificate cannot have this name: {error}") from None


@GROUP.add("genCA", inside=True)
def gen_ca(rendering: Rendering, common_name: str, days: int) -> Certificate:
    """A certificate authority: an object with `Cert` and `Key`."""
    return _issue(rendering.chance("genCA"), common_name, [], True, None)


@GROUP.add("genSelfSignedCert", inside=True)
def gen_self_signed_cert(rendering: Rendering, common_name: str, addresses: Any, hosts: Any, days: int) -> Certificate:
    """A certificate that its own key signs."""
    names = _names(rendering, addresses, hosts)
    return _issue(rendering.chance("genSelfSignedCert"), common_name, names, False, None)


@GROUP.add("genSignedCert", inside=True)
def gen_signed_cert(
    rendering: Rendering, common_name: str, addresses: Any, hosts: Any, days: int, ca: Any
) -> Certificate:
    """A certificate that an authority signs, which `genCA` made."""
    if not isinstance(ca, Certificate) or ca.signer is None:
        raise Fault("`genSignedCert` needs an authority that `genCA` made")
    names = _names(rendering, addresses, hosts)
    return _issue(rendering.chance("genSignedCert"), common_name, names, False, ca)


@GROUP.add("buildCustomCert")
def build_custom_cert(certificate: str, key: str) -> Certificate:
    """A certificate and key given as base64 of PEM."""
    return Certificate(b64dec(certificate), b64dec(key))
