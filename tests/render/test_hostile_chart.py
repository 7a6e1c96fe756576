"""Charts that mean harm end with an error, within the limits."""

# ruff: noqa: E501
import io
import tarfile
import time

import pytest

from kplan.errors import InputError
from kplan.render.chart import read_archive, read_chart
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
        ("{{ until(9000000) | len }}", "texts and lists of more than"),
        ("{{ regexMatch('[a-z]' | repeat(20000), 'a') }}", "the pattern is too large"),
        ("{{ regexMatch('(a|aa|aaa)*' ~ '(b|c)?' | repeat(500) ~ 'z', 'ab' | repeat(2000)) }}", "more than 200,000 steps"),
        ("{{ Files.Glob('**a*' | repeat(40) ~ 'b').keys() | len }}", None),
        ("{{ snakecase('aB' | repeat(1000000)) }}", "more than 200,000 steps"),
        ("{{ shuffle('ab' | repeat(1000000)) }}", "more than 200,000 steps"),
        ("{{ swapcase('a' | repeat(1000000)) }}", "more than 200,000 steps"),
        ("{{ ('\"' | repeat(1000000)) | quote | quote | quote | quote }}", "texts and lists of more than"),
        ("{{ semver('1' | repeat(100000)) }}", "is no semantic version"),
        ("{{ semverCompare('1' | repeat(100000), '1.2.3') }}", "at most 2560 characters"),
        ("{{ 1 }}" * 20001, "more than 20,000 tags"),
        ("{% for i in range(9999) %}{{ nothing }}{% endfor %}", "more than 200,000 steps"),
        ("{{ '\\ud800' }}", "which is no text"),
        ("{{ 'a' ~ '\\udc00' ~ 'b' }}", "which is no text"),
        ("{{ 1e999 }}", None),
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


def test_messages_are_short():
    (found,) = errors("{{ regexMatch('(' | repeat(50000), 'a') }}")
    assert found.startswith("1:1 `((((")
    assert found.endswith("the pattern is too large")
    assert len(found) < 600


def test_too_many_tags_are_told_at_their_template():
    made = rendered({"a.yaml": "a: 1\n", "b.yaml": "{{ 1 }}" * 11}, limits=Limits(tags=10))
    assert [(each.rule, each.span.file) for each in made.findings] == [("template-limit", "web/templates/b.yaml")]


METADATA = "apiVersion: v2\nname: {}\nversion: 1.0.0\n"
BESIDE = "dependencies:\n  - {{name: {0}, version: 1.0.0, repository: 'file://../{0}'}}\n"


def folder(root, name, files=None, **more):
    for file, content in {"Chart.yaml": METADATA.format(name), **(files or {}), **more}.items():
        path = root / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(root / name)


def packed(files):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def refused(path):
    with pytest.raises(InputError) as caught:
        read_chart(path) if not path.endswith(".tgz") else read_archive(path)
    return str(caught.value)


def test_a_chart_that_depends_on_itself(tmp_path):
    path = folder(tmp_path, "one", {"Chart.yaml": METADATA.format("one") + BESIDE.format("two")})
    folder(tmp_path, "two", {"Chart.yaml": METADATA.format("two") + BESIDE.format("one")})
    assert "the chart depends on itself" in refused(path)


def test_charts_that_double(tmp_path):
    for number in range(30):
        twice = BESIDE.format(f"c{number + 1}") + BESIDE.format(f"c{number + 1}").partition("\n")[2]
        folder(tmp_path, f"c{number}", {"Chart.yaml": METADATA.format(f"c{number}") + twice})
    folder(tmp_path, "c30")
    assert "at most 10000 files" in refused(str(tmp_path / "c0"))


def test_charts_inside_each_other(tmp_path):
    inner = packed({"z/Chart.yaml": METADATA.format("z").encode()})
    for _ in range(60):
        inner = packed({"z/Chart.yaml": METADATA.format("z").encode(), "z/charts/z.tgz": inner})
    assert "more than 50 charts are inside each other" in refused(folder(tmp_path, "one", {"charts/z.tgz": inner}))


def test_packed_charts_that_grow(tmp_path):
    big = packed({"x/Chart.yaml": METADATA.format("x").encode(), "x/big": bytes(51 * 2**20)})
    assert "unpacks to more than 50 MiB" in refused(folder(tmp_path, "one", {"charts/x.tgz": big}))
    less = packed({"x/Chart.yaml": METADATA.format("x").encode(), "x/big": bytes(4 * 2**20)})
    many = packed({"y/Chart.yaml": METADATA.format("yy").encode()} | {f"y/charts/x{n}.tgz": less for n in range(30)})
    assert "the files of a chart have at most 100 MiB" in refused(folder(tmp_path, "two", {"charts/y.tgz": many}))


