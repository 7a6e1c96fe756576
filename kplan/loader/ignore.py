"""Which files of a folder are left out: those that .gitignore, .kplanignore or the configuration name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from kplan.errors import UsageError

IGNORE_FILES: Final = (".gitignore", ".kplanignore")
"""In the same folder, the later one has the last word."""


class _Check(NamedTuple):
    """One pattern: what it matches, whether it means only folders, and whether it means what it matches, or not."""

    match: Callable[[str], Any]
    only_folders: bool
    is_meant: bool


class Walk(NamedTuple):
    """How folders are walked: whether ignore files count, and what else is left out.

    `exclude` holds patterns as of a .gitignore that stands in the folder `root`.
    """

    ignore_files: bool = True
    exclude: tuple[str, ...] = ()
    root: str = "."


class Patterns(NamedTuple):
    """The patterns of one folder, the last one first, for the paths `lead + path[cut:]`."""

    lead: str
    cut: int
    checks: tuple[_Check, ...]

    def say(self, path: str) -> bool | None:
        """Whether they mean the path (a folder's ends with a slash), mean it not, or say nothing of it."""
        is_folder = path.endswith("/")
        name = self.lead + path[self.cut : -1 if is_folder else None]
        for match, only_folders, is_meant in self.checks:
            if is_folder or not only_folders:
                found = match(name)
                if found and found.lastgroup is None:  # else it is a folder above that matches: judged before
                    return is_meant
        return None


class Ignore(NamedTuple):
    """What is left out below a folder: by the configuration, and by ignore files, the innermost first."""

    excluded: tuple[Patterns, ...] = ()
    ignored: tuple[Patterns, ...] = ()
    ignore_files: bool = True

    def leaves_out(self, path: str) -> bool:
        """Whether a file, or a folder (with a slash at its end), is left out; the folders above it are not."""
        if os.sep != "/":
            path = path.replace(os.sep, "/")
        return _means(self.excluded, path) or _means(self.ignored, path)

    def inside(self, folder: str, names: Iterable[str]) -> Ignore:
        """What is left out below a folder further down, where `names` are among the files in it."""
        if not self.ignore_files:
            return self
        checks = _read(os.path.join(folder, name) for name in IGNORE_FILES if name in names)
        return self._replace(ignored=(Patterns("", _cut(folder), checks), *self.ignored)) if checks else self


def ignore_for(folder: str, walk: Walk) -> Ignore:
    """What is left out below `folder`, which somebody named: what leaves it out itself does not count.

    Ignore files count from the root of the git repository on; where there is none, from `folder` on.
    """
    place = os.path.abspath(folder)
    excluded: tuple[Patterns, ...] = ()
    if walk.exclude:
        excluded = _above(place, [(os.path.abspath(walk.root), pattern_checks(walk.exclude))], folder)
    ignored: tuple[Patterns, ...] = ()
    if walk.ignore_files:
        above = ((parent, _read(os.path.join(parent, name) for name in IGNORE_FILES)) for parent in _parents(place))
        ignored = _above(place, above, folder)
    return Ignore(excluded, ignored, walk.ignore_files)


def file_matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a file, named with slashes from the patterns' folder, is meant by patterns as of a .gitignore.

    >>> is_prod = file_matcher(["prod/", "*-prod.yaml", "!prod/old/"])
    >>> [is_prod(file) for file in ("prod/web.yaml", "a/web-prod.yaml", "prod/old/web.yaml", "web.yaml")]
    [True, True, False, False]

    Raises UsageError for a pattern that makes no sense.
    """
    rules = Patterns("", 0, pattern_checks(patterns))

    def matches(file: str) -> bool:
        is_meant, end = False, 0
        while end < len(file):
            end = file.find("/", end) + 1 or len(file)
            said = rules.say(file[:end])
            is_meant = is_meant if said is None else said
        return is_meant

    return matches


def pattern_checks(lines: Iterable[str]) -> tuple[_Check, ...]:
    """The patterns compiled, the last one first. Raises UsageError for one that makes no sense."""
    return tuple(reversed([check for line in lines if (check := _check(line)) is not None]))


def _check(line: str) -> _Check | None:
    """A pattern that matches one file or folder by its own name and not by those above it; None for an empty line."""
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    pattern = line if line.endswith("\\ ") else line.rstrip()
    only_folders = pattern.endswith("/")
    pattern = pattern.rstrip("/")
    try:
        compiled = GitIgnoreSpecPattern(f"{pattern}/*" if pattern.endswith("/**") else pattern)
    except ValueError:
        raise UsageError(f"`{line}` is no pattern for files") from None
    if compiled.include is None or compiled.regex is None:
        return None
    return _Check(compiled.regex.match, only_folders, compiled.include)


def _means(stack: tuple[Patterns, ...], path: str) -> bool:
    for patterns in stack:
        said = patterns.say(path)
        if said is not None:
            return said
    return False


def _cut(folder: str) -> int:
    return len(folder) if folder.endswith(("/", os.sep)) else len(folder) + 1


def _parents(place: str) -> Iterator[str]:
    """The folders above, up to the root of the git repository; none where there is no repository."""
    found = []
    while not os.path.lexists(os.path.join(place, ".git")):
        parent = os.path.dirname(place)
        if parent == place:
            return
        found.append(parent)
        place = parent
    yield from found


def _above(place: str, given: Iterable[tuple[str, tuple[_Check, ...]]], shown: str) -> tuple[Patterns, ...]:
    """The patterns of folders above `place`, for paths as shown below it; none where they mean `place` itself."""
    found = [
        Patterns("" if place == folder else os.path.relpath(place, folder).replace(os.sep, "/") + "/", 0, checks)
        for folder, checks in given
        if checks
    ]
    for patterns in found:
        way = patterns.lead
        for end in (index + 1 for index, character in enumerate(way) if character == "/"):
            if Patterns("", 0, patterns.checks).say(way[:end]):
                return ()
    return tuple(patterns._replace(cut=_cut(shown)) for patterns in found)


def _read(files: Iterable[str]) -> tuple[_Check, ...]:
    """The patterns of ignore files that are there and can be read; like git, a line that makes no sense is passed."""
    checks: tuple[_Check, ...] = ()
    for file in files:
        try:
            with open(file, encoding="utf-8", errors="replace") as stream:
                lines = [line.rstrip("\r") for line in stream.read().split("\n")]
        except OSError:
            continue
        for line in lines:
            try:
                checks = (*pattern_checks([line]), *checks)
            except UsageError:
                continue
    return checks
