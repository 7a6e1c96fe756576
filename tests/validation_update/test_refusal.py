"""Which changes are refused, kind by kind: what `kubectl apply` of the second form to the first comes to."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kplan.differ import Storage
from kplan.loader import load_text
from kplan.model import Resource

Map = dict[str, Any]

POD = """
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers: [{name: app, image: "a:1"}]
"""
JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec:
  completions: 4
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers: [{name: app, image: "a:1"}]
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: s}
spec:
  selector: {app: web}
  ports: [{port: 80}]
"""
CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: fast
  resources: {requests: {storage: 5Gi}}
"""
VOLUME = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec:
  capacity: {storage: 5Gi}
  accessModes: [ReadWriteOnce]
  csi: {driver: d.example, volumeHandle: h}
"""
SET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: app, image: "a:1"}]
"""
QUOTA = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {pods: "4"}, scopes: [NotTerminating, NotBestEffort]}
"""
DRIVER = """
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: d.example}
spec: {attachRequired: true, podInfoOnMount: false, volumeLifecycleModes: [Persistent]}
"""
RANGE = """
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: r}
spec: {cidrs: [10.1.0.0/16]}
"""
NODE = """
apiVersion: v1
kind: Node
metadata: {name: node-1}
spec: {podCIDR: 10.1.0.0/24, podCIDRs: [10.1.0.0/24], providerID: "x://1"}
"""


