"""`kplan plan`: what an apply changes, and every step of the rollouts that follow."""

from __future__ import annotations

from importlib import import_module

import click

from kplan.cli.exit import CLEAN, FOUND
from kplan.cli.option import kube_version, namespace


@click.command(name="plan", short_help="Say what an apply will do, step by step.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--from", "before", multiple=True, metavar="PATH", help="What the cluster has now; default: nothing.")
@click.option("--to", "after", multiple=True, metavar="PATH", help="What is applied; the same as PATHS.")
@click.option("--prune", is_flag=True, help="Objects that are only in --from are deleted.")
@kube_version
@namespace
@click.option(
    "--policy",
    type=click.Choice(("batch", "seq")),
    default="batch",
    show_default=True,
    help="What a step is: a wave of all that is due (batch), or one pod (seq).",
)
@click.option(
    "--nodes", default=3, show_default=True, type=click.IntRange(1), help="Nodes of the cluster, for DaemonSets."
)
@click.option("--bad-image", multiple=True, metavar="TEXT", help="What if images with this text never become ready.")
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
    policy: str,
    nodes: int,
    bad_image: tuple[str, ...],
    output: str,
    color: str,
) -> int:
    """Say what applying PATHS will do: objects and fields that change, pods that roll, step by step.

    PATHS and the values of --from and --to are files, folders, - for standard input, or REV:PATH for a file or
    folder of a git revision. Without --from the cluster is empty; without PATHS it is the current folder.

    \b
    Exit codes: 0 the plan is made, 1 the manifests have errors, 2 wrong usage or unreadable input.
    """
    from kplan.errors import UsageError
    from kplan.load import load
    from kplan.model import Manifest
    from kplan.pipeline import plan_manifests
    from kplan.report.paint import paint_for

    if paths and after:
        raise UsageError("give what is applied either as PATHS or with --to, not both")
    new = load(paths or after or (".",), default_namespace=namespace)
    old = load(before, default_namespace=namespace) if before else Manifest()
    shape = {"minor": minor, "policy": policy, "prune": prune, "nodes": nodes}
    plan = plan_manifests(old, new, never_ready=bad_image, **shape)  # type: ignore[arg-type]
    report = import_module(f"kplan.report.plan_{output}").report
    click.echo(report(plan, paint=paint_for(color)), nl=False, color=True)
    return FOUND if plan.findings else CLEAN
