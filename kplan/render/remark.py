"""What is odd about a rendering and no error: values that nothing reads, results that chance decides, unknown hooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kplan.model import Finding, Severity, Span, format_path
from kplan.render.order import EVENTS, HOOK
from kplan.render.rendering import GROUP
from kplan.render.undefined import nearest
from kplan.render.value.table import OptionPlace

if TYPE_CHECKING:
    from kplan.model import Resource
    from kplan.render.rendering import Chance, Rendered, Unread


def remarks(rendered: Rendered) -> Iterator[Finding]:
    """The warnings of a rendered chart; none has a value in it."""
    yield from map(_unread, rendered.unread)
    yield from map(_chance, rendered.chances)


def unknown_hooks(resources: Iterable[Resource]) -> Iterator[Finding]:
    """Objects that Helm leaves out, for it does not know when to run them."""
    for resource in resources:
        said = resource.get("metadata", "annotations", HOOK)
        fault = None if said is None else hook_fault(said)
        if fault:
            yield _remark("unknown-hook", *fault, resource.source.span(("metadata", "annotations", HOOK)))


def _unread(value: Unread) -> Finding:
    place, advice = value.origin, f"did you mean `{value.meant}`?" if value.meant else None
    message = f"no template reads the value `{format_path(value.path)}`"
    if isinstance(place, OptionPlace):
        return _remark("unread-value", f"{message} of `{place.option}`", advice, None)
    return _remark("unread-value", message, advice, place.span if place else None)


def _chance(call: Chance) -> Finding:
    return _remark("unstable-value", f"`{call.function}` gives another result in every release", None, call.span)


def hook_fault(said: object) -> tuple[str, str] | None:
    """What is wrong with the annotation `helm.sh/hook`, and what to do; None where Helm knows all of its words.

    >>> hook_fault("pre-install, pre-upgrad")
    ('there is no hook `pre-upgrad`: Helm leaves the object out', 'did you mean `pre-upgrade`?')
    """
    for name in (part.strip().lower() for part in str(said).split(",")):
        if name not in (*EVENTS, "test-success"):
            near = nearest(name, EVENTS)
            advice = f"did you mean `{near}`?" if near else f"the hooks are {', '.join(EVENTS)}"
            return f"there is no hook `{name}`: Helm leaves the object out", advice
    return None


def _remark(rule: str, message: str, advice: str | None, span: Span | None) -> Finding:
    return Finding(rule, GROUP, Severity.WARNING, message, advice, span=span)
