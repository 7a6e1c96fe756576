"""An image whose name no container runtime can read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kplan.k8s.image import image_tag
from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_PUT_IN = re.compile(r"ko://|//|.*\$\(|.*<\w|(?<!\{)\{\w+\}|[A-Z][A-Z0-9_]*(?::\S*)?\Z|.*__[A-Z]")
"""What a tool or a test puts a name in for: ko, Bazel, Azure, and words such as `IMAGE`, `<image>` and `{image}`."""


@rule(severity=Severity.ERROR, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    if context.build_of(resource) is not None:
        return  # kustomize may put another name in
    for container in containers_of(resource, context):
        image = container.data.get("image")
        if not isinstance(image, str) or not image or image != image.strip():
            continue  # the API server's own business
        if image_tag(image) is None and not _is_put_in(image):
            yield container.has(
                f"`{image}` is no name of an image: the container never starts", "image", help=_help(image)
            )


def _is_put_in(image: str) -> bool:
    return _PUT_IN.match(image) is not None


def _help(image: str) -> str | None:
    name, at, _ = image.partition("@")
    path = name.rpartition(":")[0] if "/" not in name.rpartition(":")[2] else name
    if "://" in image:
        return f"leave out `{image.partition('://')[0]}://`"
    if "${" in image:
        return "name the file in `placeholders` of the configuration if the variable is filled in before it is applied"
    if " " in image:
        return "leave out the spaces"
    if path.lower() != path and image_tag(path.lower()) is not None:
        return f"names are in lower case: `{path.lower()}{image[len(path) :]}`"
    if path.rpartition("/")[2].count(":"):
        return "it has two tags: leave one out"
    return "a digest is `sha256:` and 64 digits" if at else None
