"""`kplan lint`: say what is wrong with manifests."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from kplan.cli.configured import chart_values, config_of, configured
from kplan.cli.exit import CLEAN, FOUND, INCOMPLETE
from kplan.cli.option import crds, kube_version, listed, namespace
from kplan.cli.output import FORMATS, complete_format, complete_names
from kplan.errors import InputError, UsageError
from kplan.model import Severity

if TYPE_CHECKING:
    from kplan.pipeline import Lint


@click.command(name="lint", short_help="Say what is wrong with manifests.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--since", metavar="REV", help="Only what the working tree has brought since a git revision.")
@click.option(
    "--changed",
    is_flag=True,
    help="PATHS are files that have changed: judge all they belong to, show what is in them and what they break.",
)
@configured
@kube_version
@namespace
@crds
@chart_values
@click.option("--inventory", multiple=True, metavar="FILE", help="What `kplan inventory` wrote: it is known to exist.")
@click.option("--externals", multiple=True, metavar="PATTERN", help="Objects elsewhere: kind/namespace/name, globs.")
@click.option("--baseline", metavar="FILE", help="Do not show the findings that are in this file.")
@click.option("--update-baseline", is_flag=True, help="Write all findings to the file of --baseline.")
@click.option("--today", metavar="DATE", help="The day by which suppressions expire; default: today.")
@click.option(
    "--profile",
    metavar="NAME",
    default="default",
    show_default=True,
    help="How much is asked for: default, recommended, strict, pss-baseline or pss-restricted.",
)
@click.option(
    "--select",
    multiple=True,
    shell_complete=complete_names,
    metavar="NAMES",
    help="Only these rules, and these groups as far as they are in the profile, separated by commas.",
)
@click.option(
    "--ignore",
    multiple=True,
    shell_complete=complete_names,
    metavar="NAMES",
    help="All but these rules or groups.",
)
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "note")),
    default="error",
    show_default=True,
    help="The mildest finding that makes the exit code 1.",
)
@click.option(
    "-o",
    "--output",
    multiple=True,
    shell_complete=complete_format,
    metavar="FORMAT[=FILE]",
    help=f"The form of the report, and the file it goes to; may be given several times. Forms: {', '.join(FORMATS)}. "
    "Without it, text on standard output.",
)
@click.option(
    "--require-coverage", is_flag=True, help="Exit with 3 where anything was not checked, whatever was found."
)
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    help="Colours; auto is on a terminal where NO_COLOR is not set, and anywhere where FORCE_COLOR is.",
)
@click.option("-v", "--verbose", is_flag=True, help="Name the documents that are skipped because they are no objects.")
def command(
    paths: tuple[str, ...],
    since: str | None,
    changed: bool,
    minor: int,
    namespace: str,
    crds: tuple[str, ...],
    inventory: tuple[str, ...],
    externals: tuple[str, ...],
    baseline: str | None,
    update_baseline: bool,
    today: str | None,
    profile: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    output: tuple[str, ...],
    require_coverage: bool,
    color: str,
    verbose: bool,
) -> int:
    """Say what is wrong with manifests: files, folders, or - for standard input; the current folder if none is given.

    \b
    Groups of rules: syntax, chart, schema, validation, updates, deprecation,
    references, collisions, rollouts, security, practice. `kplan rules` lists
    the rules, with the profile from which on each is judged.
    \b
    Examples:
      kplan lint deploy
      kplan lint deploy -o sarif=kplan.sarif -o text
      kplan lint --since main deploy
      helm template web | kplan lint - --require-coverage
    \b
    Exit codes: 0 nothing found, 1 errors found (see --fail-on), 2 wrong usage or
    unreadable input, 3 something was not checked (with --require-coverage) or a
    fault in kplan, which is named on standard error.
    """
    from kplan.cli.known import without_baseline
    from kplan.cli.output import emit, parse_outputs
    from kplan.cli.part import Settings, lint_parts, read_parts, terms_of
    from kplan.cli.side import empty_folders

    outputs, ctx = parse_outputs(output), click.get_current_context()
    if update_baseline and (since is not None or changed):
        raise UsageError("--update-baseline needs all findings: leave out --since and --changed")
    if changed:
        result, fails = _changed(ctx, paths, since, _date(today))
        emit(result, outputs, color=color, verbose=verbose)
        return INCOMPLETE if require_coverage and result.unchecked else FOUND if fails else CLEAN
    paths = paths or (".",)
    revision = _revision(since, paths) if since is not None else None
    terms = terms_of(ctx, paths, _date(today))
    parts = read_parts(ctx, paths, Settings(minor, namespace, profile, crds, externals, inventory))
    for message in empty_folders(paths, *(part.manifest for part in parts)):
        raise InputError(message)  # a run that checked nothing must not look like a clean one
    result = lint_parts(parts, listed(select), listed(ignore), terms)
    if revision is not None:
        from kplan.cli.changed import lint_since

        result = lint_since(ctx, result, paths, revision, terms)
    if baseline is not None or update_baseline:
        result = without_baseline(result, baseline, update_baseline, terms.name_of, config_of(ctx).root)
    emit(result, outputs, color=color, verbose=verbose)
    if require_coverage and result.unchecked:
        return INCOMPLETE
    worst = max((f.severity for f in result.findings), default=0)
    return FOUND if worst >= Severity[fail_on.upper()] else CLEAN


def _changed(ctx: click.Context, paths: tuple[str, ...], since: str | None, today: date) -> tuple[Lint, bool]:
    """What is found for changed files, and whether that fails; nothing, and a note, where none is a manifest."""
    from kplan.cli.changed import lint_changed

    found = lint_changed(ctx, paths, since, today)
    if found is not None:
        return found
    from kplan.cli.write import note
    from kplan.model import Manifest
    from kplan.pipeline import Lint

    note("there is no manifest among the changed files")
    return Lint(Manifest(), (), ctx.params["minor"]), False


def _revision(since: str, paths: tuple[str, ...]) -> str:
    from kplan.cli.changed import known_revision

    return known_revision(since, paths)


def _date(text: str | None) -> date:
    try:
        return date.today() if text is None else date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--today: `{text}` is no date: write it as 2027-01-31") from None
