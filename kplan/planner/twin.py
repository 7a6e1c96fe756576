"""Components that differ only in names go the same way: one of them is simulated, the others get its frames.

Two components are twins if the JSON of their objects is the same once object names and images are replaced by numbers,
wherever they stand as whole strings. A simulation goes by names and images only to tell things apart, so its frames
are the same but for those names, and for ReplicaSets', which come of the pod templates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kplan.differ import Storage
from kplan.kinds import pod_template_path
from kplan.model import ObjectRef, Resource
from kplan.planner.component import Component
from kplan.planner.frame import Frame, Map
from kplan.planner.simulation import Options, Simulation, simulate

_IMAGE = re.compile(r'"image":("(?:[^"\\]|\\.)*")')
_TWINNED = frozenset(("Deployment", "Service"))
"""Kinds whose simulation is known to go by nothing else, and whose owners' names can be worked out."""


class Simulator:
    """Simulates components, each kind of twins once."""

    def __init__(self, options: Options, storage: Storage) -> None:
        self._options = options
        self._storage = storage
        self._known: dict[str, tuple[Simulation, dict[str, str]]] = {}

    def simulate(self, component: Component, replaced: Collection[ObjectRef]) -> Simulation:
        """The frames of a component; objects in `replaced` are deleted and made anew."""
        shape = self._shape(component, replaced)
        if shape is None:
            return simulate(component, replaced, self._options)
        known = self._known.get(shape)
        if known is None:
            found = simulate(component, replaced, self._options)
            names = self._names(component)
            if _unnamed(found, names):
                return found
            self._known[shape] = (found, names)
            return found
        twin, names = known
        mine = self._names(component)
        return _renamed(twin, component, {names[key]: mine[key] for key in names})

    def _shape(self, component: Component, replaced: Collection[ObjectRef]) -> str | None:
        """What twins have in common; None for a component that is to be simulated by itself."""
        if replaced or any(ref.kind not in _TWINNED for ref in component.refs):
            return None
        text = json.dumps([[each.data for each in side] for side in (component.before, component.after)])
        for number, name in enumerate(_object_names(component)):
            text = text.replace(json.dumps(name), f'"@{number}"')
        if self._options.never_ready:
            return text
        images: dict[str, int] = {}
        return _IMAGE.sub(
            lambda found: f'"image":{images.setdefault(found[1], len(images))}', text.replace('": ', '":')
        )

    def _names(self, component: Component) -> dict[str, str]:
        """The names that frames can hold, by what they stand for: objects, and ReplicaSets by side."""
        names = {f"@{number}": name for number, name in enumerate(_object_names(component))}
        places = {name: key for key, name in names.items()}
        for side, resources in (("before", component.before), ("after", component.after)):
            for resource in resources:
                if resource.kind == "Deployment":
                    names[f"{places[resource.ref.name]} {side}"] = self._replica_set(resource, component)
        return names

    def _replica_set(self, deployment: Resource, component: Component) -> str:
        from kplan.defaults import template_hash

        old = next((each for each in component.before if each.ref == deployment.ref), None)
        before = None if old is deployment else old
        stored = self._storage.applied(before, deployment)
        template: Any = stored
        for part in pod_template_path("Deployment") or ():
            template = template[part]
        return f"{deployment.ref.name}-{template_hash(template, self._storage.minor)}"


def _object_names(component: Component) -> list[str]:
    return list(dict.fromkeys(each.ref.name for each in (*component.after, *component.before)))


def _unnamed(found: Simulation, names: Mapping[str, str]) -> bool:
    """Whether the frames hold a ReplicaSet whose name is not among the known ones."""
    known = set(names.values())
    return any(name not in known for frame in found.frames for name in frame.objects("replicasets"))


def _renamed(twin: Simulation, component: Component, names: Mapping[str, str]) -> Simulation:
    refs = {ref.name: ref for ref in component.refs if ref.kind == "Deployment"}
    refused = {refs[names[ref.name]]: message for ref, message in twin.refused.items() if ref.kind == "Deployment"}
    return Simulation(component, tuple(_frame(frame, names) for frame in twin.frames), refused)


def _frame(frame: Frame, names: Mapping[str, str]) -> Frame:
    acts = {kind: tuple(_pods(pods, names)) for kind, pods in frame.acts.items()}
    scaled = {names.get(name, name): sizes for name, sizes in frame.scaled.items()}
    return Frame(
        frame.number, acts, scaled, {section: _section(objects, names) for section, objects in frame.state.items()}
    )


def _pods(pods: tuple[str, ...], names: Mapping[str, str]) -> Iterator[str]:
    for pod in pods:
        owner, mark, number = pod.partition("#")
        yield names.get(owner, owner) + mark + number


def _section(objects: Map, names: Mapping[str, str]) -> Map:
    """A section of a snapshot: names are its keys, the owner of a ReplicaSet, and those who stand behind a Service."""
    found: Map = {}
    for name, shown in objects.items():
        if "owner" in shown or "by" in shown:
            shown = dict(shown)
            if "owner" in shown:
                shown["owner"] = names.get(shown["owner"], shown["owner"])
            if "by" in shown:
                shown["by"] = {names.get(owner, owner): count for owner, count in shown["by"].items()}
        found[names.get(name, name)] = shown
    return found
