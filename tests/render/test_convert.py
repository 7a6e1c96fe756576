"""Go templates to Jinja: how the result reads, what is marked, and that nothing breaks it."""

from __future__ import annotations

import random
from pathlib import Path
from textwrap import dedent

import pytest

from kplan.errors import InputError
from kplan.render.convert.chart import convert_chart
from kplan.render.convert.compare import Document, differences
from kplan.render.convert.emit import Converted, convert
from kplan.render.convert.expression import Scope
from kplan.render.convert.known import Known
from kplan.render.convert.piece import Whitespace
from kplan.render.function import functions

HERE = Path(__file__).parent
KNOWN = Known(({"a": 1, "image": {"tag": "x"}, "hosts": [{"name": "h", "port": 1}, {"name": "i"}]},), True, True)


def converted(source: str, whitespace: Whitespace = Whitespace.YAML) -> Converted:
    return convert(source, "t.yaml", Scope(frozenset(functions()), values=KNOWN), whitespace)


EXPRESSIONS = [pair.splitlines() for pair in (HERE / "convert_expressions.txt").read_text().strip().split("\n\n")]


@pytest.mark.parametrize(("source", "expected"), EXPRESSIONS)
def test_expression(source: str, expected: str) -> None:
    made = converted(f"x: {source}")
    assert made.text == f"x: {expected}"
    assert not made.marked


LAYOUTS = {
    "spec:\n  {{- with .Values.image }}\n  image:\n    {{- toYaml . | nindent 4 }}\n  {{- end }}\n": (
        "spec:\n  {% if Values.image %}\n  image:\n    {{ Values.image | toYaml }}\n  {% endif %}\n"
    ),
    "a:\n{{ toYaml .Values.image | indent 2 }}\nb: 1\n": "a:\n  {{ Values.image | toYaml }}\nb: 1\n",
    "a: {{- toYaml .Values.image | nindent 2 }}\n": "a:\n  {{ Values.image | toYaml }}\n",
    "a: [{{ if .Values.a }}1{{ end }}]\n": "a: [{% if Values.a %}1{% endif %}]\n",
    "a: |\n  x\n  {{ if .Values.a }}\n  y\n  {{ end }}\nb: 1\n": (
        "a: |\n  x\n  {%+ if Values.a +%}\n  y\n  {%+ endif +%}\nb: 1\n"
    ),
    "a: |\n  x\n  {{- if .Values.a }}\n  y\n  {{- end }}\nb: 1\n": (
        "a: |\n  x\n  {% if Values.a %}\n  y\n  {% endif %}\nb: 1\n"
    ),
    "a: x{{- if .Values.a }}\nb: 1\n{{- end }}\n": "a: x{%- if Values.a +%}\nb: 1\n{%- endif +%}\n",
    "{{- if .Values.a -}}\na: 1\n{{- end -}}\n": "{% if Values.a %}\na: 1\n{% endif %}\n",
    "a: 1\n{{ $x := 1 -}}\nb: {{ $x }}\n": "a: 1\n{% set x = 1 %}\nb: {{ x }}\n",
    "{{- range .Values.hosts }}\n{{- if .name }}\na: 1\n{{- else if .port }}\nb: 1\n{{- end }}\n{{- end }}\n": (
        "{% for item in each(Values.hosts) %}\n{% if item.name %}\na: 1\n"
        "{% elif item.port %}\nb: 1\n{% endif %}\n{% endfor %}\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", LAYOUTS)
def test_layout(source: str) -> None:
    assert converted(source).text == LAYOUTS[source]


def test_all_white_space_is_kept_where_it_matters() -> None:
    made = converted("{{- if .Values.a }}\na: 1\n{{ end }}\n", Whitespace.ALL).text
    assert made == "{%- if Values.a +%}\na: 1\n{% endif +%}\n"


FIXED = "`set` would change the values of the chart, which stay as they are"
MARKED = {
    '{{ set .Values "a" 1 }}': FIXED,
    '{{ $v := .Values.image }}{{ $_ := set $v "a" 1 }}': FIXED,
    "{{ nothing 1 }}": "there is no function `nothing`",
    "{{ $x }}": "the variable $x is not set",
    '{{ dict "a" }}': "`dict` takes keys and values",
}  # fmt: skip


@pytest.mark.parametrize("source", MARKED)
def test_marked(source: str) -> None:
    made = converted(f"a: 1\nb: {source}\nc: 2\n")
    assert [(each.line, each.why) for each in made.marked] == [(2, MARKED[source])]
    assert f"{{# kplan: not converted: {MARKED[source]}: {source[source.rindex('{{') :]} +#}}\nc: 2\n" in made.text


def test_a_go_template_that_is_put_together_is_marked() -> None:
    (marked,) = converted('{{ tpl (cat "{{ .a" "}}") . }}').marked
    assert marked.why == "`tpl` is given a Go template that is put together here"


def test_what_is_marked_stays_as_a_comment() -> None:
    made = converted("a: 1\n{{- if nothing 1 }}\nb: {{ 1 }} #}\n{{- end }}\nc: 2\n")
    why = "there is no function `nothing`"
    kept = "{{- if nothing 1 }}\nb: {{ 1 }} # }\n{{- end }}"
    assert made.text == f"a: 1\n{{# kplan: not converted: {why}: {kept} #}}\nc: 2\n"


REFUSED = {
    "a\n{{ if }": "t.yaml:2:1: this action is not closed, or has a character that means nothing",
    "{{ if .a }}": "t.yaml: the template ends before `end`",
    "{{ end }}": "t.yaml:1: `end` ends nothing",
    '{{ "\\q" }}': 't.yaml:1:4: `"\\q"` is no constant: `\\q` is no escape',
    "{{ 'ab' }}": "t.yaml:1:4: `'ab'` is no constant: it is not one character",
    "{{ (1 }}": "t.yaml:1: a value is missing",
    "{{ /* x }}": "t.yaml:1:1: this action is not closed, or has a character that means nothing",
}


@pytest.mark.parametrize("source", REFUSED)
def test_refused(source: str) -> None:
    with pytest.raises(InputError) as caught:
        converted(source)
    assert str(caught.value) == REFUSED[source]


def test_damaged_templates_are_converted_or_refused() -> None:
    charts = HERE.parent / "conformance/helm_charts"
    sources = [file.read_text() for file in sorted(charts.glob("*/helm/**/templates/*")) if file.is_file()]
    pieces = ["{{", "}}", "{{-", "-}}", "|", "(", ")", '"', "`", ".", "$x", ":=", "end", "if", "else", "range", "with"]
    draw = random.Random(7)
    outcomes = []
    for _ in range(500):
        source = draw.choice(sources)
        at = draw.randrange(len(source) + 1)
        source = source[:at] + draw.choice(["", *pieces]) + source[at + draw.randint(0, 6) :]
        try:
            outcomes.append(bool(converted(source).text))
        except InputError:
            outcomes.append(False)
    assert 50 < sum(outcomes) < 500


def write(folder: Path, files: dict[str, str]) -> str:
    for name, text in {"Chart.yaml": "{apiVersion: v2, name: web, version: 1.0.0}\n", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text))
    return str(folder)


