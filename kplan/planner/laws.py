"""What every plan obeys, whatever is planned: a plan that breaks one of these laws is a fault in kplan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kplan.differ import by_ref, field_changes
from kplan.model import ObjectRef
from kplan.model.change import Change
from kplan.planner.model import Effect, Plan, Rollout
from kplan.planner.undo import Applied


@dataclass(frozen=True, slots=True)
class Broken:
    """A law that does not hold: for which object, and at which step where it is a matter of steps."""

    law: str
    ref: ObjectRef
    message: str
    step: int | None = None

    def __str__(self) -> str:
        when = f" (step {self.step})" if self.step is not None else ""
        return f"{self.law}: {self.ref}{when}: {self.message}"


Law = Callable[[Plan], Iterator[Broken]]


def broken(plan: Plan, back: Plan | None = None) -> tuple[Broken, ...]:
    """The laws that a plan breaks; `back` is the plan of the way back from it, where that is to be looked at, too."""
    found = [each for law in LAWS.values() for each in law(plan)]
    return (*found, *(rollback_returns(plan, back) if back is not None else ()))


def never_below_the_minimum(plan: Plan) -> Iterator[Broken]:
    """A healthy rollout that does not scale keeps as many pods available as its strategy demands."""
    for each in _healthy(plan):
        if each.least_available is None or _is_bounded_otherwise(each, plan):
            continue
        for step in each.steps[1:]:
            if step.available < min(each.least_available, each.steps[0].available):
                text = f"{step.available} available, and the strategy demands {each.least_available}"
                yield Broken("availability never below the minimum", each.ref, text, step.number)


def never_more_pods_than_allowed(plan: Plan) -> Iterator[Broken]:
    """Pods beside those that are stopping are never more than the strategy allows, or than there were."""
    for each in _healthy(plan):
        if each.most_pods is None or _is_scaled_by_others(each.ref, plan):
            continue
        for step in each.steps[1:]:
            most = max(each.most_pods, each.steps[0].pods)
            if step.pods - step.terminating > most:
                text = f"{step.pods - step.terminating} pods, and the strategy allows {most}"
                yield Broken("never more pods than allowed", each.ref, text, step.number)


def every_healthy_rollout_ends(plan: Plan) -> Iterator[Broken]:
    """A rollout whose pods can all become ready comes to its end."""
    for each in _healthy(plan):
        if not each.finished:
            yield Broken("every healthy rollout ends", each.ref, "it does not end", each.steps[-1].number)


def applied_is_empty(plan: Plan) -> Iterator[Broken]:
    """Applying the same again changes nothing."""
    storage = Applied(plan.minor, plan.before, plan.after, plan.replaced)
    for ref, resource in by_ref(plan.after).items():
        for field in field_changes(resource, resource, storage):
            yield Broken("plan(apply(plan)) is empty", ref, f"applied again, {field.text} changes once more")


def scaling_makes_no_replica_set(plan: Plan) -> Iterator[Broken]:
    """A change of `replicas` alone replaces no pod."""
    rollouts = {each.ref: each for each in plan.rollouts}
    for change in plan.changes:
        each = rollouts.get(change.ref)
        if each is None or not _scales_only(change):
            continue
        if each.effect not in (Effect.SCALE, Effect.NONE) or (each.old_names and not plan.undo):
            yield Broken("a scale-only change makes no ReplicaSet", change.ref, f"it is to {each.effect}")


def rollback_returns(plan: Plan, back: Plan) -> Iterator[Broken]:
    """The way back leads to the revision that was there before."""
    there = {each.ref: each for each in plan.rollouts}
    for each in back.rollouts:
        first = there.get(each.ref)
        if first is None or first.effect != Effect.ROLL or each.effect != Effect.ROLL or not first.old_names:
            continue
        if each.new_name not in first.old_names:
            text = f"it leads to {each.new_name}, not to {', '.join(first.old_names)}"
            yield Broken("rollback returns to the old hash", each.ref, text)


LAWS: dict[str, Law] = {
    "availability never below the minimum": never_below_the_minimum,
    "never more pods than allowed": never_more_pods_than_allowed,
    "every healthy rollout ends": every_healthy_rollout_ends,
    "plan(apply(plan)) is empty": applied_is_empty,
    "a scale-only change makes no ReplicaSet": scaling_makes_no_replica_set,
}
"""The laws that need nothing but the plan."""


def _healthy(plan: Plan) -> Iterator[Rollout]:
    """Rollouts of a plan that nothing from outside holds up."""
    ill = {one.ref for one in plan.stuck} | {one.ref for one in plan.risks if one.rule in _HELD_UP}
    for each in plan.rollouts:
        if each.effect == Effect.ROLL and each.steps and each.ref not in ill and not plan.unknown:
            yield each


_HELD_UP = ("new-pods-never-ready", "surge-over-quota", "unschedulable-pods", "stateful-set-stuck")


def _is_bounded_otherwise(each: Rollout, plan: Plan) -> bool:
    """Scaling goes by sizes alone, and may go below what a rollout keeps."""
    started = plan.undo is not None  # it may set out from a rollout that is half done
    return started or each.replicas_before != each.replicas_after or _is_scaled_by_others(each.ref, plan)


def _is_scaled_by_others(ref: ObjectRef, plan: Plan) -> bool:
    return any(
        each.ref.namespace == ref.namespace and each.get("spec", "scaleTargetRef", "name") == ref.name
        for side in (plan.before, plan.after)
        for each in side
        if each.kind == "HorizontalPodAutoscaler"
    )


def _scales_only(change: Change) -> bool:
    return bool(change.fields) and all(field.path == ("spec", "replicas") for field in change.fields)
