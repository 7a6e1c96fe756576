"""What is found wrong, mended: for each rule, what may be tried. Whether it helped is seen by looking again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final

from kplan.fixer.repair.view import Repair, View
from kplan.model import Finding

_REPAIRS: Final = {
    "deprecated-service-account-field": "field.service_account",
    "duplicate-key": "duplicate.duplicate_key",
    "invalid-value": "scalar.quantity",
    "not-an-object": "field.misspelt_top",
    "required-value": "service.port_name",
    "selector-mismatch": "selector.workload_labels",
    "service-without-endpoints": "selector.service_selector",
    "unknown-field": "field.unknown_field",
    "unknown-kind": "field.misspelt_kind",
    "unknown-target-port": "service.target_port",
    "unsupported-value": "field.unsupported_value",
    "wrong-type": "scalar.wrong_type",
}
"""The rules whose findings can be mended, and the functions of this package that do it."""

RULES: Final = frozenset(_REPAIRS)

__all__ = ["RULES", "Repair", "View", "repairs"]


def repairs(finding: Finding, view: View) -> Iterator[Repair]:
    """What may mend a finding, the most likely first; nothing for a finding that takes a person."""
    name = _REPAIRS.get(finding.rule)
    if name is not None and finding.span is not None and finding.span.file in view.files:
        module, _, function = name.partition(".")
        mend: Callable[[Finding, View], Iterator[Repair]]
        mend = getattr(import_module(f"kplan.fixer.repair.{module}"), function)
        yield from mend(finding, view)
