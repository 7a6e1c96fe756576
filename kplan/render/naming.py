"""The name of a release: given, made from a template, or made up."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from kplan.errors import UsageError

_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LONGEST: Final = 53


def checked_name(name: str) -> str:
    """The name. Raises UsageError for one that Helm does not take.

    Source: helm v3 pkg/chartutil validate_name.go.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise UsageError(f"`{name}` can be no release: up to {_LONGEST} lower case letters, digits, dashes and dots")
    return name


def generated_name(chart: str, namespace: str) -> str:
    """The chart's name and ten digits, which are the same whenever it is made.

    >>> generated_name("web", "default")
    'web-9067193151'
    """
    digest = hashlib.sha256(f"{namespace}/{chart}".encode()).digest()
    return f"{chart[: _LONGEST - 11]}-{int.from_bytes(digest) % 10**10:010d}"


def name_from(template: str) -> str:
    """The name that a template makes, which has all functions and no values. Raises UsageError for one in error."""
    from kplan.k8s.version import NEWEST
    from kplan.render.chart import Chart, ChartFile
    from kplan.render.release import Capabilities, Release
    from kplan.render.rendering import render
    from kplan.render.value import Values
    from kplan.render.value.table import Table

    chart = Chart("name", "", {}, Table(), templates=(ChartFile("templates/name.yaml", template.encode()),))
    made = render(chart, Values(Table()), Release(), capabilities=Capabilities(NEWEST))
    for finding in made.findings:
        raise UsageError(f"--name-template: {finding.message}")
    return checked_name(made.files[0].text.strip())
