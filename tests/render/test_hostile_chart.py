"""Charts that mean harm end with an error, within the limits."""

# ruff: noqa: E501
import time

import pytest

from kplan.render.limit import Limits
from tests.render.chart import errors, rendered

MACRO = "{% macro f(x) %}{{ f(x) }}{% endmacro %}"


@pytest.mark.parametrize(
    ("template", "part"),
    [
        ("{% for i in range(100000000000) %}x{% endfor %}", "texts and lists of more than"),
        ("{% for i in range(1000) %}{% for j in range(1000) %}x{% endfor %}{% endfor %}", "more than 200,000 steps"),
        ("{% for i in range(5000) %}{{ 'x' | repeat(1000) }}{% endfor %}", "texts and lists of more than"),
        ("{{ 'x' | repeat(1000000000000) }}", "texts and lists of more than"),
        ("{{ 'x' * 1000000000000 }}", "cannot be done with a text and a number"),
        ("{{ [0] * 1000000000000 }}", "cannot be done with a list and a number"),
        ("{{ 9 ** 9 ** 9 ** 9 }}", "64 bits"),
        ("{{ 2 ** 64 }}", "64 bits"),
        ("{{ '%1000000000s' % 'a' }}", "cannot be done with"),
        ("{{ printf('%1000000000s', 'a') }}", "a width of more than"),
        ("{{ 'a'.center(1000000000) }}", "`'a'.center` is not defined: `'a'` is a text"),
        ("{{ '{:>1000000000}'.format(1) }}", "is not defined"),
        ("{{ indent(100000000000, 'x') }}", "texts and lists of more than"),
        ("{{ ('a' | repeat(1000)) | replace('a', 'b' | repeat(100000)) }}", "texts and lists of more than"),
        ("{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}", "texts and lists of more"),
        ("{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", "texts and lists of more"),
        ("{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | toJson }}", "more than 200,000 steps"),
        ("{{ regexMatch('(a+)+$', 'a' | repeat(50) ~ 'b') }}", None),
        ("{{ regexMatch('(x*)*(x*)*(x*)*(x*)*y', 'x' | repeat(100000)) }}", "more than 200,000 steps"),
        ("{% set a = namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set a.x = [a.x, a.x] %}{% set a.y = [a.y, a.y] %}{% endfor %}"
         "{{ a.x == a.y }}", "more than 200,000 steps"),
        ("{{ regexMatch('((a{1000}){1000}){1000}', 'a') }}", "the pattern is too large"),
        (MACRO + "{{ f(1) }}", "more than 100 deep"),
        ("{% include 'a.yaml' %}", "more than 100 deep"),
        ("{{ include('templates/a.yaml') }}", "there is no macro"),
        ("{{ tpl('{{ tpl(x, ctx) }}', ctx) }}", "`x` is not defined"),
        ("{{ untilStep(0, 100000000000, 1) }}", "texts and lists of more than"),
        ("{{ seq(1, 100000000000) }}", "texts and lists of more than"),
        ("{{ randAlphaNum(1000000000) }}", "takes a count"),
        ("{{ fromYaml('a: &a [1,1,1,1,1,1,1,1,1,1]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\\n"
         "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\\n"
         "g: [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]') }}", "aliases expand to too much"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "nested too deep"),
        ("{% for a in [1] %}" * 40 + "{% endfor %}" * 40, "nested too deep"),
        ("{{ " + "9" * 5000 + " }}", "too large"),
    ],
)  # fmt: skip
def test_too_much(template, part):
    start = time.monotonic()
    found = errors(template)
    assert time.monotonic() - start < 20
    if part is None:
        assert found == []
    else:
        assert len(found) >= 1
        assert part in found[0]


