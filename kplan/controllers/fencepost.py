"""How far a Deployment's rollout may go: the most pods, and the fewest that must serve."""

from __future__ import annotations

from functools import lru_cache

from kplan.controllers.state import Obj

Percentage = str


def resolve(value: int | Percentage | None, total: int, *, up: bool) -> int:
    """A number of pods from a number or a percentage of `total`, rounded up or down.

    >>> resolve("15%", 10, up=True), resolve("15%", 10, up=False), resolve(3, 10, up=True)
    (2, 1, 3)

    Source: kubernetes apimachinery pkg/util/intstr GetScaledValueFromIntOrPercent.
    """
    if isinstance(value, str):
        part = int(value.rstrip("%")) * total
        return -(-part // 100) if up else part // 100
    return int(value or 0)


@lru_cache(maxsize=4096)
def fenceposts(replicas: int, max_surge: int | Percentage, max_unavailable: int | Percentage) -> tuple[int, int]:
    """The pods that may be there beyond `replicas`, and those that may be missing.

    Surge rounds up, unavailability rounds down; when both come to 0, one pod may be missing.

    >>> fenceposts(2, "1%", "25%"), fenceposts(2, 0, "25%")
    ((1, 0), (0, 1))

    Source: kubernetes v1.36 pkg/controller/deployment/util ResolveFenceposts.
    """
    surge = resolve(max_surge, replicas, up=True)
    unavailable = resolve(max_unavailable, replicas, up=False)
    return surge, unavailable if surge or unavailable else 1


def is_rolling(deployment: Obj) -> bool:
    """Whether the strategy is RollingUpdate."""
    strategy = deployment.spec.get("strategy") or {}
    return bool(strategy.get("type", "RollingUpdate") == "RollingUpdate")


def _resolved(deployment: Obj) -> tuple[int, int]:
    rolling = (deployment.spec.get("strategy") or {}).get("rollingUpdate") or {}
    surge, unavailable = rolling.get("maxSurge"), rolling.get("maxUnavailable")
    return fenceposts(
        deployment.replicas, "25%" if surge is None else surge, "25%" if unavailable is None else unavailable
    )


def max_surge(deployment: Obj) -> int:
    """The pods that may be there beyond `replicas`; 0 unless the strategy is RollingUpdate."""
    return _resolved(deployment)[0] if is_rolling(deployment) else 0


def max_unavailable(deployment: Obj) -> int:
    """The pods that may be missing; 0 unless the strategy is RollingUpdate, and never more than `replicas`."""
    if not is_rolling(deployment) or deployment.replicas == 0:
        return 0
    return min(_resolved(deployment)[1], deployment.replicas)
