"""`kplan show`: the objects as loaded, or as the API server would store them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from kplan.cli.configured import chart_values, configured, options_of, walk_of
from kplan.cli.exit import CLEAN, FOUND
from kplan.cli.option import kube_version, namespace
from kplan.errors import InputError

if TYPE_CHECKING:
    from kplan.model import Resource


@click.command(name="show", short_help="Print objects as loaded, or as they are stored.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--stored", is_flag=True, help="With the API server's defaults filled in.")
@click.option("--reveal", is_flag=True, help="Print the values of Secrets.")
@configured
@kube_version
@namespace
@chart_values
@click.option(
    "-o", "--output", type=click.Choice(("yaml", "json")), default="yaml", show_default=True, help="The form."
)
def command(paths: tuple[str, ...], stored: bool, reveal: bool, minor: int, namespace: str, output: str) -> int:
    """Print the objects of PATHS (default: the current folder) as plain YAML or JSON, anchors and Lists resolved.

    Values of Secrets are printed as (hidden) unless --reveal is given: the output is then no Secret to apply.

    \b
    Examples:
      kplan show deploy
      kplan show --stored --kube-version 1.30 web.yaml -o json
    \b
    Exit codes: 0 fine, 1 some documents could not be read (they are named on standard error),
    2 wrong usage.
    """
    from kplan.cli.side import remark, remark_error
    from kplan.cli.write import write
    from kplan.model import Severity
    from kplan.render.load import load

    ctx = click.get_current_context()
    manifest = load(paths or (".",), options=options_of(ctx, minor, namespace), walk=walk_of(ctx))
    remark(paths or (".",), manifest)
    objects = [_object(resource, stored, reveal, minor) for resource in manifest]
    write(import_module(f"kplan.report.show_{output}").report(objects))
    errors = [f for f in manifest.findings if f.severity == Severity.ERROR or f.rule == "unrendered-template"]
    for finding in errors:
        remark_error(finding)
    return FOUND if errors else CLEAN


def _object(resource: Resource, stored: bool, reveal: bool, minor: int) -> dict[str, Any]:
    from kplan.differ.secret import without_values

    data = resource.data
    if stored:
        from kplan.defaults import stored as as_stored

        try:
            data = as_stored(data, minor)
        except InputError as error:
            raise InputError(f"{resource.source.span(())}: {resource.ref}: {error}") from None
    return data if reveal or resource.kind.lower() != "secret" else without_values(data)
