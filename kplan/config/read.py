"""A configuration file to a checked configuration."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from kplan.config.find import PROJECT, TABLE
from kplan.config.line import Lines
from kplan.config.model import NO_CONFIG, Allow, Config, Group, Release, Setting, at_line
from kplan.config.option import OPTIONS, SEVERITY_TABLE, TABLES, Option
from kplan.config.value import SEVERITY, called, near
from kplan.errors import InputError, UsageError
from kplan.model import Severity

_PATHS: Final = ("crds", "inventory", "baseline", "chart", "values")
_TOML_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")

Table = dict[str, Any]


def read_config(file: str | None) -> Config:
    """The configuration in a file; `NO_CONFIG` for None.

    Raises InputError for a file that cannot be read, and UsageError, with all that is wrong and where, for one that is
    no TOML, or says what there is not.
    """
    if file is None:
        return NO_CONFIG
    text = _read(file)
    data = _parse(file, text)
    prefix = ""
    if os.path.basename(file) == PROJECT:
        prefix = TABLE
        tool = data.get("tool")
        data = tool.get("kplan", {}) if isinstance(tool, dict) else {}
    return _Reader(file, text, prefix).config(data)


def _read(file: str) -> str:
    try:
        with open(file, encoding="utf-8-sig", newline="") as stream:
            return stream.read().replace("\r\n", "\n")
    except OSError as error:
        raise InputError(f"the configuration `{file}` cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file}: the configuration is not UTF-8") from None


def _parse(file: str, text: str) -> Table:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _TOML_PLACE.search(message)
        where = f":{place[1]}:{place[2]}" if place and place[1] else ""
        raise UsageError(f"{file}{where}: {_TOML_PLACE.sub('', message)}") from None
    except RecursionError:
        raise UsageError(f"{file}: the configuration is nested too deep") from None


class _Reader:
    """One file; errors are gathered, so that all are told at once."""

    def __init__(self, file: str, text: str, prefix: str) -> None:
        self.file = file
        self.text = text
        self.lines = Lines(text, prefix)
        self.root = os.path.dirname(file) or "."
        self.errors: list[tuple[int, str]] = []

    def config(self, data: Any) -> Config:
        """The whole. Raises UsageError with all errors, in the order of their lines."""
        if not isinstance(data, dict):
            raise UsageError(f"{self.file}:{self.lines.of('kplan', 'tool')}: [{TABLE}] is a table, not {called(data)}")
        tables = (*TABLES, SEVERITY_TABLE)
        plain = {key: value for key, value in data.items() if key not in tables}
        settings = self.settings(plain, OPTIONS, also=tables)
        severity = dict(self.severities(data.get(SEVERITY_TABLE, {})))
        allows = tuple(self.each("allow", data, self.allow))
        groups = tuple(self.each("group", data, self.group))
        namespace = settings["namespace"].value if "namespace" in settings else "default"
        read_release = partial(self.release, namespace=namespace, groups={group.name for group in groups})
        releases = tuple(self.each("releases", data, read_release))
        if self.errors:
            raise UsageError("\n".join(f"{self.file}:{line}: {message}" for line, message in sorted(self.errors)))
        return Config(self.file, self.root, settings, severity, allows, groups, releases, self.text)

    def settings(
        self, given: Table, options: tuple[Option, ...], table: str = "", number: int = 0, also: tuple[str, ...] = ()
    ) -> dict[str, Setting]:
        """The values of a table as kplan uses them, with their lines."""
        known = {option.name: option for option in options}
        found = {}
        for key, value in given.items():
            line = self.lines.of(key, table, number)
            if key not in known:
                where = f" in [[{table}]]" if table else ""
                self.errors.append((line, f"there is no `{key}`{where}{near(key, [*known, *also])}"))
                continue
            try:
                read = known[key].type.read(value)
            except ValueError as error:
                self.errors.append((line, f"`{key}`: {error}"))
                continue
            found[key] = Setting(self.from_here(read) if key in _PATHS else read, f"{self.file}:{line}")
        for name in (option.name for option in options if option.required and not given.get(option.name)):
            line = self.lines.of(name, table, number)
            if name not in given or name in found:
                self.errors.append((line, f"[[{table}]] needs a `{name}`"))
        return found

    def from_here(self, read: Any) -> Any:
        """Paths from the configuration's folder, as the working folder sees them."""
        if isinstance(read, tuple):
            return tuple(map(self.from_here, read))
        return os.path.normpath(os.path.join(self.root, read))

    def severities(self, given: Any) -> Iterator[tuple[str, Severity]]:
        """The levels of the table `[severity]`."""
        from kplan.rules.catalog import groups_by_rule

        if not isinstance(given, dict):
            self.errors.append((self.lines.of(SEVERITY_TABLE), f"[severity] is a table, not {called(given)}"))
            return
        for rule, value in given.items():
            line = self.lines.of(rule, SEVERITY_TABLE)
            if rule not in groups_by_rule():
                self.errors.append((line, f"there is no rule `{rule}`{near(rule, groups_by_rule())}"))
                continue
            try:
                yield rule, Severity[SEVERITY.read(value).upper()]
            except ValueError as error:
                self.errors.append((line, f"`{rule}`: {error}"))

    def each(self, name: str, data: Table, read: Callable[[Mapping[str, Setting], int], Any]) -> Iterator[Any]:
        """What `read` makes of each of the tables of a name that has no error in it."""
        tables = data.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self.errors.append((self.lines.of(name), f"`{name}` is written as tables: [[{name}]]"))
            return
        for number, table in enumerate(tables):
            known = len(self.errors)
            settings = self.settings(table, TABLES[name], name, number)
            if len(self.errors) == known:
                yield read(settings, number)

    def allow(self, given: Mapping[str, Setting], number: int) -> Allow:
        """One `[[allow]]` table."""
        value = _value_of(given, TABLES["allow"])
        return Allow(
            rules=value("rule"),
            span=at_line(self.file, self.lines.of("rule", "allow", number)),
            kinds=value("kind"),
            namespaces=value("namespace"),
            names=value("name"),
            labels=value("label"),
            paths=value("path"),
            files=value("files"),
            reason=value("reason"),
            expires=value("expires"),
        )

    def group(self, given: Mapping[str, Setting], number: int) -> Group:
        """One `[[group]]` table."""
        value = _value_of(given, TABLES["group"])
        own = {key: setting for key, setting in given.items() if key not in ("name", "files", "shared")}
        return Group(value("name"), value("files"), value("shared"), own)

    def release(self, given: Mapping[str, Setting], number: int, namespace: str, groups: set[str]) -> Release:
        """One `[[releases]]` table."""
        value = _value_of(given, TABLES["releases"])
        group = value("group")
        if group and group not in groups:
            line = self.lines.of("group", "releases", number)
            self.errors.append((line, f"there is no [[group]] of the name `{group}`{near(group, sorted(groups))}"))
        return Release(
            value("name"),
            value("chart"),
            value("values"),
            given["namespace"].value if "namespace" in given else namespace,
            group,
        )


def _value_of(given: Mapping[str, Setting], options: tuple[Option, ...]) -> Callable[[str], Any]:
    """The value of a key, its default where it is not given."""
    defaults = {option.name: option.default for option in options}
    return lambda name: given[name].value if name in given else defaults[name]
