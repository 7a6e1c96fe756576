"""Say what Kubernetes manifests will do to a cluster, without a cluster.

The functions here are all that is needed for use without the command line; each is loaded when it is first asked for.
A Manifest (of `load` or `load_text`) is an iterable of Resources, whose `.data` is plain Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kplan.errors import InputError, KplanError, UsageError
    from kplan.library import controller_revision_hash, diff, lint, load, plan, pod_template_hash, template
    from kplan.loader import load_text
    from kplan.model import Finding, Manifest, Resource
    from kplan.simulator import simulate

__version__ = "0.1.0"

__all__ = [
    "Finding",
    "InputError",
    "KplanError",
    "Manifest",
    "Resource",
    "UsageError",
    "__version__",
    "controller_revision_hash",
    "diff",
    "lint",
    "load",
    "load_text",
    "plan",
    "pod_template_hash",
    "simulate",
    "template",
]

_HOMES = {
    "kplan.errors": ("InputError", "KplanError", "UsageError"),
    "kplan.library": ("controller_revision_hash", "diff", "lint", "load", "plan", "pod_template_hash", "template"),
    "kplan.loader": ("load_text",),
    "kplan.model": ("Finding", "Manifest", "Resource"),
    "kplan.simulator": ("simulate",),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'kplan' has no attribute '{name}'")
