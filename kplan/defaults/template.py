"""Pod templates as controllers hold them, and the hashes they make of them."""

from __future__ import annotations

from typing import Any

from kplan.defaults.pod import default_template
from kplan.k8s import podhash
from kplan.k8s.codec import decode, encode

_HASH_LABEL = "pod-template-hash"


def held_template(template: dict[str, Any], minor: int) -> dict[str, Any]:
    """The pod template as the API server stores it and controllers see it: plain JSON values, defaults applied.

    >>> held_template({"spec": {"containers": [{"name": "app", "image": "nginx"}]}}, 36)["spec"]["dnsPolicy"]
    'ClusterFirst'

    Raises InputError for a value of the wrong type.
    """
    return encode(podhash.TEMPLATE, minor, decode_template(template, minor))


def template_hash(template: dict[str, Any], minor: int, collision_count: int | None = None) -> str:
    """The `pod-template-hash` that the Deployment controller gives a template as written; DaemonSets use it, too.

    >>> template_hash({"spec": {"containers": [{"name": "app", "image": "nginx"}]}}, 36)
    '5b7dfffbf7'

    Raises InputError for a value of the wrong type; Unpredictable, an InputError too, for a template whose metadata
    hold a point in time: those enter the hash with the inner state of the controller's process.
    """
    return podhash.template_hash(decode_template(template, minor), minor, collision_count)


def revision_hash(template: dict[str, Any], minor: int, collision_count: int | None = None) -> str:
    """The hash that ends the name of a StatefulSet's ControllerRevision, from the template as written.

    Raises InputError for a value of the wrong type.
    """
    return podhash.revision_hash(decode_template(template, minor), minor, collision_count)


def same_template(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Whether two stored templates count as equal for the Deployment controller: `pod-template-hash` is ignored.

    >>> label = {"metadata": {"labels": {"app": "web", "pod-template-hash": "7874c6d779"}}, "spec": {}}
    >>> same_template(label, {"metadata": {"labels": {"app": "web"}}, "spec": {}})
    True

    Source: kubernetes v1.36 pkg/controller/deployment/util EqualIgnoreHash.
    """
    return _without_hash(left) == _without_hash(right)


def _without_hash(template: dict[str, Any]) -> dict[str, Any]:
    metadata = template.get("metadata") or {}
    labels = {name: value for name, value in (metadata.get("labels") or {}).items() if name != _HASH_LABEL}
    rest = {name: value for name, value in metadata.items() if name != "labels" and value is not None}
    return {**template, "metadata": {**rest, "labels": labels}}


def decode_template(template: dict[str, Any], minor: int) -> dict[str, Any]:
    """The template as `held_template`, but decoded (`kplan.k8s.codec`): what the hashes are made from."""
    held = decode(podhash.TEMPLATE, minor, template)
    default_template(held, minor)
    return held
