"""What users and machines do to a command line: closed pipes, odd files, other locales, control characters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_plan_command import SECRET, WEB, git, kplan

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n"
SCRIPT = "from kplan.cli import main; main()"
COMMANDS = [
    ["lint", "web.yaml"],
    ["plan", "web.yaml"],
    ["diff", "web.yaml", "new.yaml"],
    ["show", "web.yaml"],
    ["rules"],
    ["explain", "removed-api"],
    ["simulate", "scenario.yaml"],
    ["--help"],
]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "web.yaml").write_text(WEB)
    (tmp_path / "new.yaml").write_text(WEB.replace("shop:1", "shop:2"))
    (tmp_path / "bad.yaml").write_text(WEB.replace("replicas: 3", "replicas: three"))
    (tmp_path / "scenario.yaml").write_text("manifests: [web.yaml]\n")
    return tmp_path


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of sh in which `$KPLAN` is the command."""
    command = f'{sys.executable} -c "{SCRIPT}"'
    line = line.replace("$KPLAN", command)
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, capture_output=True, timeout=60, env={**os.environ, **environment}
    )


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_closed_and_full_output(arguments: list[str], here: Path) -> None:
    line = " ".join(arguments)
    expected = kplan(*arguments, folder=here).returncode
    closed = shell(f"$KPLAN {line} >&-", here)
    assert (closed.returncode, closed.stderr) == (expected, b"")
    if os.path.exists("/dev/full"):
        full = shell(f"$KPLAN {line} >/dev/full", here)
        assert (full.returncode, full.stderr) == (2, b"error: the output cannot be written: No space left on device\n")


def test_a_reader_that_stops_early_changes_no_exit_code(here: Path) -> None:
    many = "---\n".join(WEB.replace("name: web}", f"name: web-{n}}}").replace(": 3", ": x") for n in range(500))
    (here / "many.yaml").write_text(many)
    done = shell("{ $KPLAN lint many.yaml; echo $? >code; } | head -1", here)
    assert done.stderr == b""
    assert (here / "code").read_text() == "1\n"


def test_the_same_bytes_in_every_locale(here: Path) -> None:
    (here / "name.yaml").write_text(SERVICE.replace("name: web", "name: web, annotations: {a: käse 网}"), "utf-8")
    line = "$KPLAN show name.yaml"
    outputs = {
        shell(line, here, **environment).stdout
        for environment in (
            {"PYTHONIOENCODING": "utf-8"},
            {"PYTHONIOENCODING": "ascii"},
            {"PYTHONIOENCODING": "latin-1"},
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        )
    }
    assert len(outputs) == 1
    assert "käse 网" in outputs.pop().decode()


def test_closed_input(here: Path) -> None:
    done = shell("$KPLAN lint - <&-", here)
    assert (done.returncode, done.stderr) == (2, b"error: there is no standard input to read\n")


@pytest.mark.parametrize("arguments", [["plan", "--from", "-", "--to", "-"], ["diff", "-", "-"]])
def test_standard_input_is_one_side(arguments: list[str], here: Path) -> None:
    done = kplan(*arguments, folder=here, stdin=WEB)
    assert (done.returncode, done.stdout) == (2, "")
    assert "only once" in done.stderr


def test_links_in_a_circle_and_pipes(here: Path) -> None:
    os.symlink("loop.yaml", here / "loop.yaml")
    os.mkfifo(here / "pipe.yaml")
    in_folder = kplan("lint", ".", "--select", "syntax", folder=here)
    assert in_folder.returncode == 1
    assert "the file cannot be read: Too many levels of symbolic links" in in_folder.stdout
    assert "pipe.yaml" not in in_folder.stdout
    named = kplan("lint", "loop.yaml", folder=here)
    assert (named.returncode, named.stdout) == (2, "")
    assert named.stderr == "error: `loop.yaml` cannot be read: Too many levels of symbolic links\n"


def test_what_is_left_out_is_named(here: Path) -> None:
    (here / "values.yaml").write_text("replicas: 3\n")
    (here / "empty").mkdir()
    done = kplan("plan", "values.yaml", folder=here)
    assert done.stderr == (
        "note: 1 document is left out: values.yaml:1 (no apiVersion and no kind; its keys are replicas)\n"
    )
    for arguments in (["plan", "empty"], ["diff", "web.yaml", "empty"], ["show", "empty"]):
        done = kplan(*arguments, folder=here)
        assert done.stderr == "note: there are no manifests (.yaml, .yml, .json) in `empty`\n"


def test_control_characters_do_not_reach_the_terminal(here: Path) -> None:
    evil = '"a\\e[2Jb\\u009bc\\u202ed"'
    (here / "evil.yaml").write_text(
        WEB.replace("name: web}\nspec", f"name: {evil}, labels: {{{evil}: {evil}}}}}\nspec")
    )
    (here / "field.yaml").write_text(WEB.replace("replicas:", f"{evil}:"))
    (here / "image.yaml").write_text(WEB.replace('"shop:1"', evil))
    (here / "evil.bin").write_bytes(b"a: \x1b[2J\n")
    for file in ("evil.yaml", "field.yaml", "image.yaml", "evil.bin"):
        for arguments in (
            ["lint"],
            ["lint", "-o", "concise"],
            ["plan", "--from", "web.yaml", "--to"],
            ["diff", "web.yaml"],
        ):
            done = kplan(*arguments, file, folder=here)
            assert not {"\x1b", "\x9b", "\u202e"}.intersection(done.stdout + done.stderr), (file, arguments)


