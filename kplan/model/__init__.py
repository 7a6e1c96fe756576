"""Frozen values that all rooms share."""

from kplan.model.coverage import Unchecked
from kplan.model.finding import Finding, Problem, Related, Severity
from kplan.model.path import FieldPath, format_path
from kplan.model.position import Position, Span
from kplan.model.resource import Manifest, ObjectRef, Resource, Skipped, Source

__all__ = [
    "FieldPath",
    "Finding",
    "Manifest",
    "ObjectRef",
    "Position",
    "Problem",
    "Related",
    "Resource",
    "Severity",
    "Skipped",
    "Source",
    "Span",
    "Unchecked",
    "format_path",
]
