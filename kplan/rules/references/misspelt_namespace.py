"""An object in a namespace that is not among the manifests, while one of almost that name is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kplan.model import ObjectRef, Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule
from kplan.rules.slip import is_slip


@rule(severity=Severity.WARNING, kinds=(), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    meant = context.once(_misspelt).get(resource.ref.namespace)
    if meant is not None and resource.get("metadata", "namespace"):
        yield Problem(
            ("metadata", "namespace"),
            f"namespace `{resource.ref.namespace}` is not among the manifests",
            help=f"did you mean `{meant.ref.name}`?",
            related=((meant, ("metadata", "name"), "this one is"),),
        )


def _misspelt(context: Context) -> dict[str, Resource]:
    """The namespaces that are likely misspelt, with the one that is meant, which more objects are in."""
    made = [r for r in context.of_kinds(("Namespace",)) if r.ref.kind == "Namespace"]
    known = {r.ref.name for r in made}
    sizes = Counter(r.ref.namespace for r in context.manifest.resources if r.ref.namespace) if made else Counter()
    found: dict[str, Resource] = {}
    for name in sorted(sizes.keys() - known):
        if not context.externals.has(ObjectRef("", "Namespace", "", name)):
            close = (r for r in made if is_slip(name, r.ref.name) and sizes[name] < sizes[r.ref.name])
            found.update((name, r) for r in list(close)[:1])
    return found
