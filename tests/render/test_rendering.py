"""Charts as a whole: dependencies, macros, hooks, values that nobody reads."""

# ruff: noqa: E501
import pytest

from kplan.render.order import documents, written
from kplan.render.release import Capabilities, Release
from kplan.render.rendering import render
from kplan.render.value import Given, chart_with_values
from tests.render.chart import chart, errors, rendered, text

NAMES = "{% macro web_fullname(ctx) %}\n{{ ctx.Release.Name }}-{{ ctx.Chart.Name }}-{{ ctx.Values.size | default('s') }}\n{% endmacro %}\n"


def files(made):
    assert not made.findings, [each.message for each in made.findings]
    return {file.name: file.text for file in made.files}


def test_objects_of_a_chart():
    template = (
        "{{ Release.Name }} {{ Release.Namespace }} {{ Release.IsInstall }} {{ Release.IsUpgrade }} {{ Release.Revision }} {{ Release.Service }}\n"
        "{{ Chart.Name }} {{ Chart.Version }} {{ Chart.AppVersion }} [{{ Chart.Description }}] {{ Chart.IsRoot }}\n"
        "{{ Template.Name }} {{ Template.BasePath }}\n"
        "{{ Capabilities.KubeVersion }} {{ Capabilities.KubeVersion.Minor }} {{ Capabilities.APIVersions.Has('apps/v1/Deployment') }}"
        " {{ Capabilities.APIVersions.Has('policy/v1beta1') }}\n"
    )
    assert text(template).splitlines() == [
        "rel shop true false 1 Helm",
        "web 1.2.3 9 [] true",
        "web/templates/a.yaml web/templates",
        "v1.36.0 36 true false",
    ]


def test_files():
    template = "{{ Files.Get('conf/a.ini') }}{{ Files.Glob('conf/*').AsConfig() }}\n{{ Files.Lines('conf/a.ini') | toJson }} {{ Files.Glob('**.md') | length }}\n{% for name, data in Files.Glob('conf/**').items() %}{{ name }}={{ data | length }};{% endfor %}"
    given = {"conf/a.ini": b"x=1\ny=2\n", "conf/b.ini": b"z", "README.md": b"#"}
    assert text(template, files=given).splitlines() == [
        "x=1", "y=2", "a.ini: |", "  x=1", "  y=2", "b.ini: z", '["x=1","y=2"] 1', "conf/a.ini=8;conf/b.ini=1;",
    ]  # fmt: skip


def test_dependencies_see_their_own_values():
    db = chart({"db.yaml": "{{ Values.size }} {{ Values.global.zone }} {{ Chart.Name }} {{ Chart.IsRoot }} {{ include('web.fullname', ctx) }}"},
               "size: 1\n", name="db", folder="web/charts/db")  # fmt: skip
    made = rendered({"a.yaml": "{{ Values.db.size }} {{ Subcharts.db.Values.size }} {{ include('web.fullname', ctx) }}", "_n.j2": NAMES},
                    "db: {size: 2}\nglobal: {zone: z}\n", charts=[db], dependencies=[{"name": "db"}])  # fmt: skip
    assert files(made) == {
        "web/templates/a.yaml": "2 2 rel-web-s",
        "web/charts/db/templates/db.yaml": "2 z db false rel-db-2",
    }
    [finding] = rendered(
        {"a.yaml": "a"}, charts=[chart({"b.yaml": "{{ Values.x.y }}"}, name="db", folder="web/charts/db")]
    ).findings
    assert str(finding.span) == "web/charts/db/templates/b.yaml:1:4"


