"""Golden cases of a chart: what it renders to under given values, and which ways through its templates none goes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kplan.errors import InputError, UsageError
from kplan.k8s.version import parse_version
from kplan.render.release import Capabilities, Release
from kplan.render.value import Given, chart_with_values
from kplan.render.value.read import read_values

if TYPE_CHECKING:
    from kplan.model import Span
    from kplan.render.chart import Chart
    from kplan.render.rendering import Rendered

FOLDER: Final = "tests"
EXPECTED: Final = "expected.yaml"
_VALUES: Final = "values.yaml"
_RELEASE: Final = "release.yaml"
_RELEASE_KEYS: Final = ("name", "namespace", "kubeVersion")


@dataclass(frozen=True, slots=True)
class Case:
    """One folder below the chart's `tests/`; `expected` is None where there is no expected.yaml yet."""

    name: str
    folder: str
    given: Given
    expected: str | None
    release: Release
    capabilities: Capabilities

    @property
    def file(self) -> str:
        """The path of the expected output."""
        return f"{self.folder}/{EXPECTED}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case renders to."""

    case: Case
    text: str
    rendered: Rendered

    @property
    def is_same(self) -> bool:
        """Whether it rendered without an error, to what is expected."""
        return not self.rendered.findings and self.text == self.case.expected


def cases(chart: Chart, minor: int) -> tuple[Case, ...]:
    """The cases of a chart by name; `minor` is the Kubernetes version of those that name none.

    Raises InputError for a file that cannot be read.
    """
    folder = f"{chart.folder}/{FOLDER}"
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    found = [name for name in names if any(os.path.isfile(f"{folder}/{name}/{each}") for each in (_VALUES, EXPECTED))]
    return tuple(_case(chart, name, f"{folder}/{name}", minor) for name in found)


def _case(chart: Chart, name: str, folder: str, minor: int) -> Case:
    values, expected = _read(f"{folder}/{_VALUES}"), _read(f"{folder}/{EXPECTED}")
    said = _release(f"{folder}/{_RELEASE}")
    return Case(
        name=name,
        folder=folder,
        given=Given(files=((f"{folder}/{_VALUES}", values),) if values is not None else ()),
        expected=None if expected is None else expected.decode("utf-8", "replace"),
        release=Release(said.get("name", chart.name), said.get("namespace", "default")),
        capabilities=Capabilities(said.get("minor", minor)),
    )


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def _release(path: str) -> dict[str, Any]:
    said = dict(read_values(_read(path) or b"", path))
    for key, value in said.items():
        if key not in _RELEASE_KEYS:
            raise InputError(f"{path}: a release has {', '.join(_RELEASE_KEYS)}, and no `{key}`")
        if not isinstance(value, str):
            raise InputError(f"{path}: `{key}` is a text; write it in quotes")
    if "kubeVersion" in said:
        try:
            said["minor"] = parse_version(said["kubeVersion"])
        except UsageError as error:
            raise InputError(f"{path}: {error}") from None
    return said


def run(chart: Chart, case: Case) -> Outcome:
    """The chart rendered for a case. Raises InputError for values that cannot be read."""
    from kplan.render.rendering import render

    made, values = chart_with_values(chart, case.given)
    rendered = render(made, values, case.release, capabilities=case.capabilities)
    return Outcome(case, golden_text(rendered), rendered)


def golden_text(rendered: Rendered) -> str:
    """The rendered files that are not empty, each below the name of its template."""
    files = [file for file in rendered.files if file.text.strip()]
    return "".join(f"---\n# Source: {file.name}\n{file.text.strip(chr(10))}\n" for file in files)


def difference(outcome: Outcome) -> Iterator[str]:
    """The lines of a unified diff from what is expected to what was rendered."""
    import difflib

    before = (outcome.case.expected or "").splitlines()
    after = outcome.text.splitlines()
    return difflib.unified_diff(before, after, outcome.case.file, "rendered", lineterm="")


@dataclass(frozen=True, slots=True)
class Unreached:
    """A condition that no case takes both ways, or a loop; `tag` is how it reads, `why` what does not happen."""

    span: Span
    tag: str
    why: str


def unreached(chart: Chart, outcomes: Iterable[Outcome]) -> tuple[Unreached, ...]:
    """The ways through the chart's own templates that no case goes, by place.

    A loop without an `else` has one way only: through it.
    """
    reached: dict[Span, dict[bool, bool]] = {}
    texts: dict[str, str] = {}
    for outcome in outcomes:
        texts |= outcome.rendered.texts
        for branch in outcome.rendered.branches:
            if branch.span.file.startswith(f"{chart.folder}/templates/"):
                ways = reached.setdefault(branch.span, {True: False, False: False})
                ways[branch.outcome] |= branch.reached
    found = (_unreached(span, texts[span.file], ways) for span, ways in reached.items() if not all(ways.values()))
    return tuple(each for each in found if each is not None)


def _unreached(span: Span, text: str, ways: dict[bool, bool]) -> Unreached | None:
    lines = text.splitlines()[span.start.line - 1 : span.end.line]
    if len(lines) == 1:
        lines[0] = lines[0][: span.end.column - 1]
    tag = lines[0][span.start.column - 1 :]
    if not any(ways.values()):
        return Unreached(span, tag, "is never reached")
    if not re.match(r"\{%[-+]?\s*for\b", tag):
        return Unreached(span, tag, "is never true" if ways[False] else "is never false")
    if ways[False]:
        return Unreached(span, tag, "never has a turn")
    return Unreached(span, tag, "always has a turn") if span.start.line in _loops_with_else(text) else None


def _loops_with_else(text: str) -> frozenset[int]:
    """The lines of the loops of a template that say what to do without a turn."""
    from jinja2 import Environment, nodes

    environment = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    return frozenset(loop.lineno for loop in environment.parse(text).find_all(nodes.For) if loop.else_)
