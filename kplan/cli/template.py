"""`kplan template`: what a chart makes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from kplan.cli.configured import configuration
from kplan.cli.exit import CLEAN, FOUND
from kplan.cli.option import namespace
from kplan.errors import InputError, OutputError, UsageError
from kplan.k8s.version import NEWEST, parse_version

if TYPE_CHECKING:
    from kplan.model import Finding, Manifest
    from kplan.render.chart import Chart
    from kplan.render.release import Capabilities, Release
    from kplan.render.rendering import Rendered
    from kplan.render.template import Selection
    from kplan.render.value import Given, Values

F = TypeVar("F", bound=Callable[..., Any])
_VALUES: Final = ("values", "set_json", "set", "set_string", "set_file", "set_literal")
_FLAGS: Final = ("is_upgrade", "include_crds", "skip_crds", "skip_tests", "no_hooks", "skip_schema_validation", "debug")
"""What helm is asked for in the same words."""


def _many(*names: str, metavar: str, help: str) -> Callable[[F], F]:
    return click.option(*names, multiple=True, metavar=metavar, help=help)


@click.command(name="template", short_help="Print what a chart makes.")
@click.argument("name_and_chart", nargs=-1, metavar="[NAME] CHART")
@_many("-f", "--values", metavar="FILE", help="Values in YAML, - for standard input; later ones win.")
@_many("--set", metavar="KEY=VALUE", help="Values: a.b=1,list={x,y},c[0].d=z.")
@_many("--set-string", metavar="KEY=VALUE", help="The same, and every value is a text.")
@_many("--set-json", metavar="KEY=JSON", help="Values in JSON.")
@_many("--set-literal", metavar="KEY=TEXT", help="One value: all the rest of the text, as it is.")
@_many("--set-file", metavar="KEY=FILE", help="Values that are the text of a file.")
@configuration
@namespace
@click.option("-g", "--generate-name", is_flag=True, help="Make a name up, always the same for a chart.")
@click.option("--name-template", metavar="TEMPLATE", help="Make the name by a template.")
@click.option("--kube-version", default=f"1.{NEWEST}", show_default=True, metavar="1.N", help="The cluster's version.")
@_many("-a", "--api-versions", metavar="NAMES", help="More of Capabilities.APIVersions, separated by commas.")
@click.option("--is-upgrade", is_flag=True, help="Release.IsUpgrade in place of Release.IsInstall.")
@_many("-s", "--show-only", metavar="PATTERN", help="Only what such templates make: templates/*.yaml.")
@click.option("--include-crds", is_flag=True, help="Print the folder crds/ too.")
@click.option("--skip-crds", is_flag=True, help="Do not, whatever --include-crds says.")
@click.option("--skip-tests", is_flag=True, help="Leave out what `helm test` runs.")
@click.option("--no-hooks", is_flag=True, help="Leave out all hooks.")
@click.option("--skip-schema-validation", is_flag=True, help="Do not check values by values.schema.json.")
@click.option("--notes", is_flag=True, help="Print NOTES.txt on standard error.")
@click.option("--output-dir", metavar="DIR", help="Write files below DIR, and print their names.")
@click.option("--release-name", is_flag=True, help="Write them below DIR/NAME.")
@click.option("--debug", is_flag=True, help="Print what could be made also where there are errors.")
def command(name_and_chart: tuple[str, ...], **given: Any) -> int:
    """Print what CHART makes of values, in the order in which Helm creates it: `kubectl apply -f -` takes it.

    CHART is a folder with a Chart.yaml, or a packed chart. Charts in Jinja are rendered here; charts with Go templates
    by `helm template`, where helm is installed, and kustomizations by kustomize or kubectl. Without NAME, the release
    is called as the chart.

    All errors of a chart are reported on standard error, at their place in the template, and then nothing is printed.
    So are values that no template reads, and results that chance decides; these are warnings.

    \b
    Examples:
      kplan template charts/lets-chat | kubectl apply -f -
      kplan template chat charts/lets-chat -f prod.yaml --set frontend.replicas=3
      kplan template charts/lets-chat --show-only 'templates/*.yaml' --output-dir out
    \b
    Exit codes: 0 printed, 1 the chart has errors, 2 wrong usage or unreadable input.
    """
    from kplan.render.chart import engine_of, is_chart

    name, folder = _name_and_folder(name_and_chart, given)
    if not is_chart(folder) and _is_kustomization(folder):
        return _kustomize(folder, given)
    chart = _read(folder)
    if engine_of(chart) == "helm":
        return _helm(name or chart.name, folder, given)
    return _jinja(name, chart, given)


def _is_kustomization(folder: str) -> bool:
    from kplan.render.kustomize import kustomization_in

    return os.path.isdir(folder) and kustomization_in(folder) is not None


def _name_and_folder(arguments: Sequence[str], given: dict[str, Any]) -> tuple[str | None, str]:
    if not 1 <= len(arguments) <= 2:
        raise UsageError("give the chart's folder, and before it the name of the release if you like: [NAME] CHART")
    asked = [key for key in ("generate_name", "name_template") if given[key]]
    ways = [*arguments[:-1], *map(_option, asked)]
    if len(ways) > 1:
        raise UsageError(f"the name is given twice: {' and '.join(ways)}")
    return (arguments[0] if len(arguments) == 2 else None), arguments[-1]


def _read(folder: str) -> Chart:
    from kplan.loader.file import near_miss
    from kplan.render.chart import read_archive, read_chart

    if not os.path.lexists(folder):
        raise UsageError(f"`{folder}` does not exist{near_miss(folder)}")
    chart = read_chart(os.path.normpath(folder)) if os.path.isdir(folder) else read_archive(folder)
    if chart.is_library:
        raise InputError(f"{chart.folder}: a library chart makes nothing by itself: other charts take its macros")
    return chart


def _jinja(name: str | None, chart: Chart, given: dict[str, Any]) -> int:
    from kplan.cli.write import note, write, write_file
    from kplan.render.order import written
    from kplan.render.rendering import manifest
    from kplan.render.template import layout, selected

    setting = _setting(name, chart, given)
    rendered, values, refusals = setting.render()
    read = manifest(rendered, values, default_namespace=setting.release.namespace)
    has_errors = _report(rendered, read, refusals, values)
    if has_errors and not given["debug"]:
        return FOUND
    found = selected(setting.chart, rendered, setting.selection)
    if given["output_dir"] is None:
        write(written(found))
    else:
        below = (setting.release.name,) if given["release_name"] else ()
        folder = os.path.join(given["output_dir"], *below)
        for path, text in _inside(folder, layout(found)):
            _make_folder(os.path.dirname(path))
            write_file(path, text)
            write(f"wrote {path}\n")
    if given["notes"]:
        click.echo(rendered.notes.rstrip("\n"), err=True)
    if not found:
        note("the chart makes nothing with these values")
    return FOUND if has_errors else CLEAN


@dataclass(frozen=True, slots=True)
class _Setting:
    """A chart and all that is asked for it."""

    chart: Chart
    given: Given
    release: Release
    capabilities: Capabilities
    selection: Selection
    checks_schema: bool

    def render(self) -> tuple[Rendered, Values, list[Finding]]:
        """The rendering, the values, and what speaks against the chart before it is rendered."""
        from kplan.render.refusal import chart_refusals, value_refusals
        from kplan.render.rendering import render
        from kplan.render.value import chart_with_values

        chart, values = chart_with_values(self.chart, self.given)
        refusals = [*chart_refusals(self.chart, self.capabilities)]
        refusals += value_refusals(chart, values) if self.checks_schema else ()
        return render(chart, values, self.release, capabilities=self.capabilities), values, refusals


def _setting(name: str | None, chart: Chart, given: dict[str, Any]) -> _Setting:
    from kplan.render.naming import checked_name, generated_name, name_from
    from kplan.render.release import Capabilities, Release
    from kplan.render.template import Selection

    space = given["namespace"]
    if given["name_template"] is not None:
        name = name_from(given["name_template"])
    elif given["generate_name"]:
        name = generated_name(chart.name, space)
    release = Release(checked_name(name or chart.name), space, given["is_upgrade"], 2 if given["is_upgrade"] else 1)
    version = given["kube_version"]
    capabilities = Capabilities(parse_version(version), _split(given["api_versions"]), _whole_version(version))
    wants_crds = given["include_crds"] and not given["skip_crds"]
    selection = Selection(given["show_only"], wants_crds, not given["skip_tests"], not given["no_hooks"])
    return _Setting(chart, _given(given), release, capabilities, selection, not given["skip_schema_validation"])


def _given(given: dict[str, Any]) -> Given:
    from kplan.loader.file import inputs
    from kplan.render.value import Given

    names = _split(given["values"])
    for name in names:
        if os.path.isdir(name):
            raise InputError(f"{name}: values are a file, and this is a folder")
    files = tuple((each.file, each.raw) for name in names for each in inputs((name,)))
    return Given(files, **{key: given[key] for key in _VALUES[1:]})


def _split(texts: Iterable[str]) -> tuple[str, ...]:
    """As Helm: several in one option are separated by commas."""
    return tuple(part for text in texts for part in text.split(",") if part)


def _whole_version(text: str) -> str:
    """As templates see it: `v1.30.0` of `1.30`."""
    version = f"v{text.strip().removeprefix('v')}"
    return re.sub(r"^(v1\.\d+)(?!\.?\d)", r"\1.0", version)


def _inside(folder: str, files: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The paths and texts of the files, all below the folder. Raises UsageError where one is not."""
    root = os.path.realpath(folder)
    paths = {source: os.path.join(folder, source) for source in files}
    for source, path in paths.items():
        real = os.path.realpath(path)
        if real == root or os.path.commonpath((real, root)) != root:
            raise UsageError(f"`{source}` would be written outside of `{folder}`")
    return ((paths[source], text) for source, text in files.items())


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise OutputError(f"`{folder}` cannot be made: {error.strerror}") from None


