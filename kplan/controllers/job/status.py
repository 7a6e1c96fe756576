"""A Job's status: counts, indexes, conditions, and what the controller remembers of its pods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from kplan.controllers.job.interval import Intervals
from kplan.controllers.state import Obj, Pod

COMPLETE: Final = "Complete"
FAILED: Final = "Failed"
FAILURE_TARGET: Final = "FailureTarget"
SUCCESS_CRITERIA_MET: Final = "SuccessCriteriaMet"
SUSPENDED: Final = "Suspended"

FIRST_DELAY_S: Final = 10
LONGEST_DELAY_S: Final = 600


class Condition(NamedTuple):
    """A condition of a Job; its status is True except where it says otherwise."""

    type: str
    reason: str
    status: str = "True"


class Backoff(NamedTuple):
    """The failures since the last success, and the time of the last one in seconds."""

    failures: int = 0
    last_s: float | None = None

    def after(self, succeeded: Iterable[Pod], failed: Iterable[Pod]) -> Backoff:
        """What it is when more pods have ended.

        Source: kubernetes v1.36 pkg/controller/job newBackoffRecord.
        """
        successes = [pod.ended_s or 0.0 for pod in succeeded]
        failures = [pod.ended_s or 0.0 for pod in failed]
        if successes:
            since = [time_s for time_s in failures if time_s > max(successes)]
            return Backoff(len(since), max(since, default=None))
        return Backoff(self.failures + len(failures), max(failures)) if failures else self

    def until_s(self) -> float:
        """The time before which no pod is made.

        >>> [Backoff(n, 100.0).until_s() for n in (1, 2, 6, 7, 50)]
        [110.0, 120.0, 420.0, 700.0, 700.0]

        Source: kubernetes v1.36 pkg/controller/job getRemainingTimeForFailuresCount.
        """
        if not self.failures or self.last_s is None:
            return 0.0
        doublings = min(self.failures - 1, 10)
        return self.last_s + min(FIRST_DELAY_S << doublings, LONGEST_DELAY_S)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """The status. Times are virtual seconds, None for never.

    `tracked` are the pods whose end is still to be counted (they hold the finalizer), `counted` the others.
    `failed_indexes` is None where indexes are not counted apart.
    """

    active: int = 0
    ready: int = 0
    succeeded: int = 0
    failed: int = 0
    terminating: int = 0
    completed_indexes: Intervals = ()
    failed_indexes: Intervals | None = None
    conditions: tuple[Condition, ...] = ()
    started_s: float | None = None
    finished_s: float | None = None
    tracked: frozenset[Pod] = frozenset()
    counted: frozenset[Pod] = frozenset()
    backoff: Backoff = field(default_factory=Backoff)

    def condition(self, kind: str) -> Condition | None:
        """The condition of a type, or None."""
        return next((one for one in self.conditions if one.type == kind), None)

    def holds(self, kind: str) -> bool:
        """Whether a condition is True."""
        found = self.condition(kind)
        return found is not None and found.status == "True"

    @property
    def finished(self) -> bool:
        """Whether the Job is Complete or Failed."""
        return self.holds(COMPLETE) or self.holds(FAILED)

    def having(self, condition: Condition) -> JobStatus:
        """The status with a condition set; one that was never True does not become False.

        Source: kubernetes v1.36 pkg/controller/job ensureJobConditionStatus.
        """
        if self.condition(condition.type) is None:
            added = (condition,) if condition.status != "False" else ()
            return replace(self, conditions=(*self.conditions, *added))
        changed = (condition if one.type == condition.type else one for one in self.conditions)
        return replace(self, conditions=tuple(changed))


def status_of(job: Obj) -> JobStatus:
    """The status, all zero before the controller has seen the Job."""
    return job.status if isinstance(job.status, JobStatus) else JobStatus()
