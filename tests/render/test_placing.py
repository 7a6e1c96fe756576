"""What is written is indented to the place where it stands."""

# ruff: noqa: E501
import pytest

from tests.render.chart import text

VALUES = """\
map: {b: {c: 1}, a: x}
list: [1, {k: v, l: w}]
one: {a: b}
empty: {}
lines: "one\\ntwo\\n\\nthree\\n"
"""
MACROS = """\
{% macro pair() %}
a: 1
b:
  c: 2
{% endmacro %}
{% macro name() %}
the-name
{% endmacro %}
"""


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("  {{ Values.map | toYaml }}\n", "  a: x\n  b:\n    c: 1\n"),
        ("k:\n  {{ Values.map }}\n", "k:\n  a: x\n  b:\n    c: 1\n"),
        ("k: {{ Values.map | toYaml }}\nz: 1\n", "k:\n  a: x\n  b:\n    c: 1\nz: 1\n"),
        ("k: {{ Values.one | toYaml }}\n", "k:\n  a: b\n"),
        ("k: {{ Values.empty | toYaml }}\n", "k: {}\n"),
        ("- k: {{ Values.map | toYaml }}\n", "- k:\n    a: x\n    b:\n      c: 1\n"),
        ("- {{ Values.map | toYaml }}\n", "- a: x\n  b:\n    c: 1\n"),
        ("k:\n  - - {{ Values.map | toYaml }}\n", "k:\n  - - a: x\n      b:\n        c: 1\n"),
        ("k: {{ Values.list | toYaml }}\n", "k:\n  - 1\n  - k: v\n    l: w\n"),
        ("'k': {{ Values.one | toYaml }}\n", "'k':\n  a: b\n"),
        ("k: |\n  {{ Values.lines }}\n", "k: |\n  one\n  two\n\n  three\n\n"),
        ("k: {{ Values.lines | toYaml }}\n", "k: |\n  one\n  two\n\n  three\n"),
        ("- k: {{ Values.lines | toYaml }}\n", "- k: |\n    one\n    two\n\n    three\n"),
        ("k: {{ Values.lines | quote }}\n", 'k: "one\\ntwo\\n\\nthree\\n"\n'),
        ("k: {{ Values.map | toJson }}\n", 'k: {"a":"x","b":{"c":1}}\n'),
        ("k:\n{{ Values.one | toYaml | indent(4) }}\n", "k:\n    a: b\n"),
        ("k: {{- Values.map | toYaml | nindent(2) }}\n", "k:\n  a: x\n  b:\n    c: 1\n"),
        ("k: {{ Values.map | toYaml | nindent(4) }}\n", "k: \n    a: x\n    b:\n      c: 1\n"),
        ("k: a {{ Values.lines }}\n", "k: a one\ntwo\n\nthree\n\n"),
    ],
)
def test_values(template, expected):
    assert text(template, VALUES) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("k:\n  {{ pair() }}\nz: 1\n", "k:\n  a: 1\n  b:\n    c: 2\nz: 1\n"),
        ("k: {{ pair() }}\n", "k:\n  a: 1\n  b:\n    c: 2\n"),
        ("- {{ pair() }}\n", "- a: 1\n  b:\n    c: 2\n"),
        ("k: {{ name() }}\n", "k: the-name\n"),
        ("k: {{ name() }}-x\n", "k: the-name-x\n"),
        ('k: "{{ name() }}"\n', 'k: "the-name"\n'),
        ("k: {{ name() | upper }}\n", "k: THE-NAME\n"),
        ("k:\n  {% include '_part.j2' %}\nz: 1\n", "k:\n  p: 1\n  q:\n    - 2\nz: 1\n"),
        ("k:\n  {{ include('_part.j2') }}\nz: 1\n", "k:\n  p: 1\n  q:\n    - 2\nz: 1\n"),
        ("k:\n  {{ include('pair') }}\n", "k:\n  a: 1\n  b:\n    c: 2\n"),
        ("{% set p = pair() %}\nk:\n  {{ p }}\n", "k:\n  a: 1\n  b:\n    c: 2\n"),
        ("{% set p %}\nx: 1\ny: 2\n{% endset %}\nk:\n  {{ p }}\nz: 1\n", "k:\n  x: 1\n  y: 2\nz: 1\n"),
        ("k:\n  {% call wrap() %}\n  i: 1\n  j: 2\n  {% endcall %}\nz: 1\n", "k:\n  w:\n    i: 1\n    j: 2\nz: 1\n"),
        ("{% call wrap() %}\n    i:\n      - 1\n\n    j: 2\n{% endcall %}\n", "w:\n  i:\n    - 1\n\n  j: 2\n"),
        ("{% call wrap() %}i: 1{% endcall %}\n", "w:\n  i: 1"),
    ],
)
def test_parts(template, expected):
    from tests.render.chart import rendered

    more = "{% macro wrap() %}\nw:\n  {{ caller() }}\n{% endmacro %}\n"
    made = rendered(
        {
            "a.yaml": "{% from '_m.j2' import pair, name, wrap %}\n" + template,
            "_m.j2": MACROS + more,
            "_part.j2": "p: 1\nq:\n  - 2\n",
        }
    )
    assert not made.findings
    assert made.files[0].text == expected


def test_tags_leave_no_empty_lines():
    template = "a: 1\n{% if Values.on %}\n  {# note #}\nb: 2\n{% else %}\nc: 3\n{% endif %}\nd: 4\n"
    assert text(template, "'on': true") == "a: 1\nb: 2\nd: 4\n"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("true", "true"), ("7", "7"), ("1000000", "1000000"), ("1.50", "1.5"), ("2.0", "2"), ("1e6", "1e+06"), ("'x'", "x"),
     ("1 == 1", "true"), ("7 / 2", "3.5"), ("7 // 2", "3"), ("'a' ~ 1 ~ true", "a1true"), ("'x' if false", "")],
)  # fmt: skip
def test_scalars(expression, expected):
    assert text("{{ " + expression + " }}") == expected
