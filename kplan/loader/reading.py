"""One file's text to objects, findings and skipped documents."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from kplan.loader.kustomize import NAMES, role_of, roles
from kplan.loader.object import Read, ignored, repeated_keys, sort_out
from kplan.loader.placeholder import is_template, unrendered
from kplan.loader.stream import Fault, read
from kplan.loader.syntax import syntax_finding
from kplan.loader.text import Text
from kplan.model import Finding, Skipped, Unchecked

_APART = {"patch": "a patch: kustomize puts it into an object", "input": "settings or data for kustomize"}


@dataclass(slots=True)
class Reading:
    """What has been read so far, all in order; `kustomizations` are those among the files."""

    objects: list[Read] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)
    kustomizations: dict[str, bytes] = field(default_factory=dict)

    def set_apart(self, files: Iterable[str]) -> list[Read]:
        """The patches, which are no whole objects and are taken out of them, as is what only kustomize reads."""
        known = roles(self.kustomizations, files)
        if not known:
            return []
        partial: list[Read] = []
        whole: list[Read] = []
        for each in self.objects:
            role = role_of(each.source.file, known)
            if role is None:
                whole.append(each)
            else:
                self.skipped.append(Skipped(each.source.file, each.source.line, _APART[role]))
                partial += [each] if role == "patch" else []
        self.objects = whole
        return partial


def read_text(text: Text, into: Reading) -> None:
    """Add what one file holds; its findings are in the order of their places."""
    # As kubectl: a block scalar at the end of the file has its last line feed.
    raw = text.raw if text.raw.endswith(b"\n") else text.raw + b"\n"
    stream = read(raw, json=text.file.endswith(".json"))
    found = _faults(text, stream.faults, into) if stream.faults else []
    if os.path.basename(text.file) in NAMES:
        into.kustomizations[text.file] = raw
    for document in stream.documents:
        if document.repeated_key:
            found.extend(repeated_keys(text, document))
        for each in sort_out(text, document):
            if isinstance(each, Read):
                into.objects.append(each)
            elif isinstance(each, Skipped):
                into.skipped.append(each)
            else:
                found.append(each)
    for document in stream.ignored:
        hidden = ignored(text, document)
        if isinstance(hidden, Skipped):
            into.skipped.append(hidden)
        else:
            found.append(hidden)
    into.findings.extend(sorted(found, key=position))


def _faults(text: Text, faults: list[Fault], into: Reading) -> list[Finding]:
    found = [syntax_finding(text, fault) for fault in faults]
    if is_template(text, faults):
        into.unchecked.append(Unchecked("template", "not rendered", 1, (text.file,)))
        found.append(unrendered(text))
    return found


def position(finding: Finding) -> tuple[int, int]:
    """Line and column of a finding, to sort by."""
    return (finding.span.start.line, finding.span.start.column) if finding.span else (0, 0)
