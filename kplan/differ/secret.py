"""Secrets without their values."""

from __future__ import annotations

from typing import Any

from kplan.model.change import HIDDEN

_OPEN = ("apiVersion", "kind", "metadata", "type", "immutable")
"""Fields that hold no values; a misspelt `data` may."""
_COPY = "kubectl.kubernetes.io/last-applied-configuration"


def without_values(secret: dict[str, Any]) -> dict[str, Any]:
    """The Secret with each value as `(hidden)`, also in the copy that kubectl keeps in an annotation.

    >>> without_values({"kind": "Secret", "data": {"password": "aHVudGVyMg=="}})["data"]
    {'password': '(hidden)'}
    """
    hidden = dict(secret)
    for field in hidden:
        if field not in _OPEN:
            hidden[field] = dict.fromkeys(hidden[field], HIDDEN) if isinstance(hidden[field], dict) else HIDDEN
    metadata = secret.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if isinstance(metadata, dict) and isinstance(annotations, dict) and _COPY in annotations:
        hidden["metadata"] = {**metadata, "annotations": {**annotations, _COPY: HIDDEN}}
    return hidden
