"""Resource names, requests and limits.

Source: kubernetes v1.36 pkg/apis/core/validation validateResourceRequirements; pkg/apis/core/helper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from kplan.k8s.name import qualified_name
from kplan.k8s.quantity import Quantity, parse_quantity
from kplan.validation.check import NEGATIVE, Obj, Path, dns_labels, messages, objects
from kplan.validation.fault import Fault, Key, duplicate, forbidden, invalid, not_found, required, unsupported
from kplan.validation.feature import dropped

CONTAINER_RESOURCES = frozenset({"cpu", "memory", "ephemeral-storage"})
COUNTED = frozenset(
    [
        "pods",
        "resourcequotas",
        "services",
        "replicationcontrollers",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
        "services.nodeports",
        "services.loadbalancers",
    ]
)
QUOTA_RESOURCES = COUNTED | frozenset(
    [
        "cpu",
        "memory",
        "ephemeral-storage",
        "requests.cpu",
        "requests.memory",
        "requests.storage",
        "requests.ephemeral-storage",
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
    ]
)
_STANDARD = QUOTA_RESOURCES | {"storage"}
_POD_LEVEL = ("cpu", "memory")
_HUGE = "hugepages-"
_QUOTA_HUGE = ("hugepages-", "requests.hugepages-")


@lru_cache(maxsize=2048, typed=True)
def _parsed(value: Any) -> Quantity:
    return parse_quantity(value)


def quantity(value: Any) -> Quantity:
    """The quantity of a value that the server could decode; null is zero."""
    return _parsed("0" if value is None else value)


def is_native(name: str) -> bool:
    """Whether the resource is one of Kubernetes' own."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Whether the resource is one that a device plugin or an administrator names."""
    return not is_native(name) and not name.startswith("requests.") and not qualified_name(f"requests.{name}")


def overcommits(name: str) -> bool:
    """Whether requests may be lower than limits."""
    return is_native(name) and not name.startswith(_HUGE)


def is_quota_resource(name: str) -> bool:
    """Whether a quota may name the resource without a domain."""
    return name in QUOTA_RESOURCES or name.startswith(_QUOTA_HUGE)


def resource_name(name: str, path: Path) -> Iterator[Fault]:
    """The name of a resource of any kind."""
    if wrong := qualified_name(name):
        yield from messages(path, name, wrong)
    elif "/" not in name and name not in _STANDARD and not name.startswith(_QUOTA_HUGE):
        yield invalid(path, name, "must be a standard resource type or fully qualified")


def container_resource_name(name: str, path: Path) -> Iterator[Fault]:
    """The name of a resource that a container can ask for."""
    if name in CONTAINER_RESOURCES:
        return
    yield from resource_name(name, path)
    if "/" not in name:
        if not name.startswith(_HUGE):
            yield invalid(path, name, "must be a standard resource for containers")
    elif not is_native(name) and not is_extended(name):
        yield invalid(path, name, "doesn't follow extended resource name standard")


def _pod_resource_name(name: str, path: Path) -> Iterator[Fault]:
    wrong = list(resource_name(name, path))
    yield from wrong
    if not wrong and name not in _POD_LEVEL and not name.startswith(_HUGE):
        yield unsupported(path, name, _POD_LEVEL)


def amount(name: str, value: Any, path: Path) -> Iterator[Fault]:
    """The amount of a resource: not negative, and whole where only whole ones exist."""
    number = quantity(value)
    if number.sign < 0:
        yield invalid(path, str(number), NEGATIVE)
    if name not in CONTAINER_RESOURCES and (name in COUNTED or is_extended(name)) and number.milli() % 1000:
        yield invalid(path, str(number), "must be an integer")


def container_resources(
    resources: Obj, claims: frozenset[str], path: Path, minor: int, *, is_pod: bool = False
) -> Iterator[Fault]:
    """The resources of a container; `claims` are the names of the pod's resourceClaims.

    In a pod (`is_pod`) a limit is the request too where there is none.
    """
    yield from _requirements(resources, container_resource_name, path, is_pod)
    if resources.get("claims") and not dropped("core.ResourceRequirements", "Claims", minor):
        yield from _claims(resources["claims"], claims, (*path, "claims"))


def _requirements(
    resources: Obj, name_check: Callable[[str, Path], Iterator[Fault]], path: Path, is_pod: bool = False
) -> Iterator[Fault]:
    limits: Obj = resources.get("limits") or {}
    requests: Obj = resources.get("requests") or {}
    for name, value in limits.items():
        yield from _entry(name, value, name_check, (*path, "limits", Key(name)))
        if is_pod and name not in requests:
            yield from _entry(name, value, name_check, (*path, "requests", Key(name)))
    for name, value in requests.items():
        yield from _entry(name, value, name_check, (*path, "requests", Key(name)))
        yield from _against_limit(name, value, limits, path)
    names = {*limits, *requests}
    if names.isdisjoint(("cpu", "memory")) and any(name.startswith(_HUGE) for name in names):
        yield forbidden(path, "HugePages require cpu or memory")


