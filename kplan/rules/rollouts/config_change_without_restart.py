"""A ConfigMap or Secret changes, and pods go on with what they read when they started."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.consumer import Reading, changed_keys, readings
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk
from kplan.rules.template import notes, template

_LASTING = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod")


@risk(severity=Severity.WARNING, kinds=("ConfigMap", "Secret"), since="0.1")
def check(config: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    change = outlook.changes[config]
    keys = changed_keys(change)
    if change.verb not in (Verb.CHANGE, Verb.REPLACE) or not keys:
        return
    stale: dict[str, list[Reading]] = {}
    for reading in _readings(outlook).get(config, ()):
        if reading.way != "volume" and reading.sees(keys) and _goes_on(reading, config, outlook):
            stale.setdefault(reading.way, []).append(reading)
    for way, readers in stale.items():
        refs = list(dict.fromkeys(reading.resource.ref for reading in readers))
        yield Hazard(
            f"restarts nothing: {_listed(refs)} read{'s' if len(refs) == 1 else ''} it {_WAYS[way]} "
            f"and keep{'s' if len(refs) == 1 else ''} the old values",
            step=1,
            help=_help(refs[0], outlook),
            path=("data",),
            at="key",
        )


_WAYS = {"env": "through env", "subPath": "by subPath"}


def _readings(outlook: Outlook) -> dict[ObjectRef, list[Reading]]:
    """Who reads what once all is applied, worked out once."""
    if "readings" not in outlook.indexes:
        left = [each for ref, each in outlook.before.items() if outlook.is_left_behind(ref)]
        outlook.indexes["readings"] = readings((*outlook.after.values(), *left))
    found: dict[ObjectRef, list[Reading]] = outlook.indexes["readings"]
    return found


def _goes_on(reading: Reading, config: ObjectRef, outlook: Outlook) -> bool:
    """Whether pods that run now go on as they are."""
    ref = reading.resource.ref
    return (
        ref in outlook.before
        and ref.kind in _LASTING
        and outlook.verb(ref) in (Verb.KEEP, Verb.CHANGE)
        and not outlook.rolls(ref)
        and bool(outlook.spec(ref, True).get("replicas", 1))
        and not _is_reloaded(reading, config)
    )


def _is_reloaded(reading: Reading, config: ObjectRef) -> bool:
    """Whether an annotation asks an operator to restart it."""
    path = ("spec", "template", "metadata", "annotations")
    for written in (reading.resource.get("metadata", "annotations"), reading.resource.get(*path)):
        for key, value in (written if isinstance(written, dict) else {}).items():
            if key in _AUTOMATIC and str(value).lower() == "true":
                return True
            if key == f"{config.kind.lower()}.reloader.stakater.com/reload":
                return config.name in [part.strip() for part in str(value).split(",")]
    return False


_AUTOMATIC = (
    "reloader.stakater.com/auto",
    "configmap.reloader.stakater.com/auto",
    "secret.reloader.stakater.com/auto",
    "wave.pusher.com/update-on-config-change",
)


def _help(reader: ObjectRef, outlook: Outlook) -> str:
    pods = template(outlook.stored(reader, reader not in outlook.after), reader.kind)
    sums = [key for key in notes(pods) if "checksum" in key.lower() or "hash" in key.lower()]
    if sums and outlook.changes[reader].verb == Verb.KEEP:
        return f"the annotation `{sums[0]}` of its template did not change with it: work it out anew"
    if reader.kind == "Pod":
        return "delete the Pod and make it anew"
    return f"`kubectl rollout restart {reader}`, or put a checksum of it into an annotation of the template"


def _listed(refs: list[ObjectRef]) -> str:
    names = [str(ref) for ref in refs[:3]]
    if len(refs) > 3:
        return f"{', '.join(names)} and {len(refs) - 3} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
