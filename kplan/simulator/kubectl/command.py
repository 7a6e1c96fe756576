"""A kubectl command line taken apart, and the objects it means."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kplan.controllers.state import Map, Obj, Pod
from kplan.errors import UsageError
from kplan.k8s.selector import Selector, map_selector
from kplan.simulator.apply import edit
from kplan.simulator.world import World

Outcome = tuple[int, str]
"""The exit code, 0 or 1, and what was wrong."""

_KINDS = {
    "deployment": "Deployment",
    "deploy": "Deployment",
    "replicaset": "ReplicaSet",
    "rs": "ReplicaSet",
    "statefulset": "StatefulSet",
    "sts": "StatefulSet",
    "daemonset": "DaemonSet",
    "ds": "DaemonSet",
    "replicationcontroller": "ReplicationController",
    "rc": "ReplicationController",
    "job": "Job",
    "cronjob": "CronJob",
    "cj": "CronJob",
    "pod": "Pod",
    "po": "Pod",
    "service": "Service",
    "svc": "Service",
    "configmap": "ConfigMap",
    "cm": "ConfigMap",
    "secret": "Secret",
    "horizontalpodautoscaler": "HorizontalPodAutoscaler",
    "hpa": "HorizontalPodAutoscaler",
    "poddisruptionbudget": "PodDisruptionBudget",
    "pdb": "PodDisruptionBudget",
    "persistentvolumeclaim": "PersistentVolumeClaim",
    "pvc": "PersistentVolumeClaim",
    "resourcequota": "ResourceQuota",
    "quota": "ResourceQuota",
    "limitrange": "LimitRange",
    "limits": "LimitRange",
    "namespace": "Namespace",
    "ns": "Namespace",
}
_WITH_VALUE = frozenset(
    {"replicas", "current-replicas", "to-revision", "l", "selector", "n", "namespace", "from", "o", "output", "timeout"}
)
_OPTIONS = _WITH_VALUE | {"all", "grace-period", "cascade", "force", "now", "overwrite", "record", "wait", "quiet", "q"}
"""What commands take, or what changes nothing here."""


@dataclass(frozen=True, slots=True)
class Command:
    """Words, and options without their dashes (a flag's value is "true")."""

    words: tuple[str, ...]
    options: dict[str, str] = field(default_factory=dict)

    def option(self, *names: str) -> str | None:
        """The value of the first of these options that was given."""
        return next((self.options[name] for name in names if name in self.options), None)

    @property
    def selector(self) -> Selector | None:
        """The label selector given with `-l`, None where none is."""
        text = self.option("l", "selector")
        if text is None:
            return None
        parts = text.split(",")
        if any("=" not in part or set("!()").intersection(part) for part in parts):
            raise UsageError(f"kubectl: of the selector `{text}` only the form `key=value,...` is simulated")
        return map_selector(pairs(parts))

    @property
    def namespace(self) -> str | None:
        """The namespace given with `-n`, None where none is."""
        return self.option("n", "namespace")

    def without(self, drop: Callable[[str], bool]) -> Command:
        """The command without some of its words."""
        return Command(tuple(word for word in self.words if not drop(word)), self.options)


def parse(line: str) -> Command:
    """Take a command line apart. Raises UsageError where its quotes do not match.

    >>> parse("scale deployment/web --replicas=4")
    Command(words=('scale', 'deployment/web'), options={'replicas': '4'})
    """
    try:
        parts = iter(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"kubectl {line}: {error}") from None
    words: list[str] = []
    options: dict[str, str] = {}
    for part in parts:
        if not part.startswith("-") or part == "-":
            words.append(part)
            continue
        name, given, value = part.lstrip("-").partition("=")
        options[name] = value if given else next(parts, "") if name in _WITH_VALUE else "true"
    return Command(tuple(words), options)


def check_options(line: str, options: Mapping[str, str]) -> None:
    """Raise UsageError for an option that would change what the command does, and is not simulated."""
    for name in options:
        if name not in _OPTIONS:
            dashes = "-" if len(name) == 1 else "--"
            raise UsageError(f"`kubectl {line}`: the option `{dashes}{name}` is not simulated")


def pairs(words: Sequence[str]) -> dict[str, str]:
    """The words of the form `key=value`, as a map.

    >>> pairs(["app=web", "tier==front", "old-"])
    {'app': 'web', 'tier': 'front'}
    """
    return dict(word.replace("==", "=", 1).split("=", 1) for word in words if "=" in word)


def kind_of(word: str) -> str:
    """The kind that a resource's name, plural or short name means. Raises UsageError for one that is not known.

    >>> kind_of("deployments.apps"), kind_of("sts")
    ('Deployment', 'StatefulSet')
    """
    name = word.split(".", 1)[0].lower()
    for spelling in (name, name.removesuffix("s"), name.removesuffix("es")):
        if spelling in _KINDS:
            return _KINDS[spelling]
    raise UsageError(f"kubectl: the simulator does not know the resource `{word}`")


def targets(world: World, command: Command) -> tuple[list[Obj], list[str]]:
    """The objects meant (`kind/name ...`, `kind name ...`, `kind -l selector`), and a message for each missing one."""
    found, missing = [], []
    for kind, name in _names(world, command):
        obj = world.get(kind, name, command.namespace)
        if obj is None:
            missing.append(f'Error from server (NotFound): {kind.lower()} "{name}" not found')
        else:
            found.append(obj)
    return found, missing


def _names(world: World, command: Command) -> list[tuple[str, str]]:
    words = command.words
    if not words:
        raise UsageError("kubectl: the command names no object")
    if "/" in words[0]:
        return [(kind_of(word.partition("/")[0]), word.partition("/")[2]) for word in words]
    kind, selector = kind_of(words[0]), command.selector
    if words[1:]:
        return [(kind, name) for name in words[1:]]
    everything = list(world.store.of_kind(kind, command.namespace or world.namespace))
    if selector is not None:
        return [(kind, obj.name) for obj in everything if selector.matches(obj.labels)]
    if "all" in command.options:
        return [(kind, obj.name) for obj in everything]
    raise UsageError(f"kubectl: which {words[0]}? Give a name, -l or --all")


def selected_pods(world: World, command: Command) -> list[Pod] | None:
    """The pods that `pods -l ...`, `pods --all` or `pod/name` means; None where the command means no pods."""
    if not command.words or kind_of(command.words[0].partition("/")[0]) != "Pod":
        return None
    selector = command.selector
    if selector is not None or "all" in command.options:
        pods = world.pods(command.namespace)
        return [pod for pod in pods if selector is None or selector.matches(pod.cohort.labels)]
    names = {word.partition("/")[2] or word for word in command.words}
    return [pod for pod in world.pods(command.namespace) if names & {pod.name, pod.alias}]


def each(world: World, command: Command, change: Callable[[Obj], Map | str | None]) -> Outcome:
    """Change each object meant; `change` gives its new data, what is wrong, or None for nothing to do."""
    found, wrong = targets(world, command)
    for obj in found:
        new = change(obj)
        if isinstance(new, dict):
            verb, message = edit(world.store, obj, new)
            new = message if verb == "refused" else None
        if new is not None:
            wrong.append(new)
    return (1 if wrong else 0), "; ".join(wrong)


def with_spec(obj: Obj, **fields: object) -> Map:
    """The object's data with some fields of its spec replaced."""
    return {**obj.data, "spec": {**obj.spec, **fields}}
