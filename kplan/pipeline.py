"""The only wiring: which room's answer goes to which room. No decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from kplan.model import Finding, Manifest, Problem, Resource, Severity, Source, Unchecked

if TYPE_CHECKING:
    from kplan.config import Terms
    from kplan.differ import Storage
    from kplan.fixer.outcome import Fixing
    from kplan.kinds.external import Externals
    from kplan.model import FieldPath, ObjectRef
    from kplan.model.change import Change
    from kplan.planner.model import Plan, Policy
    from kplan.suppression import Baseline


_WITHOUT_SCHEMA = ("object", "without schema")
_OF_PATCHES = ("unknown-field", "wrong-type")
"""Rules that judge what is written, and not what is missing."""


class Lint:
    """What a lint of `manifest` found, and what it could not check.

    `findings` are in order of file and place. `unchecked` is what the rules that were asked for did not see, in order,
    one for each sort and reason; documents that are no objects are none of it. `rules` were asked for, and in some
    files others: `rules_in`. `allowed` counts the findings that are not shown: `comment`, `annotation`, `configuration`
    and `baseline` are what allows them, `revision` stands for those that a change did not bring. `minors` are all
    versions of Kubernetes that parts of it were judged by.
    """

    def __init__(
        self,
        manifest: Manifest,
        findings: tuple[Finding, ...],
        minor: int,
        unchecked: tuple[Unchecked, ...] = (),
        rules: frozenset[str] = frozenset(),
        *,
        rules_in: Mapping[str, frozenset[str]] | None = None,
        allowed: Mapping[str, int] | None = None,
        minors: tuple[int, ...] = (),
    ) -> None:
        self.manifest = manifest
        self.findings = findings
        self.minor = minor
        self.unchecked = unchecked
        self.rules = rules
        self.rules_in = rules_in or {}
        self.allowed = allowed or {}
        self.minors = minors or (minor,)

    @property
    def without_schema(self) -> tuple[str, ...]:
        """The kinds, as `apiVersion/Kind`, that no schema is known for; empty where the schema was not asked for."""
        return next((u.where for u in self.unchecked if (u.what, u.why) == _WITHOUT_SCHEMA), ())

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
    manifest = _by_file(manifest)
    known = crds if around is None else together((around, *((crds,) if crds else ())))
    found = _told_of_templates(f for f in (*manifest.findings, *(crds.findings if crds else ())) if f.rule in rules)
    by_itself, blind = _check_objects(manifest, minor, rules, known, before)
    by_rules = list(_run_rules(manifest, minor, rules, externals, around, (*found, *by_itself)))
    unsound = {(f.span.file, f.ref) for f in by_itself if f.span and f.ref and f.rule in _BLOCKING}
    by_cel = list(_check_cel(manifest, minor, rules, known, before, unsound))
    by_server = (*told_once(by_itself, by_rules), *(f for f in by_cel if f.rule in rules))
    findings = in_order((*found, *_check_content(manifest, rules), *by_server, *by_rules))
    if manifest.marks:
        from kplan.suppression import without_holes

        tolerant = _NO_OBJECT in rules
        findings = without_holes(findings, manifest, is_filled_in, only_secrets=needs_values, templates=tolerant)
    return Lint(manifest, findings, minor, summed((*manifest.unchecked, *blind, *_unevaluated(by_cel))), rules)


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
    told = _with(judgement, in_order(leveled), outcome.allowed)
    if terms.texts:
        told.manifest = replace(told.manifest, texts={**terms.texts, **told.manifest.texts})
    return told


def forget_known(found: Lint, baseline: Baseline, name_of: Callable[[str], str]) -> Lint:
    """The same without the findings of a baseline."""
    from kplan.suppression import without_known

    left = without_known(found.findings, baseline, name_of)
    return _with(found, left, {**found.allowed, "baseline": len(found.findings) - len(left)})


def forget_earlier(
    found: Lint,
    before: Iterable[Finding] | None,
    name_of: Callable[[str], str],
    name_before: Callable[[str], str],
    is_meant: Callable[[Finding], bool],
) -> Lint:
    """The same without the findings of before, but for what is meant; with that alone where before is unknown."""
    from kplan.suppression import without_earlier

    if before is None:
        left = tuple(filter(is_meant, found.findings))
    else:
        left = without_earlier(found.findings, before, name_of, name_before, is_meant)
    return _with(found, left, {**found.allowed, "revision": len(found.findings) - len(left)})


def _with(found: Lint, findings: tuple[Finding, ...], allowed: Mapping[str, int]) -> Lint:
    return Lint(
        found.manifest,
        findings,
        found.minor,
        found.unchecked,
        found.rules,
        rules_in=found.rules_in,
        allowed={by: count for by, count in allowed.items() if count},
        minors=found.minors,
    )


def join(judgements: Sequence[Lint]) -> Lint:
    """Judgements of parts of the input, each by its own settings, as one; the first tells its Kubernetes version."""
    from kplan.model.coverage import summed
    from kplan.rules.engine import in_order

    if len(judgements) == 1:
        return judgements[0]
    manifest = _by_file(together([one.manifest for one in judgements]))
    findings = in_order(f for one in judgements for f in one.findings)
    unchecked = summed(u for one in judgements for u in one.unchecked)
    rules = frozenset().union(*(one.rules for one in judgements))
    return Lint(
        manifest,
        findings,
        judgements[0].minor,
        unchecked,
        rules,
        rules_in={file: one.rules_in.get(file, one.rules) for one in judgements for file in one.manifest.files},
        allowed=sum((Counter(one.allowed) for one in judgements), Counter()),
        minors=tuple(sorted({minor for one in judgements if one.manifest.files for minor in one.minors})),
    )


def together(manifests: Iterable[Manifest]) -> Manifest:
    """All that is in some manifests, in their order."""
    manifests = tuple(manifests)
    return Manifest(
        tuple(chain.from_iterable(m.resources for m in manifests)),
        tuple(chain.from_iterable(m.findings for m in manifests)),
        tuple(chain.from_iterable(m.skipped for m in manifests)),
        tuple(chain.from_iterable(m.files for m in manifests)),
        {file: text for m in manifests for file, text in m.texts.items()},
        tuple(chain.from_iterable(m.unchecked for m in manifests)),
        tuple(chain.from_iterable(m.partial for m in manifests)),
        {file: marks for m in manifests for file, marks in m.marks.items()},
    )


def _by_file(manifest: Manifest) -> Manifest:
    """The manifest with its files in order, so that the order of arguments does not matter."""
    files = tuple(sorted(manifest.files))
    if files == manifest.files:
        return manifest
    return replace(
        manifest,
        resources=tuple(sorted(manifest.resources, key=lambda r: r.source.file)),
        skipped=tuple(sorted(manifest.skipped, key=lambda s: s.file)),
        files=files,
    )


def _told_of_templates(findings: Iterable[Finding]) -> list[Finding]:
    """The findings; of a file that is known for a template, not those of a YAML parser that takes it for a manifest."""
    findings = list(findings)
    templates = {f.span.file for f in findings if f.rule == _NO_OBJECT and f.span}
    return [f for f in findings if f.group != "syntax" or not f.span or f.span.file not in templates]


def _check_content(manifest: Manifest, rules: frozenset[str]) -> Iterator[Finding]:
    if not manifest.resources and "not-an-object" in rules:
        from kplan.rules.syntax.not_an_object import nothing_at_all

        if (finding := nothing_at_all(manifest)) is not None:
            yield finding


_BLOCKING = frozenset(
    ("missing-field", "unknown-field", "required-value", "unsupported-value", "too-long", "too-many", "wrong-type")
)
"""Rules whose findings keep the API server from looking at the rules that definitions hold in CEL."""


def _check_objects(
    manifest: Manifest, minor: int, rules: frozenset[str], crds: Manifest | None, before: Manifest | None = None
) -> tuple[list[Finding], list[Unchecked]]:
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
    return found, [Unchecked(*_WITHOUT_SCHEMA, u.count, (f"{u.api_version}/{u.kind}",)) for u in blind]


def _is_directive(path: FieldPath) -> bool:
    """Whether it is no field but a word to the one who patches: `$patch`, `$setElementOrder/containers`."""
    return bool(path) and str(path[-1]).startswith("$")


def _check_cel(
    manifest: Manifest,
    minor: int,
    rules: frozenset[str],
    crds: Manifest | None,
    before: Manifest | None,
    unsound: Collection[tuple[str, ObjectRef]],
) -> Iterator[Finding]:
    from kplan.cel import RULES, check

    if not rules.isdisjoint(RULES):
        from kplan.rules.engine import finding

        found = check(manifest.resources, minor, definitions=crds or (), before=before or (), unsound=unsound)
        for rule_id, resource, problem in found:
            yield finding(rule_id, resource, problem)


def _unevaluated(by_cel: Iterable[Finding]) -> Iterator[Unchecked]:
    for finding in by_cel:
        if finding.rule == "cel-not-checked":
            yield Unchecked("CEL rule", "not evaluated", 1, (str(finding.span),))


def _run_rules(
    manifest: Manifest,
    minor: int,
    rules: frozenset[str],
    externals: Externals | None,
    around: Manifest | None,
    found: Iterable[Finding],
) -> Iterator[Finding]:
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
    by_rules = run_rules(own, Context(_by_file(together((manifest, around))), minor, known, slips))
    return (f for f in by_rules if f.span is not None and f.span.file in files)


_REFUSED = ("syntax", "chart", "schema", "validation", "deprecation")
"""Groups of rules whose errors mean that the API server does not take an object."""


def diff_manifests(before: Manifest, after: Manifest, *, minor: int, prune: bool = False) -> tuple[Change, ...]:
    """What an apply of `after` changes in a cluster that was given `before`, object by object."""
    from kplan.differ import changes

    return changes(before, after, minor, prune)


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


def refused(
    manifest: Manifest, *, minor: int, crds: Manifest | None = None, before: Manifest | None = None
) -> tuple[Finding, ...]:
    """The errors for which the API server, or kubectl before it, does not take an object of the manifest.

    `before` is what the cluster has: of it, definitions and policies hold as long as the manifest has no newer ones.
    """
    nothing = not manifest.resources  # an empty side of a comparison is no mistake
    found = (
        manifest.findings
        if nothing
        else judge(
            manifest,
            minor=minor,
            select=_REFUSED,
            crds=crds,
            around=_besides(before, manifest),
            before=before,
            needs_values=True,
        ).findings
    )
    return tuple(
        replace(finding, severity=Severity.ERROR) if finding.rule == _NO_OBJECT else finding
        for finding in found
        if finding.severity == Severity.ERROR or finding.rule == _NO_OBJECT
    )


_NO_OBJECT = "unrendered-template"
"""What is no fault of a repository, and cannot be applied."""


def _besides(before: Manifest | None, after: Manifest) -> Manifest | None:
    """What is before and is not written anew."""
    if before is None:
        return None
    written = {resource.ref for resource in after}
    return Manifest(tuple(resource for resource in before if resource.ref not in written))


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
    from kplan.schema import custom_types
    from kplan.validation import FaultKind, is_judged

    storage = storage or Storage(minor, before, after)
    old, new = refused(before, minor=minor, crds=crds), refused(after, minor=minor, crds=crds, before=before)
    old = tuple(still_there(old, before, minor))
    unsound = {finding.ref for finding in old if finding.ref and finding.group != "syntax"}
    there = {r.ref: is_judged(r.api_version, r.kind) for r in before if r.ref not in unsound}
    by_itself = {("validation", rule) for rule in get_args(FaultKind)}
    custom = custom_types((*after, *before, *(crds or ()))).versions

    def is_custom(finding: Finding) -> bool:
        return finding.ref is not None and (finding.ref.group, finding.ref.kind) in custom

    def is_judged_anew(finding: Finding) -> bool:
        if finding.ref not in there or is_custom(finding):
            return False
        return (finding.group, finding.rule) in by_itself or (finding.rule == _MISSING and there[finding.ref])

    kept = [finding for finding in new if not is_judged_anew(finding)]
    broken = unsound | {
        finding.ref
        for finding in kept
        if finding.ref and (finding.group in ("schema", "deprecation") or is_custom(finding))
    }
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


def forget_refused(
    plan: Plan,
    before: Manifest,
    *,
    crds: Manifest | None = None,
    name_of: Callable[[str], str],
    is_meant: Callable[[Finding], bool],
) -> Plan:
    """The plan without the errors that `before` has too, but for what is meant."""
    from kplan.suppression import without_earlier

    if all(map(is_meant, plan.findings)):
        return plan
    known = refused(before, minor=plan.minor, crds=crds)
    return replace(plan, findings=without_earlier(plan.findings, known, name_of, name_of, is_meant))


def _nodes(*manifests: Manifest) -> int | Mapping[str, Any]:
    """The Node objects of the first manifest that has some; 3 nodes of which nothing is known where none has."""
    for manifest in manifests:
        written = [resource.data for resource in manifest if resource.kind == "Node" and not resource.ref.group]
        if written:
            from kplan.simulator.node_file import nodes_of_list

            return nodes_of_list(written)
    return 3
