"""What `.helmignore` leaves out of a chart.

Source: helm v3 pkg/ignore rules.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from kplan.errors import InputError

_ALWAYS: Final = "templates/.?*"


class _Pattern(NamedTuple):
    regex: re.Pattern[str]
    negated: bool
    only_folders: bool
    only_name: bool

    def matches(self, path: str) -> bool:
        return bool(self.regex.fullmatch(path.rpartition("/")[2] if self.only_name else path))


def ignored_by(text: bytes, file: str) -> Callable[[str, bool], bool]:
    """Whether a path inside a chart, which may be a folder, is left out by the text of a `.helmignore`.

    As in Helm a pattern with `!` leaves out what it does not match. Raises InputError for a pattern that Helm refuses.

    >>> is_ignored = ignored_by(b"*.md\\n/ci/\\n", ".helmignore")
    >>> is_ignored("docs/a.md", False), is_ignored("ci", True), is_ignored("b/ci", True), is_ignored("ci", False)
    (True, True, False, False)
    """
    lines = text.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    patterns = [
        _pattern(rule, f"{file}:{number}")
        for number, line in enumerate([*lines, _ALWAYS], 1)
        if (rule := line.strip()) and not rule.startswith("#")
    ]

    def is_ignored(path: str, is_folder: bool) -> bool:
        for pattern in patterns:
            wrong_kind = pattern.only_folders and not is_folder
            if pattern.negated and (wrong_kind or not pattern.matches(path)):
                return True
            if not pattern.negated and not wrong_kind and pattern.matches(path):
                return True
        return False

    return is_ignored


def _pattern(rule: str, where: str) -> _Pattern:
    if "**" in rule:
        raise InputError(f"{where}: Helm knows no `**` in a .helmignore")
    negated, rule = rule.startswith("!"), rule.removeprefix("!")
    only_folders, rule = rule.endswith("/"), rule.removesuffix("/")
    only_name = "/" not in rule
    try:
        return _Pattern(re.compile(_regex(rule.removeprefix("/"))), negated, only_folders, only_name)
    except (re.error, ValueError):
        raise InputError(f"{where}: `{rule}` is no pattern") from None


def _regex(glob: str) -> str:
    """A shell pattern as Go's path.Match reads it: no wildcard crosses a slash."""
    pieces = [""]
    for part in re.findall(r"\\.|\[[^\]]+\]|.", glob):
        if part == "*":
            pieces.append("")
        else:
            pieces[-1] += _piece(part)
    first, *rest = pieces
    if not rest:
        return first
    # Of all places where a piece may stand the first is the best, so none is tried again.
    return first + "".join(f"(?>[^/]*?{piece})" for piece in rest[:-1]) + f"[^/]*{rest[-1]}"


def _piece(part: str) -> str:
    if part == "?":
        return "[^/]"
    if part.startswith("\\"):
        return re.escape(part[1:])
    if part == "[":
        raise ValueError(part)
    return part if part.startswith("[") else re.escape(part)
