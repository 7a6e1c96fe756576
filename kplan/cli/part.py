"""The input of `kplan lint` in parts: the groups of the configuration, each with settings of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from kplan.cli.configured import config_of, is_given, options_of, walk_of
from kplan.kinds.external import Externals
from kplan.model import Manifest

if TYPE_CHECKING:
    from datetime import date

    from kplan.config import Config, Group, Terms
    from kplan.loader.file import Input
    from kplan.pipeline import Lint


@dataclass(frozen=True, slots=True)
class Settings:
    """By what a part is judged."""

    minor: int
    namespace: str
    profile: str
    crds: tuple[str, ...] = ()
    externals: tuple[str, ...] = ()
    inventory: tuple[str, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What is judged together, and by what; `name` is that of its group, "" for what is in none."""

    manifest: Manifest
    settings: Settings
    name: str = ""


def read_parts(ctx: click.Context, paths: Iterable[str], top: Settings) -> list[Part]:
    """The files of the paths, by the groups they are in; those of no group come first, and are judged by `top`."""
    from kplan.loader.file import inputs

    return parts_of(ctx, inputs(tuple(paths), walk=walk_of(ctx)), top)


def parts_of(ctx: click.Context, given: Iterable[Input], top: Settings, *, hooks: bool = True) -> list[Part]:
    """As `read_parts`, of files that have been read; `hooks` says whether the hooks of charts are among the objects."""
    from kplan.render.load import load_built

    parts = []
    for own, settings, name in by_group(ctx, given, top):
        options = options_of(ctx, settings.minor, settings.namespace, hooks=hooks)
        parts.append(Part(load_built(own, options), settings, name))
    return parts or [Part(Manifest(), top)]


def by_group(ctx: click.Context, given: Iterable[Input], top: Settings) -> list[tuple[list[Input], Settings, str]]:
    """The files of each group that has some, with its settings and its name; those of no group come first."""
    config = config_of(ctx)
    if not config.groups:
        return [([*given], top, "")]
    files: dict[int, list[Input]] = {number: [] for number in range(-1, len(config.groups))}
    number_of = _number_of(config)
    for each in given:
        files[number_of(each.file)].append(each)
    return [
        (own, _settings(ctx, config.groups[number], top), config.groups[number].name) if number >= 0 else (own, top, "")
        for number, own in files.items()
        if own
    ]


def lint_parts(parts: Iterable[Part], select: Iterable[str], ignore: Iterable[str], terms: Terms) -> Lint:
    """What is found in all parts, each judged by itself; the objects of shared ones may be referred to by all."""
    from kplan.loader import load
    from kplan.pipeline import join, judge, settle, together

    parts, select, ignore = tuple(parts), tuple(select), tuple(ignore)
    definitions = cache(load)  # groups mostly share them
    judgements = []
    for part in parts:
        settings = part.settings
        shared = [other.manifest for other in parts if other.settings.shared and other is not part]
        judgements.append(
            judge(
                part.manifest,
                minor=settings.minor,
                select=select,
                ignore=ignore,
                crds=definitions(settings.crds) if settings.crds else None,
                profile=settings.profile,
                externals=externals_of(settings),
                around=together(shared) if shared else None,
                is_filled_in=terms.is_filled_in,
            )
        )
    return settle(join(judgements), terms)


def terms_of(ctx: click.Context, paths: Iterable[str], today: date) -> Terms:
    """What findings are held to by the configuration."""
    from kplan.config import Terms, name_from
    from kplan.loader.ignore import file_matcher

    config = config_of(ctx)
    name_of = name_from(config.root)
    filled = config.value("placeholders")
    matches = file_matcher(filled) if filled else None
    whole = any(_holds(path, config.root) for path in paths)
    return Terms(
        config.severity,
        config.allows,
        today,
        whole,
        name_of,
        (lambda file: matches(name_of(file))) if matches else None,
        {config.file: config.text} if config.file else {},
    )


def _holds(path: str, root: str) -> bool:
    """Whether a folder is the root, or one above it."""
    inside = os.path.join(os.path.realpath(root), "")
    return os.path.isdir(path) and inside.startswith(os.path.join(os.path.realpath(path), ""))


def externals_of(settings: Settings) -> Externals:
    """What is said to live elsewhere: by patterns, and by inventories. Raises InputError, UsageError."""
    if not settings.inventory:
        return Externals(settings.externals)
    from kplan.kinds.inventory import read_inventory

    known = {}
    for file in settings.inventory:
        known.update(read_inventory(file))
    return Externals(settings.externals, known)


def beside(config: Config, changed: Iterable[str], *, with_shared: bool = True) -> Callable[[str], bool]:
    """Whether a file is judged with some of the changed files, or, with `with_shared`, may be referred to by them."""
    shared = {number for number, group in enumerate(config.groups) if group.shared}
    number_of = _number_of(config)
    touched = {number_of(file) for file in changed}
    if not config.groups or (with_shared and touched & shared):
        return lambda _: True
    wanted = touched | shared if with_shared else touched
    return lambda file: number_of(file) in wanted


def _number_of(config: Config) -> Callable[[str], int]:
    """The first group that a file is in; -1 for none."""
    from kplan.config import name_from
    from kplan.loader.ignore import file_matcher

    name_of = name_from(config.root)
    matchers = [file_matcher(group.files) for group in config.groups]

    def number(file: str) -> int:
        name = name_of(file)
        return next((index for index, matches in enumerate(matchers) if matches(name)), -1)

    return number


def _settings(ctx: click.Context, group: Group, top: Settings) -> Settings:
    """The settings of a group: its own where the command line does not say, and of lists those at the top as well."""
    from kplan.k8s.version import parse_version

    def said(name: str, parameter: str, otherwise: Any) -> Any:
        setting = group.settings.get(name)
        return otherwise if setting is None or is_given(ctx, parameter) else setting.value

    def more(name: str) -> tuple[str, ...]:
        setting = group.settings.get(name)
        return setting.value if setting else ()

    version = said("kube-version", "minor", None)
    return Settings(
        parse_version(version) if version else top.minor,
        said("namespace", "namespace", top.namespace),
        said("profile", "profile", top.profile),
        (*top.crds, *more("crds")),
        (*top.externals, *more("externals")),
        (*top.inventory, *more("inventory")),
        group.shared,
    )
