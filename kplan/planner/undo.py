"""The way back: the plan from what was applied to what there was before, and what it cannot bring back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kplan.differ import Storage, by_ref
from kplan.model import Finding, Manifest, ObjectRef, Resource
from kplan.model.change import Change, Verb
from kplan.planner.build import make_plan
from kplan.planner.model import Effect, Loss, Plan, Return, Rollout, Undo
from kplan.planner.simulation import Options

_ROLLED = (Effect.ROLL, Effect.REPLACE)


def make_undo(
    before: Manifest,
    after: Manifest,
    options: Options,
    findings: Iterable[Finding] = (),
    findings_before: Iterable[Finding] = (),
) -> Plan:
    """The plan for applying `before` again to a cluster that was given `before` and then `after`.

    `findings` are what is wrong with `after`, `findings_before` with `before`. A rollout that got stuck on the way
    there, with images that never become ready, is gone back from where it stands.
    """
    there = make_plan(before, after, replace(options, lose_node=None), findings, findings_before)
    now = _now(there, options)
    storage = Applied(options.minor, there.before, now, there.replaced)
    back = make_plan(now, there.before, replace(options, undo=there.replaced), storage=storage)
    return replace(
        back, undo=Undo(_last_step(back), tuple(_returns(there, back)), tuple(_losses(there, back, options)))
    )


class Applied(Storage):
    """Objects of `after` as they are stored once applied to `before`: they keep some of what was there.

    Those in `replaced` are made anew, and keep nothing.
    """

    def __init__(self, minor: int, before: Manifest, after: Manifest, replaced: frozenset[ObjectRef]) -> None:
        super().__init__(minor, after, before)
        old = by_ref(before)
        new = ((old.get(ref), each) for ref, each in by_ref(after).items() if ref not in replaced)
        self._origins = {id(each): first for first, each in new if first is not each}

    def stored(self, resource: Resource) -> dict[str, object]:
        """The object as it is stored when it is made, or applied to what there was."""
        return self.applied(self._origins.get(id(resource)), resource)


def _now(there: Plan, options: Options) -> Manifest:
    """What there is after the apply: what was applied, and what was left alone."""
    applied = by_ref(there.after)
    left = () if options.prune else (each for ref, each in by_ref(there.before).items() if ref not in applied)
    return replace(there.after, resources=(*there.after.resources, *left))


def _last_step(back: Plan) -> int:
    """The number of the step after which nothing moves any more."""
    return max((each.steps[-1].number for each in back.rollouts if each.steps), default=0)


def _returns(there: Plan, back: Plan) -> Iterator[Return]:
    """Which revision each workload that rolled goes back to."""
    forward = {each.ref: each for each in there.rollouts}
    for each in back.rollouts:
        first = forward.get(each.ref)
        if first is not None and each.effect in _ROLLED and each.new_name is not None:
            yield Return(each.ref, each.new_name, _is_kept(each, first))


def _is_kept(back: Rollout, there: Rollout) -> bool:
    """Whether the revision is in the history, so that the way back takes it up again."""
    names = {*there.old_names, *((there.new_name,) if there.new_name else ())}
    replaced = Effect.REPLACE in (back.effect, there.effect)
    return back.new_name in names and back.new_name not in there.removed and not replaced


def _losses(there: Plan, back: Plan, options: Options) -> Iterator[Loss]:
    """What going back does not bring back, in the order of the plan that is undone."""
    rollouts = {each.ref: each for each in there.rollouts}
    for change in there.changes:
        yield from _loss(change, rollouts.get(change.ref), there, options)
    seen = {change.ref for change in there.changes if change.verb == Verb.REPLACE}
    for change in back.changes:
        fields = [field for field in change.fields if field.forbidden]
        if fields and change.ref not in seen:
            text = f"{fields[0].text} cannot go back: {fields[0].forbidden}; it has to be deleted and made anew"
            yield Loss(change.ref, text)
    lost = {"volume-claim-deleted": "the data of deleted claims is gone: new claims are empty"}
    for risk in there.risks:
        if risk.rule in lost and risk.ref is not None:
            yield Loss(risk.ref, lost[risk.rule])


def _loss(change: Change, rollout: Rollout | None, there: Plan, options: Options) -> Iterator[Loss]:
    ref, verb = change.ref, change.verb
    if ref.kind == "Job" and verb in (Verb.CREATE, Verb.REPLACE):
        yield Loss(ref, "what it has done is not undone")
    if verb == Verb.CREATE and not options.prune:
        yield Loss(ref, "stays: the manifests before do not name it, and --prune is not given")
    elif verb == Verb.REPLACE:
        yield Loss(ref, _ANEW.get(ref.kind, "was deleted and made anew, and is so once more"))
    elif verb == Verb.DELETE and ref.kind in _CONTENTS:
        yield Loss(ref, _CONTENTS[ref.kind])
    elif verb == Verb.CHANGE and rollout is not None:
        names = [name for name in rollout.removed if name in rollout.old_names]
        if names:
            limit = "the history has dropped it, so `kubectl rollout undo` cannot"
            yield Loss(ref, f"ReplicaSet {names[-1]} is made anew: {limit}")


_ANEW = {
    "Deployment": "is deleted and made anew once more: all its pods stop, and older revisions are lost",
    "StatefulSet": "is deleted and made anew once more: all its pods stop, and older revisions are lost",
    "DaemonSet": "is deleted and made anew once more: all its pods stop, and older revisions are lost",
    "Service": "has another address since it was made anew, and gets yet another",
    "PersistentVolumeClaim": "the data of the old claim is gone",
    "Job": "is deleted and made anew: it runs once more",
}
_CONTENTS = {
    "Namespace": "what was in it and in no manifest is gone, and so is the data of its volumes",
    "CustomResourceDefinition": "objects of its kind that are in no manifest are gone",
    "PersistentVolumeClaim": "its data is gone, unless the volume was kept (reclaimPolicy Retain)",
    "Secret": "what others have written into it is gone",
}