def test_library_charts():
    library = chart({"_l.j2": "{% macro common_labels() %}\napp: {{ Chart.Name }}\nsize: {{ Values.size }}\n{% endmacro %}\n", "no.yaml": "x"},
                    name="common", folder="web/charts/common", type="library")  # fmt: skip
    made = rendered({"a.yaml": "l:\n  {{ include('common.labels', ctx) }}\n{% from 'common/_l.j2' import common_labels %}\nm: {{ common_labels() }}\n"},
                    "size: 5", charts=[library])  # fmt: skip
    assert files(made) == {"web/templates/a.yaml": "l:\n  app: web\n  size: 5\nm:\n  app: web\n  size: 5\n"}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ include('web.fullname', ctx) }}", "rel-web-s"),
        ("{{ include('web.fullname', ctx) | upper }}", "REL-WEB-S"),
        ("{% import '_n.j2' as n %}{{ n.web_fullname(ctx) }}", "rel-web-s"),
        ("{% from '_n.j2' import web_fullname as f %}{{ f(ctx) }}", "rel-web-s"),
        (
            "{{ include('web.fullname', dict('Release', Release, 'Chart', Chart, 'Values', dict('size', 'l'))) }}",
            "rel-web-l",
        ),
        ("{{ tpl('{{ Release.Name }}-{{ x }}', merge(dict('x', 1), ctx)) }}", None),
        ("{{ tpl('{{ Release.Name }}', ctx) }}", "rel"),
        ("{{ tpl(Values.t, ctx) }}", "rel-web-s!"),
        ("{{ include(Template.BasePath ~ '/b.yaml', ctx) | sha256sum | trunc(8) }}", "08e60701"),
        ("{{ 'x' | default('d') }}{{ '' | default('d') }}", "xd"),
        ("{{ Values | get('t') | trunc(2) }}{{ get(Values, 't') | trunc(2) }}", "{{{{"),
        ("{{ [1, 2] | has(2) }}{{ 2 | has([1, 2]) }}{{ has(2, [1, 2]) }}", None),
        ("{{ 'a,b' | splitList(',') | join('-') }}", "a-b"),
        ("{{ 'a,b'.split(',') | toJson }}", '["a","b"]'),
        ("{% for k, v in Values.m.items() %}{{ k }}{{ v }}{% endfor %}", "a1b2"),
        ("{% for k, v in Values.m | dictsort %}{{ k }}{{ v }}{% endfor %}", "a1b2"),
        ("{{ Values.items }}", "9"),
        ("{{ randAlphaNum(5) == randAlphaNum(5) }}", "false"),
    ],
)
def test_expressions(template, expected):
    made = rendered({"a.yaml": template, "_n.j2": NAMES, "b.yaml": "b: 1\n"},
                    "t: \"{{ include('web.fullname', ctx) }}!\"\nm: {a: 1, b: 2}\nitems: 9\n")  # fmt: skip
    if expected is None:
        assert made.findings
    else:
        assert files(made)["web/templates/a.yaml"] == expected


def test_chance_is_the_same_every_time():
    template = (
        "a: {{ randAlphaNum(10) }}\nb: {{ randAlphaNum(10) }}\nc: {{ uuidv4() }}\nd: {{ now() | date('2006') }}\n"
    )
    first, again = rendered({"a.yaml": template}), rendered({"a.yaml": template})
    other = rendered({"a.yaml": template}, release=Release("other", "shop"))
    assert files(first) == files(again)
    assert files(first) != files(other)
    lines = files(first)["web/templates/a.yaml"].splitlines()
    assert lines[0][3:] != lines[1][3:]
    assert [(each.function, str(each.span)) for each in first.chances] == [
        ("randAlphaNum", "web/templates/a.yaml:1:4"),
        ("randAlphaNum", "web/templates/a.yaml:2:4"),
        ("uuidv4", "web/templates/a.yaml:3:4"),
        ("now", "web/templates/a.yaml:4:4"),
    ]


VALUES = "image: {repository: a, tag: b, pullPolicy: c}\nserivce: {port: 1}\nhidden: {x: 1}\nwhole: {a: {b: 1}}\nlist: [{i: 1, m: 2}]\nnever: 1\n"


def test_values_that_no_template_reads():
    template = (
        "{{ Values.image.repository }}{{ Values.image['tag'] }}{{ Values.whole | toYaml }}{% for each in Values.list %}{{ each.i }}{% endfor %}"
        "{% if Values.service %}{{ Values.hidden.x }}{% endif %}"
    )
    made = rendered({"a.yaml": template}, VALUES)
    assert not made.findings
    assert [(each.path, str(each.origin), each.meant) for each in made.unread] == [
        (("image", "pullPolicy"), "web/values.yaml:1", None),
        (("serivce",), "web/values.yaml:2", "service"),
        (("list", 0, "m"), "web/values.yaml:5", None),
        (("never",), "web/values.yaml:6", None),
    ]


def test_values_of_dependencies_that_nobody_reads():
    db = chart(
        {"db.yaml": "{{ Values.size }}{{ Values.global.zone }}"}, "size: 1\nown: 2\n", name="db", folder="web/charts/db"
    )
    made = rendered({"a.yaml": "a"}, "db: {size: 2, szie: 3}\nglobal: {zone: z}\n", charts=[db])
    assert [(each.path, each.meant) for each in made.unread] == [(("db", "szie"), None)]


@pytest.mark.parametrize(("is_on", "unread"), [("true", [("db", "szie")]), ("false", [])])
def test_what_turns_dependencies_on_and_off_is_read(is_on, unread):
    db = chart({"db.yaml": "{{ Values.size }}"}, "size: 1\n", name="db", folder="web/charts/db")
    wanted = {"name": "db", "version": "1.2.3", "condition": "db.enabled", "tags": ["back"]}
    values = f"db: {{enabled: {is_on}, szie: 3}}\ntags: {{back: true}}\n"
    made = rendered({"a.yaml": "a"}, values, charts=[db], dependencies=[wanted])
    assert [each.path for each in made.unread] == unread


