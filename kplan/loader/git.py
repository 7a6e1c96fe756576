"""Files as they are in a git revision, read without a checkout."""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Iterator, Sequence

from kplan.errors import InputError, UsageError
from kplan.loader.file import SUFFIXES, Input, near_miss
from kplan.loader.ignore import IGNORE_FILES, Ignore, Walk, ignore_for

_LINK = "120000"
_MODULE = "160000"


def is_revision(name: str) -> bool:
    """Whether git, in the working folder, knows a commit or tree by this name."""
    if not name or name.startswith("-"):
        return False
    try:
        return run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{tree}}").returncode == 0
    except InputError:
        return False


def revision_path(name: str, walk: Walk | None = None) -> Iterator[Input]:
    """The files that `REV:path` names; the path begins at the repository's root, or with `./` at the working folder.

    Raises InputError for an unknown revision, UsageError for a path that the revision does not have.
    """
    revision, _, path = name.partition(":")
    _require(revision, name)
    found = list(_files(revision, path.rstrip("/") if path != "./" else path, f"{revision}:", walk or Walk()))
    if not found and not _exists(revision, path):
        raise UsageError(f"`{path}` does not exist in the revision {revision}{_from_here(revision, path)}")
    yield from found


def revision_files(revision: str, paths: Sequence[str | os.PathLike[str]], walk: Walk | None = None) -> Iterator[Input]:
    """The given files and folders, named from the working folder, as they are in the revision.

    What the revision does not have yet is left out, where it is in the working tree now.
    Raises InputError for an unknown revision, UsageError for a path that is in neither.
    """
    _require(revision, revision)
    for path in paths:
        name = _from_root(os.fspath(path))
        if _exists(revision, name):
            yield from _files(revision, name, f"{revision}:", walk or Walk())
        elif not os.path.lexists(path):
            raise UsageError(
                f"`{os.fspath(path)}` does not exist, nor did it in {revision}{near_miss(os.fspath(path))}"
            )


def run(*arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """What git says in the working folder. Raises InputError where there is no git."""
    try:
        return subprocess.run(["git", *arguments], input=stdin, capture_output=True, check=False)
    except OSError as error:
        raise InputError(f"git cannot be run: {error.strerror}") from None


def _require(revision: str, name: str) -> None:
    if is_revision(revision):
        return
    inside = run("rev-parse", "--is-inside-work-tree").returncode == 0
    reason = f"git knows no revision `{revision}`" if inside else "this is no git repository"
    raise InputError(f"`{name}` is no file, and {reason}")


def _exists(revision: str, path: str) -> bool:
    return run("cat-file", "-e", f"{revision}:{path}").returncode == 0


def _from_here(revision: str, path: str) -> str:
    if _exists(revision, f"./{path}"):
        return f"; from this folder it is `{revision}:./{path}`"
    return ""


def _from_root(path: str) -> str:
    """A path as the repository's root sees it. Raises UsageError for one outside of the repository."""
    top = toplevel()
    name = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
    if name == ".":
        return ""
    if name.startswith(".."):
        raise UsageError(f"`{path}` is outside of the git repository {top}")
    return name.replace(os.sep, "/")


def toplevel() -> str:
    """The root of the working tree of the repository; "" where the working folder is in none."""
    return os.fsdecode(run("rev-parse", "--show-toplevel").stdout).rstrip("\n")


def _files(revision: str, path: str, shown: str, walk: Walk) -> Iterator[Input]:
    kind = run("cat-file", "-t", f"{revision}:{path}").stdout.strip()
    if kind == b"blob":
        yield from _blobs([(shown + path, f"{revision}:{path}")])
    elif kind == b"tree":
        listed = sorted(_listed(revision, path), key=_order)
        yield from _blobs([(shown + name, id) for name, id in _without_ignored(listed, path, walk)])


def _without_ignored(listed: list[tuple[str, str]], path: str, walk: Walk) -> Iterator[tuple[str, str]]:
    """What is listed below `path`, but for what the configuration and the working tree's ignore files leave out."""
    if not listed or not (walk.ignore_files or walk.exclude):
        yield from listed
        return
    top = os.path.realpath(os.curdir if path.startswith(".") else toplevel())
    start = os.path.normpath(os.path.join(top, path))
    outermost = ignore_for(start, walk._replace(root=os.path.realpath(walk.root)))
    ignores: dict[str, Ignore | None] = {start: outermost.inside(start, IGNORE_FILES)}

    def below(folder: str) -> Ignore | None:
        """What is left out below a folder; None for a folder that is left out itself."""
        if folder not in ignores:
            outer = below(os.path.dirname(folder))
            is_read = outer is not None and not outer.leaves_out(f"{folder}/")
            ignores[folder] = outer.inside(folder, IGNORE_FILES) if outer and is_read else None
        return ignores[folder]

    for name, identity in listed:
        file = os.path.normpath(os.path.join(top, name))
        ignore = below(os.path.dirname(file))
        if ignore is not None and not ignore.leaves_out(file):
            yield name, identity


def _order(listed: tuple[str, str]) -> list[str]:
    return listed[0].split("/")


def _listed(revision: str, path: str) -> Iterator[tuple[str, str]]:
    """Name and object of each manifest file below a folder of the revision, hidden folders left out."""
    for entry in run("ls-tree", "-r", "-z", "--full-tree", f"{revision}:{path}").stdout.split(b"\0"):
        if not entry:
            continue
        head, _, raw_name = entry.partition(b"\t")
        mode, _, identity = head.decode().split()
        name = os.fsdecode(raw_name)
        hidden = any(part.startswith(".") for part in name.split("/")[:-1])
        if hidden or mode == _MODULE or not name.endswith(SUFFIXES):
            continue
        whole = posixpath.join(path, name)
        yield whole, (f"{revision}:{whole}" if mode == _LINK else identity)


def _blobs(wanted: list[tuple[str, str]]) -> Iterator[Input]:
    """The bytes of objects, all from one git process; links are followed inside of the revision."""
    if not wanted:
        return
    request = "".join(f"{name}\n" for _, name in wanted)
    output = run("cat-file", "--batch", "--follow-symlinks", stdin=os.fsencode(request)).stdout
    index = 0
    for shown, _ in wanted:
        feed = output.index(b"\n", index)
        header = output[index:feed].split(b" ")
        if len(header) == 3 and header[1] == b"blob":
            size = int(header[2])
            yield Input(shown, output[feed + 1 : feed + 1 + size])
            index = feed + size + 2
        elif header[0] in (b"symlink", b"notdir", b"loop", b"dangling"):
            yield Input(shown, b"", "a link that leads nowhere in this revision")
            index = feed + int(header[1]) + 2
        else:
            yield Input(shown, b"", "git cannot read it")
            index = feed + 1
