"""Configuration files: what they say, where they are found, and what is told of bad ones."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from kplan.config import NO_CONFIG, find_config, name_from, read_config
from kplan.config.line import Lines
from kplan.errors import InputError, KplanError, UsageError
from kplan.model import Severity

FULL = """# all that there is
kube-version = "1.33"
namespace = 'shop'
profile = "strict"
select = ["schema", "references"]
ignore = "no-schema"
fail-on = "warning"
output = ["text", "sarif=out.sarif"]
color = "never"
crds = ["crds", "/abs/crds"]
externals = ["Secret/*/db-*"]
inventory = "cluster.json"
exclude = ["vendor/", "!vendor/ours/"]
placeholders = ["apps/"]
baseline = "sub/../baseline.json"

[severity]
unknown-field = "warning"

[[allow]]
rule = ["latest-tag", "security"]
kind = "Job"
reason = "it is old"
expires = 2027-01-31

[[allow]]
rule = "privileged"
label = ["app=web", "team"]
expires = "2028-01-31"

[[group]]
name = "prod"
files = "clusters/prod/"
shared = true
kube-version = "1.30"

[[releases]]
name = "web"
chart = "charts/web"
values = ["a.yaml"]
group = "prod"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(file: str, text: str) -> str:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(text, encoding="utf-8")
    return file


def complaint(text: str, file: str = "kplan.toml") -> str:
    with pytest.raises(KplanError) as error:
        read_config(write(file, text))
    return str(error.value)


def test_all_of_it(here: Path) -> None:
    config = read_config(write("sub/kplan.toml", FULL))
    assert {name: setting.value for name, setting in config.settings.items()} == {
        "kube-version": "1.33",
        "namespace": "shop",
        "profile": "strict",
        "select": ("schema", "references"),
        "ignore": ("no-schema",),
        "fail-on": "warning",
        "output": ("text", "sarif=out.sarif"),
        "color": "never",
        "crds": ("sub/crds", "/abs/crds"),
        "externals": ("Secret/*/db-*",),
        "inventory": ("sub/cluster.json",),
        "exclude": ("vendor/", "!vendor/ours/"),
        "placeholders": ("apps/",),
        "baseline": "sub/baseline.json",
    }
    assert config.setting("namespace") == ("shop", "sub/kplan.toml:3")
    assert config.severity == {"unknown-field": Severity.WARNING}
    first, second = config.allows
    assert (first.rules, first.kinds, first.reason) == (("latest-tag", "security"), ("Job",), "it is old")
    assert (first.expires, second.expires) == (date(2027, 1, 31), date(2028, 1, 31))
    assert (str(first.span), str(second.span)) == ("sub/kplan.toml:21:1", "sub/kplan.toml:27:1")
    (group,) = config.groups
    assert (group.name, group.files, group.shared) == ("prod", ("clusters/prod/",), True)
    assert group.settings["kube-version"] == ("1.30", "sub/kplan.toml:35")
    (release,) = config.releases
    assert (release.name, release.chart, release.values) == ("web", "sub/charts/web", ("sub/a.yaml",))
    assert (release.namespace, release.group) == ("shop", "prod")


def test_the_same_in_pyproject(here: Path) -> None:
    lines = FULL.replace("[[", "[[tool.kplan.").replace("[severity]", "[tool.kplan.severity]")
    project = "[project]\nname = 'x'\n[[allow]]\nrule = 1\n[tool.other]\nnamespace = 1\n[tool.kplan]\n" + lines
    config = read_config(write("pyproject.toml", project))
    assert config.setting("namespace") == ("shop", "pyproject.toml:10")
    assert [str(allow.span) for allow in config.allows] == ["pyproject.toml:28:1", "pyproject.toml:34:1"]
    assert config.groups[0].settings["kube-version"].source == "pyproject.toml:42"