def test_colours_are_only_added(here: Path) -> None:
    plain = kplan("plan", "--from", "web.yaml", "--to", "new.yaml", folder=here).stdout
    coloured = kplan("plan", "--from", "web.yaml", "--to", "new.yaml", "--color", "always", folder=here).stdout
    assert "\x1b[" in coloured
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_errors_name_field_and_object(here: Path) -> None:
    planned = kplan("plan", "bad.yaml", folder=here)
    assert "--> bad.yaml:5:13 spec.replicas of deployment/web" in planned.stdout
    compared = kplan("diff", "web.yaml", "bad.yaml", folder=here)
    assert compared.stderr.splitlines()[1] == " --> bad.yaml:5:13 spec.replicas of deployment/web"


def test_errors_in_what_there_is_are_told(here: Path) -> None:
    done = kplan("plan", "--from", "bad.yaml", "--to", "web.yaml", "-o", "json", folder=here)
    plan = json.loads(done.stdout)
    assert (done.returncode, plan["complete"]) == (0, False)
    assert plan["unknown"][0].startswith("deployment/web as it is now has an error and does not count: ")


@pytest.mark.parametrize("command", ["plan", "diff"])
def test_no_generated_names_with_apply(command: str, here: Path) -> None:
    (here / "generated.yaml").write_text(WEB.replace("{name: web}\nspec", "{generateName: web-}\nspec"))
    arguments = ["generated.yaml"] if command == "plan" else ["web.yaml", "generated.yaml"]
    done = kplan(command, *arguments, folder=here)
    assert done.returncode == (1 if command == "plan" else 2)
    assert "kubectl apply takes no `generateName`" in done.stdout + done.stderr


@pytest.mark.parametrize("misspelt", [("stringData", "stringdata"), ("kind: Secret", "kind: secret")])
def test_show_hides_what_may_be_a_secret(misspelt: tuple[str, str], here: Path) -> None:
    (here / "secret.yaml").write_text(SECRET.replace(*misspelt))
    for arguments in (["show"], ["show", "-o", "json"], ["show", "--stored"], ["lint"], ["plan"]):
        done = kplan(*arguments, "secret.yaml", folder=here)
        assert "hunter2" not in done.stdout + done.stderr


def test_a_file_that_is_gone_is_a_deletion(here: Path) -> None:
    git(here, "init", "-q")
    git(here, "add", "web.yaml")
    git(here, "commit", "-qm", "first")
    (here / "web.yaml").unlink()
    done = kplan("diff", "HEAD", "web.yaml", folder=here)
    assert (done.returncode, done.stdout) == (1, "  - deployment/web\n\n1 deleted\n")


def test_two_revisions_are_written_with_dots(here: Path) -> None:
    git(here, "init", "-q")
    git(here, "add", "web.yaml")
    git(here, "commit", "-qm", "first")
    assert kplan("diff", "HEAD", "HEAD~0", folder=here).stderr == (
        "error: to compare two revisions, write HEAD..HEAD~0\n"
    )
    assert "REV..REV" in kplan("diff", "HEAD...HEAD", folder=here).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lnt"], "there is no command `lnt`; did you mean `lint`?"),
        (["frobnicate"], "there is no command `frobnicate`; the commands are "),
        (["explain", "removd-api"], "there is no rule `removd-api`; did you mean `removed-api`? `kplan rules` lists"),
        (["explain", "qqq"], "there is no rule and no kind `qqq`; `kplan rules` lists the rules"),
        (["plan", "-n", "No_Name", "web.yaml"], "`No_Name` can be no namespace"),
        (["lint", "-n", "", "web.yaml"], "can be no namespace"),
        (["plan", "--nodes", "100000000000", "web.yaml"], "more than the 10000 that can be simulated"),
        (["plan", "--bad-image", "", "web.yaml"], "--bad-image: give a part"),
    ],
)
def test_wrong_usage_says_what_to_do(arguments: list[str], message: str, here: Path) -> None:
    done = kplan(*arguments, folder=here)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_more_pods_than_can_be_simulated(here: Path) -> None:
    for file, image in (("few.yaml", "shop:1"), ("many.yaml", "shop:2")):
        (here / file).write_text(WEB.replace("replicas: 3", "replicas: 2147483647").replace("shop:1", image))
    done = kplan("plan", "--from", "few.yaml", "--to", "many.yaml", folder=here)
    assert "deployment/web: spec.replicas: 2147483647 is more than the 100000 pods that can" in done.stdout
    assert "restarts nothing" not in done.stdout


def test_definitions_of_custom_resources(here: Path) -> None:
    schema = (
        "{openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}"
    )
    (here / "crd.yaml").write_text(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: shops.example.com}\n"
        "spec: {group: example.com, scope: Namespaced, names: {plural: shops, kind: Shop}, versions: "
        f"[{{name: v1, served: true, storage: true, schema: {schema}}}]}}\n"
    )
    (here / "shop.yaml").write_text("{apiVersion: example.com/v1, kind: Shop, metadata: {name: a}, spec: {size: big}}")
    for arguments, code in ((["plan", "shop.yaml"], 1), (["diff", "web.yaml", "shop.yaml"], 2)):
        assert "must be of type integer" not in kplan(*arguments, folder=here).stdout
        done = kplan(*arguments, "--crds", "crd.yaml", folder=here)
        assert done.returncode == code
        assert "must be of type integer" in done.stdout + done.stderr


def test_fix_goes_on_after_a_link_that_leads_nowhere(here: Path) -> None:
    (here / "a.yaml").symlink_to("gone.yaml")
    (here / "b.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: yes}\n")
    done = kplan("fix", ".", folder=here)
    assert done.returncode == 0
    assert "`a.yaml` cannot be read" in done.stderr
    assert 'data: {a: "yes"}' in (here / "b.yaml").read_text()
