"""What kustomize says, and what is made of it: nothing of the run or the machine is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from kplan.render.kustomize_error import failure, line_of

OUTER = (
    'E1121 07:26:46.952543   24974 run.go:72] "command failed" err="accumulating resources: accumulation err='
    "'accumulating resources from '../a': '{here}' must resolve to a file': "
    "recursed accumulation of path '{here}': {said}\""
)


@pytest.mark.parametrize(
    ("said", "message", "word"),
    [
        (
            "accumulating resources: accumulation err='accumulating resources from 'web.yaml': evalsymlink failure on "
            "'{here}/web.yaml' : lstat {here}/web.yaml: no such file or directory': must build at directory",
            "`web.yaml` is not there",
            "web.yaml",
        ),
        ('invalid Kustomization: json: unknown field \\"patch\\"', "a kustomization has no field `patch`", "patch"),
        (
            'no resource matches strategic merge patch \\"Deployment.v1.apps/site.[noNs]\\": no matches for Id '
            "Deployment.v1.apps/site.[noNs]; failed to find unique target for patch",
            "a patch is for deployment/site, which is not among the resources",
            "patches",
        ),
        (
            "may not add resource with an already registered id: Service.v1.[noGrp]/web.[noNs]",
            "two of the resources are service/web",
            "resources",
        ),
        ("something new about {here}/base/web.yaml", "something new about base/web.yaml", ""),
    ],
)
def test_failures(said: str, message: str, word: str, tmp_path: Path) -> None:
    here = str(tmp_path.resolve())
    for text in (OUTER.replace("{said}", said), said.replace('\\"', '"')):
        found = failure(text.replace("{here}", here), here)
        assert (found.message, found.word) == (message, word)


def test_the_place_of_a_word() -> None:
    text = "resources:\n  - site/web.yaml\n  - ./web.yaml\n"
    assert line_of("web.yaml", text) == (3, 5)
    assert line_of("gone.yaml", text) == line_of("", text) == (1, 1)
