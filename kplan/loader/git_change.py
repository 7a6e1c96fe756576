"""What the working tree of a git repository changes against a revision."""

from __future__ import annotations

import os
from collections.abc import Iterator

from kplan.errors import InputError
from kplan.loader.git import run, toplevel


def commit(name: str) -> str | None:
    """The full id of the commit or tree that git, in the working folder, knows by a name; None where it knows none."""
    if not name or name.startswith("-"):
        return None
    try:
        for kind in ("commit", "tree"):
            found = run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{{kind}}}")
            if found.returncode == 0:
                return found.stdout.decode().strip()
    except InputError:
        return None
    return None


def common(name: str) -> str | None:
    """The commit that a revision and HEAD come from; the revision's own where git does not know."""
    found = run("merge-base", name, "HEAD") if commit(name) else None
    return found.stdout.decode().strip() if found is not None and found.returncode == 0 else commit(name)


def repository() -> str | None:
    """The root of the repository that the working folder is in; None where it is in none, or git is not there."""
    try:
        found = toplevel()
    except InputError:
        return None
    return os.path.realpath(found) if found else None


def tracked() -> frozenset[str]:
    """The real paths of all files that the next commit has, those with conflicts as well."""
    root = os.path.realpath(toplevel())
    return frozenset(os.path.join(root, name) for name in _names("ls-files", "-z", "--full-name", ":/"))


def deleted(since: str) -> tuple[str, ...]:
    """The real paths of files that the revision has and the working tree has not, sorted."""
    root = os.path.realpath(toplevel())
    names = _names("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--diff-filter=D", since, "--")
    return tuple(sorted(os.path.join(root, name) for name in names))


def moved(since: str) -> dict[str, str]:
    """Files that have another name than in the revision: the new one to the old one, from the repository's root."""
    words = _names("diff", "--name-status", "-z", "--find-renames", "--no-ext-diff", "--diff-filter=R", since, "--")
    return {new: old for _, old, new in zip(words, words, words, strict=True)}


def _names(*arguments: str) -> Iterator[str]:
    return iter(os.fsdecode(run(*arguments).stdout).split("\0")[:-1])
