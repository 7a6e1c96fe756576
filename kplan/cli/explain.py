"""`kplan explain`: what a rule is about, with examples."""

from __future__ import annotations

import click


@click.command(name="explain", short_help="Say what a rule is about, with examples.")
@click.argument("rule")
def command(rule: str) -> None:
    """Print the page of RULE: what it is about, why, a bad example with its report, and a good one."""
    from kplan.cli.write import write
    from kplan.rules.catalog import find_page

    write(find_page(rule))