def test_unread_values_beside_those_of_branches_that_were_not_reached():
    values = "ingress: {is: false, host: a, hots: b}\nby: {name: {x: 1}}\n"
    made = rendered(
        {"a.yaml": "{% if Values.ingress.is %}{{ Values.ingress.host }}{{ Values.by[x].y }}{% endif %}"}, values
    )
    assert [(each.path, each.meant) for each in made.unread] == [(("ingress", "hots"), None)]


def test_what_was_meant_may_have_a_value_elsewhere():
    template = {"a.yaml": "{{ Values.ingress.enabled }}{{ Values.size }}"}
    made, given = chart_with_values(
        chart(template, "ingress: {enabled: true}\nsize: 1\n"), Given(set=("ingress.enable=true,sise=2",))
    )
    found = render(made, given, Release(), capabilities=Capabilities(36)).unread
    assert [(each.path, each.meant) for each in found] == [(("ingress", "enable"), "enabled"), (("sise",), "size")]


def test_branches():
    made = rendered({"a.yaml": "{% if Values.a %}1{% elif Values.b %}2{% else %}3{% endif %}\n{% for x in Values.l %}{{ x }}{% endfor %}\n{{ 1 if Values.a else 2 }}\n"}, "a: true\nb: false\nl: []\n")  # fmt: skip
    assert [(str(each.span), each.outcome) for each in made.branches if not each.reached] == [
        ("web/templates/a.yaml:1:1", False),
        ("web/templates/a.yaml:1:19", True),
        ("web/templates/a.yaml:1:19", False),
        ("web/templates/a.yaml:2:1", True),
        ("web/templates/a.yaml:3:1", False),
    ]


def test_notes_are_no_manifest():
    made = rendered({"NOTES.txt": "Hello {{ Release.Name }}\n", "a.yaml": "a: 1\n", "_x.j2": "", "README.md": "{{"})
    assert made.notes == "Hello rel\n"
    assert files(made) == {"web/templates/a.yaml": "a: 1\n"}


def test_order_and_hooks():
    def thing(kind: str, name: str, hook: str = "") -> str:
        annotations = f"  annotations: {{helm.sh/hook: '{hook}', helm.sh/hook-weight: '-5', helm.sh/hook-delete-policy: 'a, b'}}\n"
        return f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n{annotations if hook else ''}"

    made = rendered({
        "a.yaml": "# first\n---\n" + thing("Deployment", "d") + "\n---\n" + thing("Zebra", "z") + "---\n" + thing("Service", "s"),
        "b.yaml": thing("Service", "s2") + "---\n" + thing("Job", "j", "pre-install,post-upgrade") + "---\n---\n" + thing("Pod", "t", "test-success"),
        "c.yaml": thing("Namespace", "ns") + "---\n" + thing("Job", "gone", "no-such") + "---\n" + thing("Ant", "a") + "---\n",
    })  # fmt: skip
    found = documents(made.files)
    assert [each.name for each in found] == ["ns", "s", "s2", "d", "", "a", "z", "t", "j"]
    assert found[-1].hook == (("pre-install", "post-upgrade"), -5, ("a", "b"))
    assert [each.is_test for each in found[-2:]] == [True, False]
    assert written(found).startswith("---\n# Source: web/templates/c.yaml\napiVersion: v1\nkind: Namespace\n")


def test_line_breaks_of_windows():
    assert text("a: 1\r\n{% if true %}\r\nb: 2\r\n{% endif %}\r\n") == "a: 1\nb: 2\n"


def test_inheritance():
    made = rendered({"a.yaml": "{% extends '_base.j2' %}{% block body %}b: {{ Values.x }}{{ super() }}{% endblock %}",
                     "_base.j2": "a: 1\n{% block body %}\nc: 3\n{% endblock %}\n"}, "x: 2")  # fmt: skip
    assert files(made)["web/templates/a.yaml"] == "a: 1\nb: 2c: 3"


def test_recursion_of_loops():
    values = "t: [{i: a, c: [{i: b, c: []}]}]"
    assert text("{% for x in Values.t recursive %}{{ x.i }}{{ loop(x.c) }}{% endfor %}", values) == "ab"


def test_unknown_hosts_and_clusters():
    assert text("{{ lookup('v1', 'Secret', 'a', 'b') | toJson }}[{{ getHostByName('x') }}]") == "{}[]"
    assert errors("{{ env('HOME') }}") == [
        "1:4 there is no function `env`: a chart renders the same everywhere, so it cannot ask for the environment"
    ]