def _entry(name: str, value: Any, name_check: Callable[[str, Path], Iterator[Fault]], path: Path) -> Iterator[Fault]:
    yield from name_check(name, path)
    yield from amount(name, value, path)
    yield from _huge_pages(name, value, path)


def _against_limit(name: str, value: Any, limits: Obj, path: Path) -> Iterator[Fault]:
    if name not in limits:
        if not overcommits(name):
            yield required((*path, "limits"), "Limit must be set for non overcommitable resources")
        return
    request, limit = quantity(value), quantity(limits[name])
    if request != limit and not overcommits(name):
        yield invalid((*path, "requests"), str(request), f"must be equal to {name} limit of {limit}")
    elif limit < request:
        text = f"must be less than or equal to {name} limit of {limit}"
        yield invalid((*path, "requests"), str(request), text)


def _huge_pages(name: str, value: Any, path: Path) -> Iterator[Fault]:
    if not name.startswith(_HUGE):
        return
    number = quantity(value)
    try:
        page = parse_quantity(name.removeprefix(_HUGE))
        fine = page.sign > 0 and page.milli() % 1000 == 0 and number.value() % page.value() == 0
    except ValueError:
        fine = False
    if not fine:
        yield invalid(path, str(number), f"{number} is not positive integer multiple of {name}")


def _claims(claims: list[Any], known: frozenset[str], path: Path) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, claim in objects(claims):
        name, request, at = claim.get("name") or "", claim.get("request") or "", (*path, index)
        if not name:
            yield required(at)
            continue
        if name in seen:
            yield duplicate(at, name)
        else:
            yield from dns_labels(request, (*at, "request"))
            key = f"{name}/{request}" if request else name
            if key in seen or (not request and any(other.startswith(f"{name}/") for other in seen)):
                yield duplicate(at, key)
            seen.add(key)
        if name not in known:
            listed = f": {', '.join(sorted(known))}" if known else " which is empty"
            yield not_found(at, name, f"must be one of the names in pod.spec.resourceClaims{listed}")


def resize_policy(policies: list[Any], restart_policy: str | None, path: Path) -> Iterator[Fault]:
    """What happens to a container when its resources are resized; the server leaves most indexes out."""
    seen: set[str] = set()
    for index, policy in objects(policies):
        name, restart = policy.get("resourceName") or "", policy.get("restartPolicy") or ""
        if name in seen:
            yield duplicate((*path, index), name)
        seen.add(name)
        for value, supported in ((name, ("cpu", "memory")), (restart, ("NotRequired", "RestartContainer"))):
            if not value:
                yield required(path)
            elif value not in supported:
                yield unsupported(path, value, supported)
        if restart_policy == "Never" and restart != "NotRequired":
            yield invalid(path, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'")


def pod_resources(spec: Obj, path: Path, minor: int, is_pod: bool) -> Iterator[Fault]:
    """Resources of the pod as a whole: at least what its containers ask for, at most what each is limited to."""
    resources: Obj = spec["resources"]
    here = (*path, "resources")
    if resources.get("claims") is not None:
        yield forbidden((*here, "claims"), "claims cannot be set for Resources at pod-level")
    yield from _requirements(resources, _pod_resource_name, here)
    requests = dict(resources.get("requests") or {})
    limits: Obj = resources.get("limits") or {}
    asked = _asked(spec, is_pod)
    if is_pod:
        for name, value in limits.items():
            if name not in requests:
                requests[name] = str(asked[name]) if name in asked else value
    for name, number in asked.items():
        given = quantity(requests.get(name)) if name in requests else None
        if name in (*_POD_LEVEL,) and given is not None and given < number:
            text = f"must be greater than or equal to aggregate container requests of {number}"
            yield invalid((*here, "requests", Key(name)), str(given), text)
    for index, container in objects(spec.get("containers")):
        own = (container.get("resources") or {}).get("limits") or {}
        for name, value in own.items():
            if name in limits and quantity(limits[name]) < quantity(value):
                at = (*here, "containers", index, Key(name), "limits")
                yield invalid(at, str(value), f"must be less than or equal to pod limits of {limits[name]}")


def _asked(spec: Obj, is_pod: bool) -> dict[str, Quantity]:
    """What the containers ask for together."""
    from kplan.k8s.quantity import add

    total: dict[str, Quantity] = {}
    for _, container in objects(spec.get("containers")):
        own: Obj = container.get("resources") or {}
        wanted = {**((own.get("limits") or {}) if is_pod else {}), **(own.get("requests") or {})}
        for name, value in wanted.items():
            number = quantity(value)
            total[name] = add(total[name], number) if name in total else number
    return total
