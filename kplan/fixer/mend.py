"""Repairs of findings, tried on the text and kept only where they help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from kplan.fixer.file import File
from kplan.fixer.outcome import Fix
from kplan.fixer.repair import RULES, Repair, View, repairs
from kplan.fixer.tree import Unfixable
from kplan.model import FieldPath, Finding, Manifest, format_path

Files: TypeAlias = dict[str, File]
Look: TypeAlias = Callable[[], tuple[Manifest, tuple[Finding, ...]]]
"""Reads the files as they are and lints them: the manifest and all its findings."""

_LOOKS: Final = 200


def mend(files: Files, look: Look, minor: int, rules: frozenset[str], *, unsafe: bool) -> list[Fix]:
    """Mend what can be mended in the files, in place: each finding of `rules` that is mended goes, and no other comes.

    All repairs are tried together; where that does not come out well, half of them, and so on down to a single one.
    """
    done: list[Fix] = []
    refused: set[object] = set()
    retried = 0
    manifest, findings = look()
    for _ in range(_LOOKS):
        view = View(manifest, files, minor)
        found = _options(view, [f for f in findings if f.rule in rules & RULES], refused, unsafe=unsafe)
        if not found and refused and len(done) > retried:  # what did not help alone may help now
            refused, retried = set(), len(done)
            continue
        if not found:
            break
        before = {name: file.text for name, file in files.items()}
        applied = _apply(files, found)
        after = look() if applied else (manifest, findings)
        if applied and _helped(findings, after[1], applied):
            done += map(_fix, applied)
            manifest, findings = after
            continue
        for name, text in before.items():
            files[name].text = text
        if len(found) == 1 or not applied:
            refused.update(map(_name, found))
        else:
            manifest, findings, more = _first_half(files, look, found, before, (manifest, findings), refused)
            done += more
    return done


def _first_half(
    files: Files,
    look: Look,
    found: list[Repair],
    before: dict[str, str],
    seen: tuple[Manifest, tuple[Finding, ...]],
    refused: set[object],
) -> tuple[Manifest, tuple[Finding, ...], list[Fix]]:
    """Try fewer and fewer of the repairs; a single one that does not help is refused."""
    while len(found) > 1:
        found = found[: (len(found) + 1) // 2]
        applied = _apply(files, found)
        after = look() if applied else seen
        if applied and _helped(seen[1], after[1], applied):
            return *after, [_fix(repair) for repair in applied]
        for name, text in before.items():
            files[name].text = text
    refused.update(map(_name, found))
    return *seen, []


def _options(view: View, findings: Iterable[Finding], refused: set[object], *, unsafe: bool) -> list[Repair]:
    """For each finding the first repair that is allowed and was not refused; those further down in a file come first.

    So what stands above keeps its place while what is below changes.
    """
    found: list[Repair] = []
    for finding in findings:
        allowed = (r for r in repairs(finding, view) if (unsafe or r.safety == "safe") and _name(r) not in refused)
        found += [repair for repair, _ in zip(allowed, range(1), strict=False)]
    return sorted(found, key=lambda repair: (_file(repair), -_line(repair)))


def _apply(files: Files, found: list[Repair]) -> list[Repair]:
    """Change the texts; the repairs that could be made."""
    applied = []
    for repair in found:
        file = files[_file(repair)]
        try:
            if repair.whole or repair.resource is None:
                document, start = file.around(_line(repair))
                after = document.edited((), repair.edit)
            else:
                document, start, path = file.document(repair.resource)
                after = document.edited(path, repair.edit)
        except Unfixable:
            continue
        if after.text != document.text:
            file.replace(start, document, after)
            applied.append(repair)
    return applied


def _helped(before: Iterable[Finding], after: Iterable[Finding], applied: list[Repair]) -> bool:
    """Whether the findings that were to go are gone, and none came but those that were hidden behind them."""
    old, new = Counter(map(_signature, before)), Counter(map(_signature, after))
    if Counter(_signature(repair.finding) for repair in applied) - (old - new):
        return False
    came = new - old
    return all(_was_hidden(finding, applied) for finding in after if came[_signature(finding)])


def _was_hidden(finding: Finding, applied: list[Repair]) -> bool:
    """Whether a finding that came is about another part of an object that was not looked at closely before.

    The API server judges no values of an object that it cannot decode, and a Service without pods has no target ports.
    """
    behind = [r for r in applied if _hides(r.finding) and _same_object(r.finding, finding)]
    return bool(behind) and not any(_within(finding.path, repair.touched or repair.finding.path) for repair in behind)


def _hides(finding: Finding) -> bool:
    return finding.group in ("schema", "syntax") or finding.rule == "service-without-endpoints"


def _same_object(one: Finding, other: Finding) -> bool:
    if one.ref is not None:
        return one.ref == other.ref
    return one.span is not None and other.span is not None and one.span.file == other.span.file


def _within(path: FieldPath, touched: FieldPath) -> bool:
    return path[: len(touched)] == touched or touched[: len(path)] == path


def _signature(finding: Finding) -> object:
    file = finding.span.file if finding.span else ""
    return finding.rule, file, finding.ref, format_path(finding.path)


def _name(repair: Repair) -> object:
    return _signature(repair.finding), repair.finding.message, repair.message


def _file(repair: Repair) -> str:
    return repair.finding.span.file if repair.finding.span else ""


def _line(repair: Repair) -> int:
    return repair.finding.span.start.line if repair.finding.span else 1


def _fix(repair: Repair) -> Fix:
    finding = repair.finding
    return Fix(finding.rule, _file(repair), _line(repair), finding.ref, repair.message, repair.safety)
