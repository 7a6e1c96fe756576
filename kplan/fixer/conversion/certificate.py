"""CertificateSigningRequest from v1beta1: the signer that its server would have found from the request itself.

Source: kubernetes v1.21 pkg/apis/certificates/v1beta1 defaults.go; pkg/apis/certificates/helpers.go.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from kplan.fixer.tree import Map

_DEFAULT_USAGES: Final = ["digital signature", "key encipherment"]
_UNKNOWN: Final = "kubernetes.io/legacy-unknown"
_CLIENT: Final = "kubernetes.io/kube-apiserver-client-kubelet"
_SERVING: Final = "kubernetes.io/kubelet-serving"
_PEM = re.compile(rb"-----BEGIN CERTIFICATE REQUEST-----\s+(.*?)-----END CERTIFICATE REQUEST-----", re.DOTALL)

_COMMON_NAME: Final = bytes.fromhex("550403")
_ORGANIZATION: Final = bytes.fromhex("55040a")
_SUBJECT_ALT_NAME: Final = bytes.fromhex("551d11")
_EXTENSION_REQUEST: Final = bytes.fromhex("2a864886f70d01090e")
_EMAIL, _DNS, _URI, _IP = 0x81, 0x82, 0x86, 0x87


class _Request(NamedTuple):
    """What a certificate request says: its subject, and the tags of its alternative names."""

    common_name: str
    organizations: tuple[str, ...]
    names: frozenset[int]


def signing_request(it: Map, old: str, notes: list[str]) -> None:
    """The usages and the signer that v1beta1 filled in."""
    spec = it.map("spec")
    if spec is None:
        return
    if not spec.has("usages"):
        spec.set("usages", list(_DEFAULT_USAGES))
    if not spec.has("signerName"):
        usages = spec.value("usages")
        texts = {str(usage) for usage in usages} if isinstance(usages, list) else set()
        spec.set("signerName", default_signer(spec.value("request"), texts), after=("request",))
    if spec.value("signerName") == _UNKNOWN:
        notes.append(f"v1 refuses the signer `{_UNKNOWN}`: write the name of the one that is meant")


def default_signer(request: object, usages: set[str]) -> str:
    """The signer of a request in base64, as v1beta1 found it."""
    found = _read(request) if isinstance(request, str) else None
    if found is None or found.organizations != ("system:nodes",) or not found.common_name.startswith("system:node:"):
        return _UNKNOWN
    if not found.names and usages == {*_DEFAULT_USAGES, "client auth"}:
        return _CLIENT
    if found.names & {_DNS, _IP} and not found.names & {_EMAIL, _URI} and usages == {*_DEFAULT_USAGES, "server auth"}:
        return _SERVING
    return _UNKNOWN


def _read(request: str) -> _Request | None:
    try:
        match = _PEM.search(base64.b64decode("".join(request.split()), validate=True))
        return _parse(base64.b64decode(b"".join(match[1].split()), validate=True)) if match else None
    except (binascii.Error, ValueError, IndexError, StopIteration):
        return None


def _parse(der: bytes) -> _Request:
    """A PKCS #10 request. Raises ValueError, IndexError or StopIteration for bytes that are none."""
    _, outer = next(_values(der))
    _, info = next(_values(outer))
    _, (_, subject), _, *attributes = _values(info)
    names: list[tuple[bytes, str]] = []
    for _, relative in _values(subject):
        for _, pair in _values(relative):
            (_, oid), (_, text) = _values(pair)
            names.append((oid, text.decode("utf-8", "replace")))
    common = [text for oid, text in names if oid == _COMMON_NAME]
    organizations = tuple(text for oid, text in names if oid == _ORGANIZATION)
    alternative = frozenset(tag for _, part in attributes for tag in _alternative_names(part))
    return _Request(common[-1] if common else "", organizations, alternative)


def _alternative_names(attributes: bytes) -> Iterator[int]:
    for _, attribute in _values(attributes):
        (_, oid), (_, values) = _values(attribute)
        if oid != _EXTENSION_REQUEST:
            continue
        for _, extensions in _values(values):
            for _, extension in _values(extensions):
                parts = list(_values(extension))
                if parts[0][1] == _SUBJECT_ALT_NAME:
                    yield from (tag for _, general in _values(parts[-1][1]) for tag, _ in _values(general))


def _values(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The values of a DER sequence's contents, each with its tag. Raises ValueError where they are cut off."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(der[at : at + count], "big")
            at += count
        if at + length > len(der):
            raise ValueError("cut off")
        yield tag, der[at : at + length]
        at += length
