"""PersistentVolumeClaims as the scheduler sees them: who may share a volume, and from where it can be reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kplan.controllers.node import matches
from kplan.controllers.state import Map, State
from kplan.controllers.volume_claim import KIND

_ONE_NODE = {"ReadWriteOnce", "ReadWriteOncePod"}


@dataclass(frozen=True, slots=True)
class Claim:
    """`one_pod`: only one pod may use it; `one_node`: only pods of one node; `reach` is its volume's node affinity."""

    one_pod: bool = False
    one_node: bool = False
    reach: Map | None = None

    def is_near(self, name: str, node: Map) -> bool:
        """Whether the volume can be reached from a node."""
        if self.reach is None:
            return True
        required = {"requiredDuringSchedulingIgnoredDuringExecution": self.reach}
        return matches({"affinity": {"nodeAffinity": required}}, name, node)


Claims = Callable[[str, str], Claim | None]
"""What is known of a claim, by namespace and name; None where it is not among the manifests."""


def no_claims(_namespace: str, _name: str) -> Claim | None:
    """Nothing is known of any claim."""
    return None


def find_claim(state: State, namespace: str, name: str) -> Claim | None:
    """What is known of a claim among the objects that there are."""
    obj = state.get(KIND, namespace, name)
    if obj is None:
        return None
    modes = set(obj.spec.get("accessModes") or ())
    return Claim("ReadWriteOncePod" in modes, bool(modes) and modes <= _ONE_NODE, _reach(state, obj.spec, obj.name))


def _reach(state: State, spec: Map, name: str) -> Map | None:
    """The required node affinity of the volume that the claim names, or that is kept for it."""
    for volume in state.of_kind("PersistentVolume"):
        kept_for = volume.spec.get("claimRef") or {}
        if volume.name == spec.get("volumeName") or kept_for.get("name") == name:
            required = (volume.spec.get("nodeAffinity") or {}).get("required")
            return required if isinstance(required, dict) else None
    return None