@pytest.mark.parametrize("text", ["", "# nothing\n", "\ufeff", "[severity]\n", "allow = []\n"])
def test_nothing_is_fine(here: Path, text: str) -> None:
    config = read_config(write("kplan.toml", text))
    assert (dict(config.settings), config.allows) == ({}, ())
    assert read_config(None) is NO_CONFIG
    assert NO_CONFIG.value("namespace") == "default"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("namespac = 'x'\n", "kplan.toml:1: there is no `namespac`; did you mean `namespace`?"),
        ("\n\nx = 1\n", "kplan.toml:3: there is no `x`"),
        ("alow = []\n", "there is no `alow`; did you mean `allow`?"),
        ("namespace = 3\n", "kplan.toml:1: `namespace`: a text is expected, not a number"),
        ("namespace = 'No'\n", "`No` can be no namespace"),
        ("kube-version = 1.33\n", "a version is a text: write it in quotes"),
        ("kube-version = '2.0'\n", "`2.0` is no Kubernetes version"),
        ("kube-version = '1.99'\n", "Kubernetes 1.99 is not known"),
        ("profile = 'strickt'\n", "did you mean `strict`?"),
        ("select = ['schema', 'latst-tag']\n", "`latst-tag` is neither a rule nor a group; did you mean `latest-tag`?"),
        ("select = true\n", "a list of texts is expected, not true or false"),
        ("select = [1979-05-27]\n", "a text is expected, not a date"),
        ("select = {a = 1}\n", "a list of texts is expected, not a table"),
        ("fail-on = 'never'\n", "`never` is not one of error, warning, note"),
        ("color = 'alway'\n", "did you mean `always`?"),
        ("exclude = '!'\n", "`!` is no pattern for files"),
        ("externals = ['x']\n", "`x` is no external object"),
        ("output = []\n", "at least one form"),
        ("severity = 1\n", "kplan.toml:1: [severity] is a table, not a number"),
        ("[severity]\nunknown-fild = 'note'\n", "kplan.toml:2: there is no rule `unknown-fild`"),
        ("[severity]\nunknown-field = 'bad'\n", "kplan.toml:2: `unknown-field`: `bad` is not one of"),
        ("[severity]\nunknown-field = 2\n", "a text is expected, not a number"),
        ("[allow]\nrule = 'x'\n", "kplan.toml:1: `allow` is written as tables: [[allow]]"),
        ("allow = [1]\n", "`allow` is written as tables"),
        ("[[allow]]\n", "kplan.toml:1: [[allow]] needs a `rule`"),
        ("[[allow]]\nrule = []\n", "[[allow]] needs a `rule`"),
        ("[[allow]]\nrule = 'x'\nexpires = 'soon'\n", "kplan.toml:3: `expires`: a date is expected, as 2027-01-31"),
        ("[[allow]]\nrule = 'x'\nexpires = 2027-01-31T00:00:00Z\n", "a date is expected"),
        (
            "[[allow]]\nrule = 'x'\n[[allow]]\nrule = 'y'\nkinds = 'x'\n",
            "kplan.toml:5: there is no `kinds` in [[allow]]",
        ),
        ("[[group]]\nname = 'x'\n", "[[group]] needs a `files`"),
        ("[[group]]\nname = 'x'\nfiles = 'a'\nshared = 'yes'\n", "kplan.toml:4: `shared`: true or false is expected"),
        ("[[releases]]\nname = 'x'\nchart = 'c'\ngroup = 'p'\n", "kplan.toml:4: there is no [[group]] of the name `p`"),
        ("a = \n", "kplan.toml:1:5: "),
        ("[a\n", "kplan.toml:"),
        ("a = 1\na = 2\n", "kplan.toml:"),
        ("x = " + "[" * 2000 + "]" * 2000 + "\n", "nested too deep"),
        ("\udc80".encode("utf-8", "surrogatepass").decode("latin-1"), "kplan.toml:1:"),
    ],
)
def test_what_is_wrong(here: Path, text: str, message: str) -> None:
    assert message in complaint(text)


def test_all_errors_at_once_in_order(here: Path) -> None:
    lines = complaint("[[allow]]\nx = 1\n[severity]\ny = 2\n").split("\n")
    assert [line.split(" ")[0] for line in lines] == ["kplan.toml:1:", "kplan.toml:2:", "kplan.toml:4:"]


def test_not_utf_8(here: Path) -> None:
    Path("kplan.toml").write_bytes(b"a = '\xff'\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_config("kplan.toml")


def test_a_folder_is_no_file(here: Path) -> None:
    os.mkdir("kplan.toml")
    assert find_config() is None
    with pytest.raises(InputError):
        read_config("kplan.toml")


def test_bad_tables_in_pyproject(here: Path) -> None:
    assert "[tool.kplan] is a table, not a number" in complaint("[tool]\nkplan = 1\n", "pyproject.toml")
    assert "pyproject.toml:2: there is no `x`" in complaint("[tool.kplan]\nx = 1\n", "pyproject.toml")


def test_where_it_is_found(here: Path) -> None:
    write("a/b/x", "")
    write("pyproject.toml", "[tool.kplan]\n")
    os.chdir("a/b")
    assert find_config() == "../../pyproject.toml"
    write("../pyproject.toml", "[project]\nname = 'kplan'\n")
    assert find_config() == "../../pyproject.toml"
    write("../kplan.toml", "")
    assert find_config() == "../kplan.toml"
    write("pyproject.toml", "[tool]\nkplan = {namespace = 'x'}\n")
    assert find_config() == "pyproject.toml"
    write("kplan.toml", "")
    assert find_config() == "kplan.toml"


def test_not_above_the_repository(here: Path) -> None:
    write("kplan.toml", "")
    os.makedirs("inner/.git")
    assert find_config("inner") is None
    assert find_config(".") == "kplan.toml"


def test_a_broken_pyproject_that_speaks_of_kplan_is_found(here: Path) -> None:
    write("pyproject.toml", "[tool.kplan]\nnamespace = \n")
    assert find_config() == "pyproject.toml"
    write("pyproject.toml", "[tool.other]\nname = 'kplan\n")
    assert find_config() is None


def test_names_from_the_root(here: Path) -> None:
    write("a/b/web.yaml", "")
    for folder, root, files in (
        (".", ".", ["a/b/web.yaml", "./a/b/web.yaml", "a/../a/b/web.yaml", str(here / "a/b/web.yaml")]),
        ("a", "..", ["b/web.yaml", "../a/b/web.yaml", "HEAD:a/b/web.yaml", "HEAD:./b/web.yaml"]),
    ):
        os.chdir(here / folder)
        assert {name_from(root)(file) for file in files} == {"a/b/web.yaml"}
    assert name_from("..")("<stdin>") == "<stdin>"


@pytest.mark.parametrize(
    ("text", "asked", "line"),
    [
        ("a = 1\nb = 2\n", ("b",), 2),
        ('"a" = 1\n', ("a",), 1),
        ("x.y = 1\n", ("x",), 1),
        ("[x]\na = 1\n[[y]]\na = 1\n[[y]]\na = 2\n", ("a", "y", 1), 6),
        ("[x]\na = 1\n", ("b", "x"), 1),
        ("allow = [{rule = 'x'}]\n", ("rule", "allow", 0), 1),
        ("", ("a",), 1),
    ],
)
def test_lines(text: str, asked: tuple[str, str, int], line: int) -> None:
    assert Lines(text).of(*asked) == line