@pytest.mark.parametrize(
    "expression",
    [
        "''.__class__", "''.__class__.__mro__[1].__subclasses__()", "().__class__.__base__", "Values.__class__", "Values.__init__",
        "Values['__class__']", "Values.items.__globals__", "upper.call.__globals__", "upper.__globals__", "upper.call",
        "Files.__class__", "Files._files", "Files.Get.__self__", "Files.Get.__func__", "ctx.__class__", "loop.__class__", "self.__class__",
        "namespace.__init__.__globals__", "namespace(x=1).__class__", "cycler.__init__", "lipsum.__globals__", "joiner", "x.__class__",
        "Values | attr('__class__')", "''|attr('__class__')", "[''] | map(attribute='__class__') | list", "Capabilities.KubeVersion.__class__",
        "include.__call__", "f.__class__", "f._func", "f._environment", "'' .format_map(Values)", "Capabilities.APIVersions._minor",
        "Values.reads", "Values.path", "'a'.encode().hex()", "config", "environment", "self._TemplateReference__context", "dict.__class__",
        "[].append.__self__", "[1].append(2)", "{}.update({'a': 1})", "{}.__setitem__('a', 1)", "Values.clear()", "Values.pop('a')",
    ],
)  # fmt: skip
def test_nothing_but_data_is_reached(expression):
    template = "{% macro f() %}{% endmacro %}{% for i in [1] %}{{ " + expression + " }}{% endfor %}"
    assert len(errors(template, "a: 1")) == 1


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../b", "..", "C:\\x", "templates/../../x"])
@pytest.mark.parametrize("call", ["Files.Get('{}')", "Files.Lines('{}')", "include('{}')", "Files.GetBytes('{}')"])
def test_no_file_outside_is_read(call, name):
    found = errors("{{ " + call.format(name.replace("\\", "\\\\")) + " }}", files={"a": b"x"})
    assert len(found) == 1
    assert "outside of the chart" in found[0]


@pytest.mark.parametrize("tag", ["include", "import", "extends"])
def test_no_template_outside_is_read(tag):
    rest = " as x" if tag == "import" else ""
    for name in ("../../../etc/passwd", "/etc/passwd"):
        found = errors(f"{{% {tag} '{name}'{rest} %}}")
        assert len(found) == 1
        assert "outside of the chart" in found[0]


def test_values_that_grow():
    values = "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
    for name, before in zip("bcdefgh", "abcdefg", strict=True):
        values += f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n"
    from kplan.render.release import Capabilities, Release
    from kplan.render.rendering import render
    from kplan.render.value import Values
    from kplan.render.value.table import Table
    from tests.render.chart import chart

    data = Table()
    node = [1] * 10
    for _ in range(8):
        node = [node] * 10
    data["laughs"] = node

    class Shared(Values):
        @property
        def data(self):
            return self.table

    made = render(chart({"a.yaml": "a: 1"}), Shared(data), Release(), capabilities=Capabilities(36))
    assert [each.rule for each in made.findings] == ["template-limit"]


def test_values_that_hold_themselves():
    from kplan.render.limit import Budget, Exhausted
    from kplan.render.trace import Reads, traced

    data: dict[str, object] = {}
    data["self"] = data
    with pytest.raises(Exhausted, match="deep"):
        traced(data, Reads(Budget(Limits())))


def test_changed_values_are_seen_by_nobody():
    assert errors("{% do set(Values, 'a', 2) %}", "a: 1") == [
        "1:1 values cannot be changed (copy them first: `deepCopy`, or `merge(dict(), values)`)"
    ]
    made = rendered(
        {"a.yaml": "{% set x = merge(Values.m, dict('b', 2)) %}{{ x | toJson }}{{ Values.m | toJson }}"}, "m: {a: 1}"
    )
    assert made.files[0].text == '{"a":1,"b":2}{"a":1}'


def test_many_errors_end():
    template = "{{ a }}\n" * 500
    found = errors(template)
    assert len(found) == 101
    assert any("more than 99 errors" in each for each in found)


def test_large_output():
    made = rendered({f"{n}.yaml": "{{ 'x' | repeat(1000) }}" for n in range(9)}, limits=Limits(output=5000))
    assert [each.message for each in made.findings] == ["the chart makes files of more than 5,000 characters"]
