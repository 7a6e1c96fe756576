"""`kplan template`: what it prints, where, and with which exit code."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

FILES = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\nappVersion: '2'\n",
    "values.yaml": "image: nginx\npassword: hunter2\nextra: {}\n",
    "templates/config.yaml": """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ Release.Name }}
  namespace: {{ Release.Namespace }}
data:
  image: {{ Values.image | quote }}
  version: {{ Capabilities.KubeVersion.Version }}
  way: {{ "upgrade" if Release.IsUpgrade else "install" }}
  has: {{ Capabilities.APIVersions.Has("example.com/v1") | quote }}
  extra: {{ Values.extra | toJson | quote }}
""",
    "templates/secret.yaml": """apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {password: {{ Values.password }}}
""",
    "templates/NOTES.txt": "{{ Release.Name }} is there.\n",
    "crds/x.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "web", FILES)
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def kplan(*args: str, cwd: Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kplan.cli import main; main()", *args]
    given = {**os.environ, "NO_COLOR": "1", **env}
    return subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, text=True, env=given, check=False)


def printed(*args: str, cwd: Path, stdin: str = "") -> str:
    done = kplan("template", *args, cwd=cwd, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


CONFIG = """---
# Source: web/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  namespace: default
data:
  image: "nginx"
  version: v1.37.0
  way: install
  has: "false"
  extra: "{}"
