"""One file's text to objects, findings and skipped documents."""

from __future__ import annotations

from kplan.loader.object import Read, ignored, repeated_keys, sort_out
from kplan.loader.stream import read
from kplan.loader.syntax import syntax_finding
from kplan.loader.text import Text
from kplan.model import Finding, Skipped


def read_text(text: Text, objects: list[Read], findings: list[Finding], skipped: list[Skipped]) -> None:
    """Add what one file holds to the objects, the findings (in the order of their places) and the skipped documents."""
    # As kubectl: a block scalar at the end of the file has its last line feed.
    raw = text.raw if text.raw.endswith(b"\n") else text.raw + b"\n"
    stream = read(raw, json=text.file.endswith(".json"))
    found = [syntax_finding(text, fault) for fault in stream.faults]
    for document in stream.documents:
        if document.repeated_key:
            found.extend(repeated_keys(text, document))
        for each in sort_out(text, document):
            if isinstance(each, Read):
                objects.append(each)
            elif isinstance(each, Skipped):
                skipped.append(each)
            else:
                found.append(each)
    for document in stream.ignored:
        hidden = ignored(text, document)
        if isinstance(hidden, Skipped):
            skipped.append(hidden)
        else:
            found.append(hidden)
    findings.extend(sorted(found, key=position))


def position(finding: Finding) -> tuple[int, int]:
    """Line and column of a finding, to sort by."""
    return (finding.span.start.line, finding.span.start.column) if finding.span else (0, 0)
