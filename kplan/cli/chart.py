"""`kplan chart`: begin a chart, describe its values, test it, and turn a Helm chart into one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from kplan.cli.exit import CLEAN, FOUND
from kplan.cli.option import kube_version

if TYPE_CHECKING:
    from kplan.render.chart import Chart
    from kplan.render.convert.chart import ConvertedChart
    from kplan.render.golden import Outcome

_CHART = click.argument("chart", type=click.Path(exists=True, file_okay=False))


@click.group(name="chart", short_help="Begin, describe, test and convert charts.")
def command() -> None:
    """Charts with Jinja templates: begin one, describe its values, test it, and make one of a Helm chart.

    \b
    Examples:
      kplan chart new web
      kplan chart schema web --write
      kplan chart test web
      kplan chart convert helm/web web
    """


@command.command(short_help="Begin a chart.")
@click.argument("name", metavar="FOLDER", type=click.Path())
def new(name: str) -> None:
    """Begin a chart in a folder that is not there yet; the chart has the folder's name.

    It is that of a web application: a Deployment, a Service, an Ingress and a disruption budget, with a golden case.

    \b
    Examples:
      kplan chart new web
      kplan chart new charts/web
    """
    from kplan.cli.write import write
    from kplan.render.folder import write_folder
    from kplan.render.skeleton import skeleton

    files = skeleton(os.path.basename(os.path.normpath(name)))
    write_folder(files, name)
    write(f"{name} has {len(files)} files; next: kplan lint {name}, kplan chart test {name}\n")


@command.command(short_help="Print a JSON Schema of a chart's values.")
@_CHART
@click.option("--write", "to_file", is_flag=True, help="Write it to the chart's values.schema.json.")
def schema(chart: str, to_file: bool) -> None:
    """Print a JSON Schema, inferred from the values.yaml of a chart: types, known keys, comments as descriptions.

    It is a start, to be completed by hand: what is required, which values there are.

    \b
    Examples:
      kplan chart schema web
      kplan chart schema web --write
    """
    from kplan.cli.write import write, write_file

    text = _schema(chart)
    if to_file:
        write_file(os.path.join(chart, "values.schema.json"), text)
    else:
        write(text)


def _schema(folder: str) -> str:
    import json

    from kplan.render.chart import read_chart
    from kplan.render.value.description import descriptions
    from kplan.render.value.schema import inferred_schema
    from kplan.render.value.whole import taken_whole

    chart = read_chart(folder)
    path = os.path.join(folder, "values.yaml")
    text = _read(path).decode("utf-8-sig", "replace") if os.path.exists(path) else ""
    names = {str(one.get("alias") or one.get("name")) for one in chart.required} | {c.name for c in chart.dependencies}
    whole = taken_whole(file.data.decode("utf-8", "replace") for file in chart.templates)
    made = inferred_schema(chart.values, descriptions(chart.values, text), whole, names)
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


@command.command(short_help="Run the golden cases of a chart.")
@_CHART
@click.option("--update", is_flag=True, help="Write what is rendered as what is expected.")
@click.option("--require-branches", is_flag=True, help="Fail where a condition or loop is not taken both ways.")
@kube_version
def test(chart: str, update: bool, require_branches: bool, minor: int) -> int:
    """Render a chart for each of its golden cases and compare, then name the conditions and loops of its templates
    that no case takes one way or the other.

    A case is a folder CHART/tests/NAME with values.yaml and expected.yaml; a release.yaml may set `name`, `namespace`
    and `kubeVersion`, which are else the chart's name, `default` and --kube-version.

    \b
    Examples:
      kplan chart test web
      kplan chart test web --update
    \b
    Exit codes: 0 fine, 1 a case differs or has errors (or a branch is missed, if asked), 2 wrong usage.
    """
    from kplan.cli.write import shown, write
    from kplan.errors import UsageError
    from kplan.render.golden import cases, run, unreached

    found = _jinja_chart(chart)
    outcomes = [run(found, case) for case in cases(found, minor)]
    if not outcomes:
        raise UsageError(f"{chart} has no case: write tests/NAME/values.yaml, then `kplan chart test --update`")
    if update:
        outcomes = [_updated(outcome) for outcome in outcomes]
    missed = unreached(found, outcomes)
    write(shown("".join(f"{line}\n" for outcome in outcomes for line in _told(outcome))))
    failed = sum(not outcome.is_same for outcome in outcomes)
    if missed:
        lines = "".join(f"  {each.span}: `{each.tag}` {each.why}\n" for each in missed)
        write(shown(f"in no case:\n{lines}"))
    write(f"{len(outcomes) - failed} of {len(outcomes)} cases as expected\n")
    return FOUND if failed or (missed and require_branches) else CLEAN


def _jinja_chart(folder: str) -> Chart:
    """The chart of a folder. Raises UsageError for one that is no Jinja chart."""
    from kplan.errors import UsageError
    from kplan.render.chart import engine_of, read_chart

    chart = read_chart(folder)
    if engine_of(chart) == "helm":
        raise UsageError(
            f"the templates of {folder} are Go's; `kplan chart convert {folder}` makes a Jinja chart of it"
        )
    return chart


def _updated(outcome: Outcome) -> Outcome:
    """The outcome with what was rendered, if without an error, as what is expected."""
    from dataclasses import replace

    from kplan.cli.write import write_file

    if outcome.rendered.findings or outcome.is_same:
        return outcome
    write_file(outcome.case.file, outcome.text)
    return replace(outcome, case=replace(outcome.case, expected=outcome.text))


def _told(outcome: Outcome) -> Iterator[str]:
    from kplan.render.golden import difference

    name = outcome.case.name
    if outcome.rendered.findings:
        yield f"error   {name}"
        yield from (f"  {each.span}: {each.message}" for each in outcome.rendered.findings)
    elif outcome.case.expected is None:
        yield f"new     {name}: there is no {outcome.case.file}; --update writes it"
    elif not outcome.is_same:
        yield f"differs {name}"
        yield from difference(outcome)
    else:
        yield f"ok      {name}"


@command.command(short_help="Make a Jinja chart of a Helm chart.")
@click.argument("chart", metavar="HELM_CHART", type=click.Path(exists=True, file_okay=False))
@click.argument("folder", required=False, type=click.Path())
@click.option(
    "-f",
    "--values",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Compare with these values too; each file by itself.",
)
@kube_version
def convert(chart: str, folder: str | None, values: tuple[str, ...], minor: int) -> int:
    """Make a Jinja chart of a Helm chart, in FOLDER (HELM_CHART-jinja by default), which is not there yet.

    What cannot be converted is left as a comment in its place, and named. Where helm is installed, both charts are
    rendered, with the values of the chart and with each of the files, and what differs is told.

    \b
    Examples:
      kplan chart convert charts/web
      kplan chart convert charts/web web -f production.yaml
    \b
    Exit codes: 0 all converted and, where helm is installed, equal; 1 something is left or differs; 2 wrong usage.
    """
    from kplan.cli.write import shown, write
    from kplan.render.convert.chart import convert_chart
    from kplan.render.folder import write_folder

    folder = folder or f"{os.path.normpath(chart)}-jinja"
    converted = convert_chart(chart)
    write_folder(converted.files, folder)
    count = sum("templates/" in name for name in converted.files)
    write(shown(f"{chart} is converted to {folder}: {count} templates\n"))
    for mark in converted.marked:
        write(shown(f"{mark.file}:{mark.line}: not converted: {mark.why}\n"))
    equal = [_compared(chart, folder, converted, file, minor) for file in (None, *values)]
    return CLEAN if all(equal) and not converted.marked else FOUND


def _compared(chart: str, folder: str, converted: ConvertedChart, file: str | None, minor: int) -> bool:
    """Whether Helm makes the same of both, or does not tell; says so."""
    from kplan.cli.write import note, shown, write
    from kplan.render.convert.compare import compare
    from kplan.render.program import ProgramError

    what = f"with {file}" if file else "with the values of the chart"
    values = converted.values(_read(file), file) if file else b""
    try:
        found = compare(os.path.normpath(chart), folder, minor=minor, file=file, values=values)
    except ProgramError as error:
        note(f"not compared {what}: helm cannot render the chart: {error}", "warning")
        return True
    if found is None:
        if file is None:
            note("not compared with Helm's rendering: helm is not installed")
        return True
    for line in found.differences:
        write(shown(f"differs {what}: {line}\n"))
    if not found.differences:
        write(f"equal {what}: {found.objects} objects\n")
    elif found.chances:
        calls = ", ".join(f"{chance.span} {chance.function}" for chance in found.chances)
        note(shown(f"chance decides, in Helm differently each time: {calls}"))
    return not found.differences


def _read(path: str) -> bytes:
    from kplan.errors import InputError

    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
