"""ConfigMaps and Secrets. No message holds a value of theirs.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateConfigMap, ValidateSecret.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import config_key
from kplan.validation.check import Obj, Path, messages
from kplan.validation.fault import Fault, Key, invalid, required, too_long
from kplan.validation.meta import object_meta

_MAX_BYTES = 1024 * 1024
_REDACTED = "<secret contents redacted>"
_DOCKER = {"kubernetes.io/dockercfg": ".dockercfg", "kubernetes.io/dockerconfigjson": ".dockerconfigjson"}
_ACCOUNT = "kubernetes.io/service-account.name"


def config_map(data: Obj, minor: int) -> Iterator[Fault]:
    """A ConfigMap."""
    yield from object_meta(data)
    texts: Obj = data.get("data") or {}
    binary: Obj = data.get("binaryData") or {}
    total = 0
    for key, value in texts.items():
        yield from messages(("data", Key(key)), key, config_key(key))
        if key in binary:
            yield invalid(("data", Key(key)), key, "duplicate of key present in binaryData")
        total += len((value or "").encode())
    for key, value in binary.items():
        yield from messages(("binaryData", Key(key)), key, config_key(key))
        total += _decoded_size(value)
    if total > _MAX_BYTES:
        yield too_long((), _MAX_BYTES)


def _decoded_size(value: Any) -> int:
    """The number of bytes of a base64 text."""
    text = "".join((value or "").split())
    return len(text) * 3 // 4 - text[-2:].count("=")


def secret(data: Obj, minor: int) -> Iterator[Fault]:
    """A Secret; `stringData` is part of its data."""
    yield from object_meta(data)
    held: Obj = data.get("data") or {}
    written: Obj = data.get("stringData") or {}
    total = 0
    for key in {**held, **written}:
        yield from messages(("data", Key(key)), key, config_key(key))
        total += len((written[key] or "").encode()) if key in written else _decoded_size(held[key])
    if total > _MAX_BYTES:
        yield too_long(("data",), _MAX_BYTES)
    yield from _typed(data, held, written)


def _typed(data: Obj, held: Obj, written: Obj) -> Iterator[Fault]:
    """What Secrets of Kubernetes' own types must hold."""
    kind = data.get("type") or "Opaque"
    keys = {*held, *written}
    if kind == "kubernetes.io/service-account-token":
        if not ((data.get("metadata") or {}).get("annotations") or {}).get(_ACCOUNT):
            yield required(("metadata", "annotations", Key(_ACCOUNT)))
    elif kind in _DOCKER:
        yield from _json(_DOCKER[kind], held, written)
    elif kind == "kubernetes.io/basic-auth":
        if keys.isdisjoint(("username", "password")):
            yield required(("data", Key("username")))
            yield required(("data", Key("password")))
    elif kind == "kubernetes.io/ssh-auth":
        if not written.get("ssh-privatekey", held.get("ssh-privatekey")):
            yield required(("data", Key("ssh-privatekey")))
    elif kind == "kubernetes.io/tls":
        for key in ("tls.crt", "tls.key"):
            if key not in keys:
                yield required(("data", Key(key)))


def _json(key: str, held: Obj, written: Obj) -> Iterator[Fault]:
    """The value of `key` must be a JSON object, or null."""
    import base64
    import json

    path: Path = ("data", Key(key))
    if key not in held and key not in written:
        yield required(path)
        return
    try:
        text = (written[key] or "") if key in written else base64.b64decode(held[key] or "").decode(errors="replace")
        fine = json.loads(text, parse_constant=_no_constant)
        if fine is not None and not isinstance(fine, dict):
            yield invalid(path, _REDACTED, "json: cannot unmarshal into Go value of type map[string]interface {}")
    except ValueError:
        yield invalid(path, _REDACTED, "not a well-formed JSON object")


def _no_constant(name: str) -> Any:
    raise ValueError(name)


CHECKS = {"ConfigMap": config_map, "Secret": secret}
