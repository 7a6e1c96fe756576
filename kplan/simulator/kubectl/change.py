"""kubectl commands that change or make objects: scale, set image, label, delete, create job.

Source: kubernetes v1.36 kubectl pkg/cmd.
"""

from __future__ import annotations

from collections.abc import Sequence

from kplan.controllers.state import Map, Obj
from kplan.defaults import stored
from kplan.simulator.apply import put
from kplan.simulator.kubectl.command import Command, Outcome, each, kind_of, pairs, selected_pods, targets, with_spec
from kplan.simulator.world import World


def scale(world: World, command: Command) -> Outcome:
    """Set the number of replicas; with `--current-replicas` only where it is that."""
    replicas, current = command.option("replicas") or "", command.option("current-replicas")
    if not replicas.isdigit():
        return 1, "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"

    def change(obj: Obj) -> Map | str:
        if current not in (None, "-1", str(obj.replicas)):
            return f"error: Expected replicas to be {current}, was {obj.replicas}"
        return with_spec(obj, replicas=int(replicas))

    return each(world, command, change)


def set_image(world: World, command: Command) -> Outcome:
    """Give containers, by name or all (`*`), another image."""
    images = pairs(command.words)

    def change(obj: Obj) -> Map | str:
        spec = obj.template.get("spec") or {}
        lists = {key: spec[key] for key in ("containers", "initContainers") if spec.get(key)}
        known = {container.get("name") for containers in lists.values() for container in containers}
        if unknown := sorted(images.keys() - known - {"*"}):
            return f'error: unable to find container named "{unknown[0]}"'
        new = {key: [_imaged(one, images) for one in containers] for key, containers in lists.items()}
        return with_spec(obj, template={**obj.template, "spec": {**spec, **new}})

    return each(world, command.without(lambda word: "=" in word), change)


def _imaged(container: Map, images: dict[str, str]) -> Map:
    image = images.get(container.get("name", ""), images.get("*"))
    return container if image is None else {**container, "image": image}


def label(world: World, command: Command) -> Outcome:
    """Set (`key=value`) or remove (`key-`) labels of objects or pods."""
    changes = [word for word in command.words if "=" in word or word.endswith("-")]
    command = command.without(lambda word: word in changes)
    overwrite = "overwrite" in command.options
    pods = selected_pods(world, command)
    if pods is not None:
        for pod in pods:
            labels = _relabelled(pod.cohort.labels, changes, overwrite)
            if isinstance(labels, str):
                return 1, labels
            world.store.relabel_pod(pod, labels)
        return 0, ""

    def change(obj: Obj) -> Map | str:
        labels = _relabelled(obj.labels, changes, overwrite)
        return labels if isinstance(labels, str) else {**obj.data, "metadata": {**obj.metadata, "labels": labels}}

    return each(world, command, change)


def _relabelled(labels: dict[str, str], changes: Sequence[str], overwrite: bool) -> dict[str, str] | str:
    new = dict(labels)
    for word in changes:
        key, given, value = word.partition("=")
        if not given:
            new.pop(key.removesuffix("-"), None)
        elif not overwrite and new.get(key, value) != value:
            return f"error: '{key}' already has a value ({new[key]}), and --overwrite is false"
        else:
            new[key] = value
    return new


def delete(world: World, command: Command) -> Outcome:
    """Delete objects or pods; `--cascade=orphan` keeps what they own."""
    cascade = command.option("cascade") or "background"
    pods = selected_pods(world, command)
    if pods is not None:
        for pod in pods:
            world.store.delete_pod(pod)
        return (0, "") if pods else (1, "Error from server (NotFound): pods not found")
    if command.words and kind_of(command.words[0].partition("/")[0]) == "Namespace":
        return _delete_namespaces(world, command)
    found, missing = targets(world, command)
    for obj in found:
        world.delete(obj.kind, obj.name, obj.namespace, "orphan" if cascade in ("orphan", "false") else cascade)
    return (1 if missing else 0), "; ".join(missing)


def _delete_namespaces(world: World, command: Command) -> Outcome:
    names = [word.partition("/")[2] or word for word in command.words if "/" in word or word is not command.words[0]]
    unknown = [name for name in names if not world.delete("Namespace", name)]
    wrong = [f'Error from server (NotFound): namespaces "{name}" not found' for name in unknown]
    return (1 if wrong else 0), "; ".join(wrong)


def create_job(world: World, command: Command) -> Outcome:
    """Make a Job from a CronJob's template (`create job NAME --from=cronjob/NAME`)."""
    kind, _, source = (command.option("from") or "").partition("/")
    cron = world.get(kind_of(kind), source) if source else None
    if cron is None or not command.words:
        return 1, f'Error from server (NotFound): cronjobs.batch "{source}" not found'
    name = command.words[0]
    if world.get("Job", name):
        return 1, f'error: failed to create job: jobs.batch "{name}" already exists'
    template = cron.spec.get("jobTemplate") or {}
    metadata = {**(template.get("metadata") or {}), "name": name, "namespace": world.namespace}
    metadata["annotations"] = {"cronjob.kubernetes.io/instantiate": "manual", **(metadata.get("annotations") or {})}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template.get("spec") or {}}
    verb, message = put(world.store, None, "Job", world.namespace, name, stored(job, world.minor))
    made = world.get("Job", name)
    if made is not None:
        world.store.own(made, cron)
    return (1 if verb == "refused" else 0), message
