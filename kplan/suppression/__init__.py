"""Findings that somebody allows: by a comment, an annotation, the configuration or a baseline; and what must wait."""

from kplan.suppression.apply import Outcome, apply
from kplan.suppression.baseline import Baseline, Known, baseline_text, read_baseline, updated, without_known
from kplan.suppression.earlier import without_earlier
from kplan.suppression.hole import without_holes
from kplan.suppression.model import Suppression
from kplan.suppression.written import suppressions

__all__ = [
    "Baseline",
    "Known",
    "Outcome",
    "Suppression",
    "apply",
    "baseline_text",
    "read_baseline",
    "suppressions",
    "updated",
    "without_earlier",
    "without_holes",
    "without_known",
]
