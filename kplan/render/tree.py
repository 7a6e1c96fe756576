"""Where the files of a build lie: in the working tree, or in a copy of a git revision."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
import weakref

from kplan.errors import InputError


class Tree:
    """The working tree: names are shown as they are."""

    def real(self, shown: str) -> str:
        """The path of a file or folder, by the name that positions show."""
        return shown

    def shown(self, real: str) -> str:
        """The name that positions show."""
        return real

    def named(self, real: str) -> str:
        """The place of it in the working tree."""
        return real


class RevisionTree(Tree):
    """All files of a git revision, copied to a folder that is there as long as this value is.

    Names are those of `REV:path`, from the repository's root. Raises InputError where git cannot give the files.
    """

    def __init__(self, revision: str) -> None:
        self._prefix = f"{revision}:"
        self._folder = os.path.realpath(tempfile.mkdtemp(prefix="kplan-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        top = subprocess.run(["git", "rev-parse", "--show-toplevel"], capture_output=True, check=False).stdout
        self._top = os.fsdecode(top).rstrip("\n") or os.curdir
        _copy(revision, self._top, self._folder)

    def real(self, shown: str) -> str:
        """The path in the copy."""
        return os.path.normpath(os.path.join(self._folder, shown.removeprefix(self._prefix)))

    def shown(self, real: str) -> str:
        """`REV:path`."""
        return self._prefix + os.path.relpath(os.path.realpath(real), self._folder).replace(os.sep, "/")

    def named(self, real: str) -> str:
        """The same place in the working tree."""
        return os.path.join(self._top, os.path.relpath(os.path.realpath(real), self._folder))


def _copy(revision: str, top: str, folder: str) -> None:
    with tempfile.TemporaryFile() as file:
        command = ["git", "-C", top, "archive", "--format=tar", revision]
        done = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise InputError(f"git cannot give the files of {revision}: {done.stderr.decode(errors='replace').strip()}")
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            archive.extractall(folder, filter="data")
