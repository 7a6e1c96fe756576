"""Defaults of the group discovery.k8s.io.

Source: kubernetes v1.36 pkg/apis/discovery/v1 defaults.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]


def default_slice(value: Value, minor: int) -> None:
    """EndpointSlice."""
    for port in value.get("ports") or ():
        port.setdefault("name", "")
        port.setdefault("protocol", "TCP")


DEFAULTS = {"discovery/v1.EndpointSlice": default_slice, "discovery/v1beta1.EndpointSlice": default_slice}
