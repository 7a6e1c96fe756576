"""Files, folders and stdin to bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kplan.errors import InputError, UsageError

SUFFIXES: Final = (".yaml", ".yml", ".json")
STDIN: Final = "<stdin>"


class Input(NamedTuple):
    """A file's name as shown, and its bytes, or why they cannot be had."""

    file: str
    raw: bytes
    error: str | None = None


def inputs(paths: Sequence[str | os.PathLike[str]], stdin: bytes | None = None) -> Iterator[Input]:
    """The files that the paths name, in order; one that is named twice is there once.

    Raises UsageError for a path that does not exist, InputError for a git revision that does not, and for a file that
    is named and cannot be read; in a folder such a file is there with its error.
    """
    seen: set[str] = set()
    for path in paths:
        for each in _inputs(os.fspath(path), stdin):
            key = each.file if ":" in each.file or each.file == STDIN else os.path.abspath(each.file)
            if key not in seen:
                seen.add(key)
                yield each


def _inputs(path: str, stdin: bytes | None) -> Iterator[Input]:
    if path == "-":
        yield Input(STDIN, _stdin() if stdin is None else stdin)
    elif os.path.isdir(path):
        for file in folder(path):
            yield read(file)
    elif os.path.lexists(path):
        found = read(path)
        if found.error:
            raise InputError(f"`{path}` cannot be read: {found.error}")
        yield found
    elif ":" in path.lstrip(":"):
        from kplan.loader import git

        yield from git.revision_path(path)
    else:
        raise UsageError(f"`{path}` does not exist{near_miss(path)}")


def _stdin() -> bytes:
    import sys

    if sys.stdin is None:
        raise InputError("there is no standard input to read")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise InputError(f"standard input cannot be read: {error.strerror or error}") from None


def read(file: str) -> Input:
    """A file's bytes, or why it cannot be read."""
    try:
        with open(file, "rb") as stream:
            return Input(file, stream.read())
    except OSError as error:
        return Input(file, b"", error.strerror or str(error))


def folder(path: str) -> Iterator[str]:
    """The manifest files below a folder, in order of their names, without hidden folders and links to folders."""
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError:
        yield path
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from folder(entry.path)
        elif entry.name.endswith(SUFFIXES) and not _is_no_file(entry):
            yield os.path.normpath(entry.path)


def _is_no_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is there and holds no bytes of its own: a link to a folder, a pipe, a socket."""
    if entry.is_file(follow_symlinks=False):
        return False
    try:
        return entry.is_dir() or (os.path.exists(entry.path) and not entry.is_file())
    except OSError:  # links in a circle: reading it says so
        return False


def near_miss(path: str) -> str:
    """A hint at an existing name like the missing one, or ""."""
    import difflib

    parent, name = os.path.split(path.rstrip("/"))
    try:
        names = sorted(os.listdir(parent or "."))
    except OSError:
        return ""
    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean `{os.path.join(parent, close[0])}`?" if close else ""
