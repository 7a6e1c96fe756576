"""A document that looks like an object and is none."""

from __future__ import annotations

from kplan.model import Finding, Manifest, Position, Severity, Span
from kplan.rules.rule import found_elsewhere

check = found_elsewhere(__name__, severity=Severity.ERROR, since="0.1")

_NO_MAPPING = ("a list", "a single value")


def nothing_at_all(manifest: Manifest) -> Finding | None:
    """The finding about files without any object: `kubectl apply` fails on them.

    Files that are of another program (the values of a chart, a kustomization) are no mistake, nor are those that could
    not be rendered.
    """
    foreign = [skipped for skipped in manifest.skipped if skipped.reason not in _NO_MAPPING]
    elsewhere = manifest.findings or manifest.unchecked
    if manifest.resources or elsewhere or foreign or not manifest.files:
        return None
    file, line, message = manifest.files[0], 1, "there is no object in the input"
    for skipped in manifest.skipped[:1]:
        file, line, message = skipped.file, skipped.line, f"an object is a mapping, not {skipped.reason}"
    start = Position(line, 1)
    return Finding(check.id, check.group, check.severity, message, span=Span(file, start, start))
