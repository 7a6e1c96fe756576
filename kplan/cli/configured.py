"""What commands take from the configuration where the command line does not say it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.core import ParameterSource

from kplan.errors import InputError, UsageError

if TYPE_CHECKING:
    from kplan.config import Config
    from kplan.config.model import Release as Declared
    from kplan.loader.ignore import Walk
    from kplan.render.load import Options, Release

F = TypeVar("F", bound=Callable[..., Any])

_KEY: Final = "kplan.config"
_PARAMETERS: Final = {"kube-version": "minor"}
"""Parameters of commands that are not called as their option."""
_ONLY_LINT: Final = ("output", "select", "ignore", "profile", "fail_on")


def configured(function: F) -> F:
    """`--config`, `--no-config`, `--exclude` and `--no-ignore`: read by `config_of` and `walk_of`, not by the command.

    Options that are not given have the values of the configuration.
    """
    for option in (
        click.option(
            "--no-ignore", is_flag=True, expose_value=False, callback=_keep, help="Read ignored files as well."
        ),
        click.option(
            "--exclude",
            multiple=True,
            metavar="PATTERN",
            expose_value=False,
            callback=_keep,
            help="Leave such files out of folders; patterns as in a .gitignore.",
        ),
        configuration,
    ):
        function = option(function)
    return function


def configuration(function: F) -> F:
    """`--config` and `--no-config` alone, for a command that walks no folders."""
    for option in (
        click.option(
            "--no-config",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_find,
            help="Read no configuration.",
        ),
        click.option(
            "--config",
            metavar="FILE",
            is_eager=True,
            expose_value=False,
            callback=_find,
            help="The configuration; by default kplan.toml, or pyproject.toml, of this folder or one above.",
        ),
    ):
        function = option(function)
    return function


def config_of(ctx: click.Context) -> Config:
    """The configuration that counts for a command."""
    found: Config = ctx.meta[_KEY]
    return found


def _reports(ctx: click.Context) -> list[str]:
    """The files that reports go to: those of the last run are no manifests."""
    return [text.partition("=")[2] for text in ctx.params.get("output") or () if "=" in text]


def walk_of(ctx: click.Context) -> Walk:
    """How the command walks folders."""
    from kplan.loader.ignore import Walk

    root = "." if is_given(ctx, "exclude") else config_of(ctx).root
    own = [ctx.params.get("baseline"), *(ctx.params.get("inventory") or ()), *_reports(ctx)]
    exclude = (*value_of(ctx, "exclude"), *(_pattern(file, root) for file in own if file))
    return Walk(not ctx.meta["no_ignore"], exclude, root)


def chart_values(function: F) -> F:
    """`--values` and `--set`, for charts that no release is declared of: read by `options_of`, not by the command."""
    for option in (
        click.option(
            "--set",
            multiple=True,
            metavar="KEY=VALUE",
            expose_value=False,
            callback=_keep,
            help="A value of the charts that are rendered, as in `kplan template`.",
        ),
        click.option(
            "--values",
            multiple=True,
            metavar="FILE",
            expose_value=False,
            callback=_keep,
            help="A file of values of the charts that are rendered.",
        ),
    ):
        function = option(function)
    return function


def options_of(ctx: click.Context, minor: int, namespace: str, *, hooks: bool = True) -> Options:
    """How the command renders charts."""
    from kplan.render.load import Options

    values, sets = ctx.meta.get("values", ()), ctx.meta.get("set", ())
    return Options(minor, namespace, releases_of(ctx), hooks, values, sets)


def releases_of(ctx: click.Context) -> tuple[Release, ...]:
    """The charts that the configuration declares releases of."""
    from kplan.k8s.version import parse_version
    from kplan.render.load import Release

    config = config_of(ctx)
    named = {group.name: group for group in config.groups}

    def minor(release: Declared) -> int | None:
        group = named.get(release.group)
        version = group.settings.get("kube-version") if group else None
        return parse_version(version.value) if version else None

    return tuple(Release(one.name, one.chart, one.values, one.namespace, minor(one)) for one in config.releases)


def _pattern(file: str, root: str) -> str:
    """The pattern that means one file: what kplan wrote itself is no manifest."""
    name = os.path.relpath(file, root).replace(os.sep, "/")
    return "/" + re.sub(r"([][*?\\])", r"\\\1", name)


def is_given(ctx: click.Context, parameter: str) -> bool:
    """Whether the command line says it: then it wins over the configuration."""
    return ctx.get_parameter_source(parameter) is ParameterSource.COMMANDLINE


def value_of(ctx: click.Context, name: str) -> Any:
    """What the command line says of an option of the configuration, else what the configuration says of it."""
    parameter = _PARAMETERS.get(name, name.replace("-", "_"))
    if is_given(ctx, parameter):
        return ctx.params[parameter] if parameter in ctx.params else ctx.meta[parameter]
    return config_of(ctx).value(name)


@contextmanager
def under(ctx: click.Context, config: Config) -> Iterator[None]:
    """Another configuration counts for a while."""
    before = config_of(ctx)
    ctx.meta[_KEY] = config
    try:
        yield
    finally:
        ctx.meta[_KEY] = before


def is_configured(ctx: click.Context) -> bool:
    """Whether the command line says which configuration counts, or that none does."""
    return bool(ctx.meta["config"] or ctx.meta["no_config"])


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    ctx.meta[str(param.name)] = value


def _find(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Read the configuration as soon as both options are known, so that it can give all others their defaults."""
    _keep(ctx, param, value)
    if "config" not in ctx.meta or "no_config" not in ctx.meta:
        return
    file = ctx.meta["config"]
    if file and ctx.meta["no_config"]:
        raise UsageError("give --config or --no-config, not both")
    if file is not None and not os.path.isfile(file):
        raise InputError(f"the configuration `{file}` does not exist")
    ctx.meta[_KEY] = config = _read(file, ctx.meta["no_config"])
    if config.settings:
        known = {parameter.name for parameter in ctx.command.params}
        given = {name.replace("-", "_"): setting.value for name, setting in config.settings.items()}
        given |= {own: given[name.replace("-", "_")] for name, own in _PARAMETERS.items() if name in config.settings}
        only_lint = () if ctx.info_name in ("lint", "config") else _ONLY_LINT
        ctx.default_map = {n: v for n, v in given.items() if n in known and n not in only_lint and v is not None}


def _read(file: str | None, none: bool) -> Config:
    if none:
        from kplan.config.model import NO_CONFIG

        return NO_CONFIG
    from kplan.config import find_config, read_config

    return read_config(file if file is not None else find_config())