def _report(rendered: Rendered, read: Manifest, refusals: list[Finding], values: Values) -> bool:
    """Say on standard error what is wrong, and what is odd; whether there are errors."""
    from kplan.cli.write import note
    from kplan.model import Severity
    from kplan.render.remark import remarks, unknown_hooks
    from kplan.render.trail import with_options

    errors = (with_options(each, rendered, values) for each in (*refusals, *read.findings))
    found = (*errors, *remarks(rendered), *unknown_hooks(read.resources))
    if found:
        _tell(read, found)
    for one in read.skipped:
        note(f"{one.file}:{one.line}: no Kubernetes object ({one.reason}), which kubectl does not take")
    return any(each.severity is Severity.ERROR for each in found)


def _tell(read: Manifest, found: tuple[Finding, ...]) -> None:
    from kplan.cli.write import shown
    from kplan.pipeline import Lint
    from kplan.report.lint_text import findings
    from kplan.report.paint import paint_for
    from kplan.report.summary import counts

    lint = Lint(read, found, NEWEST)
    click.echo(shown(findings(lint, paint=paint_for("auto", error=True))), nl=False, err=True, color=True)
    click.echo(counts(lint), err=True)


def _helm(name: str, folder: str, given: dict[str, Any]) -> int:
    from kplan.cli.write import write
    from kplan.render.helm import run_helm
    from kplan.render.program import ProgramError

    named = ["--generate-name"] if given["generate_name"] else [name]
    if given["name_template"] is not None:
        named = ["--name-template", given["name_template"]]
    try:
        with _stdin_as_file(given) as readable:
            made = run_helm("template", *named, folder, *_for_helm(readable))
    except ProgramError as error:
        click.echo(f"error: helm cannot render `{folder}`: {error}", err=True)
        return FOUND
    if made is None:
        raise InputError(
            f"{folder}: its templates are Go templates, which `helm template` renders, and helm is not installed; "
            "`kplan chart convert` makes a chart in Jinja of it"
        )
    write(made.decode("utf-8", "replace"))
    return CLEAN


