"""The command line: one file per command, found by name and loaded only when it runs."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from kplan import __version__
from kplan.cli.exit import INTERNAL, USAGE
from kplan.cli.write import as_utf_8, give_up, note
from kplan.errors import KplanError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_FOLDER = os.path.dirname(__file__)
_NOT_COMMANDS = {"__init__", "changed", "configured", "exit", "known", "option", "output", "part", "side", "write"}


class _Commands(click.Group):
    """The commands of this folder; importing one is put off until it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All command names, sorted."""
        names = {file.removesuffix(".py") for file in os.listdir(_FOLDER) if file.endswith(".py")}
        return sorted(name.replace("_", "-") for name in names - _NOT_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        name = cmd_name.replace("-", "_")
        if name in _NOT_COMMANDS or not os.path.isfile(os.path.join(_FOLDER, f"{name}.py")):
            return None
        command: click.Command = import_module(f"kplan.cli.{name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click, with a hint at the command that was meant."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            from difflib import get_close_matches

            meant = get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f"did you mean `{meant[0]}`?" if meant else f"the commands are {', '.join(self.list_commands(ctx))}"
            ctx.fail(f"there is no command `{args[0]}`; {hint}")
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"kplan {__version__}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
def cli() -> None:
    """Say what Kubernetes manifests will do to a cluster, without a cluster."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 1 found something, 2 wrong usage or unreadable input, 3 internal error."""
    try:
        as_utf_8()
        code = cli.main(args=args, prog_name="kplan", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        error.show()
        code = USAGE
    except KplanError as error:
        note(str(error), "error")
        code = USAGE
    except BrokenPipeError:
        give_up()
        code = 0
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            give_up()
            click.echo(f"error: the output cannot be written: {error.strerror}", err=True)
            sys.exit(USAGE)
        if os.environ.get("KPLAN_TRACEBACK"):
            raise
        click.echo(f"internal error: {type(error).__name__}: {error}", err=True)
        click.echo("This is a fault in kplan, please report it; KPLAN_TRACEBACK=1 shows where it happened.", err=True)
        code = INTERNAL
    sys.exit(code if isinstance(code, int) else 0)
