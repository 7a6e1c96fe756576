"""Fixes, each tried by a lint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kplan.model import Finding, Manifest
from kplan.pipeline.judgement import lint

if TYPE_CHECKING:
    from kplan.fixer.outcome import Fixing


def fix(
    raw: Mapping[str, bytes],
    *,
    minor: int,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    unsafe: bool = False,
    default_namespace: str = "default",
    crds: Manifest | None = None,
) -> Fixing:
    """The files (name -> bytes) as they are with everything fixed that `select` (all where it is empty) names.

    Nothing is written. Raises UsageError for a name that is neither rule nor group.
    """
    from kplan.fixer.run import RULES, readable
    from kplan.fixer.run import fix as fix_files
    from kplan.loader import load_inputs
    from kplan.loader.file import Input
    from kplan.rules.catalog import select_rules

    rules = select_rules(tuple(select) or RULES, ignore, "strict") & RULES
    judged = [*select_rules(), *RULES]
    files = readable(raw)

    def look() -> tuple[Manifest, tuple[Finding, ...]]:
        now = {name: files[name].result if name in files else content for name, content in raw.items()}
        manifest = load_inputs([Input(name, now[name]) for name in sorted(now)], default_namespace)
        return manifest, lint(manifest, minor=minor, select=judged, crds=crds).findings

    return fix_files(files, look, minor, rules, unsafe=unsafe)
