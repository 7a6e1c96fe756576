"""The only wiring: which room's answer goes to which room. No decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from kplan.model import Finding, Manifest, Severity, Source

if TYPE_CHECKING:
    from kplan.model.change import Change
    from kplan.plan.model import Plan, Policy


class Lint:
    """What a lint of `manifest` found, and what it could not check.

    `findings` are in order of file and place. `without_schema` are the kinds, as `apiVersion/Kind`, that no schema is
    known for; empty where the schema was not asked for.
    """

    def __init__(
        self, manifest: Manifest, findings: tuple[Finding, ...], minor: int, without_schema: tuple[str, ...]
    ) -> None:
        self.manifest = manifest
        self.findings = findings
        self.minor = minor
        self.without_schema = without_schema

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(f.severity == severity for f in self.findings)

    def text(self, file: str) -> str | None:
        """The text of a file of the manifest, None where it is not at hand."""
        if file in self.manifest.texts:
            return self.manifest.texts[file]
        source = self._sources.get(file)
        return source.text() if source else None

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return {r.source.file: r.source for r in self.manifest.resources}


def lint_manifest(
    manifest: Manifest,
    *,
    minor: int,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    crds: Manifest | None = None,
) -> tuple[Finding, ...]:
    """The findings of the rules that are in `select` (rules or groups; all where it is empty) and not in `ignore`.

    `crds` holds CustomResourceDefinitions that are not to be checked themselves. Raises UsageError for a name that is
    neither rule nor group.
    """
    return lint(manifest, minor=minor, select=select, ignore=ignore, crds=crds).findings


def lint(
    manifest: Manifest,
    *,
    minor: int,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    crds: Manifest | None = None,
) -> Lint:
    """As `lint_manifest`, with what reports need beside the findings."""
    from kplan.rules.catalog import select_rules
    from kplan.rules.engine import in_order

    rules = select_rules(select, ignore)
    manifest = _by_file(manifest)
    found = [f for f in (*manifest.findings, *(crds.findings if crds else ())) if f.rule in rules]
    by_schema, without_schema = _check_schema(manifest, minor, rules, crds)
    findings = in_order((*found, *by_schema, *_run_rules(manifest, minor, rules)))
    return Lint(manifest, findings, minor, without_schema)


def _by_file(manifest: Manifest) -> Manifest:
    """The manifest with its files in order, so that the order of arguments does not matter."""
    files = tuple(sorted(manifest.files))
    if files == manifest.files:
        return manifest
    return Manifest(
        tuple(sorted(manifest.resources, key=lambda r: r.source.file)),
        manifest.findings,
        tuple(sorted(manifest.skipped, key=lambda s: s.file)),
        files,
        manifest.texts,
    )


def _check_schema(
    manifest: Manifest, minor: int, rules: frozenset[str], crds: Manifest | None
) -> tuple[list[Finding], tuple[str, ...]]:
    from kplan.rules.catalog import rules_of
    from kplan.rules.engine import finding

    wanted = rules & rules_of("schema", "deprecation")
    if not wanted:
        return [], ()
    from kplan.schema import check, custom_types, unchecked

    custom = custom_types((*manifest.resources, *(crds.resources if crds else ())))
    found = [
        finding(rule_id, resource, problem)
        for resource in manifest.resources
        for rule_id, problem in check(resource, minor, custom)
        if rule_id in wanted
    ]
    blind = unchecked(manifest.resources, minor, custom)
    if blind and "no-schema" in wanted:
        from kplan.rules.schema.no_schema import problem as no_schema

        found += [finding("no-schema", u.first, no_schema(u.api_version, u.kind, u.count)) for u in blind]
    return found, tuple(sorted(f"{u.api_version}/{u.kind}" for u in blind))


def _run_rules(manifest: Manifest, minor: int, rules: frozenset[str]) -> Iterator[Finding]:
    from kplan.rules.catalog import rules_of

    own = rules - rules_of("syntax", "schema", "validation", "updates", "deprecation")
    if not own:
        return iter(())
    from kplan.rules.context import Context
    from kplan.rules.engine import run_rules

    return run_rules(own, Context(manifest, minor))


_REFUSED = ("syntax", "schema", "validation", "deprecation")
"""Groups of rules whose errors mean that the API server does not take an object."""


def diff_manifests(before: Manifest, after: Manifest, *, minor: int, prune: bool = False) -> tuple[Change, ...]:
    """What an apply of `after` changes in a cluster that was given `before`, object by object."""
    from kplan.diff import changes

    return changes(before, after, minor, prune)


def refused(manifest: Manifest, *, minor: int, crds: Manifest | None = None) -> tuple[Finding, ...]:
    """The errors for which the API server, or kubectl before it, does not take an object of the manifest."""
    found = lint(manifest, minor=minor, select=_REFUSED, crds=crds).findings
    return tuple(finding for finding in found if finding.severity == Severity.ERROR)


def plan_manifests(
    before: Manifest,
    after: Manifest,
    *,
    minor: int,
    policy: Policy = "batch",
    prune: bool = False,
    never_ready: tuple[str, ...] = (),
    nodes: int = 3,
    crds: Manifest | None = None,
) -> Plan:
    """The plan for applying `after` to a cluster that was given `before`; its findings are the errors in `after`.

    `never_ready` are parts of images whose new pods never become ready.
    """
    from kplan.plan.build import make_plan
    from kplan.plan.simulation import Options

    options = Options(minor, policy, prune, never_ready, nodes)
    old, new = (refused(side, minor=minor, crds=crds) for side in (before, after))
    return make_plan(before, after, options, new, old)
