"""Files, folders and stdin to bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from kplan.errors import InputError, UsageError
from kplan.loader.ignore import IGNORE_FILES, Ignore, Walk, ignore_for

if TYPE_CHECKING:
    from kplan.loader.text import Origin

SUFFIXES: Final = (".yaml", ".yml", ".json")
STDIN: Final = "<stdin>"


class Input(NamedTuple):
    """A file's name as shown, and its bytes, or why they cannot be had.

    `origin` says, of a text that was rendered, which place of a template a span of it comes from.
    """

    file: str
    raw: bytes
    error: str | None = None
    origin: Origin | None = None


def inputs(
    paths: Sequence[str | os.PathLike[str]], stdin: bytes | None = None, walk: Walk | None = None
) -> Iterator[Input]:
    """The files that the paths name, in order; one that is named twice is there once.

    `walk` says what is left out of folders; files that are named themselves are always there.

    Raises UsageError for a path that does not exist, InputError for a git revision that does not, and for a file that
    is named and cannot be read; in a folder such a file is there with its error.
    """
    seen: set[str] = set()
    for path in paths:
        for each in _inputs(os.fspath(path), stdin, walk or Walk()):
            key = each.file if ":" in each.file or each.file == STDIN else os.path.abspath(each.file)
            if key not in seen:
                seen.add(key)
                yield each


def _inputs(path: str, stdin: bytes | None, walk: Walk) -> Iterator[Input]:
    if path == "-":
        yield Input(STDIN, _stdin() if stdin is None else stdin)
    elif os.path.isdir(path):
        for file in folder(path, walk):
            yield read(file)
    elif os.path.lexists(path):
        found = read(path)
        if found.error:
            raise InputError(f"`{path}` cannot be read: {found.error}")
        yield found
    elif ":" in path.lstrip(":"):
        from kplan.loader import git

        yield from git.revision_path(path, walk)
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


def folder(path: str, walk: Walk) -> Iterator[str]:
    """The manifest files below a folder, in order of their names, without hidden folders and links to folders."""
    return _folder(path, ignore_for(path, walk))


def _folder(path: str, ignore: Ignore) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError:
        yield path
        return
    ignore_files = [entry.name for entry in entries if entry.name in IGNORE_FILES]
    ignore = ignore.inside(path, ignore_files) if ignore_files else ignore
    is_filtered = bool(ignore.excluded or ignore.ignored)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith(".") and not (is_filtered and ignore.leaves_out(f"{entry.path}/")):
                yield from _folder(entry.path, ignore)
        elif (
            entry.name.endswith(SUFFIXES)
            and not _is_no_file(entry)
            and not (is_filtered and ignore.leaves_out(entry.path))
        ):
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
