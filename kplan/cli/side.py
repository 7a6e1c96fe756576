"""The sides of a comparison: what their paths hold, and what a reader should know of them beside the report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from kplan.cli.write import note
from kplan.errors import UsageError

if TYPE_CHECKING:
    from kplan.model import Finding, Manifest, Skipped

_NAMED = 5
"""So many documents that are left out are named, the others are counted."""


def check_sides(*sides: Sequence[str]) -> None:
    """Raise UsageError where two sides are to come from standard input, which can be read only once."""
    if sum("-" in side for side in sides) > 1:
        raise UsageError("standard input (-) can be read only once: give one of the sides as a file")


def empty_folders(paths: Iterable[str], *manifests: Manifest) -> Iterator[str]:
    """A message for each of the paths that is a folder and gave none of the manifests a file: surely a mistake."""
    from kplan.loader.file import folder as walk
    from kplan.loader.ignore import Walk

    folders = [path for path in paths if os.path.isdir(path)]
    files = [os.path.abspath(file) for manifest in manifests for file in manifest.files] if folders else []
    for folder in folders:
        inside = os.path.join(os.path.abspath(folder), "")
        if not any(file.startswith(inside) for file in files):
            name = "the current folder" if folder == "." else f"`{folder}`"
            if next(walk(folder, Walk(ignore_files=False)), None) is not None:
                yield f"every manifest in {name} is left out, by .gitignore, .kplanignore or the configuration"
            else:
                yield f"there are no manifests (.yaml, .yml, .json) in {name}"


def remark(paths: Iterable[str], *manifests: Manifest) -> None:
    """Say on standard error which folders hold no manifests, and which documents are left out as no objects."""
    for message in empty_folders(paths, *manifests):
        note(message)
    for one in dict.fromkeys(one for manifest in manifests for one in manifest.unchecked):
        note(f"{one} ({', '.join(one.where)})")
    skipped = list(dict.fromkeys(one for manifest in manifests for one in manifest.skipped))
    if skipped:
        count = "1 document is" if len(skipped) == 1 else f"{len(skipped)} documents are"
        more = f", and {len(skipped) - _NAMED} more" if len(skipped) > _NAMED else ""
        names = ", ".join(map(_named, skipped[:_NAMED])) + more
        note(f"{count} left out: {names}")


def remark_error(finding: Finding) -> None:
    """Say on standard error what is wrong with an object, and where."""
    from kplan.report.cell import one_line
    from kplan.report.lint_text import where
    from kplan.report.place import shown

    place = where(finding)
    click.echo(f"error[{finding.rule}]: {one_line(finding.message)}", err=True)
    if finding.span is not None:
        click.echo(f" --> {shown(finding.span)}{f' {place}' if place else ''}", err=True)


def _named(skipped: Skipped) -> str:
    return f"{skipped.file}:{skipped.line} ({skipped.reason})"
