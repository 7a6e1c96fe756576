"""Selectors and labels that miss each other by one word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from kplan.fixer.repair.place import map_at
from kplan.fixer.repair.view import Repair, View
from kplan.fixer.tree import Map, Unfixable
from kplan.k8s.label import clean_labels, format_labels
from kplan.k8s.selector import label_selector, map_selector, near_miss, similar
from kplan.model import FieldPath, Finding

Labels = Mapping[str, str]


def service_selector(finding: Finding, view: View) -> Iterator[Repair]:
    """The labels of the only pods that come close."""
    service = view.resource(finding)
    if service is None:
        return
    selector = clean_labels(service.get("spec", "selector"))
    sources = view.context.pods.get(service.ref.namespace, [])
    close = {format_labels(s.labels): s.labels for s in sources if near_miss(selector, [s.labels]) is not None}
    if len(close) == 1:
        new = _corrected(selector, next(iter(close.values())))
        if new is not None:
            text = f"the selector `{format_labels(selector)}` becomes `{format_labels(dict(new.values()))}`"
            path: FieldPath = ("spec", "selector")
            yield Repair(finding, text, partial(_correct, path=path, new=new), "unsafe", service, touched=path)


def workload_labels(finding: Finding, view: View) -> Iterator[Repair]:
    """First the labels that the selector asks for, in the template; then a selector for the labels that are there."""
    workload = view.resource(finding)
    if workload is None:
        return
    is_map = workload.kind == "ReplicationController"
    written = workload.get("spec", "selector")
    wanted = (map_selector(written) if is_map else label_selector(written)).pairs
    labels = clean_labels(workload.get("spec", "template", "metadata", "labels"))
    if not wanted or near_miss(wanted, [labels]) is None:
        return
    to_labels = _corrected(labels, wanted, {key for key in labels if labels.get(key) != wanted.get(key)})
    if to_labels is not None and _carries(dict(to_labels.values()), wanted):
        text = f"the labels of the template become `{format_labels(dict(to_labels.values()))}`"
        path: FieldPath = ("spec", "template", "metadata", "labels")
        yield Repair(finding, text, partial(_correct, path=path, new=to_labels), "unsafe", workload, touched=path)
    to_selector = _corrected(wanted, labels)
    if to_selector is not None:
        text = f"the selector becomes `{format_labels(dict(to_selector.values()))}`"
        path = ("spec", "selector") if is_map else ("spec", "selector", "matchLabels")
        yield Repair(finding, text, partial(_correct, path=path, new=to_selector), "unsafe", workload, touched=path)


def _corrected(wrong: Labels, right: Labels, which: set[str] | None = None) -> dict[str, tuple[str, str]] | None:
    """For every key of the wrong labels the right key and value; None where one has no likeness there."""
    found: dict[str, tuple[str, str]] = {}
    for key, value in wrong.items():
        have = right.get(key)
        alike = [other for other, text in right.items() if text == value and other not in wrong]
        if have == value:
            found[key] = (key, value)
        elif have is not None and similar(value, have):
            found[key] = (key, have)
        elif have is None and len(alike) == 1:
            found[key] = (alike[0], value)
        elif which is not None and have is None:
            found[key] = (key, value)  # a label more does no harm
        else:
            return None
    return found if len({key for key, _ in found.values()}) == len(found) else None


def _carries(labels: Labels, wanted: Labels) -> bool:
    return all(labels.get(key) == value for key, value in wanted.items())


def _correct(it: Map, path: FieldPath, new: dict[str, tuple[str, str]]) -> None:
    here = map_at(it, path)
    for key, (name, value) in new.items():
        if here.entry(key) is None:
            raise Unfixable("the labels are written elsewhere")
        if here.value(key) != value:
            here.set(key, value)
        if name != key:
            here.rename(key, name)
