"""All fixes of a set of files: first the versions of the API, then what lint finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kplan.fixer.convert import convert
from kplan.fixer.file import File
from kplan.fixer.mend import Files, Look, mend
from kplan.fixer.outcome import Fix, FixedFile, Fixing, Left
from kplan.fixer.repair import RULES as MENDED
from kplan.model import Resource

RULES: Final = MENDED | {"removed-api", "deprecated-api"}
"""The rules whose findings can be fixed."""


def fix(files: Files, look: Look, minor: int, rules: frozenset[str], *, unsafe: bool = False) -> Fixing:
    """Fix what `rules` find in the files; their texts change in place, and come back with what was done.

    `look` reads the files as they are and gives the manifest with all findings.
    """
    before = {name: file.result for name, file in files.items()}
    outcomes = _convert_all(files, look, minor, rules)
    fixes = [outcome for outcome in outcomes if isinstance(outcome, Fix)]
    left = [outcome for outcome in outcomes if isinstance(outcome, Left)]
    fixes += mend(files, look, minor, rules, unsafe=unsafe)
    changed = tuple(FixedFile(name, before[name], files[name].result) for name in sorted(files))
    return Fixing(changed, tuple(sorted(fixes, key=_order)), tuple(sorted(left, key=_order)))


def _convert_all(files: Files, look: Look, minor: int, rules: frozenset[str]) -> list[Fix | Left]:
    if rules.isdisjoint(("removed-api", "deprecated-api")):
        return []
    manifest, findings = look()
    told = {(f.rule, f.span) for f in findings}
    by_file: dict[str, list[Resource]] = {}
    for resource in manifest.resources:
        by_file.setdefault(resource.source.file, []).append(resource)
    found: list[Fix | Left] = []
    for name in sorted(by_file.keys() & files.keys()):
        found += convert(files[name], by_file[name], minor, rules, told)
    return found


def readable(raw: Mapping[str, bytes]) -> Files:
    """The files that are UTF-8, and so can be written back as they were."""
    return {name: File(name, content) for name, content in raw.items() if _is_utf_8(content)}


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _order(outcome: Fix | Left) -> tuple[str, int, str, str]:
    return outcome.file, outcome.line, outcome.rule, outcome.message
