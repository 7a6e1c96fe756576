"""`kplan diff`: what differs between two sides, field by field."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

import click

from kplan.cli.configured import chart_values, configured, options_of, walk_of
from kplan.cli.option import crds, kube_version, namespace
from kplan.errors import UsageError

if TYPE_CHECKING:
    from kplan.model import Manifest

SAME, DIFFERENT, FAILED = 0, 1, 2


@click.command(name="diff", short_help="Say what differs between two sides, field by field.")
@click.argument("sides", nargs=-1, metavar="[BEFORE AFTER | REV [PATHS]...]")
@click.option("--from", "before", multiple=True, metavar="PATH", help="The side before.")
@click.option("--to", "after", multiple=True, metavar="PATH", help="The side after.")
@configured
@kube_version
@namespace
@crds
@chart_values
@click.option(
    "-o",
    "--output",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    show_default=True,
    help="The form.",
)
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    help="Colours; auto is on a terminal where NO_COLOR is not set.",
)
def command(
    sides: tuple[str, ...],
    before: tuple[str, ...],
    after: tuple[str, ...],
    minor: int,
    namespace: str,
    crds: tuple[str, ...],
    output: str,
    color: str,
) -> int:
    """Say what an apply of AFTER changes where BEFORE was applied: objects and fields, without their rollouts.

    A side is a file, a folder, - for standard input, or REV:PATH of a git revision. With a single git revision, that
    revision of PATHS (default: the current folder) is compared with the working tree; REV..REV compares two.
    Objects that are only in BEFORE are shown as deleted.

    \b
    Examples:
      kplan diff main
      kplan diff main..HEAD deploy
      kplan diff before.yaml after.yaml
    \b
    Exit codes, as kubectl diff: 0 the same, 1 different, 2 failed: wrong usage, or errors in the
    manifests.
    """
    from kplan.cli.side import remark, remark_error
    from kplan.cli.write import shown, write
    from kplan.loader import load
    from kplan.pipeline import diff_manifests, refused_changes
    from kplan.report.paint import paint_for

    old, new = _sides(sides, before, after, namespace, minor)
    remark((*sides, *before, *after), old, new)
    more = load(crds) if crds else None
    errors = [finding for side in refused_changes(old, new, minor=minor, crds=more) for finding in side]
    for finding in errors:
        remark_error(finding)
    if errors:
        return FAILED
    changes = diff_manifests(old, new, minor=minor, prune=True)
    text = import_module(f"kplan.report.diff_{output}").report(changes, paint=paint_for(color))
    write(text if output == "json" else shown(text))
    return DIFFERENT if any(change.verb != "=" for change in changes) else SAME


def _sides(
    sides: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...], namespace: str, minor: int
) -> tuple[Manifest, Manifest]:
    from kplan.cli.side import check_sides
    from kplan.render.load import load, load_revision

    ctx = click.get_current_context()
    walk, options = walk_of(ctx), options_of(ctx, minor, namespace, hooks=False)
    if before or after:
        if sides or not (before and after):
            raise UsageError("give both --from and --to, and nothing else")
        check_sides(before, after)
        old = load(before, options=options, walk=walk)
        return old, load(after, options=options, walk=walk)
    if not sides:
        raise UsageError("nothing to compare: give two sides, or a git revision")
    revision, paths = sides[0], sides[1:] or (".",)
    if not _is_side(revision):
        _refuse_revisions(revision, sides[1:])
        first, two, second = revision.partition("..")
        old = load_revision(first or "HEAD", paths, options=options, walk=walk)
        if two:
            return old, load_revision(second or "HEAD", paths, options=options, walk=walk)
        there = [path for path in paths if os.path.lexists(path)]  # a path that is gone is a deletion
        return old, load(there, options=options, walk=walk)
    check_sides(*([side] for side in sides))
    if len(sides) != 2:
        raise UsageError("give two sides, BEFORE and AFTER, or --from and --to for sides of several paths")
    return tuple(load([side], options=options, walk=walk) for side in sides)  # type: ignore[return-value]


def _refuse_revisions(revision: str, paths: tuple[str, ...]) -> None:
    """Raise UsageError for other ways of git to name two revisions, which are not taken for paths."""
    if "..." in revision:
        raise UsageError(f"`{revision}`: compare two revisions as REV..REV")
    if len(paths) == 1 and not os.path.lexists(paths[0]):
        from kplan.loader.git import is_revision

        if is_revision(paths[0]):
            raise UsageError(f"to compare two revisions, write {revision}..{paths[0]}")


def _is_side(text: str) -> bool:
    """Whether it names something to read, and is not a bare git revision."""
    return text == "-" or ":" in text or os.path.exists(text)