def term(*keys: str) -> Map:
    expressions = [{"key": key, "operator": "Exists"} for key in keys]
    terms = {"nodeSelectorTerms": [{"matchExpressions": expressions}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


def volume_affinity(key: str) -> Map:
    expression = {"key": key, "operator": "In", "values": ["a"]}
    return {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}


def changed(text: str, changes: Map) -> Resource:
    """The manifest with values at paths like `spec.containers.0.image`; None takes a key away."""
    data = yaml.safe_load(text)
    for path, value in changes.items():
        *way, last = path.split(".")
        target = data
        for part in way:
            target = target[int(part)] if isinstance(target, list) else target.setdefault(part, {})
        if value is None:
            del target[last]
        else:
            target[int(last) if isinstance(target, list) else last] = value
    return load_text(yaml.safe_dump(data)).resources[0]


def faults(before: Resource, after: Resource, minor: int, *others: Resource) -> list[str]:
    storage = Storage(minor, (before, *others), (after, *others))
    return [each.refusal.fault.field for each in storage.refused(before, after)]


GATED = {"spec.schedulingGates": [{"name": "a/b"}]}
SUSPENDED = {"spec.suspend": True}
RAN = {**SUSPENDED, "status": {"startTime": "2024-01-01T00:00:00Z"}}
STOPPED = {
    **SUSPENDED,
    "status": {"startTime": "2024-01-01T00:00:00Z", "conditions": [{"type": "Suspended", "status": "True"}]},
}
CPU = {"spec.template.spec.containers.0.resources": {"requests": {"cpu": "1"}}}
ZONE = {"spec.template.spec.nodeSelector": {"zone": "a"}}
INDEXED = {"spec.completionMode": "Indexed"}
BOUND = {"status": {"phase": "Bound", "capacity": {"storage": "5Gi"}}}
NODE_PORT = {"spec.type": "NodePort", "spec.ports.0.nodePort": 30080}
BALANCER = {"spec.type": "LoadBalancer"}
TOLERATION = {"key": "k", "operator": "Exists", "effect": "NoExecute"}

CASES: list[tuple[str, str, Map, Map, int, list[str]]] = [
    ("pod label", POD, {}, {"metadata.labels": {"a": "b"}}, 36, []),
    ("pod host network", POD, {}, {"spec.hostNetwork": True}, 36, ["spec"]),
    ("pod host network off is none", POD, {}, {"spec.hostNetwork": False}, 36, []),
    ("pod grace below 0 is 1", POD, {"spec.terminationGracePeriodSeconds": -1},
     {"spec.terminationGracePeriodSeconds": 1}, 36, []),
    ("pod deadline given", POD, {}, {"spec.activeDeadlineSeconds": 60}, 36, []),
    ("pod deadline later", POD, {"spec.activeDeadlineSeconds": 60}, {"spec.activeDeadlineSeconds": 61}, 36,
     ["spec.activeDeadlineSeconds"]),
    ("pod toleration added", POD, {}, {"spec.tolerations": [TOLERATION]}, 36, []),
    ("pod toleration for less time", POD, {"spec.tolerations": [TOLERATION]},
     {"spec.tolerations": [{**TOLERATION, "tolerationSeconds": 5}]}, 36, []),
    ("pod init container image", POD, {"spec.initContainers": [{"name": "i", "image": "a:1"}]},
     {"spec.initContainers": [{"name": "i", "image": "a:2"}]}, 36, []),
    ("pod quality of service", POD, {}, {"spec.containers.0.resources": {"limits": {"cpu": "1"}}}, 30,
     ["metadata", "spec"]),
    ("pod gate gone", POD, GATED, {}, 36, []),
    ("pod selector without a gate", POD, {}, {"spec.nodeSelector": {"a": "b"}}, 36, ["spec"]),
    ("gated selector added", POD, GATED, {**GATED, "spec.nodeSelector": {"a": "b"}}, 36, []),
    ("gated selector changed", POD, {**GATED, "spec.nodeSelector": {"a": "b"}},
     {**GATED, "spec.nodeSelector": {"a": "c"}}, 36, ["spec.nodeSelector"]),
    ("gated affinity given", POD, GATED, {**GATED, "spec.affinity": term("a")}, 36, []),
    ("gated affinity narrowed", POD, {**GATED, "spec.affinity": term("a")}, {**GATED, "spec.affinity": term("a", "b")},
     36, []),
    ("gated affinity widened", POD, {**GATED, "spec.affinity": term("a", "b")}, {**GATED, "spec.affinity": term("b")},
     36, ["spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"]),
    ("gated affinity gone", POD, {**GATED, "spec.affinity": term("a")}, GATED, 36,
     ["spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"]),
    ("job time to live", JOB, {}, {"spec.ttlSecondsAfterFinished": 5}, 36, []),
    ("job completions", JOB, {}, {"spec.completions": 5}, 36, ["spec.completions"]),
    ("job indexed together", JOB, INDEXED, {**INDEXED, "spec.completions": 6, "spec.parallelism": 6}, 36, []),
    ("job indexed apart", JOB, INDEXED, {**INDEXED, "spec.completions": 6}, 36, ["spec.completions"]),
    ("job indexed before it could", JOB, INDEXED, {**INDEXED, "spec.completions": 6, "spec.parallelism": 6}, 26,
     ["spec.completions"]),
    ("job size while it waits", JOB, SUSPENDED, {**SUSPENDED, **CPU}, 36, []),
    ("job size while it waits, before", JOB, SUSPENDED, {**SUSPENDED, **CPU}, 35, ["spec.template"]),
    ("job image while it waits", JOB, SUSPENDED, {**SUSPENDED, "spec.template.spec.containers.0.image": "a:2"}, 36,
     ["spec.template.spec"]),
    ("job place while it waits", JOB, SUSPENDED, {**SUSPENDED, **ZONE}, 30, []),
    ("job place and on with it", JOB, SUSPENDED, ZONE, 30, []),
    ("job place as it runs", JOB, {}, ZONE, 36, ["spec.template"]),
    ("job place after it ran", JOB, RAN, {**SUSPENDED, **ZONE}, 36, ["spec.template"]),
    ("job place when all is stopped", JOB, STOPPED, {**SUSPENDED, **ZONE}, 36, []),
    ("job place when all is stopped, before", JOB, STOPPED, {**SUSPENDED, **ZONE}, 35, ["spec.template"]),
    ("job pod affinity while it waits", JOB, SUSPENDED,
     {**SUSPENDED, "spec.template.spec.affinity": {"podAffinity": {}}}, 36, ["spec.template.spec"]),
    ("job node affinity while it waits", JOB, SUSPENDED,
     {**SUSPENDED, "spec.template.spec.affinity": term("a")}, 36, []),
    ("service port and selector", SERVICE, {}, {"spec.ports": [{"port": 81}], "spec.selector": {"a": "b"}}, 36, []),
    ("service for a name", SERVICE, {}, {"spec.type": "ExternalName", "spec.externalName": "a.b"}, 36, []),
    ("service address", SERVICE, {"spec.clusterIP": "10.0.0.1"}, {"spec.clusterIP": "10.0.0.2"}, 36,
     ["spec.clusterIPs[0]"]),
    ("service address not said", SERVICE, {"spec.clusterIP": "10.0.0.1"}, {}, 36, []),
    ("service without address", SERVICE, {}, {"spec.clusterIP": "None"}, 36, ["spec.clusterIPs[0]"]),
    ("service no longer headless", SERVICE, {"spec.clusterIP": "None"}, {"spec.clusterIP": "10.0.0.1"}, 36,
     ["spec.clusterIPs[0]"]),
    ("headless not said", SERVICE, {"spec.clusterIP": "None"}, {}, 36, []),
    ("service of a name to one of pods", SERVICE, {"spec.type": "ExternalName", "spec.externalName": "a.b"},
     {"spec.clusterIP": "10.0.0.1"}, 36, []),
    ("node port no more", SERVICE, NODE_PORT, {"spec.type": "ClusterIP", "spec.ports.0.nodePort": 30080}, 36, []),
    ("another node port no more", SERVICE, NODE_PORT, {"spec.type": "ClusterIP", "spec.ports.0.nodePort": 30081}, 36,
     ["spec.ports[0].nodePort"]),
    ("traffic policy without node port", SERVICE, {**NODE_PORT, "spec.externalTrafficPolicy": "Local"},
     {"spec.type": "ClusterIP", "spec.externalTrafficPolicy": "Local"}, 36, []),
    ("balancer class", SERVICE, BALANCER, {**BALANCER, "spec.loadBalancerClass": "a/b"}, 36,
     ["spec.loadBalancerClass"]),
    ("balancer class with the type", SERVICE, {}, {**BALANCER, "spec.loadBalancerClass": "a/b"}, 36, []),
    ("balancer class dropped with it", SERVICE, {**BALANCER, "spec.loadBalancerClass": "a/b"},
     {"spec.type": "ClusterIP", "spec.loadBalancerClass": "a/b"}, 36, []),
    ("claim grows unbound", CLAIM, {}, {"spec.resources.requests.storage": "6Gi"}, 36, ["spec"]),
    ("claim grows", CLAIM, BOUND, {"spec.resources.requests.storage": "6Gi"}, 36, []),
    ("claim of one size in other words", CLAIM, {}, {"spec.resources.requests.storage": "5120Mi"}, 36, []),
    ("claim shrinks", CLAIM, BOUND, {"spec.resources.requests.storage": "4Gi"}, 36,
     ["spec.resources.requests.storage"]),
    ("claim shrinks back", CLAIM, {**BOUND, "spec.resources.requests.storage": "9Gi"},
     {"spec.resources.requests.storage": "6Gi"}, 36, []),
    ("claim shrinks back, before", CLAIM, {**BOUND, "spec.resources.requests.storage": "9Gi"},
     {"spec.resources.requests.storage": "6Gi"}, 31, ["spec.resources.requests.storage"]),
    ("claim for a volume", CLAIM, {}, {"spec.volumeName": "v"}, 36, []),
    ("claim for another volume", CLAIM, {"spec.volumeName": "v"}, {"spec.volumeName": "w"}, 36, ["spec"]),
    ("claim gets a class", CLAIM, {"spec.storageClassName": None}, {}, 36, []),
    ("claim loses its class", CLAIM, {}, {"spec.storageClassName": ""}, 36, ["spec"]),
    ("volume capacity", VOLUME, {}, {"spec.capacity.storage": "6Gi", "spec.mountOptions": ["hard"]}, 36, []),
    ("volume handle", VOLUME, {}, {"spec.csi.volumeHandle": "i"}, 36, ["spec.persistentvolumesource"]),
    ("volume expansion secret", VOLUME, {},
     {"spec.csi.controllerExpandSecretRef": {"name": "a", "namespace": "b"}}, 36, []),
    ("volume mode", VOLUME, {}, {"spec.volumeMode": "Block"}, 36, ["volumeMode"]),
    ("volume place", VOLUME, {"spec.nodeAffinity": volume_affinity("zone")},
     {"spec.nodeAffinity": volume_affinity("rack")}, 36, ["nodeAffinity"]),
    ("volume place with its final name", VOLUME,
     {"spec.nodeAffinity": volume_affinity("failure-domain.beta.kubernetes.io/zone")},
     {"spec.nodeAffinity": volume_affinity("topology.kubernetes.io/zone")}, 36, []),
    ("set ordinals", SET, {}, {"spec.ordinals": {"start": 1}, "spec.replicas": 3}, 36, []),
    ("set history", SET, {}, {"spec.revisionHistoryLimit": 3}, 32, ["spec"]),
    ("set selector", SET, {}, {"spec.selector.matchLabels.app": "d", "spec.template.metadata.labels.app": "d"}, 36,
     ["spec"]),
    ("quota scopes in another order", QUOTA, {}, {"spec.scopes": ["NotBestEffort", "NotTerminating"]}, 36, []),
    ("quota scopes", QUOTA, {}, {"spec.scopes": ["NotTerminating"]}, 36, ["spec.scopes"]),
    ("driver attaches", DRIVER, {}, {"spec.attachRequired": False}, 36, ["spec.attachedRequired"]),
    ("driver pod info", DRIVER, {}, {"spec.podInfoOnMount": True}, 29, []),
    ("driver pod info, before", DRIVER, {}, {"spec.podInfoOnMount": True}, 28, ["spec.podInfoOnMount"]),
    ("second range", RANGE, {}, {"spec.cidrs": ["10.1.0.0/16", "fd00::/108"]}, 36, []),
    ("other range", RANGE, {}, {"spec.cidrs": ["10.2.0.0/16"]}, 36, ["spec.cidrs"]),
    ("node taint", NODE, {}, {"spec.unschedulable": True}, 36, []),
    ("node provider", NODE, {}, {"spec.providerID": "x://2"}, 36, ["spec.providerID"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "old", "new", "minor", "fields"), CASES, ids=[case[0] for case in CASES])
def test_change(name: str, text: str, old: Map, new: Map, minor: int, fields: list[str]) -> None:
    assert faults(changed(text, old), changed(text, new), minor) == fields


@pytest.mark.parametrize(("allowed", "fields"), [(True, []), (False, ["spec.resources.requests.storage"])])
def test_claim_that_a_pod_mounts_is_bound_and_grows_if_its_class_says_so(allowed: bool, fields: list[str]) -> None:
    mounted = [{"name": "d", "persistentVolumeClaim": {"claimName": "c"}}]
    pod = changed(POD, {"spec.volumes": mounted})
    storage_class = load_text(
        "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: a.b/c, "
        f"allowVolumeExpansion: {str(allowed).lower()}}}"
    ).resources[0]
    before, after = changed(CLAIM, {}), changed(CLAIM, {"spec.resources.requests.storage": "6Gi"})
    assert faults(before, after, 36) == ["spec"]
    assert faults(before, after, 36, pod) == []
    assert faults(before, after, 36, pod, storage_class) == fields


def test_nothing_changes_nothing_is_refused() -> None:
    for text in {case[1] for case in CASES}:
        before, after = changed(text, {}), changed(text, {})
        assert faults(before, after, 36) == []
