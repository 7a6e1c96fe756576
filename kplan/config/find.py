"""Where the configuration is, and what files are called from there."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from kplan.loader.file import STDIN
from kplan.model.fingerprint import posix

FILE: Final = "kplan.toml"
PROJECT: Final = "pyproject.toml"
TABLE: Final = "tool.kplan"


def find_config(start: str = ".") -> str | None:
    """The configuration file that counts in a folder: the nearest one upwards, up to the root of the git repository.

    In one folder, kplan.toml comes before a pyproject.toml with a table [tool.kplan]; None where there is neither.
    """
    folder = os.path.abspath(start)
    while True:
        for name in (FILE, PROJECT):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (name == FILE or _has_table(path)):
                return os.path.relpath(path)
        parent = os.path.dirname(folder)
        if parent == folder or os.path.lexists(os.path.join(folder, ".git")):
            return None
        folder = parent


def _has_table(path: str) -> bool:
    """Whether a pyproject.toml seems to speak of kplan: reading it as TOML takes longer than all the rest."""
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        return False
    if b"kplan" not in text or b"tool" not in text:
        return False
    import tomllib

    try:
        tool = tomllib.loads(text.decode()).get("tool")
    except (ValueError, RecursionError):
        return f"[{TABLE}".encode() in text  # reading it says what is wrong
    return isinstance(tool, dict) and "kplan" in tool


def name_from(root: str) -> Callable[[str], str]:
    """What a file is called from the folder `root`, with slashes, whatever way it was named.

    A file of a git revision is called as the same file of the working tree.
    """
    top = os.path.abspath(root)
    here = os.path.abspath(os.curdir)

    def name(file: str) -> str:
        if file.startswith("<"):
            return STDIN if file == STDIN else file
        if ":" in file and not os.path.lexists(file):
            inside = file.partition(":")[2]
            path = os.path.join(here if inside.startswith(".") else _repository(top), inside)
            return posix(os.path.relpath(path, top))
        name = posix(file)
        if top == here and not os.path.isabs(file) and not name.startswith("../"):
            return name
        return posix(os.path.relpath(os.path.abspath(file), top))

    return name


def _repository(folder: str) -> str:
    """The root of the git repository that a folder is in; the folder itself where it is in none."""
    above = folder
    while not os.path.lexists(os.path.join(above, ".git")):
        if os.path.dirname(above) == above:
            return folder
        above = os.path.dirname(above)
    return above
