"""Lint: every check that is asked for, then what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from kplan.model import Finding, Manifest
from kplan.pipeline.check import (
    BLOCKING,
    NO_OBJECT,
    check_cel,
    check_content,
    check_objects,
    run_rules_of,
    told_of_templates,
    unevaluated,
)
from kplan.pipeline.result import Lint, by_file, together, with_findings

if TYPE_CHECKING:
    from kplan.config import Terms
    from kplan.kinds.external import Externals


def lint_manifest(
    manifest: Manifest,
    *,
    minor: int,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    crds: Manifest | None = None,
    profile: str = "default",
) -> tuple[Finding, ...]:
    """The findings of the rules that are in `select` (rules or groups) and not in `ignore`.

    Where `select` is empty, it is all rules of the profile; a group means those of its rules that are in the profile.
    `crds` holds CustomResourceDefinitions that are not to be checked themselves. Raises UsageError for a name that is
    neither rule nor group, and for a profile that there is none of.
    """
    return lint(manifest, minor=minor, select=select, ignore=ignore, crds=crds, profile=profile).findings


def lint(
    manifest: Manifest,
    *,
    minor: int,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    crds: Manifest | None = None,
    profile: str = "default",
    externals: Externals | None = None,
    terms: Terms | None = None,
) -> Lint:
    """As `lint_manifest`, with what reports need beside the findings.

    `externals` are objects that live elsewhere, `terms` say what is allowed.
    """
    judgement = judge(
        manifest,
        minor=minor,
        select=select,
        ignore=ignore,
        crds=crds,
        profile=profile,
        externals=externals,
        is_filled_in=terms.is_filled_in if terms else None,
    )
    return settle(judgement, terms)


def judge(
    manifest: Manifest,
    *,
    minor: int,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    crds: Manifest | None = None,
    profile: str = "default",
    externals: Externals | None = None,
    around: Manifest | None = None,
    before: Manifest | None = None,
    is_filled_in: Callable[[str], bool] | None = None,
    needs_values: bool = False,
) -> Lint:
    """All that the rules find, allowed or not.

    The objects of `around` may be referred to, and are not judged. What is in `before` too is judged as an update where
    its definition or a policy tells updates from new objects. A value that is not there yet (encrypted, a
    variable) is no fault, unless `needs_values` says that nothing can be done without it.
    """
    from kplan.model.coverage import summed
    from kplan.rules.catalog import select_rules
    from kplan.rules.engine import in_order, told_once

    rules = select_rules(select, ignore, profile)
    manifest = by_file(manifest)
    known = crds if around is None else together((around, *((crds,) if crds else ())))
    found = told_of_templates(f for f in (*manifest.findings, *(crds.findings if crds else ())) if f.rule in rules)
    by_itself, blind = check_objects(manifest, minor, rules, known, before)
    by_rules = list(run_rules_of(manifest, minor, rules, externals, around, (*found, *by_itself)))
    unsound = {(f.span.file, f.ref) for f in by_itself if f.span and f.ref and f.rule in BLOCKING}
    by_cel = list(check_cel(manifest, minor, rules, known, before, unsound))
    by_server = (*told_once(by_itself, by_rules), *(f for f in by_cel if f.rule in rules))
    findings = in_order((*found, *check_content(manifest, rules), *by_server, *by_rules))
    if manifest.marks:
        from kplan.suppression import without_holes

        tolerant = NO_OBJECT in rules
        findings = without_holes(findings, manifest, is_filled_in, only_secrets=needs_values, templates=tolerant)
    return Lint(manifest, findings, minor, summed((*manifest.unchecked, *blind, *unevaluated(by_cel))), rules)


def settle(judgement: Lint, terms: Terms | None = None) -> Lint:
    """The same with the levels that are asked for, without what is allowed, and with what is wrong about that."""
    from kplan.rules.engine import in_order

    if not judgement.manifest.marks and terms is None and not judgement.manifest.texts:
        return judgement
    from kplan.config import NO_TERMS
    from kplan.suppression import apply, suppressions

    terms = terms or NO_TERMS
    written = suppressions(judgement.manifest, terms.allows, terms.name_of)
    outcome = apply(
        judgement.findings, written, judgement.rules, terms.today, ran_in=judgement.rules_in, whole=terms.whole
    )
    leveled = (replace(f, severity=terms.severity.get(f.rule, f.severity)) for f in outcome.findings)
    told = with_findings(judgement, in_order(leveled), outcome.allowed)
    if terms.texts:
        told.manifest = replace(told.manifest, texts={**terms.texts, **told.manifest.texts})
    return told
