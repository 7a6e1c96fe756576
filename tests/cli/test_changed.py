"""`kplan lint --changed` and `--since`: only what a change touches or breaks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.repository import BAD, commit, deployment, git, kplan, report, rules, service, write

SHOP = {"deploy.yaml": deployment(), "service.yaml": service(), "other.yaml": deployment("other")}
OTHER_LABELS = deployment().replace("app: web", "app: shop")
ENDPOINTS = "service-without-endpoints@service.yaml:5"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PRE_COMMIT_FROM_REF", raising=False)
    git("init", "--quiet", "--initial-branch", "main")
    return tmp_path


def test_what_a_change_breaks_elsewhere_is_shown() -> None:
    commit(SHOP)
    write({"deploy.yaml": OTHER_LABELS})
    assert rules("--changed", "deploy.yaml") == [ENDPOINTS]
    assert kplan("lint", "--changed", "deploy.yaml").code == 1


def test_what_was_wrong_elsewhere_before_is_not_shown() -> None:
    commit({**SHOP, "old.yaml": BAD})
    write({"deploy.yaml": deployment(image="shop:2")})
    found = report("--changed", "deploy.yaml")
    assert found["findings"] == []
    assert found["summary"]["allowed"] == {"revision": 1}
    assert kplan("lint", "--changed", "deploy.yaml").out.endswith("; 1 finding not of this change\n")
    assert rules("--changed", "deploy.yaml", "old.yaml") == ["unknown-field@old.yaml:4"]


def test_all_that_is_wrong_in_a_changed_file_is_shown() -> None:
    commit({"bad.yaml": BAD})
    write({"bad.yaml": f"# a comment\n{BAD}"})
    assert rules("--changed", "bad.yaml") == ["unknown-field@bad.yaml:5"]
    assert rules("--changed", "--since", "HEAD", "bad.yaml") == []


def test_a_deleted_file_breaks_others_and_is_named_by_nobody() -> None:
    commit(SHOP)
    write({"deploy.yaml": None})
    assert rules("--changed") == [ENDPOINTS]
    assert rules("--changed", "deploy.yaml") == [ENDPOINTS]
    git("add", "--all")
    assert rules("--changed") == [ENDPOINTS]
    commit({})
    assert rules("--changed") == []


def test_no_manifest_among_the_files() -> None:
    commit({**SHOP, "bad.yaml": BAD, ".github/workflows/ci.yaml": "on: push\n", "README.md": "\n"})
    for files in ([], ["README.md"], [".github/workflows/ci.yaml"]):
        done = kplan("lint", "--changed", *files)
        assert (done.code, done.err) == (0, "note: there is no manifest among the changed files\n")
        assert done.out == "0 files, 0 objects checked against Kubernetes 1.37\n"
    write({".github/workflows/ci.yaml": None})
    assert "no manifest" in kplan("lint", "--changed").err


def test_files_that_are_left_out_stay_out() -> None:
    commit({"kplan.toml": "exclude = ['vendor/']\n", ".kplanignore": "sketch.yaml\n", **SHOP})
    commit({"vendor/a.yaml": BAD, "sketch.yaml": BAD})
    assert "no manifest" in kplan("lint", "--changed", "vendor/a.yaml", "sketch.yaml").err


def test_before_the_first_commit_all_is_new() -> None:
    write({**SHOP, "bad.yaml": BAD})
    git("add", "--all")
    assert rules("--changed", "service.yaml") == ["unknown-field@bad.yaml:4"]


def test_untracked_files_are_no_part_of_the_change() -> None:
    commit({"service.yaml": service(), "deploy.yaml": deployment()})
    write({"deploy.yaml": OTHER_LABELS, "copy.yaml": deployment()})
    assert rules("--changed", "deploy.yaml") == [ENDPOINTS]
    assert rules("--changed", "deploy.yaml", "copy.yaml") != [ENDPOINTS]


def test_outside_of_git_only_the_named_files_are_known(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.chdir(tmp_path_factory.mktemp("plain"))
    write({**SHOP, "bad.yaml": BAD})
    assert rules("--changed", "deploy.yaml") == []
    write({"service.yaml": service("nothing")})
    assert rules("--changed", "service.yaml") == ["service-without-endpoints@service.yaml:5"]
    done = kplan("lint", "--since", "HEAD")
    assert (done.code, done.err) == (2, "error: --since HEAD: this is no git repository\n")


def test_the_root_is_the_folder_of_the_nearest_configuration() -> None:
    commit(
        {
            "a/kplan.toml": "kube-version = '1.24'\n",
            "a/deploy/web.yaml": deployment(),
            "a/service/web.yaml": service(),
            "b/web.yaml": service("elsewhere") + "---\n" + deployment("other"),
        }
    )
    write({"a/deploy/web.yaml": OTHER_LABELS})
    found = report("--changed", "a/deploy/web.yaml")
    assert [f["file"] for f in found["findings"]] == ["a/service/web.yaml"]
    assert (found["kube_version"], found["summary"]["files"]) == ("1.24", 2)
    os.chdir("b")
    assert rules("--changed", "../a/deploy/web.yaml") == ["service-without-endpoints@../a/service/web.yaml:5"]
    git("stash", "--quiet")
    assert rules("--changed", "web.yaml") == ["service-without-endpoints@web.yaml:5"]


def test_two_configurations_each_judge_their_own() -> None:
    pdb = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {selector: {}}\n"
    commit(
        {
            "a/kplan.toml": "kube-version = '1.24'\nfail-on = 'warning'\nselect = ['deprecation']\n",
            "a/pdb.yaml": pdb,
            "b/kplan.toml": "kube-version = '1.30'\nselect = ['deprecation']\n",
            "b/pdb.yaml": pdb,
        }
    )
    assert rules("--changed", "a/pdb.yaml", "b/pdb.yaml") == ["deprecated-api@a/pdb.yaml:1", "removed-api@b/pdb.yaml:1"]
    assert kplan("lint", "--changed", "a/pdb.yaml").code == 1
    assert kplan("lint", "--changed", "a/pdb.yaml", "--fail-on", "error").code == 0
    out = kplan("lint", "--changed", "a/pdb.yaml", "b/pdb.yaml").out
    assert "2 files, 2 objects checked against Kubernetes 1.24, 1.30" in out


def test_only_the_group_of_a_file_is_read_and_the_shared_ones() -> None:
    groups = "".join(
        f"[[group]]\nname = '{name}'\nfiles = '{name}/'\n{more}"
        for name, more in (("prod", ""), ("test", ""), ("base", "shared = true\n"))
    )
    files = {f"{g}/{name}": text for g in ("prod", "test") for name, text in SHOP.items()}
    commit(
        {"kplan.toml": groups, **files, "base/config.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"}
    )
    write({"prod/deploy.yaml": OTHER_LABELS})
    found = report("--changed", "prod/deploy.yaml")
    assert [f["file"] for f in found["findings"]] == ["prod/service.yaml"]
    assert found["summary"]["files"] == 4
    assert report("--changed", "base/config.yaml")["summary"]["files"] == 7


def test_entries_of_the_configuration_are_not_unused_because_files_are_left_out() -> None:
    allow = "[[allow]]\nrule = 'unknown-field'\nfiles = 'bad.yaml'\n"
    commit({"kplan.toml": allow, "bad.yaml": BAD, **SHOP})
    write({"deploy.yaml": deployment(image="shop:2")})
    assert rules("--changed", "deploy.yaml") == []
    write({"bad.yaml": BAD.replace("datum", "data")})
    assert rules("--changed", "bad.yaml") == ["unused-suppression@kplan.toml:2"]


def test_a_change_is_from_where_pre_commit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    first = commit(SHOP)
    commit({"deploy.yaml": OTHER_LABELS})
    assert rules("--changed", "deploy.yaml") == []
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", first)
    assert rules("--changed", "deploy.yaml") == [ENDPOINTS]
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "0" * 40)
    assert rules("--changed", "deploy.yaml") == []


def test_a_revision_is_met_where_the_branches_part(monkeypatch: pytest.MonkeyPatch) -> None:
    commit({**SHOP, "bad.yaml": BAD})
    git("checkout", "--quiet", "-b", "work")
    commit({"deploy.yaml": deployment(image="shop:2")})
    git("checkout", "--quiet", "main")
    commit({"bad.yaml": BAD.replace("datum", "data")})
    git("checkout", "--quiet", "work")
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "main")
    assert rules("--changed", "deploy.yaml") == []


def test_since_shows_what_is_new_and_what_is_written_again() -> None:
    wrong = deployment() + "          ports: [{containerPort: one}]\n"
    commit({"bad.yaml": BAD, "deploy.yaml": wrong})
    assert rules("--since", "HEAD") == []
    write({"new.yaml": BAD.replace("name: bad", "name: new")})
    assert rules("--since", "HEAD") == ["unknown-field@new.yaml:4"]
    write({"deploy.yaml": f"---\n# moved\n{wrong}".replace("\n", "  \n"), "new.yaml": None})
    assert rules("--since", "HEAD") == []
    write({"bad.yaml": BAD.replace("{k: v}", "{k: w}")})
    assert rules("--since", "HEAD") == ["unknown-field@bad.yaml:4"]
    write({"bad.yaml": BAD, "deploy.yaml": wrong.replace("one", "two")})
    assert rules("--since", "HEAD") == ["wrong-type@deploy.yaml:13"]
    write({"deploy.yaml": deployment()})
    assert rules("--since", "HEAD") == []


def test_since_knows_a_file_by_its_earlier_name() -> None:
    commit({"a/bad.yaml": BAD})
    git("mv", "a/bad.yaml", "b.yaml")
    assert rules("--since", "HEAD") == []
    assert rules("--changed", "b.yaml") == ["unknown-field@b.yaml:4"]


def test_since_compares_each_path_from_any_folder() -> None:
    commit({"a/bad.yaml": BAD, "b/bad.yaml": BAD})
    os.chdir("a")
    write({"bad.yaml": BAD + "more: 1\n"})
    assert rules("--since", "HEAD", "..") == ["unknown-field@../a/bad.yaml:5"]
    assert rules("--since", "HEAD^{/change: of}") == ["unknown-field@bad.yaml:5"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--since", "nothing"], "--since nothing: git knows no revision `nothing`"),
        (["--since", "--all"], "--since --all: git knows no revision `--all`"),
        (["--since", "HEAD", "-"], "--since compares with files and folders of the working tree: give no others"),
        (["--since", "HEAD", "HEAD:bad.yaml"], "--since compares with files and folders of the working tree"),
        (["--changed", "-"], "--changed: standard input (-) is no file that changes"),
        (["--changed", "bad.yml"], "`bad.yml` does not exist; did you mean `bad.yaml`?"),
        (["--changed", "--update-baseline", "--baseline", "b"], "--update-baseline needs all findings"),
        (["--since", "HEAD", "--update-baseline", "--baseline", "b"], "--update-baseline needs all findings"),
    ],
)
def test_wrong_usage(args: list[str], message: str) -> None:
    commit({"bad.yaml": BAD})
    done = kplan("lint", *args)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_baseline_counts_beside() -> None:
    commit({"bad.yaml": BAD, "kplan.toml": "baseline = 'known.json'\n"})
    assert kplan("lint", "--update-baseline").code == 0
    write({"bad.yaml": BAD + "more: 1\n"})
    assert rules("--changed", "bad.yaml") == ["unknown-field@bad.yaml:5"]
    assert report("--changed", "bad.yaml")["summary"]["allowed"] == {"baseline": 1}


def test_values_of_a_chart_change_what_its_templates_make() -> None:
    chart = {
        "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "chart/values.yaml": "app: web\n",
        "chart/templates/_names.j2": "\n",
        "chart/templates/deploy.yaml": deployment().replace("app: web", 'app: "{{ Values.app }}"'),
    }
    commit({**chart, "service.yaml": service()})
    assert rules("--changed", "chart/values.yaml") == []
    write({"chart/values.yaml": "app: shop\n"})
    assert rules("--changed", "chart/values.yaml") == [ENDPOINTS]
    assert report("--changed", "chart/templates/_names.j2")["summary"]["files"] == 4


def test_the_order_of_files_does_not_matter() -> None:
    commit({})
    files = [f"{name}.yaml" for name in "abcd"]
    write({file: BAD.replace("bad", file[0]) for file in files})
    first = kplan("lint", "--changed", *files)
    assert first.code == 1
    assert kplan("lint", "--changed", *reversed(files)) == first
