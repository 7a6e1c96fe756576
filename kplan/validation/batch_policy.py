"""When a Job has failed or succeeded: pod failure and success policies.

Source: kubernetes v1.36 pkg/apis/batch/validation validatePodFailurePolicy, validateSuccessPolicy.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from kplan.k8s.name import qualified_name
from kplan.validation.check import Obj, Path, chosen, messages, nonnegative, objects, one_of
from kplan.validation.fault import Fault, duplicate, invalid, required, too_long, too_many

_ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
_STATUSES = ("False", "True", "Unknown")


def pod_failure_policy(job: Obj, path: Path) -> Iterator[Fault]:
    """The policy of the job `job`."""
    rules = job["podFailurePolicy"].get("rules") or []
    if len(rules) > 20:
        yield too_many((*path, "rules"), len(rules), 20)
    pod: Obj = (job.get("template") or {}).get("spec") or {}
    names = {c.get("name") for key in ("containers", "initContainers") for _, c in objects(pod.get(key))}
    for index, rule in objects(rules):
        yield from _failure_rule(rule, job, names, (*path, "rules", index))


def _failure_rule(rule: Obj, job: Obj, names: set[Any], path: Path) -> Iterator[Fault]:
    action = rule.get("action") or ""
    if action == "FailIndex" and job.get("backoffLimitPerIndex") is None:
        yield invalid((*path, "action"), action, "requires the backoffLimitPerIndex to be set")
    yield from chosen(action, _ACTIONS, (*path, "action"))
    codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions")
    if codes is not None:
        yield from _exit_codes(codes, names, (*path, "onExitCodes"))
    if conditions:
        yield from _conditions(conditions, (*path, "onPodConditions"))
    if codes is not None and conditions:
        yield invalid(path, rule, "specifying both OnExitCodes and OnPodConditions is not supported")
    if codes is None and not conditions:
        yield invalid(path, rule, "specifying one of OnExitCodes and OnPodConditions is required")


def _exit_codes(codes: Obj, names: set[Any], path: Path) -> Iterator[Fault]:
    operator, here = codes.get("operator") or "", (*path, "values")
    values = [value or 0 for value in codes.get("values") or ()]
    yield from chosen(operator, ("In", "NotIn"), (*path, "operator"))
    container = codes.get("containerName")
    if container is not None and container not in names:
        text = "must be one of the container or initContainer names in the pod template"
        yield invalid((*path, "containerName"), container, text)
    if not values:
        yield invalid(here, values, "at least one value is required")
    elif len(values) > 255:
        yield too_many(here, len(values), 255)
    seen: set[Any] = set()
    for index, value in enumerate(values):
        if operator == "In" and value == 0:
            yield invalid((*here, index), value, "must not be 0 for the In operator")
        if value in seen:
            yield duplicate((*here, index), value)
        seen.add(value)
    if any(left > right for left, right in pairwise(values)):
        yield invalid(here, values, "must be ordered")


def _conditions(conditions: list[Any], path: Path) -> Iterator[Fault]:
    if len(conditions) > 20:
        yield too_many(path, len(conditions), 20)
    for index, condition in objects(conditions):
        kind = condition.get("type") or ""
        yield from messages((*path, index, "type"), kind, qualified_name(kind))
        yield from one_of(condition.get("status") or "True", _STATUSES, (*path, index, "status"))


def success_policy(job: Obj, path: Path) -> Iterator[Fault]:
    """The policy of the job `job`."""
    rules = job["successPolicy"].get("rules") or []
    if not rules:
        yield required((*path, "rules"), "at least one rules must be specified when the successPolicy is specified")
    if len(rules) > 20:
        yield too_many((*path, "rules"), len(rules), 20)
    for index, rule in objects(rules):
        yield from _success_rule(rule, job.get("completions"), (*path, "rules", index))


def _success_rule(rule: Obj, completions: int | None, path: Path) -> Iterator[Fault]:
    indexes, count = rule.get("succeededIndexes"), rule.get("succeededCount")
    if indexes is None and count is None:
        yield required(path, "at least one of succeededCount or succeededIndexes must be specified")
    total: int | None = None
    if indexes is not None:
        at = (*path, "succeededIndexes")
        if len(indexes.encode()) > 65536:
            yield too_long(at, 65536)
        parsed = _count_indexes(indexes, completions or 0)
        if isinstance(parsed, str):
            yield invalid(at, indexes, f"error parsing succeededIndexes: {parsed}")
        else:
            total = parsed
    if count is None:
        return
    here = (*path, "succeededCount")
    yield from nonnegative(rule, "succeededCount", path)
    if completions is not None and count > completions:
        text = f"must be less than or equal to {completions} (the number of specified completions)"
        yield invalid(here, count, text)
    if total is not None and count > total:
        text = f"must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
        yield invalid(here, count, text)


def _count_indexes(text: str, completions: int) -> int | str:
    """How many indexes `0,2-4` names, or why it cannot be read."""
    if not text:
        return 0
    last, total = -1, 0
    for part in text.split(","):
        first, _, end = part.partition("-")
        if part.count("-") > 1:
            return (
                f'the fragment "{part}" violates the requirement that an index interval can have at most two parts '
                "separated by '-'"
            )
        numbers = [first] if "-" not in part else [first, end]
        for index, word in enumerate(numbers):
            if not word.isascii() or not word.isdigit():
                return f'cannot convert string to integer for index: "{word}"'
            number = int(word)
            if number >= completions:
                return f'too large index: "{word}"'
            if number <= last:
                return f"non-increasing order, previous: {last}, current: {number}"
            total += 1 if index == 0 else number - last
            last = number
    return total
