"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from kplan.errors import UsageError
from kplan.k8s.version import NEWEST, parse_version

F = TypeVar("F", bound=Callable[..., Any])


def _minor(_ctx: click.Context, param: click.Parameter, value: str) -> int:
    try:
        return parse_version(value)
    except UsageError as error:
        raise click.BadParameter(str(error), param=param) from None


def _label(_ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not re.fullmatch("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", value):
        raise click.BadParameter(f"`{value}` can be no namespace: lower case letters, digits and dashes", param=param)
    return value


def listed(options: Iterable[str]) -> list[str]:
    """The names in the values of an option that may be given several times, each with commas between its names."""
    return [name for option in options for name in map(str.strip, option.split(",")) if name]


def kube_version(function: F) -> F:
    """`--kube-version 1.N`, given to the command as `minor`, an int."""
    return click.option(
        "--kube-version",
        "minor",
        default=f"1.{NEWEST}",
        show_default=True,
        callback=_minor,
        metavar="1.N",
        help="The Kubernetes version to judge by.",
    )(function)


def namespace(function: F) -> F:
    """`--namespace NS`: where objects go that name no namespace; given to the command as `namespace`."""
    return click.option(
        "-n",
        "--namespace",
        default="default",
        show_default=True,
        callback=_label,
        help="Namespace of objects that name none.",
    )(function)


def crds(function: F) -> F:
    """`--crds PATH`, repeatable: more CustomResourceDefinitions, given to the command as a tuple of paths."""
    return click.option(
        "--crds", multiple=True, metavar="PATH", help="Files or folders with CustomResourceDefinitions."
    )(function)
