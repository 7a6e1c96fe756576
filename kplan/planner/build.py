"""Before and after to a Plan: compare, simulate what is related by itself, and say what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kplan.controllers.registry import controllers
from kplan.differ import Storage, by_ref, changes
from kplan.errors import InputError
from kplan.kinds import pod_spec_path, scope
from kplan.model import Finding, Manifest, ObjectRef, Resource, Severity
from kplan.model.change import Change, Verb
from kplan.planner.component import Component, components
from kplan.planner.frame import Map
from kplan.planner.model import Effect, Note, Plan, Rollout, ServicePlan, WhatIf
from kplan.planner.refused import NOTE, with_hopeless
from kplan.planner.risk import with_risks
from kplan.planner.rollout import Workload, rollout
from kplan.planner.sentence import plural
from kplan.planner.simulation import Options, Simulation
from kplan.planner.twin import Simulator
from kplan.planner.what_if import TYPE_OF_CLUSTER, bad_images, is_shared, replaced_in, together
from kplan.rules.consumer import Reading, Way, changed_keys, readings

_WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController")
_MOVING = (*_WORKLOADS, "CronJob", "Pod", "HorizontalPodAutoscaler")


def make_plan(
    before: Manifest,
    after: Manifest,
    options: Options,
    findings: Iterable[Finding] = (),
    findings_before: Iterable[Finding] = (),
    storage: Storage | None = None,
) -> Plan:
    """The plan for applying `after` to a cluster that was given `before`.

    `findings` are what is wrong with `after`, `findings_before` with `before`: objects that the API server refuses for
    an error among them are left out of the plan. `storage` may know some of the objects already.
    """
    errors = tuple(finding for finding in findings if finding.severity == Severity.ERROR)
    faulty = _refused(findings)
    sound = _without(after, faulty)
    before = _without(before, _refused(findings_before))
    storage = storage or Storage(options.minor, before, after)
    found = _faulty_kept(changes(before, sound, options.minor, options.prune, storage), faulty)
    by_object = {change.ref: change for change in found}
    unknown: list[str] = list(_not_there(findings_before))
    simulations, losses = _simulated(before, sound, by_object, Simulator(options, storage), options, unknown)
    rollouts = [each for simulation in simulations for each in _rollouts(simulation, by_object, storage)]
    place = {change.ref: index for index, change in enumerate(found)}
    unknown += (*_unknown(found, simulations), *_paused_before(found, before))
    plan = Plan(
        minor=options.minor,
        policy=options.policy,
        before=before,
        after=sound,
        changes=found,
        rollouts=tuple(sorted(rollouts, key=lambda each: place[each.ref])),
        services=tuple(sorted(_services(simulations), key=lambda each: place[each.ref])),
        notes=tuple(_notes(found, sound, rollouts, options.minor)),
        complete=not unknown,
        unknown=tuple(unknown),
        findings=errors,
        stuck=tuple(one for simulation in simulations for one in simulation.stuck),
        what_ifs=(*losses, *bad_images(simulations, by_object, options)),
    )
    return with_hopeless(with_risks(plan, simulations, storage, options), before, after, storage)


def _not_there(findings: Iterable[Finding]) -> Iterator[str]:
    """What of the state before is not counted, and why."""
    for finding in findings:
        if finding.severity == Severity.ERROR and finding.rule != "duplicate-key":
            which = f"{finding.ref} as it is now" if finding.ref else "a part of what there is now"
            where = f" ({finding.span.origin or finding.span})" if finding.span else ""
            yield f"{which} has an error and does not count: {finding.message}{where}"


def _refused(findings: Iterable[Finding]) -> set[ObjectRef]:
    """The objects that the API server does not take. Repeated keys do not stop kubectl: the last one wins."""
    return {f.ref for f in findings if f.ref and f.severity == Severity.ERROR and f.group != "syntax"}


def _faulty_kept(found: Sequence[Change], faulty: set[ObjectRef]) -> tuple[Change, ...]:
    """Objects whose new form is refused stay as they are."""
    return tuple(Change(Verb.KEEP, change.ref, note=NOTE) if change.ref in faulty else change for change in found)


def _without(manifest: Manifest, faulty: set[ObjectRef]) -> Manifest:
    if not faulty:
        return manifest
    return replace(manifest, resources=tuple(r for r in manifest.resources if r.ref not in faulty))


def _simulated(
    before: Manifest,
    after: Manifest,
    by_object: dict[ObjectRef, Change],
    simulator: Simulator,
    options: Options,
    unknown: list[str],
) -> tuple[tuple[Simulation, ...], tuple[WhatIf, ...]]:
    """The simulations, and what comes of losing nodes; `unknown` gets what fails."""
    more = TYPE_OF_CLUSTER if is_shared(options) else ()
    known = {*controllers(), "Pod", "ResourceQuota", "LimitRange", *more} - {"Node"}
    old, new = ([each for each in by_ref(side).values() if each.kind in known] for side in (before, after))
    groups = components(old, new)
    if not is_shared(options):
        return tuple(_simulations(groups, by_object, simulator, unknown)), ()
    try:
        simulations, losses = together(groups, by_object, options)
    except InputError as error:
        unknown.append(f"nothing is simulated: {error}")
        return (), ()
    return tuple(simulations), losses


def _simulations(
    groups: Sequence[Component], by_object: dict[ObjectRef, Change], simulator: Simulator, unknown: list[str]
) -> Iterator[Simulation]:
    """One simulation for each group of related objects in which something moves; `unknown` gets those that fail."""
    for component in groups:
        verbs = {by_object[ref].verb for ref in component.refs}
        if verbs != {Verb.KEEP}:
            replaced = replaced_in(component.refs, by_object)
            try:
                yield simulator.simulate(component, replaced)
            except InputError as error:
                unknown.append(f"{_some(sorted(map(str, component.refs)))}: {error}")


def _rollouts(simulation: Simulation, by_object: dict[ObjectRef, Change], storage: Storage) -> Iterator[Rollout]:
    old, new = by_ref(simulation.component.before), by_ref(simulation.component.after)
    for ref in dict.fromkeys((*new, *old)):
        change = by_object[ref]
        if (
            _is_workload(ref)
            and ref not in simulation.refused
            and (change.verb != Verb.KEEP or _is_touched(ref, simulation))
        ):
            yield rollout(_workload(change, old.get(ref), new.get(ref), storage), simulation)


def _is_workload(ref: ObjectRef) -> bool:
    return ref.kind in _WORKLOADS and scope(ref.group, ref.kind) is not None


def _workload(change: Change, before: Resource | None, after: Resource | None, storage: Storage) -> Workload:
    stored_before = storage.stored(before) if before else None
    if after is None:
        return Workload(change, stored_before, None if change.verb == Verb.DELETE else stored_before)
    fresh = before is None or change.verb == Verb.REPLACE
    return Workload(change, stored_before, storage.applied(None if fresh else before, after))


def _is_touched(ref: ObjectRef, simulation: Simulation) -> bool:
    """Whether an unchanged workload's pods change all the same, as when another one takes them over."""
    if ref.kind == "Deployment":
        first, last = simulation.first.objects("deployments"), simulation.last.objects("deployments")
        return _counts(first.get(ref.name)) != _counts(last.get(ref.name))
    return simulation.first.pods(ref.name) != simulation.last.pods(ref.name)


