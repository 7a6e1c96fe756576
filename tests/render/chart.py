"""Charts in memory."""

from kplan.render.chart import Chart, ChartFile
from kplan.render.limit import Limits
from kplan.render.release import Capabilities, Release
from kplan.render.rendering import Rendered, render
from kplan.render.value import chart_with_values
from kplan.render.value.read import read_values

FEW = Limits(steps=200_000, characters=10_000_000, output=1_000_000)


def chart(
    templates: dict[str, str], values: str = "", *, name="web", folder="web", files=None, charts=(), **metadata
) -> Chart:
    return Chart(
        name=name,
        folder=folder,
        metadata={"name": name, "version": "1.2.3", "appVersion": "9", **metadata},
        values=read_values(values.encode(), f"{folder}/values.yaml"),
        templates=tuple(ChartFile(f"templates/{file}", text.encode()) for file, text in templates.items()),
        files=tuple(ChartFile(file, data) for file, data in (files or {}).items()),
        dependencies=tuple(charts),
    )


def rendered(templates: dict[str, str], values: str = "", *, limits: Limits = FEW, release=None, **rest) -> Rendered:
    made, given = chart_with_values(chart(templates, values, **rest))
    release = release or Release("rel", "shop")
    return render(made, given, release, capabilities=Capabilities(36), limits=limits)


def text(template: str, values: str = "", **rest) -> str:
    """What one template makes, without an error."""
    made = rendered({"a.yaml": template}, values, **rest)
    assert not made.findings, [each.message for each in made.findings]
    return made.files[0].text


def errors(template: str, values: str = "", **rest) -> list[str]:
    """The errors of one template: line:column message (help)."""
    made = rendered({"a.yaml": template}, values, **rest)
    return [
        f"{each.span.start.line}:{each.span.start.column} {each.message}" + (f" ({each.help})" if each.help else "")
        for each in made.findings
    ]
