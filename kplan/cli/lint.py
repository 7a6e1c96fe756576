"""`kplan lint`: say what is wrong with manifests."""

from __future__ import annotations

from importlib import import_module

import click

from kplan.cli.exit import CLEAN, FOUND
from kplan.cli.option import crds, kube_version, namespace
from kplan.errors import InputError
from kplan.model import Severity

_FORMATS = ("text", "concise", "json")


@click.command(name="lint", short_help="Say what is wrong with manifests.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@kube_version
@namespace
@crds
@click.option("--select", multiple=True, metavar="NAMES", help="Only these rules or groups, separated by commas.")
@click.option("--ignore", multiple=True, metavar="NAMES", help="All but these rules or groups.")
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "note")),
    default="error",
    show_default=True,
    help="The mildest finding that makes the exit code 1.",
)
@click.option(
    "-o", "--output", type=click.Choice(_FORMATS), default="text", show_default=True, help="The form of the report."
)
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    help="Colours; auto is on a terminal where NO_COLOR is not set.",
)
@click.option("-v", "--verbose", is_flag=True, help="Name the documents that are skipped because they are no objects.")
def command(
    paths: tuple[str, ...],
    minor: int,
    namespace: str,
    crds: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    output: str,
    color: str,
    verbose: bool,
) -> int:
    """Say what is wrong with manifests: files, folders, or - for standard input; the current folder if none is given.

    \b
    Groups of rules: syntax, schema, validation, updates, deprecation, references,
    collisions, rollouts, security, practice. `kplan rules` lists the rules.
    Exit codes: 0 nothing found, 1 errors found, 2 wrong usage or unreadable input.
    """
    from kplan.cli.side import empty_folders
    from kplan.cli.write import shown, write
    from kplan.loader import load
    from kplan.pipeline import lint
    from kplan.report.paint import paint_for

    manifest = load(paths or (".",), default_namespace=namespace)
    for message in empty_folders(paths or (".",), manifest):
        raise InputError(message)  # a run that checked nothing must not look like a clean one
    more = load(crds) if crds else None
    result = lint(manifest, minor=minor, select=_names(select), ignore=_names(ignore), crds=more)
    report = import_module(f"kplan.report.lint_{output}").report
    text = report(result, paint=paint_for(color), verbose=verbose)
    write(text if output == "json" else shown(text))
    worst = max((f.severity for f in result.findings), default=0)
    return FOUND if worst >= Severity[fail_on.upper()] else CLEAN


def _names(options: tuple[str, ...]) -> list[str]:
    return [name for option in options for name in map(str.strip, option.split(",")) if name]
