"""An image that is not asked for anew when a container starts."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.image import pull_policy
from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.placeholder import is_filled_in
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        image, policy = container.data.get("image"), container.data.get("imagePullPolicy")
        if not isinstance(image, str) or "@" in image or is_filled_in(image):
            continue
        if policy is None and pull_policy(image, context.minor) != "Always":
            yield container.lacks(
                "no `imagePullPolicy`, which means `IfNotPresent` for an image with a tag",
                "imagePullPolicy",
                help="write `imagePullPolicy: Always`, or name the image by its digest",
            )
        elif policy in ("IfNotPresent", "Never"):
            yield container.has(
                f"`{policy}` does not ask the registry whether the pod may have the image",
                "imagePullPolicy",
                help="write `Always`, or name the image by its digest",
            )
