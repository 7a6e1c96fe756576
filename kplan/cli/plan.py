"""`kplan plan`: what an apply changes, and every step of the rollouts that follow."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from kplan.cli.configured import configured, releases_of, walk_of
from kplan.cli.exit import CLEAN, FOUND, INTERNAL
from kplan.cli.option import crds, kube_version, namespace


@click.command(name="plan", short_help="Say what an apply will do, step by step.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--from", "before", multiple=True, metavar="PATH", help="What the cluster has now; default: nothing.")
@click.option("--to", "after", multiple=True, metavar="PATH", help="What is applied; the same as PATHS.")
@click.option("--prune", is_flag=True, help="Objects that are only in --from are deleted.")
@configured
@kube_version
@namespace
@crds
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
@click.option("--check", is_flag=True, help="Make sure that the plan obeys its laws; exit 3 where it does not.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(("text", "json")),
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
    check: bool,
    output: str,
    color: str,
) -> int:
    """Say what applying PATHS will do: objects and fields that change, pods that roll, step by step.

    PATHS and the values of --from and --to are files, folders, - for standard input, or REV:PATH for a file or
    folder of a git revision. Without --from the cluster is empty; without PATHS it is the current folder.

    \b
    Examples:
      kplan plan --from main:deploy deploy
      kplan plan deploy --nodes 3 --lose-node 1
      kplan plan --from live.yaml deploy --bad-image web:1.5.0
    \b
    Exit codes: 0 the plan is made, 1 the manifests have errors, 2 wrong usage or unreadable input,
    3 a fault in kplan, which --check has found.
    """
    from kplan.cli.side import check_sides, remark
    from kplan.cli.write import shown, write
    from kplan.errors import UsageError
    from kplan.loader import load
    from kplan.model import Manifest
    from kplan.pipeline import plan_manifests
    from kplan.render.load import Options
    from kplan.render.load import load as load_rendered
    from kplan.report.paint import paint_for

    if "" in bad_image:
        raise UsageError("--bad-image: give a part of an image's name")
    if paths and after:
        raise UsageError("give what is applied either as PATHS or with --to, not both")
    given = paths or after or (".",)
    check_sides(before, given, quota)
    ctx = click.get_current_context()
    walk, options = walk_of(ctx), Options(minor, namespace, releases_of(ctx))
    new = load_rendered(given, options=options, walk=walk)
    old = load_rendered(before, options=options, walk=walk) if before else Manifest()
    remark((*before, *given), old, new)
    if quota:
        from kplan.planner.quota import with_quotas

        old, new = with_quotas((old, new), load(quota, default_namespace=namespace))
    shape = {"minor": minor, "policy": policy, "prune": prune, "nodes": _nodes(nodes), "lose_node": lose_node}
    shape |= {"crds": load(crds) if crds else None}
    plan = plan_manifests(old, new, never_ready=bad_image, undo=undo, **shape)
    report = import_module(f"kplan.report.plan_{output}").report
    text = report(plan, paint=paint_for(color))
    write(shown(text) if output == "text" else text)
    if check and (faults := _broken(plan, undo, lambda: plan_manifests(old, new, undo=True, **shape))):
        click.echo("\n".join(f"law broken: {fault}" for fault in faults), err=True)
        return INTERNAL
    return FOUND if plan.findings else CLEAN


def _broken(plan: Any, undo: bool, back: Callable[[], Any]) -> tuple[Any, ...]:
    from kplan.planner.laws import broken

    return broken(plan, None if undo else back())


def _nodes(text: str | None) -> Any:
    if text is None:
        return None
    from kplan.simulator.node_file import read_nodes

    return read_nodes(text)
