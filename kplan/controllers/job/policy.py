"""Pod failure policy and success policy: what a failed pod or the succeeded indexes mean for a Job.

Source: kubernetes v1.36 pkg/controller/job matchPodFailurePolicy, matchSuccessPolicy.
"""

from __future__ import annotations

from typing import Final, Literal

from kplan.controllers.job.interval import Intervals, common, parse, total
from kplan.controllers.job.spec import failure_rules
from kplan.controllers.state import FAILED, PENDING, READY, TERMINATING, Map, Obj, Pod

FailureAction = Literal["Ignore", "Count", "FailJob", "FailIndex"]

EXIT_CODE: Final = 1
"""The exit code of every container of a pod that fails here."""


def failure_action(job: Obj, pod: Pod) -> FailureAction | None:
    """What the first rule that the failed pod meets says; None where it meets none, and then its failure counts."""
    for rule in failure_rules(job):
        if _meets(rule, pod):
            action: FailureAction = rule.get("action", "Count")
            return action
    return None


def failure_counts(job: Obj, pod: Pod) -> bool:
    """Whether the pod's failure counts towards the back-off limits."""
    return failure_action(job, pod) != "Ignore"


def _meets(rule: Map, pod: Pod) -> bool:
    if (codes := rule.get("onExitCodes")) is not None:
        return pod.state == FAILED and _has_exit_code(codes, pod)
    conditions = _conditions(pod)
    return any(
        conditions.get(str(one.get("type"))) == one.get("status", "True") for one in rule.get("onPodConditions") or []
    )


def _has_exit_code(codes: Map, pod: Pod) -> bool:
    """Whether a container ended as the rule says. A pod that was deleted has no exit code to match."""
    named = codes.get("containerName")
    containers = (pod.cohort.template.get("spec") or {}).get("containers") or []
    if named is not None and all(container.get("name") != named for container in containers):
        return False
    return bool((EXIT_CODE in (codes.get("values") or [])) == (codes.get("operator") == "In"))


def _conditions(pod: Pod) -> dict[str, str]:
    """The conditions of a pod. One that terminated has lost its readiness when it is looked at."""
    if pod.node is None:
        return {}
    known = {"PodScheduled": "True"}
    if pod.state not in (PENDING, TERMINATING):
        known |= {"PodReadyToStartContainers": "True", "Initialized": "True"}
        known["ContainersReady"] = "True" if pod.ready else "False"
    if pod.state != PENDING:
        known["Ready"] = "True" if pod.state == READY else "False"
    return known


def succeeds(job: Obj, succeeded: Intervals, completions: int) -> bool:
    """Whether the succeeded indexes meet a rule of the success policy.

    A rule with indexes wants all of them or `succeededCount` of them, one without wants `succeededCount` of any.
    """
    rules = (job.spec.get("successPolicy") or {}).get("rules") or []
    return bool(succeeded) and any(_is_met(rule, succeeded, completions) for rule in rules)


def _is_met(rule: Map, succeeded: Intervals, completions: int) -> bool:
    count, written = rule.get("succeededCount"), rule.get("succeededIndexes")
    if written is None:
        return count is not None and total(succeeded) >= int(count)
    wanted = parse(str(written), completions)
    if not wanted:
        return False
    found = common(wanted, succeeded)
    return found == total(wanted) or (count is not None and found >= int(count))
