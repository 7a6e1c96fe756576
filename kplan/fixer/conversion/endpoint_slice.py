"""EndpointSlice from v1beta1.

Source: kubernetes v1.24 pkg/apis/discovery/v1beta1 conversion.go.
"""

from __future__ import annotations

from typing import Final

from kplan.fixer.tree import Map

_ZONE: Final = "topology.kubernetes.io/zone"
_HOST: Final = "kubernetes.io/hostname"


def endpoint_slice(it: Map, old: str, notes: list[str]) -> None:
    """The zone has a field of its own; the host name goes where it says what nodeName says."""
    for endpoint in it.maps("endpoints"):
        topology = endpoint.map("topology")
        if topology is None:
            endpoint.drop("topology")
            continue
        if topology.has(_HOST) and topology.value(_HOST) == endpoint.value("nodeName"):
            topology.drop(_HOST)
        zone = topology.take(_ZONE)
        if topology.entries:
            endpoint.rename("topology", "deprecatedTopology")
        else:
            endpoint.drop("topology")
        if zone is not None:
            endpoint.put(zone, "zone", after=("deprecatedTopology", "nodeName"))
