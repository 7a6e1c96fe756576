"""A configuration that has been read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from kplan.model import Position, Severity, Span
from kplan.model.fingerprint import posix


class Setting(NamedTuple):
    """A value with its source: `default`, `option`, or file and line."""

    value: Any
    source: str = "default"


@dataclass(frozen=True, slots=True)
class Allow:
    """An `[[allow]]` table: findings of `rules` are allowed where all that is given fits.

    `files` are patterns, from the configuration's folder; all others are globs. `expires` is the last day it counts.
    """

    rules: tuple[str, ...]
    span: Span
    kinds: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    reason: str = ""
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A `[[group]]` table: files that are judged together and by settings of their own; `settings` are those given."""

    name: str
    files: tuple[str, ...]
    shared: bool
    settings: Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class Release:
    """A `[[releases]]` table: a chart with its values; paths are as the working folder sees them.

    `namespace` is that of the configuration where the table has none, `group` is "" where it belongs to none.
    """

    name: str
    chart: str
    values: tuple[str, ...]
    namespace: str
    group: str


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration: `file` is None where there is none; `root` is its folder, as the working folder sees it.

    `settings` are those of the options that the file sets.
    """

    file: str | None = None
    root: str = "."
    settings: Mapping[str, Setting] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    allows: tuple[Allow, ...] = ()
    groups: tuple[Group, ...] = ()
    releases: tuple[Release, ...] = ()
    text: str = field(default="", repr=False)

    def setting(self, name: str) -> Setting:
        """The value of an option of the table `OPTIONS`, its default where the file says nothing."""
        from kplan.config.option import OPTIONS

        default = next(option.default for option in OPTIONS if option.name == name)
        return self.settings.get(name) or Setting(default)

    def value(self, name: str) -> Any:
        """As `setting`, without the source."""
        return self.setting(name).value


@dataclass(frozen=True, slots=True)
class Terms:
    """What findings are held to, beside the rules: levels, what is allowed, and until when.

    `today` is the day by which suppressions expire, None where they do not. `whole` says that all files are judged that
    the configuration is for. `name_of` says what a file is called from the configuration's folder, `is_filled_in` in
    which files `${name}` is filled in before they are applied. `texts` are those of files that entries stand in.
    """

    severity: Mapping[str, Severity] = field(default_factory=dict)
    allows: tuple[Allow, ...] = ()
    today: date | None = None
    whole: bool = False
    name_of: Callable[[str], str] = posix
    is_filled_in: Callable[[str], bool] | None = None
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


NO_TERMS = Terms()
"""The rules as they are, and the suppressions that stand in manifests, for ever."""
NO_CONFIG = Config()
"""Nothing is configured."""


def at_line(file: str, line: int) -> Span:
    """The beginning of a line of the configuration."""
    return Span(file, Position(line, 1), Position(line, 1))
