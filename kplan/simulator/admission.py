"""Which new or changed objects the API server refuses, and which the simulator itself cannot hold."""

from __future__ import annotations

from kplan.controllers.state import Map, Obj


def refusal(live: Obj | None, after: Map, minor: int) -> str | None:
    """Why the object is refused, in the API server's words, or None. `after` is as stored, `live` what there is."""
    from kplan.validation import validate
    from kplan.validation.update import refusals

    if live is not None:
        for refused in refusals({**live.data, "status": _status(live)}, after, minor):
            return f"{refused.fault.field}: {refused.detail}"
    faults = validate(after, minor, live.data if live is not None else None)
    return next((f"{fault.field}: {fault.message}" for fault in faults), None)


def _status(live: Obj) -> Map:
    """What of a Job's status decides about changes of it: since when it runs, and that it is suspended."""
    from kplan.controllers.job.status import JobStatus

    if not isinstance(live.status, JobStatus):
        return {}
    status = live.status
    conditions = [{"type": each.type, "status": each.status} for each in status.conditions]
    started = {} if status.started_s is None else {"startTime": _SOME_TIME}
    return {"active": status.active, "conditions": conditions, **started}


_SOME_TIME = "2000-01-01T00:00:00Z"
"""Only whether a Job has started counts, not when."""


MOST_PODS = 100_000
"""More pods of one workload, or in all, are not simulated."""


def too_many(after: Map) -> str | None:
    """Why the simulator itself does not take the object: it asks for more pods than it can hold; else None."""
    spec = after.get("spec")
    for field in ("replicas", "parallelism", "completions"):
        number = spec.get(field) if isinstance(spec, dict) else None
        if isinstance(number, int) and number > MOST_PODS:
            return f"spec.{field}: {number} is more than the {MOST_PODS} pods that can be simulated"
    return None
