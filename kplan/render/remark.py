"""What is odd about a rendering and no error: values that nothing reads, results that chance decides, unknown hooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kplan.model import Finding, Severity, Span, format_path
from kplan.render.order import EVENTS, HOOK
from kplan.render.rendering import GROUP
from kplan.render.undefined import nearest
from kplan.render.value.table import FilePlace

if TYPE_CHECKING:
    from kplan.model import Resource
    from kplan.render.rendering import Chance, Rendered, Unread


def remarks(rendered: Rendered, resources: Iterable[Resource] = ()) -> Iterator[Finding]:
    """The warnings of a rendered chart, whose objects are `resources`: never with a value in them."""
    yield from map(_unread, rendered.unread)
    yield from map(_chance, rendered.chances)
    for resource in resources:
        yield from _unknown_hook(resource)


def _unread(value: Unread) -> Finding:
    place, advice = value.origin, f"did you mean `{value.meant}`?" if value.meant else None
    message = f"no template reads the value `{format_path(value.path)}`"
    if isinstance(place, FilePlace):
        return _remark("unread-value", message, advice, place.span)
    by = f" of `{place.option}`" if place else ""
    return _remark("unread-value", message + by, advice, None)


def _chance(call: Chance) -> Finding:
    message = f"`{call.function}` gives something else in every release, and here always the same"
    advice = "take it from a value or from a Secret that is there already: else every upgrade changes the object"
    return _remark("random-value", message, advice, call.span)


def _unknown_hook(resource: Resource) -> Iterator[Finding]:
    said = resource.get("metadata", "annotations", HOOK)
    for name in (part.strip().lower() for part in str(said or "").split(",") if part.strip()):
        if name not in (*EVENTS, "test-success"):
            near = nearest(name, EVENTS)
            advice = f"did you mean `{near}`?" if near else f"the hooks are {', '.join(EVENTS)}"
            span = resource.source.span(("metadata", "annotations", HOOK))
            yield _remark("unknown-hook", f"there is no hook `{name}`: Helm leaves the object out", advice, span)


def _remark(rule: str, message: str, advice: str | None, span: Span | None) -> Finding:
    return Finding(rule, GROUP, Severity.WARNING, message, advice, span=span)
