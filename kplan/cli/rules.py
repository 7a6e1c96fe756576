"""`kplan rules`: all rules."""

from __future__ import annotations

from importlib import import_module

import click


@click.command(name="rules", short_help="List all rules.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    show_default=True,
    help="The form of the list.",
)
def command(output: str) -> None:
    """List all rules: id, group, severity, profile, what each is about, and the checks of other linters that it
    answers to.

    \b
    Examples:
      kplan rules
      kplan rules -o json
    """
    from kplan.cli.write import write
    from kplan.rules.catalog import describe_all

    write(import_module(f"kplan.report.rules_{output}").report(describe_all()))
