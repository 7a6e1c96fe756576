"""Another program's output, within limits."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO, Final

_LONGEST_S: Final = 60
_LARGEST_B: Final = 64 * 1024 * 1024


class ProgramError(Exception):
    """Why a program gave nothing: its own words, or the limit it ran into."""


def find_program(*names: str) -> str | None:
    """The path of the first of the programs that is installed."""
    return next((path for name in names if (path := shutil.which(name))), None)


def output_of(command: Sequence[str], environment: Mapping[str, str] | None = None) -> bytes:
    """What the command prints. Raises ProgramError where it fails, runs too long or prints too much.

    The output goes to a file, so that no amount of it fills the memory, and a program that never ends is killed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            own = {**os.environ, **(environment or {})}
            process = subprocess.Popen(list(command), stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=own)
        except OSError as error:
            raise ProgramError(f"{command[0]} cannot be run: {error.strerror}") from None
        _wait(process, out)
        if process.returncode != 0:
            err.seek(0)
            raise ProgramError(_words(err.read(65536)) or f"it ended with the code {process.returncode}")
        out.seek(0)
        return out.read()


def _wait(process: subprocess.Popen[bytes], out: IO[bytes]) -> None:
    """Until the program ends, or a limit does: looked at in steps that grow, so that a quick one is not waited for."""
    waited_s, step_s = 0.0, 0.02
    while True:
        try:
            process.wait(step_s)
            size_b = os.fstat(out.fileno()).st_size
            if size_b > _LARGEST_B:
                raise ProgramError(f"it printed more than {_LARGEST_B // 2**20} MiB")
            return
        except subprocess.TimeoutExpired:
            waited_s += step_s
            step_s = min(step_s * 2, 0.5)
            if waited_s > _LONGEST_S or os.fstat(out.fileno()).st_size > _LARGEST_B:
                process.kill()
                process.wait()
                limit = f"ran longer than {_LONGEST_S} s" if waited_s > _LONGEST_S else "printed too much"
                raise ProgramError(f"it {limit}") from None


def _words(message: bytes) -> str:
    """What went wrong, in one line, of all that a program says."""
    lines = [line.strip() for line in message.decode("utf-8", "replace").splitlines() if re.search(r"\w", line)]
    errors = [line for line in lines if line.lower().startswith("error")] or lines[-1:]
    return errors[0].removeprefix("Error:").removeprefix("error:").strip(" `:") if errors else ""
