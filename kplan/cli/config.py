"""`kplan config`: the effective configuration, and where each value comes from."""

from __future__ import annotations

import json
from typing import Any

import click

from kplan.cli.configured import config_of, configured, is_given
from kplan.cli.exit import CLEAN
from kplan.cli.option import crds, kube_version, namespace
from kplan.k8s.version import format_version


@click.command(name="config", short_help="Show the configuration, and where each value comes from.")
@configured
@kube_version
@namespace
@crds
@click.option("--profile", metavar="NAME", default="default", help="How much is asked for.")
@click.option(
    "-o", "--output", "form", type=click.Choice(("text", "json")), default="text", show_default=True, help="The form."
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the configuration file instead.")
def command(minor: int, namespace: str, crds: tuple[str, ...], profile: str, form: str, schema: bool) -> int:
    """Print every option with its value and its source: default, file and line, or option of the command line.

    The configuration is kplan.toml, or [tool.kplan] in pyproject.toml: the nearest one of this folder and those above,
    up to the root of the git repository.

    \b
    Examples:
      kplan config
      kplan config --schema > kplan.schema.json
    """
    from kplan.cli.write import shown, write
    from kplan.config.effective import document, lines

    if schema:
        from kplan.config.schema import schema as schema_of

        write(json.dumps(schema_of(), indent=2) + "\n")
        return CLEAN
    ctx = click.get_current_context()
    values: dict[str, tuple[str, Any]] = {
        "kube-version": ("minor", format_version(minor)),
        "namespace": ("namespace", namespace),
        "crds": ("crds", crds),
        "profile": ("profile", profile),
        "exclude": ("exclude", ctx.meta["exclude"]),
    }
    given = {name: value for name, (parameter, value) in values.items() if is_given(ctx, parameter)}
    config = config_of(ctx)
    if form == "json":
        write(json.dumps(document(config, given), indent=2, ensure_ascii=False) + "\n")
    else:
        head = f"# {config.file}" if config.file else "# there is no configuration"
        write(shown("\n".join([head, *lines(config, given)]) + "\n"))
    return CLEAN
