"""`kplan completion`: the script with which a shell completes kplan's commands, options, rules and kinds."""

from __future__ import annotations

import click

_SHELLS = ("bash", "zsh", "fish")


@click.command(name="completion", short_help="Print the script that completes commands in a shell.")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> None:
    """Print the script with which SHELL completes kplan's commands, options, rules, groups, formats and kinds.

    \b
    For every new shell, add to the file that it reads on start:
      ~/.bashrc                  eval "$(kplan completion bash)"
      ~/.zshrc                   eval "$(kplan completion zsh)"
      ~/.config/fish/config.fish kplan completion fish | source
    """
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    from kplan.cli import cli
    from kplan.cli.write import write

    made = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}[shell](cli, {}, "kplan", "_KPLAN_COMPLETE")
    write(made.source_template % made.source_vars() + "\n")