@contextmanager
def _stdin_as_file(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The options with a file in place of `-`: helm gets no standard input."""
    import tempfile

    from kplan.loader.file import inputs

    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        if "-" in given["values"]:
            file.write(next(inputs(("-",))).raw)
            file.flush()
        yield {**given, "values": [file.name if name == "-" else name for name in given["values"]]}


def _for_helm(given: dict[str, Any]) -> Iterator[str]:
    """The options as helm takes them."""
    if given["notes"]:
        raise UsageError("--notes: `helm template` does not print NOTES.txt")
    for key in ("kube_version", "namespace", "output_dir"):
        if given[key] is not None:
            yield from (_option(key), given[key])
    for key in (*_VALUES, "api_versions", "show_only"):
        for value in given[key]:
            yield from (_option(key), value)
    yield from (_option(key) for key in (*_FLAGS, "release_name") if given[key])


def _option(parameter: str) -> str:
    return f"--{parameter.replace('_', '-')}"


def _kustomize(folder: str, given: dict[str, Any]) -> int:
    from kplan.cli.write import write
    from kplan.render.kustomize import build
    from kplan.render.program import ProgramError

    for key, value in given.items():
        if value and key not in ("namespace", "kube_version"):
            raise UsageError(f"{_option(key)} is for charts, and `{folder}` is a kustomization")
    try:
        made = build(folder)
    except ProgramError as error:
        click.echo(f"error: `{folder}` cannot be built: {error}", err=True)
        return FOUND
    if made is None:
        raise InputError(f"{folder}: neither kustomize nor kubectl is installed, which build kustomizations")
    write(made.raw.decode("utf-8", "replace"))
    return CLEAN
