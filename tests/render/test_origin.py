"""Findings of a rendered chart stand in its templates."""

# ruff: noqa: E501
import pytest

from kplan.model import Position, Span
from kplan.pipeline import lint_manifest
from kplan.render.rendering import manifest
from tests.render.chart import rendered

DEPLOYMENT = """\
{% import '_pod.j2' as pod %}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ Release.Name }}
spec:
  selector:
    matchLabels: {{ Values.labels | toYaml }}
  template:
    metadata:
      labels:
        app: {{ Values.app }}
    spec:
      {{ pod.containers(Values.image) }}
"""
POD = """\
{% macro containers(image) %}
containers:
  - name: web
    image: {{ image }}
    {% if Values.typo %}
    imagePulPolicy: Always
    {% endif %}
    args: {{ Values.args | toYaml }}
{% endmacro %}
"""
VALUES = {"labels": "{app: web}", "app": "web", "image": "'nginx:1.27'", "typo": "false", "args": "[]"}


def lint(**values: str) -> list[tuple[str, str, str]]:
    """(rule, start and end of the place in the template) of each finding."""
    text = "".join(f"{key}: {value}\n" for key, value in {**VALUES, **values}.items())
    made = rendered({"web.yaml": DEPLOYMENT, "_pod.j2": POD}, text)
    assert not made.findings
    found = lint_manifest(manifest(made), minor=36)
    assert all(each.span.file == "web/templates/web.yaml (rendered)" for each in found)
    places = [each.span.origin for each in found]
    return [(f.rule, str(p), f"{p.end.line}:{p.end.column}") for f, p in zip(found, places, strict=True)]


def test_nothing_is_wrong():
    assert lint() == []


def test_unknown_field_in_a_macro():
    assert lint(typo="true") == [("unknown-field", "web/templates/_pod.j2:6:5", "6:19")]


def test_selector_mismatch_through_values():
    assert lint(app="wbe") == [("selector-mismatch", "web/templates/web.yaml:12:9", "12:30")]


def test_wrong_type_through_values():
    assert lint(args="{a: 1}") == [("wrong-type", "web/templates/_pod.j2:8:11", "8:37")]


def test_yaml_error_after_rendering():
    [(rule, place, _)] = lint(app="'a: b: c'")
    assert (rule, place) == ("yaml-syntax", "web/templates/web.yaml:12:14")


@pytest.mark.parametrize(
    ("template", "part", "expected"),
    [
        ("a: b\nkey: value\n", "value", "2:6-2:11"),
        ("{# x #}a: {{ 'v' }}z\n", "v", "1:11-1:20"),
        ("{# x #}a: {{ 'v' }}z\n", "z", "1:20-1:21"),
        ("{% if true %}\n  a: b\n{% endif %}\n", "b", "2:6-2:7"),
        ("a: {{- ' b' -}}   \n\nc: d\n", "d", "3:4-3:5"),
        ("é: {{ 'é' }} ü\n", "ü", "1:14-1:15"),
        ("a: {% raw %}{{ x }}{% endraw %}\n", "{ x }", "1:14-1:19"),
        ("a:\r\nb: {{ 'x' }}\r\nc: d\r\n", "d", "3:4-3:5"),
    ],
)
def test_columns(template, part, expected):
    made = rendered({"a.yaml": template})
    assert not made.findings
    [file] = made.files
    start = file.text.rindex(part)
    line, column = file.text.count("\n", 0, start) + 1, start - file.text.rfind("\n", 0, start)
    place = file.origins.origin(Span("a", Position(line, column), Position(line, column + len(part))))
    assert f"{place.start.line}:{place.start.column}-{place.end.line}:{place.end.column}" == expected


def trace_of(templates, values, part):
    made = rendered(templates, values)
    assert not made.findings, made.findings
    file = made.files[0]
    start = file.text.index(part)
    line, column = file.text.count("\n", 0, start) + 1, start - file.text.rfind("\n", 0, start)
    return made.trace(Span(file.rendered_file, Position(line, column), Position(line, column + len(part))))


def test_the_way_of_a_text():
    templates = {
        "a.yaml": "a:\n  {{ include('outer', ctx) }}\n",
        "_m.j2": "{% macro outer(c) %}\nb: {{ inner(c.Values.x) }}\n{% endmacro %}\n{% macro inner(x) %}\nc: 1\nd: {{ x }}\n{% endmacro %}\n",
    }
    trace = trace_of(templates, "x: deep", "deep")
    assert str(trace.span) == "web/templates/_m.j2:6:4"
    assert [str(each) for each in trace.callers] == ["web/templates/_m.j2:2:4", "web/templates/a.yaml:2:3"]
    assert trace.values == (("x",),)


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("{{ Values.x }}", (("x",),)),
        ("{{ Values.x | b64enc | trunc(3) }}", (("x",),)),
        ("{% set y = Values.x %}{{ y }}", (("x",),)),
        ("{{ Values.m.k ~ '-' ~ Values.q }}", (("m", "k"), ("q",))),
        ("{{ Values.m | toYaml }}", (("m", "k"), ("m", "l"))),
        ("{{ Values.l[1] }}", (("l", 1),)),
        ("{{ tpl('{{ Values.x }}', ctx) }}", (("x",),)),
        ("{{ 1 }}", ()),
    ],
)
def test_the_values_of_a_text(template, values):
    made = rendered({"a.yaml": template}, "x: some\nm: {k: 1, l: 2}\nq: 3\nl: [1, 2]\n")
    assert not made.findings
    file = made.files[0]
    trace = file.origins.trace(Span("a", Position(1, 1), Position(1, len(file.text) + 1)))
    found = {path for segment in file.segments for path in segment.values}
    assert set(values) == found
    assert trace.span.start == Position(1, template.index("{{") + 1 if "set" in template else 1)


def test_segments_cover_the_text():
    templates = {
        "a.yaml": "a: {{ Values.m }}\nb:\n  {% include '_b.j2' %}\n- {{ Values.t }}",
        "_b.j2": "x: {{ Values.m }}\n\ny: |\n  {{ Values.t }}\n",
    }
    [file] = rendered(templates, 'm: {p: {q: [1, 2]}}\nt: "one\\n\\ntwo\\n"\n').files
    assert sum(segment.length for segment in file.segments) == len(file.text)
    assert all(segment.place for segment in file.segments)


def test_a_value_inside_of_what_to_yaml_writes():
    from kplan.render.release import Capabilities, Release
    from kplan.render.rendering import manifest, render
    from kplan.render.value import chart_with_values
    from tests.render.chart import chart

    template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {{ Values.labels | toYaml }}\n"
    values = "labels:\n  a: b\n  c: [1, 2]\n  d:\n    a: x\n    e: y\n"
    made, given = chart_with_values(chart({"a.yaml": template}, values))
    rendered = render(made, given, Release("rel", "shop"), capabilities=Capabilities(36))
    (resource,) = manifest(rendered, given).resources

    def written(*path):
        span = resource.source.span(("metadata", "labels", *path))
        while span.origin:
            span = span.origin
        return span.file, span.start.line

    found = [written(*path) for path in (("a",), ("c", 0), ("c", 1), ("d", "a"), ("d", "e"))]
    assert found == [("web/values.yaml", line) for line in (2, 3, 3, 5, 6)]
