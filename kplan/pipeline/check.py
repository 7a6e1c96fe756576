"""What the rooms that check say of a manifest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from kplan.model import Finding, Manifest, Problem, Resource, Unchecked
from kplan.pipeline.result import WITHOUT_SCHEMA, by_file, together

if TYPE_CHECKING:
    from kplan.kinds.external import Externals
    from kplan.model import FieldPath, ObjectRef


NO_OBJECT = "unrendered-template"
"""What is no fault of a repository, and cannot be applied."""
_OF_PATCHES = ("unknown-field", "wrong-type")
"""Rules that judge what is written, and not what is missing."""


BLOCKING = frozenset(
    ("missing-field", "unknown-field", "required-value", "unsupported-value", "too-long", "too-many", "wrong-type")
)
"""Rules whose findings keep the API server from looking at the rules that definitions hold in CEL."""


def told_of_templates(findings: Iterable[Finding]) -> list[Finding]:
    """The findings; of a file that is known for a template, not those of a YAML parser that takes it for a manifest."""
    findings = list(findings)
    templates = {f.span.file for f in findings if f.rule == NO_OBJECT and f.span}
    return [f for f in findings if f.group != "syntax" or not f.span or f.span.file not in templates]


def check_content(manifest: Manifest, rules: frozenset[str]) -> Iterator[Finding]:
    """Whether there is anything to check at all."""
    if not manifest.resources and "not-an-object" in rules:
        from kplan.rules.syntax.not_an_object import nothing_at_all

        if (finding := nothing_at_all(manifest)) is not None:
            yield finding


def check_objects(
    manifest: Manifest, minor: int, rules: frozenset[str], crds: Manifest | None, before: Manifest | None = None
) -> tuple[list[Finding], list[Unchecked]]:
    """What the schema and the API server's own checks say of each object, and what no schema is known for."""
    from kplan.rules.catalog import rules_of
    from kplan.rules.engine import finding

    if rules.isdisjoint(rules_of("schema", "validation", "deprecation")):
        return [], []
    from kplan.schema import check, custom_types, unchecked

    custom = custom_types((*manifest.resources, *(crds.resources if crds else ())))
    answers: Callable[[Resource], Iterable[tuple[str, Problem]]]
    if rules.isdisjoint(rules_of("validation")):
        answers = partial(check, minor=minor, custom=custom)
    else:
        from kplan.rules.verdict import verdict

        old = {resource.ref: resource for resource in before or ()}
        answers = partial(verdict, minor=minor, custom=custom, tells_missing="missing-field" in rules, before=old)
    found = [
        finding(rule_id, resource, problem)
        for resource in manifest.resources
        for rule_id, problem in answers(resource)
        if rule_id in rules
    ]
    found += [
        finding(rule_id, patch, problem)
        for patch in manifest.partial
        for rule_id, problem in check(patch, minor=minor, custom=custom)
        if rule_id in rules and rule_id in _OF_PATCHES and not _is_directive(problem.path)
    ]
    blind = unchecked(manifest.resources, minor, custom)
    if blind and "no-schema" in rules:
        from kplan.rules.schema.no_schema import problem as no_schema

        found += [finding("no-schema", u.first, no_schema(u.api_version, u.kind, u.count)) for u in blind]
    return found, [Unchecked(*WITHOUT_SCHEMA, u.count, (f"{u.api_version}/{u.kind}",)) for u in blind]


def _is_directive(path: FieldPath) -> bool:
    """Whether it is no field but a word to the one who patches: `$patch`, `$setElementOrder/containers`."""
    return bool(path) and str(path[-1]).startswith("$")


def check_cel(
    manifest: Manifest,
    minor: int,
    rules: frozenset[str],
    crds: Manifest | None,
    before: Manifest | None,
    unsound: Collection[tuple[str, ObjectRef]],
) -> Iterator[Finding]:
    """What rules in CEL, of definitions and of policies among the inputs, say."""
    from kplan.cel import RULES, check

    if not rules.isdisjoint(RULES):
        from kplan.rules.engine import finding

        found = check(manifest.resources, minor, definitions=crds or (), before=before or (), unsound=unsound)
        for rule_id, resource, problem in found:
            yield finding(rule_id, resource, problem)


def unevaluated(by_cel: Iterable[Finding]) -> Iterator[Unchecked]:
    """The rules in CEL that were not evaluated."""
    for finding in by_cel:
        if finding.rule == "cel-not-checked":
            yield Unchecked("CEL rule", "not evaluated", 1, (str(finding.span),))


def run_rules_of(
    manifest: Manifest,
    minor: int,
    rules: frozenset[str],
    externals: Externals | None,
    around: Manifest | None,
    found: Iterable[Finding],
) -> Iterator[Finding]:
    """What the rules that look at objects, and at what is around them, say."""
    from kplan.rules.catalog import rules_about_plans, rules_of

    own = rules - rules_of("syntax", "schema", "validation", "updates", "deprecation")
    own = own - rules_about_plans() if own else own
    if not own:
        return iter(())
    from kplan.kinds.external import NO_EXTERNALS
    from kplan.rules.context import Context
    from kplan.rules.engine import run_rules
    from kplan.rules.misread import misread

    known, slips = externals or NO_EXTERNALS, misread(manifest, found)
    if around is None or not around.resources:
        return run_rules(own, Context(manifest, minor, known, slips))
    files = {resource.source.file for resource in manifest.resources}
    by_rules = run_rules(own, Context(by_file(together((manifest, around))), minor, known, slips))
    return (f for f in by_rules if f.span is not None and f.span.file in files)
