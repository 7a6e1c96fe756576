"""An image that its tag alone names."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.placeholder import is_filled_in
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        image = container.data.get("image")
        if isinstance(image, str) and image and "@" not in image and not is_filled_in(image):
            yield container.has(
                f"image `{image}` is named by its tag alone, which can be moved",
                "image",
                help="add the digest: `NAME:TAG@sha256:...`",
            )
