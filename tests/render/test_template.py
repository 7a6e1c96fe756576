"""What `kplan template` prints: which documents, in which order and layout."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kplan.errors import UsageError
from kplan.render.chart import Chart, ChartFile
from kplan.render.naming import checked_name, generated_name, name_from
from kplan.render.order import written
from kplan.render.release import Capabilities, Release
from kplan.render.rendering import render
from kplan.render.template import Selection, layout, selected
from kplan.render.value import chart_with_values
from tests.render.chart import chart

ALL = """# leading comment
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i}
---

apiVersion: v1
kind: Service
metadata:
  name: s
---
# only a comment
---
apiVersion: example.com/v1
kind: Zed
metadata: {name: z}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa}


"""
HOOKS = """apiVersion: batch/v1
kind: Job
metadata:
  name: b
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "5"
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: c
  annotations: {helm.sh/hook: post-install}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: unknown
  annotations: {helm.sh/hook: pre-nonsense}
"""
TEST = "apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n"
CRD = "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n"


@pytest.fixture
def web() -> Chart:
    db = chart({"s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n"}, name="db", folder="web/charts/db")
    db = replace(db, crds=(ChartFile("crds/y.yaml", CRD.replace("x}", "y}").encode()),))
    made = chart({"all.yaml": ALL, "hook.yaml": HOOKS, "tests/t.yaml": TEST, "NOTES.txt": "hello"}, charts=[db])
    return replace(made, crds=(ChartFile("crds/x.yaml", CRD.encode()), ChartFile("crds/README.md", b"no")))


def shown(web: Chart, **selection: object) -> list[str]:
    made, values = chart_with_values(web)
    found = render(made, values, Release(), capabilities=Capabilities(36))
    return [
        f"{each.source} {each.kind} {each.name}".strip()
        for each in selected(made, found, Selection(**selection))  # type: ignore[arg-type]
    ]


OBJECTS = [
    "web/templates/all.yaml ServiceAccount sa",
    "web/charts/db/templates/s.yaml Secret db",
    "web/templates/all.yaml Service s",
    "web/templates/all.yaml Ingress i",
    "web/templates/all.yaml",
    "web/templates/all.yaml Zed z",
]
"""As `helm template` of Helm 3.22 prints them."""
HOOKED = ["web/templates/hook.yaml ConfigMap c", "web/templates/tests/t.yaml Pod t", "web/templates/hook.yaml Job b"]
DEFINED = [
    "web/crds/x.yaml CustomResourceDefinition",
    "web/charts/db/crds/y.yaml CustomResourceDefinition",
]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({}, OBJECTS + HOOKED),
        ({"hooks": False}, OBJECTS),
        ({"tests": False}, [*OBJECTS, HOOKED[0], HOOKED[2]]),
        ({"crds": True}, DEFINED + OBJECTS + HOOKED),
        ({"only": ("templates/tests/*",)}, [HOOKED[1]]),
        (
            {"only": ("templates/hook.yaml", "charts/db/templates/*", "templates/h*")},
            [HOOKED[0], HOOKED[2], OBJECTS[1]],
        ),
        ({"only": ("templates/*.yaml",)}, [o for o in OBJECTS if "charts" not in o] + [HOOKED[0], HOOKED[2]]),
        ({"only": ("crds/*",), "crds": True}, DEFINED[:1]),
    ],
)
def test_documents_and_their_order(web: Chart, selection: dict[str, object], expected: list[str]) -> None:
    assert shown(web, **selection) == expected


def test_a_pattern_that_matches_nothing(web: Chart) -> None:
    with pytest.raises(
        UsageError, match=r"no template `templates/al\.yaml` makes anything; did you mean `templates/all"
    ):
        shown(web, only=("templates/al.yaml",))


def test_layout(web: Chart) -> None:
    made, values = chart_with_values(web)
    found = selected(made, render(made, values, Release(), capabilities=Capabilities(36)), Selection(crds=True))
    files = layout(found)
    assert sorted(files) == [
        "web/charts/db/crds/y.yaml",
        "web/charts/db/templates/s.yaml",
        "web/crds/x.yaml",
        "web/templates/all.yaml",
        "web/templates/hook.yaml",
        "web/templates/tests/t.yaml",
    ]
    assert files["web/crds/x.yaml"] == f"---\n# Source: web/crds/x.yaml\n{CRD.removeprefix(f'---{chr(10)}')}"
    assert files["web/templates/all.yaml"].startswith(
        "---\n# Source: web/templates/all.yaml\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa}\n---\n"
    )
    assert written(found[:1]) == files["web/crds/x.yaml"]


def test_names() -> None:
    assert checked_name("a.b-c") == "a.b-c"
    for name in ("", "A", "a_b", "-a", "a-", "a..b", "a" * 54):
        with pytest.raises(UsageError, match="can be no release"):
            checked_name(name)
    assert generated_name("web", "default") == generated_name("web", "default") != generated_name("web", "shop")
    assert len(checked_name(generated_name("w" * 60, "default"))) == 53
    assert name_from("web-{{ 'A' | lower }}") == "web-a"
    with pytest.raises(UsageError, match="--name-template: `nope` is not defined"):
        name_from("{{ nope }}")
    with pytest.raises(UsageError, match="`Web` can be no release"):
        name_from("Web")
