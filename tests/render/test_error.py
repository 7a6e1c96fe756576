"""What is wrong in a chart, and where."""

# ruff: noqa: E501
import pytest

from kplan.model import Position
from tests.render.chart import errors, rendered

VALUES = "image: {repository: nginx, tag: 1}\nlist: [1, 2]\nport: 80\nnothing: [null]\n"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("a: {{ Values.image.tga }}", ["1:7 `Values.image.tga` is not defined (did you mean `tag`?)"]),
        ("a: {{ Values.imaeg.tag.x }}", ["1:7 `Values.imaeg` is not defined (did you mean `image`?)"]),
        ("a: {{ Values.port.number }}", ["1:7 `Values.port.number` is not defined: `Values.port` is a number"]),
        ("a: {{ Values['image']['tga'] }}", ["1:7 `Values['image']['tga']` is not defined (did you mean `tag`?)"]),
        ("a: {{ image.tag }}", ["1:7 `image` is not defined (did you mean `Values.image`?)"]),
        ("a: {{ Values.list[5] }}", ["1:7 `Values.list[5]`: the list has 2 items only"]),
        ("{% for x in Values.lits %}\n{{ x }}\n{% endfor %}", ["1:13 `Values.lits` is not defined (did you mean `list`?)"]),
        ("{% for x in Values.port %}\n{{ x }}\n{% endfor %}", ["1:1 the loop goes over a number, not over a list or mapping"]),
        ("{% if Values.x == 1 %}a{% else %}b{% endif %}", ["1:7 `Values.x` is not defined (there is `image`, `list`, `nothing`, `port`)"]),
        ("{{ Values.x | quote }}", ["1:4 `Values.x` is not defined (there is `image`, `list`, `nothing`, `port`)"]),
        ("{{ Values.x + 1 }}", ["1:4 `Values.x` is not defined (there is `image`, `list`, `nothing`, `port`)"]),
        ("{{ Values.nothing[0] }}", ['1:1 the value is null, which has no text (write `| default("")`, or `| toYaml` for the word `null`)']),
        ("{{ Values.x | required('say x') }}", ["1:4 say x (`Values.x` is not defined)"]),
        ("a: 1\nb: {{ fail('no ' ~ Values.port) }}", ["2:4 no 80"]),
        ("{{ 'abc' | trunc }}", ["1:1 `trunc` takes 2 arguments (count, value), and is given 1"]),
        ("{{ 5 | upper }}", ["1:1 `upper` needs a text, and is given a number"]),
        ("{{ 1 / 0 }}", ["1:1 division by zero"]),
        ("{{ 'a' + 1 }}", ["1:1 `+` cannot be done with a text and a number (`~` puts values of any kind together)"]),
        ("{{ include('nme') }}", ["1:1 there is no macro and no template `nme` (macros are looked for in the files `_*.j2` of all charts)"]),
        ("{% include 'b.j2' %}", ["1:1 there is no template `b.j2` in the chart"]),
        ("{{ upper }}", ["1:1 a function is written, not what it gives (call it: `name()`)"]),
        ("{{ Values() }}", ["1:1 a mapping cannot be called"]),
        ("{{ tpl('a {{ Values.zip }}', ctx) }}", ["1:1 in the text given to `tpl`: `Values.zip` is not defined (there is `image`, `list`, `nothing`, `port`)"]),
        ("{{ tpl('{% if %}', ctx) }}", ["1:1 the text given to `tpl` is no template: Expected an expression, got 'end of statement block'"]),
    ],
)  # fmt: skip
def test_used_values(template, expected):
    assert errors(template, VALUES) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("a: {{ Values.x. }}", ["1:17 expected name or number"]),
        ("a: 1\n  b: {{ Values.x | }}", ["2:20 expected token `name`, got `end of print statement`"]),
        ("{% if true %}\na: 1\n", ["2:1 unexpected end of template. Jinja was looking for the following tags: `elif` or `else` or `endif`. The innermost block that needs to be closed is `if`"]),
        ("a: 1\n{% fro x in y %}", ["2:4 encountered unknown tag `fro`"]),
        ("a: {{ x | toYmal }}", ["1:11 there is no filter `toYmal` (did you mean `toYaml`?)"]),
        ("a: {{ x is defned }}", ["1:9 there is no test `defned` (did you mean `defined`?)"]),
        ("a: {{ 'x }}", ["1:7 unexpected char \"`\""]),
        ("a: 1\nb: {# note", ["2:4 missing end of comment tag"]),
        ("a: {{ (1 }}", ["1:10 unexpected `}`, expected `)`"]),
        ("a:\n  b: {{ 1 ? 2 }}", ["2:11 unexpected char `?`"]),
    ],
)  # fmt: skip
def test_syntax(template, expected):
    assert errors(template) == expected


@pytest.mark.parametrize(
    "template",
    [
        "{% if Values.a.b.c %}x{% endif %}",
        "{{ Values.a.b | default('d') }}",
        "{{ coalesce(Values.a, Values.b.c, 1) }}",
        "{{ 'x' if Values.a.b is defined else 'y' }}",
        "{{ not Values.a }}",
        "{{ Values.a or Values.b or 3 }}",
        "{{ ternary('a', 'b', empty(Values.x)) }}",
        "{{ Files.Get('no') | default('') }}",
        "{{ kindIs('map', Values.q) }}",
        "{{ dig('a', 'b', 'd', Values) }}",
        "{% set x = Values.no %}{% if x %}{{ x }}{% endif %}",
    ],
)
def test_undefined_values_may_be_asked_for(template):
    assert errors(template, VALUES) == []


def test_all_errors_are_found():
    template = "a: {{ Values.a }}\n{% set x = Values.b | upper %}\nb: {{ x }} {{ x.y }}\n{% if x %}\nc: {{ Values.c }}\n{% endif %}\n{% for i in [1, 2] %}\nd: {{ Values.d }}\n{% endfor %}\n"
    made = rendered({"a.yaml": template, "b.yaml": "{{ nope }}", "c.yaml": "{{ x", "_m.j2": "{% if %}"})
    assert [(each.span.file, each.span.start.line) for each in made.findings] == [
        ("web/templates/_m.j2", 1),
        ("web/templates/a.yaml", 1),
        ("web/templates/a.yaml", 2),
        ("web/templates/a.yaml", 8),
        ("web/templates/b.yaml", 1),
        ("web/templates/c.yaml", 1),
    ]


def test_the_way_to_an_error():
    macros = (
        "{% macro outer() %}\n{{ inner() }}\n{% endmacro %}\n{% macro inner() %}\nx: {{ Values.no }}\n{% endmacro %}\n"
    )
    made = rendered(
        {"a.yaml": "a: 1\n{% include 'b.j2' %}\n", "b.j2": "b:\n  {{ include('outer') }}\n", "_m.j2": macros}
    )
    [finding] = made.findings
    assert str(finding.span) == "web/templates/_m.j2:5:7"
    assert [str(each.span) for each in finding.related] == [
        "web/templates/_m.j2:2:1",
        "web/templates/b.j2:2:3",
        "web/templates/a.yaml:2:1",
    ]


def test_a_failed_template_keeps_the_rest():
    made = rendered({"a.yaml": "a: {{ Values.no }}\nb: 2\n", "b.yaml": "c: 3\n"})
    assert [file.text for file in made.files] == ["a: \nb: 2\n", "c: 3\n"]
    assert made.findings[0].span.end == Position(1, 16)
