"""What `kplan fix` would change, as a unified diff."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff

from kplan.fixer.outcome import FixedFile, Fixing
from kplan.report.secret import masked, tells_of_secrets

_MARK = "\0"


def report(fixing: Fixing) -> str:
    """The diff of all files that change; values in documents that hold Secrets are covered.

    `patch` takes it where no Secret is among them.
    """
    return "".join(line for file in fixing.changed for line in _diff(file))


def _diff(file: FixedFile) -> Iterator[str]:
    before, after = (_lines(content.decode("utf-8", "replace")) for content in (file.before, file.after))
    name = file.file.lstrip("/")
    for line in unified_diff(before, after, f"a/{name}", f"b/{name}"):
        head, mark, shown = line.partition(_MARK)
        text = head[:1] + shown if mark else line
        yield text if text.endswith("\n") else f"{text}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """The lines, each as it is and, behind a mark, as it may be shown."""
    found: list[str] = []
    for document in re.split(r"(?m)^(?=---)", text):
        covered = tells_of_secrets(document)
        for line in re.findall(r"[^\n]*\n|[^\n]+", document):
            end = line[len(line.rstrip("\r\n")) :]
            found.append(line + _MARK + (masked(line.rstrip("\r\n")) + end if covered else line))
    return found
