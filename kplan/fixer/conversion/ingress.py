"""Ingress from extensions/v1beta1 and networking.k8s.io/v1beta1 to networking.k8s.io/v1.

Source: kubernetes v1.21 pkg/apis/networking/v1beta1 conversion.go and defaults.go.
"""

from __future__ import annotations

from kplan.fixer.tree import Entry, Map


def ingress(it: Map, old: str, notes: list[str]) -> None:
    """The default backend, and the backend and path type of every path."""
    spec = it.map("spec")
    if spec is None:
        return
    spec.rename("backend", "defaultBackend")
    default = spec.map("defaultBackend")
    if default is not None:
        _backend(default)
    for rule in spec.maps("rules"):
        for path in rule.maps("http", "paths"):
            if not path.has("pathType"):
                path.set("pathType", "ImplementationSpecific", after=("pathType", "path"), before=("backend",))
            backend = path.map("backend")
            if backend is not None:
                _backend(backend)


def _backend(backend: Map) -> None:
    if backend.entry("serviceName") is None and backend.entry("servicePort") is None:
        return
    at = min(backend.index("serviceName"), backend.index("servicePort"))
    service = Map()
    name = backend.take("serviceName")
    if name is not None:
        service.put(name, "name")
    port = Map()
    written = backend.value("servicePort")
    if written in (None, 0, ""):
        backend.drop("servicePort")
    else:
        entry = backend.take("servicePort")
        assert entry is not None
        port.put(entry, "name" if isinstance(written, str) else "number")
    service.set("port", port)
    backend.insert(min(at, len(backend.entries)), Entry("service", "service", service))