def _counts(shown: Map | None) -> tuple[object, ...]:
    return tuple((shown or {}).get(key) for key in ("spec", "replicas", "updated", "ready", "available", "revision"))


def _services(simulations: Sequence[Simulation]) -> Iterator[ServicePlan]:
    for simulation in simulations:
        refs = dict.fromkeys(r.ref for r in (*simulation.component.after, *simulation.component.before))
        sides = simulation.component.before, simulation.component.after
        selecting = {each.ref for side in sides for each in side if _has_endpoints(each)}
        for ref in refs:
            if ref in selecting and any(ref.name in frame.objects("services") for frame in simulation.frames):
                found = _service(ref, simulation)
                if ref not in simulation.quiet or len(set(found.endpoints)) > 1:
                    yield found


def _has_endpoints(resource: Resource) -> bool:
    """Whether Kubernetes keeps the endpoints: those of a Service without selector are written by others."""
    return resource.kind == "Service" and bool(resource.get("spec", "selector"))


def _service(ref: ObjectRef, simulation: Simulation) -> ServicePlan:
    shown = [frame.objects("services").get(ref.name) or {} for frame in simulation.frames]
    endpoints = tuple(int(one.get("ready") or 0) for one in shown)
    after = next((each for each in simulation.component.after if each.ref == ref), None)
    was_up = endpoints[0] > 0 and not (after and after.get("spec", "type") == "ExternalName")
    at_zero = tuple(number for number, count in enumerate(endpoints) if number and count == 0) if was_up else ()
    return ServicePlan(ref, endpoints, at_zero, tuple((shown[-1].get("by") or {}).items()))


def _unknown(found: Sequence[Change], simulations: Sequence[Simulation]) -> Iterator[str]:
    known = controllers()
    for kind in dict.fromkeys(change.ref.kind for change in found if change.verb != Verb.KEEP):
        names = [str(change.ref) for change in found if change.ref.kind == kind and change.verb != Verb.KEEP]
        if kind in _MOVING and kind not in known and kind != "Pod":
            yield f"{_some(names)}: what a {kind} does to its pods is not simulated"
        elif any(c.ref.kind == kind and scope(c.ref.group, kind) is None for c in found if c.verb != Verb.KEEP):
            yield f"{_some(names)}: a custom resource, and what its controller does is not known"
    for simulation in simulations:
        for ref, message in simulation.refused.items():
            too_many = message.endswith("can be simulated")
            yield f"{ref}: {message}" if too_many else f"{ref}: the API server refuses it: {message}"


