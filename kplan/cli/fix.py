"""`kplan fix`: rewrite manifests in place, comments and layout kept."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from kplan.cli.configured import configured, walk_of
from kplan.cli.exit import CLEAN, FOUND
from kplan.cli.option import crds, kube_version, namespace
from kplan.errors import InputError, UsageError

if TYPE_CHECKING:
    from kplan.cli.part import Settings
    from kplan.fixer.outcome import Fixing
    from kplan.loader.file import Input
    from kplan.loader.ignore import Walk


@click.command(name="fix", short_help="Rewrite manifests: old API versions, misspelt fields, unquoted values.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@configured
@kube_version
@namespace
@crds
@click.option("--select", multiple=True, metavar="NAMES", help="Only the fixes of these rules or groups.")
@click.option("--ignore", multiple=True, metavar="NAMES", help="All but the fixes of these rules or groups.")
@click.option("--unsafe", is_flag=True, help="Also fixes that guess what is meant: look at the result.")
@click.option("--diff", is_flag=True, help="Print what would change, as a unified diff, and write nothing.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where something would change.")
def command(
    paths: tuple[str, ...],
    minor: int,
    namespace: str,
    crds: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    unsafe: bool,
    diff: bool,
    check: bool,
) -> int:
    """Rewrite manifests in place: files, folders (the current one if none is given), or - for standard input, whose
    fixed text goes to standard output.

    \b
    Objects of removed and deprecated API versions become objects of the version that
    --kube-version has, with every field that changed; misspelt fields, duplicated keys
    and values of the wrong YAML type are mended. Nothing else in a file is touched.
    What is left as it is, is named with the reason.

    \b
    Examples:
      kplan fix --diff deploy
      kplan fix --kube-version 1.25 --select removed-api deploy
      kplan fix --check deploy

    Exit codes: 0 done, or nothing to do, 1 something would change (with --check),
    2 wrong usage or unreadable input.
    """
    from kplan.cli.part import Settings, by_group

    ctx = click.get_current_context()
    top = Settings(minor, namespace, "default", crds)
    wanted = _names(select), _names(ignore)
    given = by_group(ctx, _read(paths or (".",), walk_of(ctx)), top)
    fixing = _joined([_fix(own, settings, *wanted, unsafe) for own, settings, _ in given])
    _put_out(fixing, writes=not (diff or check), diff=diff)
    return FOUND if check and fixing.changed else CLEAN


def _fix(given: list[Input], settings: Settings, select: list[str], ignore: list[str], unsafe: bool) -> Fixing:
    from kplan.loader import load
    from kplan.pipeline import fix

    return fix(
        {each.file: each.raw for each in given},
        minor=settings.minor,
        select=select,
        ignore=ignore,
        unsafe=unsafe,
        default_namespace=settings.namespace,
        crds=load(settings.crds) if settings.crds else None,
    )


def _joined(parts: list[Fixing]) -> Fixing:
    """The outcomes of all groups as one, by file and line."""
    from kplan.fixer.outcome import Fixing

    return Fixing(
        tuple(sorted((file for part in parts for file in part.files), key=lambda f: f.file)),
        tuple(sorted((one for part in parts for one in part.fixes), key=lambda f: (f.file, f.line))),
        tuple(sorted((one for part in parts for one in part.left), key=lambda f: (f.file, f.line))),
    )


def _read(paths: tuple[str, ...], walk: Walk) -> list[Input]:
    from kplan.cli.side import empty_folders
    from kplan.cli.write import note
    from kplan.loader.file import STDIN, inputs
    from kplan.model import Manifest

    found = [*inputs(paths, walk=walk)]
    for message in empty_folders(paths, Manifest(files=tuple(each.file for each in found))):
        raise InputError(message)
    for each in found:
        if each.file != STDIN and not os.path.lexists(each.file):
            raise UsageError(f"`{each.file}` is of a git revision: only files can be rewritten")
        if each.error:  # of a folder: one that is named is an error
            note(f"`{each.file}` cannot be read: {each.error}", "error")
    return [each for each in found if not each.error]


def _put_out(fixing: Fixing, *, writes: bool, diff: bool) -> None:
    from kplan.cli.write import shown, write
    from kplan.loader.file import STDIN
    from kplan.report.fix_diff import report as diff_report
    from kplan.report.fix_text import report

    stdin = next((file for file in fixing.files if file.file == STDIN), None)
    for file in fixing.changed if writes else ():
        if file.file != STDIN:
            _write_file(file.file, file.after)
    text = shown(report(fixing, done=writes))
    if diff:
        patch = diff_report(fixing)
        write(shown(patch) if sys.stdout is not None and sys.stdout.isatty() else patch)
    elif stdin is not None and writes:
        write(stdin.after.decode("utf-8", "surrogateescape"))
    if diff or (stdin is not None and writes):
        click.echo(text, err=True, nl=False)
    else:
        write(text)


def _write_file(path: str, content: bytes) -> None:
    """Put new content in the place of a file at once, with its permissions; a link stays one.

    Raises InputError where the file cannot be written.
    """
    import shutil
    import tempfile

    target = os.path.realpath(path)
    temporary = ""
    try:
        if not os.access(target, os.W_OK):
            raise PermissionError(13, "Permission denied")
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".kplan-", suffix=".tmp")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise InputError(f"`{path}` cannot be written: {error.strerror or error}") from None


def _names(options: tuple[str, ...]) -> list[str]:
    return [name for option in options for name in map(str.strip, option.split(",")) if name]
