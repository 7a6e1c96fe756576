"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from kplan.model import ObjectRef, Problem, Resource, Severity
    from kplan.rules.context import Context
    from kplan.rules.outlook import Hazard, Outlook

Check: TypeAlias = "Callable[[Resource, Context], Iterator[Problem]]"
"""A generator over one object, which reports only on it; the context shows it the others."""

Forecast: TypeAlias = "Callable[[ObjectRef, Outlook], Iterator[Hazard]]"
"""A generator over one object of a plan, which reports only on it."""


class Rule(NamedTuple):
    """One rule: `check` runs on each object of `kinds`, or is None where another room finds the problems.

    `forecast` is what a rule about plans has instead: a manifest by itself shows none of what it looks for.

    Kinds are written as `Service` (core) or `apps/Deployment`; none means every object. Objects of an older group
    count for the one that owns the kind today.
    """

    id: str
    group: str
    severity: Severity
    kinds: tuple[str, ...]
    since: str
    check: Check | None
    forecast: Forecast | None = None


def rule(*, severity: Severity, kinds: tuple[str, ...] = (), since: str) -> Callable[[Check], Rule]:
    """Make a check the rule of its file: the file's name is its id, the folder's its group."""

    def decorate(check: Check) -> Rule:
        return Rule(*_identity(check.__module__), severity, kinds, since, check)

    return decorate


def risk(*, severity: Severity, kinds: tuple[str, ...] = (), since: str) -> Callable[[Forecast], Rule]:
    """Make a forecast the rule of its file, as `rule` does with a check."""

    def decorate(forecast: Forecast) -> Rule:
        return Rule(*_identity(forecast.__module__), severity, kinds, since, None, forecast)

    return decorate


def found_elsewhere(module: str, *, severity: Severity, since: str) -> Rule:
    """The rule of the file `module` whose problems are found while reading the text or checking it by schema."""
    return Rule(*_identity(module), severity, (), since, None)


def _identity(module: str) -> tuple[str, str]:
    """Rule id and group of a module.

    >>> _identity("kplan.rules.references.unknown_target_port")
    ('unknown-target-port', 'references')
    """
    group, name = module.split(".")[-2:]
    return name.replace("_", "-"), group