def _paused_before(found: Sequence[Change], before: Manifest) -> Iterator[str]:
    """Deployments of which the state before does not say which template their pods have."""
    moving = {change.ref for change in found if change.verb in (Verb.CHANGE, Verb.REPLACE)}
    for ref, resource in by_ref(before).items():
        if ref in moving and ref.kind == "Deployment" and resource.get("spec", "paused") is True:
            yield f"{ref} is paused: which pods it has from earlier is not known; this plan takes it to have none"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _notes(found: Sequence[Change], after: Manifest, rollouts: Sequence[Rollout], minor: int) -> Iterator[Note]:
    rolling = {each.ref for each in rollouts if each.effect not in (Effect.NONE, Effect.SCALE)}
    data = by_ref(after)
    known: dict[ObjectRef, list[Reading]] | None = None
    for change in found:
        ref = change.ref
        if ref.kind in ("ConfigMap", "Secret") and ref.group == "" and change.verb in (Verb.CHANGE, Verb.REPLACE):
            known = readings(after) if known is None else known
            yield from _stale_readers(change, known.get(ref, ()), after, rolling)
        elif ref.kind == "Deployment" and change.verb == Verb.KEEP and ref in data:
            yield Note(ref, _kept_name(data[ref], minor))


def _kept_name(deployment: Resource, minor: int) -> str:
    from kplan.defaults import template_hash
    from kplan.k8s.version import format_version

    template = deployment.get("spec", "template")
    try:
        name = f"{deployment.ref.name}-{template_hash(template or {}, minor)}"
    except InputError as error:
        return f"keeps the ReplicaSet it was created with: {error}"
    return f"keeps the ReplicaSet it was created with: {name} if that was at {format_version(minor)}"


_SEES: dict[Way, str] = {
    "env": "reads it through env and keeps the old values until its pods restart",
    "volume": "mounts it and sees the new values within about a minute",
    "subPath": "mounts it by subPath and never sees the change until its pods restart",
}


def _stale_readers(
    change: Change, known: Sequence[Reading], after: Manifest, rolling: set[ObjectRef]
) -> Iterator[Note]:
    """Who reads a ConfigMap or Secret that changes: the change by itself restarts nothing."""
    ref, keys = change.ref, changed_keys(change)
    readers = dict.fromkeys((each.resource.ref, each.way) for each in known if each.sees(keys))
    if not readers:
        if any(pod_spec_path(resource.kind) for resource in after):
            yield Note(
                ref, f"restarts nothing: no workload of this plan reads {'what changes of it' if known else 'it'}"
            )
        return
    yield Note(ref, "restarts nothing by itself")
    for reader, way in readers:
        if reader in rolling:
            yield Note(ref, f"{reader} reads it too, and rolls anyway: its new pods have the new values")
        else:
            yield Note(ref, f"{reader} {_SEES[way]}")


def headline(plan: Plan) -> str:
    """The last line of a plan: how many objects change, and how far availability falls."""
    verbs = (Verb.CREATE, Verb.CHANGE, Verb.REPLACE, Verb.DELETE)
    number = {verb: sum(each.verb == verb and not each.note for each in plan.changes) for verb in verbs}
    counts = [f"{number[verb]} to {verb.word}" for verb in verbs if number[verb]]
    if refused := plan.count(Verb.REPLACE) - number[Verb.REPLACE]:
        counts.append(f"{refused} refused")
    if kept := plan.count(Verb.KEEP):
        counts.append(f"{kept} unchanged")
    if plan.is_empty:
        return f"Plan: nothing changes, {kept} unchanged" if kept else "Plan: nothing to do, there are no objects"
    rolling = [each for each in plan.rollouts if each.effect in (Effect.ROLL, Effect.REPLACE)]
    text = f"Plan: {', '.join(counts)}; {plural(len(rolling), 'rollout')}"
    known = [each for each in rolling if each.fewest_available is not None and each.replicas_after]
    if known:
        worst = min(known, key=lambda each: (each.fewest_available or 0) / (each.replicas_after or 1))
        text += _lowest(worst, len(rolling))
    stuck = sum(not each.finished for each in plan.rollouts)
    return text + (f", {stuck} never finished" if stuck else "")


def _lowest(worst: Rollout, number: int) -> str:
    share = f"{worst.fewest_available} of {worst.replicas_after} available"
    if number > 1:
        return f", at worst {share} ({worst.ref})"
    return f", never below {share}" if worst.fewest_available else f", down to {share}"
