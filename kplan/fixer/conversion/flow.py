"""PriorityLevelConfiguration of flow control from its betas.

Source: kubernetes v1.31 pkg/apis/flowcontrol/{v1beta1,v1beta2,v1beta3} conversion.go and defaults.go.
"""

from __future__ import annotations

from typing import Final

from kplan.fixer.tree import Map

_OLD, _NEW = "assuredConcurrencyShares", "nominalConcurrencyShares"
_KEEP_ZERO: Final = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares"
_IMPLIED_SHARES: Final = 30
_QUEUING: Final = ("queues", "handSize", "queueLengthLimit")


def priority_level(it: Map, old: str, notes: list[str]) -> None:
    """The shares have a new name; 0 of them meant the default, and means none in v1."""
    annotations = it.map("metadata", "annotations")
    keeps_zero = old.endswith("v1beta3") and annotations is not None and annotations.entry(_KEEP_ZERO) is not None
    limited = it.map("spec", "limited")
    if limited is not None:
        limited.rename(_OLD, _NEW)
        if keeps_zero and not limited.has(_NEW):
            limited.set(_NEW, 0)
        elif limited.value(_NEW) == 0 and not keeps_zero:
            limited.set(_NEW, _IMPLIED_SHARES)
            notes.append(f"0 shares meant the default of {_IMPLIED_SHARES}, and would mean none in v1")
        queuing = limited.map("limitResponse", "queuing")
        if queuing is not None and not queuing.entries:
            for name in _QUEUING:  # 0 is what a server takes an absent number for, and fills in
                queuing.set(name, 0)
    if annotations is not None and annotations.entry(_KEEP_ZERO) is not None:
        annotations.drop(_KEEP_ZERO)
        if not annotations.entries:
            it.ensure("metadata").drop("annotations")
