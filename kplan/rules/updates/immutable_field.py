"""A field changes that may not."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk


@risk(severity=Severity.ERROR, since="0.1")
def check(ref: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    job = ref.kind == "Job"
    for field in outlook.changes[ref].fields:
        if field.forbidden and not field.one_way and not (job and field.path[:2] == ("spec", "template")):
            yield Hazard(
                f"the API server refuses the change of {field.text}: {field.forbidden}",
                step=1,
                help=_UNBOUND if field.path == _SIZE else _COST.get(ref.kind, f"delete {ref} and make it anew"),
                path=field.path,
            )


_SIZE = ("spec", "resources", "requests", "storage")
_UNBOUND = (
    "only a bound claim may grow, and one that no pod of these manifests mounts counts as not bound: "
    "a dump of the cluster, with its status, tells"
)
_COST = {
    "Deployment": "delete it and make it anew: all pods stop first, and its revisions are lost; "
    "or make it under a new name beside the old one",
    "ReplicaSet": "delete it and make it anew: all pods stop first; `--cascade=orphan` leaves them running",
    "DaemonSet": "delete it and make it anew: every node is without its pod meanwhile; "
    "`--cascade=orphan` leaves them running",
    "StatefulSet": "delete it with `--cascade=orphan` and make it anew: its pods and claims stay; "
    "a claim that is there keeps its size and class",
    "Job": "delete it and make it anew: what it has done is forgotten, and it runs again",
    "Service": "delete it and make it anew: clients lose its address meanwhile, and it gets another",
    "PersistentVolumeClaim": "a new claim is a new, empty volume: copy the data over",
    "ConfigMap": "make one under a new name (a hash of its content in it) and let the template refer to that",
    "Secret": "make one under a new name (a hash of its content in it) and let the template refer to that",
    "Pod": "delete it and make it anew: nothing serves in its place meanwhile; a Deployment would",
    "RoleBinding": "delete it and make it anew: its subjects lack the permissions meanwhile",
    "ClusterRoleBinding": "delete it and make it anew: its subjects lack the permissions meanwhile",
    "StorageClass": "make one under a new name: claims keep the class they were made with",
}
