"""An image that is whatever was built last."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.image import image_tag
from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.placeholder import is_filled_in
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        image = container.data.get("image")
        if isinstance(image, str) and "@" not in image and not is_filled_in(image) and image_tag(image) == "latest":
            wrong = "is whatever was pushed last" if image.endswith(":latest") else "has no tag, which means `latest`"
            yield container.has(f"image `{image}` {wrong}", "image", help="name a version")
