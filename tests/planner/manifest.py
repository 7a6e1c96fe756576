"""Small manifests for tests of plans."""

from __future__ import annotations

import json
from typing import Any

from kplan.loader import load_text
from kplan.model import Manifest


def deployment(name: str = "web", image: str = "shop:1", replicas: int | None = 3, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            **({} if replicas is None else {"replicas": replicas}),
            "selector": {"matchLabels": {"app": name}},
            "template": template(name, image),
            **spec,
        },
    }


def template(name: str, image: str, **spec: Any) -> dict[str, Any]:
    container = {
        "name": "app",
        "image": image,
        "ports": [{"name": "http", "containerPort": 8080}],
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
    }
    return {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container], **spec}}


def service(name: str = "web", selector: dict[str, str] | None = None) -> dict[str, Any]:
    spec = {"selector": selector or {"app": name}, "ports": [{"port": 80, "targetPort": "http"}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def of_kind(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **fields}


def manifest(*objects: dict[str, Any]) -> Manifest:
    return load_text("\n---\n".join(json.dumps(each) for each in objects))
