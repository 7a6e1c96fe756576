"""What an apply changes, what of it the API server refuses, and the plan that follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kplan.model import Finding, Manifest, Problem, Severity
from kplan.pipeline.check import NO_OBJECT
from kplan.pipeline.judgement import judge

if TYPE_CHECKING:
    from kplan.differ import Storage
    from kplan.model.change import Change
    from kplan.planner.model import Plan, Policy


_REFUSED = ("syntax", "chart", "schema", "validation", "deprecation")
"""Groups of rules whose errors mean that the API server does not take an object."""


_MISSING = "missing-field"
"""What the schema and the validation find both."""


def diff_manifests(before: Manifest, after: Manifest, *, minor: int, prune: bool = False) -> tuple[Change, ...]:
    """What an apply of `after` changes in a cluster that was given `before`, object by object."""
    from kplan.differ import changes

    return changes(before, after, minor, prune)


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
        replace(finding, severity=Severity.ERROR) if finding.rule == NO_OBJECT else finding
        for finding in found
        if finding.severity == Severity.ERROR or finding.rule == NO_OBJECT
    )


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
