"""Objects of removed and deprecated versions of the API rewritten in their successors."""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import partial

from kplan.fixer.conversion import Convert, Successor, conversion, successor
from kplan.fixer.document import Document
from kplan.fixer.file import File
from kplan.fixer.outcome import Fix, Left
from kplan.fixer.tree import Map, Unfixable
from kplan.kinds import split_api_version
from kplan.model import FieldPath, Resource, Span, format_path


def convert(
    file: File,
    resources: Iterable[Resource],
    minor: int,
    rules: frozenset[str],
    told: Container[tuple[str, Span | None]],
) -> list[Fix | Left]:
    """Rewrite the objects of a file that are due in 1.`minor`; the outcomes in the order of the file.

    `resources` are the objects that were read from the file as it is. `told` are rules and places of what lint found:
    a version that a rule is silent about is left alone, but where no rule speaks of such versions.
    """
    found: list[Fix | Left] = []
    for resource in reversed(list(resources)):  # from the end, so that what is before stays where it is
        group, version = split_api_version(resource.api_version)
        due = successor(group, version, resource.kind, minor)
        if due is not None and due.rule in rules:
            place = (due.rule, resource.source.span(("apiVersion",)))
            if not due.told or place in told:
                found.append(_convert(file, resource, due, minor))
    return found[::-1]


def _convert(file: File, resource: Resource, due: Successor, minor: int) -> Fix | Left:
    what = f"`{resource.api_version}` {resource.kind} {due.why}"
    line = resource.source.span(("apiVersion",)).start.line
    place = (due.rule, file.name, line, resource.ref)
    if due.api is None:
        return Left(*place, what, f"nothing replaces {resource.kind} in Kubernetes 1.{minor}")
    new = due.api.api_version
    change = conversion(resource.api_version, resource.kind, new) if due.api.kind == resource.kind else None
    if change is None:
        return Left(*place, what, f"no conversion to `{new}` {due.api.kind} is known")
    notes: list[str] = []
    try:
        document, start, path = file.document(resource)
        after = document.edited(path, partial(_rewrite, change=change, new=new, notes=notes))
        _lost_nothing(resource, after, path, new, minor)
    except Unfixable as error:
        return Left(*place, what, str(error))
    file.replace(start, document, after)
    return Fix(*place, f"{what}: rewritten as `{new}`", remarks=tuple(dict.fromkeys(notes)))


def _rewrite(it: Map, *, change: Convert, new: str, notes: list[str]) -> None:
    if it.entry("apiVersion") is None:
        raise Unfixable("its version is that of the list around it")
    old = str(it.value("apiVersion"))
    change(it, old, notes)
    it.set("apiVersion", new)


def _lost_nothing(resource: Resource, after: Document, path: FieldPath, new: str, minor: int) -> None:
    """Raise Unfixable where the new version has no place for a field that the old one has."""
    known = {name for name, _ in _unknown(resource, minor)}
    data = after.data
    for part in path:
        data = data[part]
    for name, where in _unknown(Resource(resource.ref, new, data, resource.source), minor):
        if name not in known:
            raise Unfixable(f"`{where}` has no place in `{new}`")


def _unknown(resource: Resource, minor: int) -> list[tuple[str, str]]:
    from kplan.schema import check

    return [
        (str(problem.path[-1]), format_path(problem.path))
        for rule, problem in check(resource, minor)
        if rule == "unknown-field"
    ]
