"""A moving image that nodes keep as they first pulled it."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.image import image_tag
from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.placeholder import is_filled_in
from kplan.rules.rule import rule

_KEPT = ("IfNotPresent", "Never")


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        image, policy = container.data.get("image"), container.data.get("imagePullPolicy")
        if not isinstance(image, str) or policy not in _KEPT or "@" in image or is_filled_in(image):
            continue
        if image_tag(image) == "latest":
            yield container.has(
                f"`{policy}` keeps the `{image}` that a node has, however old it is",
                "imagePullPolicy",
                help="name a version, or pull `Always`",
            )
