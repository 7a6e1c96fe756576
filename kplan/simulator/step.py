"""What a simulation reports: steps, and what apply did to each object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Act = str | dict[str, list[str]]
"""What happened: an event, a single act (`bind web-7874c6d779#2`), or a wave (`{"bind": [...], "ready": [...]}`)."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply` did to one object; `message` says why it was refused."""

    kind: str
    namespace: str
    name: str
    verb: Literal["created", "configured", "unchanged", "refused"]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One event or kubelet act, and the cluster when it came to rest after it.

    `rs_scaled` are the changes of ReplicaSets' sizes in order: (name, before, after), None where it is not there.
    `peak_pods` is the most pods there were at one moment. `rc` is 0 or 1 for an event, None for an act.
    `at_s` is the virtual time in seconds. `state` is the snapshot, taken when asked where the world does not record.
    """

    act: Act
    event: int | None
    rc: int | None
    rs_scaled: tuple[tuple[str, int | None, int | None], ...]
    peak_pods: int
    at_s: float
    message: str = ""
    taken: Callable[[], dict[str, Any]] = field(default=dict, repr=False, compare=False)

    @property
    def state(self) -> dict[str, Any]:
        """The snapshot after the step."""
        return self.taken()

    def as_dict(self) -> dict[str, Any]:
        """The step in the form of the recordings: keys that say nothing are absent."""
        step: dict[str, Any] = {"act": self.act}
        if self.event is not None:
            step |= {"event": self.event}
            if self.rc is not None:
                step["rc"] = self.rc
        if self.rs_scaled:
            step["rs_scaled"] = [list(change) for change in self.rs_scaled]
        return step | {"peak_pods": self.peak_pods, "state": self.state}
