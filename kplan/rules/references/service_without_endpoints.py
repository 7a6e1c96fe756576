"""A Service whose selector selects no pod."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.label import clean_labels, format_labels
from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.pod import PodSource
from kplan.rules.rule import rule

_SELECTOR: FieldPath = ("spec", "selector")


@rule(severity=Severity.ERROR, kinds=("Service",), since="0.1")
def check(service: Resource, context: Context) -> Iterator[Problem]:
    selector = clean_labels(service.get(*_SELECTOR))
    namespace = service.ref.namespace
    if not selector or service.get("spec", "type") == "ExternalName" or _is_hook(service):
        return  # its endpoints come from elsewhere: written by hand, DNS, or a test that runs later
    if context.pods_with(selector, namespace) or context.may_be_filled_in(selector, namespace):
        return
    message = f"selector `{format_labels(selector)}` matches no pod"
    if elsewhere := context.pods_with(selector):
        yield _in_other_namespace(service, elsewhere, message, sure=bool(context.pods.get(namespace)))
        return
    sources = context.pods.get(namespace, [])
    changing = context.pods_that_label_themselves.get(namespace, [])
    if not sources or any(_may_gain(source, selector) for source in changing):
        return  # its pods are not in this manifest, or get the label when they run
    closest = context.nearest_pods(selector, namespace)
    if context.operated_namespaces & {"", namespace}:
        if closest:
            yield _shown(closest, message, Severity.WARNING)
        return
    if closest is None and len(sources) == 1:
        closest = sources[0]
    yield _shown(closest, message) if closest else Problem(_SELECTOR, message)


def _shown(closest: PodSource, message: str, severity: Severity | None = None) -> Problem:
    return Problem(
        _SELECTOR,
        message,
        help=f"the closest pod has the labels `{format_labels(closest.labels)}`"
        if closest.labels
        else "the only pod has no labels",
        related=((closest.owner, _labels_path(closest), f"labels of {closest.owner.ref}"),),
        severity=severity,
    )


def _in_other_namespace(service: Resource, found: list[PodSource], message: str, *, sure: bool) -> Problem:
    """It is no more than a warning where a namespace may be given on the command line (`kubectl -n`)."""
    source = found[0]
    written = _has_namespace(service) and all(_has_namespace(s.owner) for s in found)
    return Problem(
        _SELECTOR,
        f"{message} in namespace `{service.ref.namespace}`",
        help=f"{source.owner.ref} has these labels, in namespace `{source.namespace}`",
        related=((source.owner, _labels_path(source), f"labels of {source.owner.ref}"),),
        severity=None if written and sure else Severity.WARNING,
    )


def _may_gain(source: PodSource, selector: dict[str, str]) -> bool:
    """Whether the pods lack labels of the selector, and have no other value for them."""
    return all(source.labels.get(key, value) == value for key, value in selector.items())


def _labels_path(source: PodSource) -> FieldPath:
    return (*source.path, "metadata", "labels")


def _has_namespace(resource: Resource) -> bool:
    return bool(resource.get("metadata", "namespace"))


def _is_hook(service: Resource) -> bool:
    return service.get("metadata", "annotations", "helm.sh/hook") is not None
