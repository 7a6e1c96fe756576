"""The only wiring: which room's answer goes to which room. No decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from kplan.model import Finding, Manifest, Problem, Resource, Severity, Source

if TYPE_CHECKING:
    from kplan.differ import Storage
    from kplan.model.change import Change
    from kplan.planner.model import Plan, Policy


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
    from kplan.rules.engine import in_order, told_once

    rules = select_rules(select, ignore)
    manifest = _by_file(manifest)
    found = [f for f in (*manifest.findings, *(crds.findings if crds else ())) if f.rule in rules]
    by_itself, without_schema = _check_objects(manifest, minor, rules, crds)
    by_rules = list(_run_rules(manifest, minor, rules))
    by_server = (*told_once(by_itself, by_rules), *_check_cel(manifest, minor, rules, crds))
    findings = in_order((*found, *_check_content(manifest, rules), *by_server, *by_rules))
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


def _check_content(manifest: Manifest, rules: frozenset[str]) -> Iterator[Finding]:
    if not manifest.resources and "not-an-object" in rules:
        from kplan.rules.syntax.not_an_object import nothing_at_all

        if (finding := nothing_at_all(manifest)) is not None:
            yield finding


def _check_objects(
    manifest: Manifest, minor: int, rules: frozenset[str], crds: Manifest | None
) -> tuple[list[Finding], tuple[str, ...]]:
    from kplan.rules.catalog import rules_of
    from kplan.rules.engine import finding

    if rules.isdisjoint(rules_of("schema", "validation", "deprecation")):
        return [], ()
    from kplan.schema import check, custom_types, unchecked

    custom = custom_types((*manifest.resources, *(crds.resources if crds else ())))
    answers: Callable[[Resource], Iterable[tuple[str, Problem]]]
    if rules.isdisjoint(rules_of("validation")):
        answers = partial(check, minor=minor, custom=custom)
    else:
        from kplan.rules.verdict import verdict

        answers = partial(verdict, minor=minor, custom=custom, tells_missing="missing-field" in rules)
    found = [
        finding(rule_id, resource, problem)
        for resource in manifest.resources
        for rule_id, problem in answers(resource)
        if rule_id in rules
    ]
    blind = unchecked(manifest.resources, minor, custom)
    if blind and "no-schema" in rules:
        from kplan.rules.schema.no_schema import problem as no_schema

        found += [finding("no-schema", u.first, no_schema(u.api_version, u.kind, u.count)) for u in blind]
    return found, tuple(sorted(f"{u.api_version}/{u.kind}" for u in blind))


def _check_cel(manifest: Manifest, minor: int, rules: frozenset[str], crds: Manifest | None) -> Iterator[Finding]:
    from kplan.cel import RULES, check

    if not rules.isdisjoint(RULES):
        from kplan.rules.engine import finding

        for rule_id, resource, problem in check(manifest.resources, minor, definitions=crds or ()):
            if rule_id in rules:
                yield finding(rule_id, resource, problem)


def _run_rules(manifest: Manifest, minor: int, rules: frozenset[str]) -> Iterator[Finding]:
    from kplan.rules.catalog import rules_about_plans, rules_of

    own = rules - rules_of("syntax", "schema", "validation", "updates", "deprecation")
    own = own - rules_about_plans() if own else own
    if not own:
        return iter(())
    from kplan.rules.context import Context
    from kplan.rules.engine import run_rules

    return run_rules(own, Context(manifest, minor))


_REFUSED = ("syntax", "schema", "validation", "deprecation")
"""Groups of rules whose errors mean that the API server does not take an object."""


def diff_manifests(before: Manifest, after: Manifest, *, minor: int, prune: bool = False) -> tuple[Change, ...]:
    """What an apply of `after` changes in a cluster that was given `before`, object by object."""
    from kplan.differ import changes

    return changes(before, after, minor, prune)


def refused(manifest: Manifest, *, minor: int, crds: Manifest | None = None) -> tuple[Finding, ...]:
    """The errors for which the API server, or kubectl before it, does not take an object of the manifest."""
    nothing = not manifest.resources  # an empty side of a comparison is no mistake
    found = manifest.findings if nothing else lint(manifest, minor=minor, select=_REFUSED, crds=crds).findings
    return tuple(finding for finding in found if finding.severity == Severity.ERROR)


def _nameless(manifest: Manifest) -> Iterator[Finding]:
    """Objects that are to be named by the API server: `kubectl create` takes them, `kubectl apply` does not."""
    for resource in manifest:
        if not resource.get("metadata", "name") and resource.get("metadata", "generateName"):
            from kplan.rules.engine import finding

            problem = Problem(
                ("metadata", "generateName"),
                "kubectl apply takes no `generateName`",
                "give it a `name`, or make it with kubectl create",
            )
            yield finding(_MISSING, resource, problem)


_MISSING = "missing-field"
"""What the schema and the validation find both."""


def refused_changes(
    before: Manifest, after: Manifest, *, minor: int, crds: Manifest | None = None, storage: Storage | None = None
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The errors for which the API server does not take an object of `before`, and of `after` where `before` is there.

    An object that is there is judged as the change comes to it: what the server fills in from the old one counts, and
    what it drops does not. Changes that a replacement helps are not among the findings: they show in the comparison.
    """
    from typing import get_args

    from kplan.differ import Storage
    from kplan.planner.earlier import still_there
    from kplan.planner.refused import hopeless
    from kplan.rules.engine import in_order
    from kplan.validation import FaultKind, is_judged

    storage = storage or Storage(minor, before, after)
    old, new = (refused(side, minor=minor, crds=crds) for side in (before, after))
    old = tuple(still_there(old, before, minor))
    unsound = {finding.ref for finding in old if finding.ref and finding.group != "syntax"}
    there = {r.ref: is_judged(r.api_version, r.kind) for r in before if r.ref not in unsound}
    by_itself = {("validation", rule) for rule in get_args(FaultKind)}

    def is_judged_anew(finding: Finding) -> bool:
        if finding.ref not in there:
            return False
        return (finding.group, finding.rule) in by_itself or (finding.rule == _MISSING and there[finding.ref])

    kept = [finding for finding in new if not is_judged_anew(finding)]
    broken = unsound | {finding.ref for finding in kept if finding.ref and finding.group in ("schema", "deprecation")}
    return old, in_order((*kept, *_nameless(after), *hopeless(before, after, storage, broken)))


