"""The tag that decides on the pull policy."""

from __future__ import annotations

import pytest

from kplan.k8s.image import image_tag, pull_policy

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("nginx", "latest"),
        ("nginx:1.27", "1.27"),
        ("nginx:latest", "latest"),
        (f"nginx@{DIGEST}", ""),
        (f"nginx:1@{DIGEST}", "1"),
        ("localhost:5000/x", "latest"),
        ("localhost/x", "latest"),
        ("index.docker.io/nginx:1", "1"),
        ("registry.example/a/b_c/d__e/f.g-h:T_1.x-y", "T_1.x-y"),
        ("Nginx", None),
        ("registry.example/Nginx", None),
        ("", None),
        ("nginx:", None),
        ("nginx:-1", None),
        ("nginx:" + "a" * 128, "a" * 128),
        ("nginx:" + "a" * 129, None),
        ("nginx@sha256:abc", None),
        (f"nginx@{DIGEST.upper()}", None),
        ("nginx@md5:" + "0" * 32, None),
        ("a" * 64, None),
        ("a" * 63 + "g", "latest"),
        ("a..b/x", None),
        ("a///b", None),
        ("x" * 256, None),
        ("nginx\n", None),
        ("ngi nx", None),
    ],
)
def test_tag(image: str, tag: str | None) -> None:
    assert image_tag(image) == tag


@pytest.mark.parametrize("image", ["LOCALHOST/x:latest", "[::1]:5000/x"])
def test_hosts_that_parse_since_1_29(image: str) -> None:
    assert (pull_policy(image, 28), pull_policy(image, 29)) == ("IfNotPresent", "Always")
