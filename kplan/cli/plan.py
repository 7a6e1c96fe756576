"""`kplan plan`: what an apply changes, and every step of the rollouts that follow."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from kplan.cli.configured import chart_values, configured, options_of, walk_of
from kplan.cli.exit import CLEAN, FOUND, INTERNAL
from kplan.cli.option import crds, kube_version, namespace
from kplan.errors import UsageError

if TYPE_CHECKING:
    from kplan.cli.changed import Sides
    from kplan.model import Manifest
    from kplan.planner.model import Plan


@click.command(name="plan", short_help="Say what an apply will do, step by step.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--from", "before", multiple=True, metavar="PATH", help="What the cluster has now; default: nothing.")
@click.option("--to", "after", multiple=True, metavar="PATH", help="What is applied; the same as PATHS.")
@click.option("--since", metavar="REV", help="What the cluster has now are the PATHS as they are in a git revision.")
@click.option(
    "--changed",
    is_flag=True,
    help="PATHS are files that have changed: plan all they belong to, from HEAD, or --since, to now.",
)
@click.option("--prune", is_flag=True, help="Objects that are only in what the cluster has are deleted.")
@configured
@kube_version
@namespace
@crds
@chart_values
@click.option(
    "--policy",
    type=click.Choice(("batch", "seq")),
    default="batch",
    show_default=True,
    help="What a step is: a wave of all that is due (batch), or one pod (seq).",
)
@click.option("--nodes", metavar="N|FILE", help="Nodes that pods must fit: so many plain ones, or those of a file.")
@click.option("--lose-node", metavar="NAME|N", help="What if this node, or the worst N of them, is lost afterwards.")
@click.option("--bad-image", multiple=True, metavar="PATTERN", help="What if such images never become ready.")
@click.option("--quota", multiple=True, metavar="PATH", help="ResourceQuotas and LimitRanges that the cluster has.")
@click.option("--undo", is_flag=True, help="Plan the way back, from what is applied to what there was before.")
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "note")),
    help="The mildest risk that makes the exit code 1; by default none does.",
)
@click.option("--check", is_flag=True, help="Make sure that the plan obeys its laws; exit 3 where it does not.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    show_default=True,
    help="The form of the report.",
)
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    help="Colours; auto is on a terminal where NO_COLOR is not set.",
)
def command(
    paths: tuple[str, ...],
    before: tuple[str, ...],
    after: tuple[str, ...],
    since: str | None,
    changed: bool,
    prune: bool,
    minor: int,
    namespace: str,
    crds: tuple[str, ...],
    policy: str,
    nodes: str | None,
    lose_node: str | None,
    bad_image: tuple[str, ...],
    quota: tuple[str, ...],
    undo: bool,
    fail_on: str | None,
    check: bool,
    output: str,
    color: str,
) -> int:
    """Say what applying PATHS will do: objects and fields that change, pods that roll, step by step.

    PATHS and the values of --from and --to are files, folders, - for standard input, or REV:PATH for a file or
    folder of a git revision. Without --from the cluster is empty; without PATHS it is the current folder.
    --since takes both sides from one repository: PATHS as they were, and as they are.

    \b
    Examples:
      kplan plan --since main deploy
      kplan plan deploy --nodes 3 --lose-node 1
      kplan plan --from live.yaml deploy --bad-image web:1.5.0
    \b
    Exit codes: 0 the plan is made, 1 the manifests have errors, or there is a risk (--fail-on),
    2 wrong usage or unreadable input, 3 a fault in kplan, which --check has found.
    """
    from kplan.cli.side import check_sides
    from kplan.loader import load
    from kplan.pipeline import forget_refused, plan_manifests
    from kplan.planner.laws import broken

    if "" in bad_image:
        raise UsageError("--bad-image: give a part of an image's name")
    _check_usage(paths, before, after, since, changed)
    check_sides(before, paths or after, quota)
    ctx = click.get_current_context()
    more = load(quota, default_namespace=namespace) if quota else None
    sides = _changed(ctx, paths, since) if changed else [_sides(ctx, paths or after or (".",), before, since)]
    if len(sides) > 1 and output == "json":
        names = ", ".join(f"`{each.title}`" for each in sides)
        raise UsageError(f"-o json is for one plan, and the change touches {names}: give the files of one of them")

    def make(side: Sides, undo: bool, never_ready: tuple[str, ...]) -> Plan:
        old, new = _with_quotas(side, more)
        definitions = load(side.crds) if side.crds else None
        plan = plan_manifests(
            old,
            new,
            minor=side.minor,
            policy=policy,  # type: ignore[arg-type]
            prune=prune,
            never_ready=never_ready,
            nodes=_nodes(nodes),
            lose_node=lose_node,
            undo=undo,
            crds=definitions,
        )
        if side.is_here is None:
            return plan
        return forget_refused(plan, old, crds=definitions, name_of=side.name_of, is_meant=side.is_here)

    code = CLEAN
    for side in sides:
        plan = make(side, undo, bad_image)
        _print(plan, side.title, output, color)
        if check and (faults := broken(plan, None if undo else make(side, True, ()))):
            click.echo("\n".join(f"law broken: {fault}" for fault in faults), err=True)
            return INTERNAL
        code = FOUND if plan.findings or _is_risky(plan, fail_on) else code
    return code


def _check_usage(
    paths: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...], since: str | None, changed: bool
) -> None:
    if paths and after:
        raise UsageError("give what is applied either as PATHS or with --to, not both")
    if changed and (before or after):
        raise UsageError("--changed: give the changed files as PATHS, and what was before with --since")
    if since is not None and before:
        raise UsageError("give what the cluster has now either with --from or with --since, not both")


def _sides(ctx: click.Context, paths: tuple[str, ...], before: tuple[str, ...], since: str | None) -> Sides:
    from kplan.cli.changed import Sides, known_revision
    from kplan.cli.side import remark
    from kplan.model import Manifest
    from kplan.render.load import load, load_revision

    minor, namespace, crds = (ctx.params[name] for name in ("minor", "namespace", "crds"))
    walk, options = walk_of(ctx), options_of(ctx, minor, namespace, hooks=False)
    if since is not None:
        old = load_revision(known_revision(since, paths), paths, options=options, walk=walk)
        paths = tuple(path for path in paths if os.path.lexists(path))  # a path that is gone is a deletion
        new = load(paths, options=options, walk=walk)
    else:
        new = load(paths, options=options, walk=walk)
        old = load(before, options=options, walk=walk) if before else Manifest()
    remark((*before, *paths), old, new)
    return Sides(old, new, minor, crds)


def _changed(ctx: click.Context, paths: tuple[str, ...], since: str | None) -> list[Sides]:
    from kplan.cli.changed import Sides, sides_of_change
    from kplan.cli.write import note
    from kplan.model import Manifest

    found = sides_of_change(ctx, paths, since)
    if not found:
        note("there is no manifest among the changed files")
        return [Sides(Manifest(), Manifest(), ctx.params["minor"])]
    return found


def _with_quotas(side: Sides, more: Manifest | None) -> tuple[Manifest, Manifest]:
    if more is None:
        return side.before, side.after
    from kplan.planner.quota import with_quotas

    return with_quotas((side.before, side.after), more)


def _print(plan: Plan, title: str, output: str, color: str) -> None:
    from kplan.cli.write import shown, write
    from kplan.report.paint import paint_for

    paint = paint_for(color)
    text = import_module(f"kplan.report.plan_{output}").report(plan, paint=paint)
    if title:
        text = f"## {title}\n\n{text}\n" if output == "markdown" else f"{paint('strong', f'# {title}')}\n\n{text}\n"
    write(text if output == "json" else shown(text))


def _is_risky(plan: Plan, fail_on: str | None) -> bool:
    from kplan.model import Severity

    return fail_on is not None and any(
        Severity[risk.severity.upper()] >= Severity[fail_on.upper()] for risk in plan.risks
    )


def _nodes(text: str | None) -> Any:
    if text is None:
        return None
    from kplan.simulator.node_file import read_nodes

    return read_nodes(text)
