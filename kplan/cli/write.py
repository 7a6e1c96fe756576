"""Where reports go: standard output, also one that is closed, full or cut off."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from contextlib import suppress

import click

from kplan.errors import OutputError

_COLOUR_OR_CHARACTER = re.compile(r"\x1b\[[0-9;]*m|[^\n -~]")


def write(text: str) -> None:
    """Print a report as it is. A reader that stops early (`| head`) is no error and changes no exit code.

    Raises OutputError where the text cannot be written.
    """
    try:
        click.echo(text, nl=False, color=True)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        give_up()
        if error.errno not in (errno.EPIPE, errno.ESHUTDOWN):
            raise OutputError(f"the output cannot be written: {error.strerror or error}") from None


def write_file(path: str, text: str) -> None:
    """Write a report to a file, whole or not at all; to a pipe or device it is written straight.

    Raises OutputError where that cannot be done.
    """
    raw = text.encode("utf-8", "backslashreplace")
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            with open(target, "wb") as file:
                file.write(raw)
            return
        _replace(target, raw)
    except OSError as error:
        raise OutputError(f"`{path}` cannot be written: {error.strerror or error}") from None


def _replace(target: str, raw: bytes) -> None:
    """The file is written beside its place and then put there, with the rights of the one before or of a new file."""
    beside = f"{target}.{os.getpid()}.tmp"
    try:
        with open(beside, "xb") as file:
            file.write(raw)
        with suppress(FileNotFoundError):
            os.chmod(beside, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def shown(text: str) -> str:
    """The text as a terminal may show it: nothing in it but colours can move the cursor or turn the writing around.

    >>> shown("a\\x1b[31mb\\x1b[2Jc\\u202ed")
    'a\\x1b[31mb\\ufffd[2Jc\\ufffdd'
    """
    return text if text.isascii() and text.isprintable() else _COLOUR_OR_CHARACTER.sub(_harmless, text)


def _harmless(found: re.Match[str]) -> str:
    piece = found[0]
    return piece if len(piece) > 1 or piece.isprintable() else "\ufffd"


def give_up() -> None:
    """Whatever is still to be written to standard output goes nowhere, so that the interpreter ends without a word."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(text: str, level: str = "note") -> None:
    """Print a remark that is no part of the report on standard error."""
    with suppress(OSError):
        click.echo(shown(f"{level}: {text}"), err=True)


def as_utf_8() -> None:
    """Let standard output and error be UTF-8 whatever the locale; what has no form in it is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
