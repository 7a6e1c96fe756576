"""Defaults of the group node.k8s.io.

Source: kubernetes v1.36 pkg/apis/node/v1 zz_generated.defaults.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from kplan.defaults.pod import round_resources

Value: TypeAlias = dict[str, Any]


def default_runtime_class(value: Value, minor: int) -> None:
    """RuntimeClass."""
    round_resources(value.get("overhead", {}).get("podFixed"))


DEFAULTS = {"node/v1.RuntimeClass": default_runtime_class, "node/v1beta1.RuntimeClass": default_runtime_class}
