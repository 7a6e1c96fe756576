"""A key of a ConfigMap or Secret that it does not have."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.selector import similar
from kplan.kinds.reference import Reference, has_hole
from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.link import Links
from kplan.rules.link_rule import referring_kinds
from kplan.rules.rule import rule

_KINDS = referring_kinds("dangling-config-map", "dangling-secret", "dangling-custom-reference")


@rule(severity=Severity.ERROR, kinds=_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    links = context.once(Links)
    for reference in links.written.get(id(resource), ()):
        if reference.keys and not reference.optional:
            keys = links.keys(reference, resource)
            if keys is not None:
                yield from _missing(reference, keys, resource, context)


def _missing(reference: Reference, keys: frozenset[str], resource: Resource, context: Context) -> Iterator[Problem]:
    target = reference.target
    holders = context.once(Links).targets(reference, resource)
    for path, key in reference.keys:
        if key not in keys and not has_hole(key):
            close = sorted(other for other in keys if similar(key, other))
            yield Problem(
                path,
                f"{target.kind} `{target.name}` has no key `{key}`: {reference.row.loss}",
                help=f"did you mean `{close[0]}`?" if close else f"it has `{'`, `'.join(sorted(keys)[:6])}`",
                related=tuple((r, ("metadata", "name"), f"the {target.kind}") for r in holders[:1]),
                severity=_severity(reference, holders, context),
            )


def _severity(reference: Reference, holders: list[Resource], context: Context) -> Severity | None:
    """Milder where something that runs may add keys, or a patch that is not an object."""
    is_patched = any(context.build_of(r) is not None for r in holders)
    return Severity.WARNING if is_patched or context.once(Links).is_open(reference.target) else None