"""
SECRET = """---
# Source: web/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {password: hunter2}
"""


def test_a_chart(folder: Path) -> None:
    assert printed("web", cwd=folder) == SECRET + CONFIG
    assert printed(".", cwd=folder / "web") == SECRET + CONFIG


def test_a_packed_chart(folder: Path) -> None:
    with tarfile.open(folder / "web-0.1.0.tgz", "w:gz") as archive:
        archive.add(folder / "web", "web")
    assert printed("web-0.1.0.tgz", cwd=folder) == SECRET + CONFIG


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["shop", "web"], "  name: shop"),
        (["--generate-name", "web"], "  name: web-9067193151"),
        (["--name-template", "a-{{ 'B' | lower }}", "web"], "  name: a-b"),
        (["web", "-n", "prod"], "  namespace: prod"),
        (["web", "--kube-version", "v1.30.2-gke.1"], "  version: v1.30.2-gke.1"),
        (["web", "--kube-version", "1.30"], "  version: v1.30.0"),
        (["web", "--is-upgrade"], "  way: upgrade"),
        (["web", "-a", "a/v1,example.com/v1"], '  has: "true"'),
        (["web", "--set", "image=a,extra.x=1"], '  image: "a"'),
        (["web", "--set-string", "extra.x=1"], r'  extra: "{\"x\":\"1\"}"'),
        (["web", "--set-json", 'extra={"x":[1]}'], r'  extra: "{\"x\":[1]}"'),
        (["web", "--set-literal", "extra.x=a,b"], r'  extra: "{\"x\":\"a,b\"}"'),
        (["web", "--set-file", "image=name.txt"], '  image: "from a file"'),
        (["web", "-f", "a.yaml", "--values", "b.yaml"], '  image: "b"'),
        (["web", "-f", "b.yaml,a.yaml"], '  image: "a"'),
        (["web", "-f", "-"], '  image: "stdin"'),
    ],
)  # fmt: skip
def test_options(folder: Path, args: list[str], line: str) -> None:
    write(folder, {"a.yaml": "image: a\n", "b.yaml": "image: b\n", "name.txt": "from a file"})
    assert line in printed(*args, cwd=folder, stdin="image: stdin\n").splitlines()


def test_which_documents(folder: Path) -> None:
    assert printed("web", "-s", "templates/con*.yaml", cwd=folder) == CONFIG
    crd = "---\n# Source: web/crds/x.yaml\n" + FILES["crds/x.yaml"]
    assert printed("web", "--include-crds", cwd=folder) == crd + SECRET + CONFIG
    assert printed("web", "--include-crds", "--skip-crds", cwd=folder) == SECRET + CONFIG


def test_notes_are_apart(folder: Path) -> None:
    done = kplan("template", "web", "--notes", cwd=folder)
    assert (done.stdout, done.stderr) == (SECRET + CONFIG, "web is there.\n")


def test_an_output_folder(folder: Path) -> None:
    out = printed("shop", "web", "--output-dir", "out", "--release-name", cwd=folder)
    assert out == "wrote out/shop/web/templates/secret.yaml\nwrote out/shop/web/templates/config.yaml\n"
    assert (folder / "out/shop/web/templates/secret.yaml").read_text() == SECRET
    assert sorted(f.name for f in (folder / "out/shop/web/templates").iterdir()) == ["config.yaml", "secret.yaml"]


def test_nothing_is_written_outside_of_the_output_folder(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "elsewhere").mkdir()
    (folder / "out/web").symlink_to("../elsewhere")
    done = kplan("template", "web", "--output-dir", "out", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "`web/templates/secret.yaml` would be written outside of `out`" in done.stderr
    assert not list((folder / "elsewhere").iterdir())


def test_errors_are_told_together_and_nothing_is_printed(folder: Path) -> None:
    write(folder / "web", {
        "templates/_part.j2": "{% macro part() %}\nkey: {{ Values.imgae }}\n{% endmacro %}\n",
        "templates/a.yaml": '{% from "_part.j2" import part %}\napiVersion: a/v1\nkind: A\n{{ part() }}\n',
        "templates/b.yaml": "a: {{ 1 +",
        "templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ Values.image }}\n data: {}\n",
    })  # fmt: skip
    done = kplan("template", "web", "--set", "image=x", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    places = [line.strip() for line in done.stderr.splitlines() if "-->" in line]
    assert places == [
        "--> web/templates/_part.j2:2:9",
        "--> web/templates/b.yaml:1:9",
        "--> web/templates/c.yaml:5:2",
    ]
    assert "::: web/templates/a.yaml:4:1" in done.stderr
    assert "did you mean `image`?" in done.stderr
    assert done.stderr.endswith("3 errors\n")
    debugged = kplan("template", "web", "--debug", cwd=folder)
    assert debugged.returncode == 1
    assert "# Source: web/templates/c.yaml\n" in debugged.stdout


def test_warnings_change_no_exit_code(folder: Path) -> None:
    write(folder / "web", {"templates/r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ uuidv4() }}}\n"})
    done = kplan("template", "web", "--set", "imgae=secret-word", cwd=folder)
    assert done.returncode == 0
    assert done.stdout.startswith(SECRET)
    assert "no template reads the value `imgae` of `--set`\n  = help: did you mean `image`?" in done.stderr
    unstable = (
        "warning[unstable-value]: `uuidv4` gives another result in every release\n --> web/templates/r.yaml:3:18\n"
    )
    assert unstable in done.stderr
    assert done.stderr.endswith("2 warnings\n")
    assert "secret-word" not in done.stderr


def test_what_a_report_says_of_a_secret(folder: Path) -> None:
    template = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: {{ Values.password }}\n"
    write(
        folder / "web",
        {"templates/secret.yaml": template, "values.yaml": 'password: "hunter2: x"\nimage: a\nextra: {}\n'},
    )
    for command in ("template", "lint"):
        done = kplan(command, "web", cwd=folder)
        assert done.returncode == 1
        assert "web/templates/secret.yaml:5:13" in done.stdout + done.stderr
        assert "web/values.yaml:1:1" in done.stdout + done.stderr
        assert "hunter2" not in done.stdout + done.stderr


def test_values_are_held_to_the_schema(folder: Path) -> None:
    schema = '{"properties": {"image": {"type": "string"}, "password": {"maxLength": 3}}}'
    write(folder / "web", {"values.schema.json": schema})
    done = kplan("template", "web", "--set", "image=5", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[value-against-schema]: `image`: 5 is not of type 'string' (by `--set`)" in done.stderr
    assert "`password`: it is not as values.schema.json asks for\n --> web/values.yaml:2:1" in done.stderr
    assert "hunter2" not in done.stderr
    assert kplan("template", "web", "--skip-schema-validation", cwd=folder).returncode == 0


def test_what_keeps_a_chart_from_being_installed(folder: Path) -> None:
    chart = FILES["Chart.yaml"] + "kubeVersion: '>=1.30'\ndependencies:\n  - {name: db, version: 1.0.0}\n"
    write(folder / "web", {"Chart.yaml": chart})
    done = kplan("template", "web", "--kube-version", "1.29.1", cwd=folder)
    assert done.returncode == 1
    assert "the chart is for Kubernetes >=1.30, and this is v1.29.1" in done.stderr
    assert "error[missing-dependency]: the dependency `db` is not in charts/\n --> web/Chart.yaml:7:6" in done.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "give the chart's folder"),
        (["a", "b", "c"], "give the chart's folder"),
        (["wbe"], "`wbe` does not exist; did you mean `web`?"),
        (["empty"], "empty: there is no Chart.yaml, so this is no chart"),
        (["Web", "web"], "`Web` can be no release"),
        (["a", "web", "--generate-name"], "the name is given twice: a and --generate-name"),
        (["web", "-g", "--name-template", "a"], "the name is given twice: --generate-name and --name-template"),
        (["web", "-f", "none.yaml"], "`none.yaml` does not exist"),
        (["web", "-f", "empty"], "empty: values are a file, and this is a folder"),
        (["web", "-f", "web/templates/config.yaml"], "web/templates/config.yaml:"),
        (["web", "--set", "a[b=1"], "`--set a[b=1`: `[b=1` is no index of a list"),
        (["web", "--kube-version", "1.99"], "Kubernetes 1.99 is not known"),
        (["web", "-s", "templates/confg.yaml"], "did you mean `templates/config.yaml`?"),
        (["web", "--output-dir", "web/Chart.yaml"], "`web/Chart.yaml/web/templates` cannot be made: "),
        (["library"], "a library chart makes nothing by itself"),
    ],
)
def test_wrong_usage(folder: Path, args: list[str], message: str) -> None:
    (folder / "empty").mkdir()
    write(folder / "library", {"Chart.yaml": "name: library\nversion: 1.0.0\ntype: library\n"})
    done = kplan("template", *args, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "internal error" not in done.stderr
    assert "Traceback" not in done.stderr


HELM = """#!/bin/sh
echo "$@" | tr ' ' '\\n' | grep -v '^/' >&2
case "$*" in *fails*) echo "Error: it fails" >&2; exit 1;; esac
printf -- '---\\n# Source: go/templates/a.yaml\\nkind: A\\n'
"""


def test_go_templates_are_rendered_by_helm(folder: Path) -> None:
    write(folder / "go", {"Chart.yaml": "name: go\nversion: 1.0.0\n", "templates/a.yaml": "kind: {{ .Values.kind }}\n"})
    none = {"PATH": str(folder / "bin")}
    done = kplan("template", "go", cwd=folder, **none)
    assert (done.returncode, done.stdout) == (2, "")
    assert "go: its templates are Go templates, which `helm template` renders, and helm is not installed" in done.stderr
    write(folder, {"bin/helm": HELM})
    (folder / "bin/helm").chmod(0o755)
    some = {"PATH": f"{folder / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"}
    done = kplan("template", "shop", "go", "--set", "kind=A", "--skip-tests", cwd=folder, **some)
    assert (done.returncode, done.stdout) == (0, "---\n# Source: go/templates/a.yaml\nkind: A\n")
    piped = kplan("template", "shop", "go", "-f", "-", cwd=folder, stdin="kind: A\n", **some)
    assert (piped.returncode, piped.stdout) == (0, done.stdout)
    failed = kplan("template", "fails", "go", cwd=folder, **some)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == "error: helm cannot render `go`: it fails\n"


KUSTOMIZE = "#!/bin/sh\nprintf 'kind: A\\nmetadata:\\n  name: a\\n'\n"


def test_a_kustomization_is_built(folder: Path) -> None:
    write(
        folder, {"kz/kustomization.yaml": "resources: [a.yaml]\n", "kz/a.yaml": "kind: A\n", "bin/kustomize": KUSTOMIZE}
    )
    (folder / "bin/kustomize").chmod(0o755)
    some = {"PATH": f"{folder / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"}
    done = kplan("template", "kz", cwd=folder, **some)
    assert (done.returncode, done.stdout, done.stderr) == (0, "kind: A\nmetadata:\n  name: a\n", "")
    refused = kplan("template", "kz", "--set", "a=1", cwd=folder, **some)
    assert refused.returncode == 2
    assert "--set is for charts, and `kz` is a kustomization" in refused.stderr


def test_the_configuration_counts(folder: Path) -> None:
    write(folder, {"kplan.toml": 'kube-version = "1.30"\nnamespace = "prod"\n'})
    lines = printed("web", cwd=folder).splitlines()
    assert "  version: v1.30.0" in lines
    assert "  namespace: prod" in lines
    assert "  version: v1.37.0" in printed("web", "--no-config", cwd=folder).splitlines()
