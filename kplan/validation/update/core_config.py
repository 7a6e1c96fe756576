"""Changes of ConfigMaps and Secrets.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateConfigMapUpdate, ValidateSecretUpdate.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.update.refusal import Obj, Refusal, fixed_field, immutable

_SEALED = "field is immutable when `immutable` is set"
_IMMUTABLE_GATE = 19


def config_map(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A ConfigMap may be sealed once and for all."""
    yield from _sealed(before, after, minor, "data", "binaryData")


def secret(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A Secret keeps its type, and may be sealed once and for all."""
    yield from immutable(before, after, "type")
    yield from _sealed(before, after, minor, "data")


def _sealed(before: Obj, after: Obj, minor: int, *names: str) -> Iterator[Refusal]:
    if minor < _IMMUTABLE_GATE or not before.get("immutable"):
        return
    if not after.get("immutable"):
        yield fixed_field(("immutable",), _SEALED)
    for name in names:
        if (before.get(name) or {}) != (after.get(name) or {}):
            yield fixed_field((name,), _SEALED)


def _keep_type(before: Obj, after: Obj) -> None:
    """A Secret without a type keeps the one it has."""
    if not after.get("type") and before.get("type"):
        after["type"] = before["type"]


CHECKS = {"ConfigMap": config_map, "Secret": secret}
PREPARE = {"Secret": _keep_type}