def test_chart(tmp_path: Path) -> None:
    files = {
        "values.yaml": "a: 1\n# {{ ... }}\nb: '{{ .Release.Name }}'\nc: |\n  # {{ .Chart.Name }}\n",
        "README.md": "{{ .Values.a }}\n",
        "templates/_a.tpl": '{{ define "web.a-b" }}x{{ end }}{{ define "web.a_b" }}{{ .y }}{{ end }}',
        "templates/b.txt": '{{ include "web.a-b" . }}{{ include "web.a_b" (dict "y" .Values.a) }}{{ tpl .Values.b . }}',
        "templates/sub/c.yaml": '{{ define "c" }}c{{ end }}c: {{ template "c" }}',
        ".helmignore": "*.bak\n",
        "templates/d.yaml.bak": "{{ broken",
        "charts/db/Chart.yaml": "{apiVersion: v2, name: db, version: 1.0.0}\n",
        "charts/db/templates/e.yaml": "e: {{ .Values.a }}\n",
    }
    made = convert_chart(write(tmp_path, files))
    text = {name: data.decode() for name, data in made.files.items()}
    assert not made.marked
    assert text["templates/_a.j2"] == (
        "{% macro web_a_b() %}\nx\n{% endmacro %}\n\n{% macro web_a_b_(dot) %}\n{{ dot.y }}\n{% endmacro %}\n"
    )
    assert (
        text["templates/b.txt.yaml"]
        == '{{ include("web_a_b", ctx) }}{{ include("web_a_b_", {"y": Values.a}) }}{{ tpl(Values.b, ctx) }}'
    )
    assert text["templates/_macros.j2"] == "{% macro c() %}\nc\n{% endmacro %}\n"
    assert text["templates/sub/c.yaml"] == 'c: {{ include("c", none) }}'
    assert text["templates/d.yaml.bak"] == "{{ broken"
    assert text["charts/db/templates/e.yaml"] == "e: {{ Values.a | optional }}\n"
    assert text["README.md"] == "{{ .Values.a }}\n"
    assert made.evaluates
    assert text["values.yaml"] == "a: 1\n# {{ ... }}\nb: '{{ Release.Name }}'\nc: |\n  # {{ Chart.Name }}\n"
    assert made.values(b"b: '{{ .Chart.Name }}'\n", "x.yaml") == b"b: '{{ Chart.Name }}'\n"


def test_no_chart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no Chart.yaml"):
        convert_chart(str(tmp_path))


@pytest.mark.parametrize("source", ["{{ " + "(" * 20_000, "{{ if .a }}" * 20_000 + "{{ end }}" * 20_000])
def test_too_deep(tmp_path: Path, source: str) -> None:
    with pytest.raises(InputError):
        convert_chart(write(tmp_path, {"templates/a.yaml": source}))


def test_a_link_out_of_the_chart_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    folder = write(tmp_path / "web", {"templates/a.yaml": "a: 1\n"})
    (tmp_path / "web/link").symlink_to(tmp_path / "secret")
    (tmp_path / "web/loop").symlink_to(tmp_path / "web/loop")
    assert sorted(convert_chart(folder).files) == ["Chart.yaml", "templates/a.yaml"]


def test_differences() -> None:
    service = {"kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}], "type": "A"}}
    other = {**service, "spec": {"ports": [{"port": 80.0}], "clusterIP": "x"}}
    secret = {"kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "one"}}
    ours = [Document("a.yaml", other), Document("a.yaml", {**secret, "data": {"a": "two"}}), Document("b.yaml", 1)]
    assert differences([Document("a.yaml", service), Document("a.yaml", secret), Document("c.yaml", 2)], ours) == (
        "Service web (a.yaml): spec.type is only in Helm",
        "Service web (a.yaml): spec.clusterIP is not in Helm",
        "Secret s (a.yaml): data.a differs",
        "a document (c.yaml): only in Helm",
        "a document (b.yaml): not in Helm",
    )
