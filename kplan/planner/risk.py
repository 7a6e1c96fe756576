"""What can go wrong in a plan: the rules about rollouts and updates, asked about every object that they are for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from kplan.differ import Storage, by_ref
from kplan.model import Finding, ObjectRef, Resource, Severity
from kplan.model.change import Verb
from kplan.planner.model import Plan, Risk
from kplan.planner.simulation import Options, Simulation
from kplan.rules.catalog import find_rule, rules_about_plans, rules_of
from kplan.rules.outlook import Hazard, Map, Obstacle, Outlook, Scene
from kplan.rules.rule import Rule


def with_risks(plan: Plan, simulations: Sequence[Simulation], storage: Storage, options: Options) -> Plan:
    """The plan with its risks, and with a finding for each change that the API server refuses."""
    seen = outlook(plan, simulations, storage, options)
    refused = tuple(_findings(seen, plan))
    return replace(plan, risks=tuple(risks(seen)), findings=(*plan.findings, *refused))


def outlook(plan: Plan, simulations: Sequence[Simulation], storage: Storage, options: Options) -> Outlook:
    """The plan as rules see it."""
    before, after = by_ref(plan.before), by_ref(plan.after)
    scenes = {
        ref: scene for each in simulations for scene in (_scene(each),) for ref in scene.refs if ref not in each.quiet
    }
    return Outlook(
        minor=plan.minor,
        before=before,
        after=after,
        changes={change.ref: change for change in plan.changes},
        courses={each.ref: each for each in plan.rollouts},
        scenes=scenes,
        stored=_Stored(before, after, {c.ref for c in plan.changes if c.verb == Verb.REPLACE}, storage),
        never_ready=options.never_ready,
        nodes=options.nodes if isinstance(options.nodes, int) else len(options.nodes),
    )


def risks(seen: Outlook) -> Iterator[Risk]:
    """The risks, the worst first; of equal ones in the order of the plan's objects."""
    order = {ref: place for place, ref in enumerate(seen.changes)}
    found = [(rule, ref, hazard) for rule, ref, hazard in _hazards("rollouts", seen)]
    found.sort(key=lambda each: (-_severity(each[0], each[2]), order[each[1]], each[0].id))
    for rule, ref, hazard in found:
        resource = seen.resource(ref)
        span = resource.source.span(hazard.path, hazard.at) if resource else None
        severity = str(_severity(rule, hazard))
        yield Risk(rule.id, severity, hazard.message, ref, hazard.step, hazard.help, hazard.path, span)


def _findings(seen: Outlook, plan: Plan) -> Iterator[Finding]:
    """The changes that the API server refuses, of objects that have no errors of their own."""
    faulty = {finding.ref for finding in plan.findings}
    for rule, ref, hazard in _hazards("updates", seen):
        resource = seen.after.get(ref)
        if resource is not None and ref not in faulty:
            span = resource.source.span(hazard.path, hazard.at)
            severity = _severity(rule, hazard)
            yield Finding(rule.id, rule.group, severity, hazard.message, hazard.help, ref, hazard.path, span)


def _hazards(group: str, seen: Outlook) -> Iterator[tuple[Rule, ObjectRef, Hazard]]:
    for rule_id in sorted(rules_of(group) & rules_about_plans()):
        rule = find_rule(rule_id)
        if rule.forecast is not None:
            for ref in seen.of_kinds(rule.kinds):
                for hazard in rule.forecast(ref, seen):
                    yield rule, ref, hazard


def _severity(rule: Rule, hazard: Hazard) -> Severity:
    return rule.severity if hazard.severity is None else hazard.severity


def _scene(simulation: Simulation) -> Scene:
    component = simulation.component
    refs = dict.fromkeys(resource.ref for resource in (*component.after, *component.before))
    obstacles = {one.ref: Obstacle(one.pods, one.why, one.message) for one in simulation.stuck}
    return Scene(tuple(refs), tuple(frame.state for frame in simulation.frames), obstacles)


class _Stored:
    """Objects as the API server holds them, after the apply or before it."""

    def __init__(
        self,
        before: Mapping[ObjectRef, Resource],
        after: Mapping[ObjectRef, Resource],
        replaced: Collection[ObjectRef],
        storage: Storage,
    ) -> None:
        self._before = before
        self._after = after
        self._replaced = replaced
        self._storage = storage

    def __call__(self, ref: ObjectRef, before: bool) -> Map:
        from kplan.errors import InputError

        old, new = self._before.get(ref), self._after.get(ref)
        try:
            if before:
                return self._storage.stored(old) if old else {}
            return self._storage.applied(None if ref in self._replaced else old, new) if new else {}
        except InputError:
            return {}