@pytest.mark.parametrize("name", ["templates/a\nkind: x.yaml", "templates/\x1b[2J.yaml"])
def test_names_that_break_lines(tmp_path, name):
    assert "control character" in refused(folder(tmp_path, "one", {name: "a: 1"}))
    archive = tmp_path / "two.tgz"
    archive.write_bytes(packed({"two/Chart.yaml": METADATA.format("two").encode(), f"two/{name}": b"a: 1"}))
    assert "control character" in refused(str(archive))
    chart = folder(tmp_path, "three", {"Chart.yaml": METADATA.format('"a\\nb"')})
    assert "can be no name of a chart" in refused(chart)


def test_links_out_of_the_chart_are_not_followed(tmp_path):
    (tmp_path / "secret").write_text("password")
    path = folder(tmp_path, "one")
    for name in ("secret", "values.yaml"):
        (tmp_path / "one" / name).symlink_to(tmp_path / "secret")
    (tmp_path / "one" / "all").symlink_to(tmp_path)
    assert read_chart(path).files == ()


def test_patterns_of_files_that_would_never_end(tmp_path):
    path = folder(tmp_path, "one", {".helmignore": "*a" * 40 + "b\n" + "*.md\n*b*/\n", "a" * 200: "", "x.md": ""})
    assert [file.name for file in read_chart(path).files] == [".helmignore", "a" * 200]


ENDLESS = ",".join(
    f'"a{n}":{{"allOf":[{{"$ref":"#/definitions/a{n - 1}"}},{{"$ref":"#/definitions/a{n - 1}"}}]}}'
    for n in range(1, 26)
)


@pytest.mark.parametrize(
    ("schema", "part"),
    [
        ('{"properties":{"a":{"pattern":"(a+)+$"}}}', "`a`"),
        ('{"patternProperties":{"(a+)+$":{}},"additionalProperties":false}', None),
        ('{"properties":{"a":{"pattern":"(?=a)"}}}', "a pattern is no regular expression"),
        ('{"definitions":{"a0":{},' + ENDLESS + '},"$ref":"#/definitions/a25"}', "takes too long"),
        ('{"$ref":"#"}', "refers to itself"),
        ('{"not":' * 20000 + "{}" + "}" * 20000, "nested too deep"),
        ('{"$ref":"file:///etc/passwd"}', "schemas are not fetched"),
        ('{"properties":{"l":{"uniqueItems":true}}}', None),
    ],
)
def test_schemas_that_would_never_end(schema, part):
    from kplan.render.value.read import read_values
    from kplan.render.value.schema import check_values
    from tests.render.chart import chart

    values = f"a: {'a' * 40}b\nl:\n" + "".join(f"- {{a: {n}}}\n" for n in range(1000))
    made = chart({"a.yaml": ""}, values)
    made = type(made)(**{name: getattr(made, name) for name in made.__slots__} | {"schema": schema.encode()})
    try:
        found = " ".join(
            f"`{'.'.join(map(str, each.path))}` {each.message}"
            for each in check_values(made, read_values(values.encode(), "v"))
        )
    except InputError as error:
        found = str(error)
    assert part in found if part else "twice" not in found


def test_keywords_of_schemas_are_those_of_helm():
    from kplan.render.value.read import read_values
    from kplan.render.value.schema import check_values
    from tests.render.chart import chart

    schema = """{"patternProperties": {"^x-": {"type": "integer"}}, "additionalProperties": {"type": "array", "uniqueItems": true}}"""
    values = "x-one: 1\nx-two: b\nlist: [1, 1.0]\nother: [1, '1', true, {a: 1}, {a: 2}]\nwrong: 1\n"
    made = chart({"a.yaml": ""}, values)
    made = type(made)(**{name: getattr(made, name) for name in made.__slots__} | {"schema": schema.encode()})
    found = [(each.path, each.message) for each in check_values(made, read_values(values.encode(), "v"))]
    assert found == [
        (("list",), "an item of the list is there twice"),
        (("wrong",), "1 is not of type 'array'"),
        (("x-two",), "'b' is not of type 'integer'"),
    ]
