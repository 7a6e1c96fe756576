"""Classes of the cluster's scope that pods refer to by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kplan.k8s.selector import similar
from kplan.model import Problem, Resource
from kplan.rules.context import Context
from kplan.rules.pod import pod_source


def missing_class(
    resource: Resource, context: Context, field: str, kind: str, built_in: Collection[str] = ()
) -> Iterator[Problem]:
    """The problem of a pod whose class is neither built in nor among the manifests.

    Nothing is said where the manifests have no class of the kind: then the cluster's classes are kept elsewhere.
    """
    source = pod_source(resource)
    name = resource.get(*source.path, "spec", field) if source else None
    if source is None or not isinstance(name, str) or not name or name in built_in:
        return
    names = sorted(r.ref.name for r in context.of_kinds((kind,)))
    if names and name not in names:
        close = [other for other in names if similar(name, other)]
        yield Problem(
            (*source.path, "spec", field),
            f"{kind.partition('/')[2]} `{name}` is not among the manifests: no pod is made without it",
            help=f"did you mean `{close[0]}`?" if close else f"the manifests have `{'`, `'.join(names)}`",
        )
