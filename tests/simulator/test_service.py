"""Endpoints of Services."""

from __future__ import annotations

from typing import Any

import pytest
from cluster import deployment, rolled_out, service


@pytest.mark.parametrize(
    ("spec", "ready"),
    [
        ({}, 2),
        ({"selector": None}, 0),
        ({"selector": {"app": "other"}}, 0),
        ({"type": "ExternalName", "externalName": "example.com"}, 0),
        ({"ports": [{"port": 80, "targetPort": "absent"}]}, 2),
    ],
)
def test_ready_endpoints(spec: dict[str, Any], ready: int) -> None:
    world = rolled_out(deployment(replicas=2), service(**spec))
    assert world.snapshot()["services"]["web"]["ready"] == ready


def test_terminating_pods_serve_no_more() -> None:
    world = rolled_out(deployment(replicas=2), service())
    world.apply([deployment(replicas=1)])
    (owner,) = world.snapshot()["replicasets"]
    assert world.snapshot()["services"]["web"] == {"ready": 1, "by": {owner: 1}, "terminating": 1}


def test_not_ready_addresses_are_published_on_request() -> None:
    world = rolled_out(deployment(replicas=2), service(publishNotReadyAddresses=True))
    pod = world.pods()[0]
    pod.sick = True
    world.store.set_pod(pod, 3)
    world.settle()
    assert world.snapshot()["services"]["web"]["ready"] == 2
    world.apply([service(publishNotReadyAddresses=False)])
    assert world.snapshot()["services"]["web"]["ready"] == 1