def plan_manifests(
    before: Manifest,
    after: Manifest,
    *,
    minor: int,
    policy: Policy = "batch",
    prune: bool = False,
    never_ready: tuple[str, ...] = (),
    nodes: int | Mapping[str, Any] | None = None,
    lose_node: str | None = None,
    undo: bool = False,
    crds: Manifest | None = None,
) -> Plan:
    """The plan for applying `after` to a cluster that was given `before`; its findings are the errors in `after`.

    `never_ready` are parts of images whose new pods never become ready. `nodes` are Node objects by name, or a number
    of nodes that take every pod; where None, the Node objects in `after` or `before`, else 3. `lose_node` says which
    of them are lost after all is done: a name, or how many. With `undo` it is the plan for the way back, from what
    comes of that apply to `before`.
    """
    from kplan.differ import Storage
    from kplan.planner.build import make_plan
    from kplan.planner.simulation import Options

    nodes = _nodes(after, before) if nodes is None else nodes
    options = Options(minor, policy, prune, never_ready, nodes, lose_node)
    storage = Storage(minor, before, after)
    old, new = refused_changes(before, after, minor=minor, crds=crds, storage=storage)
    if undo:
        from kplan.planner.undo import make_undo

        return make_undo(before, after, options, new, old)
    return make_plan(before, after, options, new, old, storage)


def _nodes(*manifests: Manifest) -> int | Mapping[str, Any]:
    """The Node objects of the first manifest that has some; 3 nodes of which nothing is known where none has."""
    for manifest in manifests:
        written = [resource.data for resource in manifest if resource.kind == "Node" and not resource.ref.group]
        if written:
            from kplan.simulator.node_file import nodes_of_list

            return nodes_of_list(written)
    return 3
