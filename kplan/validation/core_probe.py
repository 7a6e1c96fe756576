"""Probes and lifecycle hooks.

Source: kubernetes v1.36 pkg/apis/core/validation validateProbe, validateHandler, validateLifecycle.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.name import http_header
from kplan.validation.check import Obj, Path, messages, nonnegative, objects, one_of, port_number, port_or_name
from kplan.validation.fault import Fault, forbidden, invalid, required
from kplan.validation.feature import dropped, on

_NUMBERS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_PROBE_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOK_HANDLERS = ("exec", "httpGet", "tcpSocket", "sleep")


def probe(value: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """A probe; the last part of `path` says which."""
    yield from _handler(value, _PROBE_HANDLERS, 0, path, minor)
    for key in _NUMBERS:
        yield from nonnegative(value, key, path)
    grace = value.get("terminationGracePeriodSeconds")
    at = (*path, "terminationGracePeriodSeconds")
    if grace is not None and grace <= 0:
        yield invalid(at, grace, "must be greater than 0")
    if path[-1] == "readinessProbe":
        if grace is not None:
            yield invalid(at, grace, "must not be set for readinessProbes")
    elif (value.get("successThreshold") or 1) != 1:
        yield invalid((*path, "successThreshold"), value["successThreshold"], "must be 1")


def lifecycle(value: Obj, spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """The hooks of a container of the pod `spec`."""
    grace = spec.get("terminationGracePeriodSeconds")
    for key in ("postStart", "preStop"):
        if value.get(key) is not None:
            yield from _handler(value[key], _HOOK_HANDLERS, 30 if grace is None else grace, (*path, key), minor)


def _handler(value: Obj, kinds: tuple[str, ...], grace: int, path: Path, minor: int) -> Iterator[Fault]:
    given = [key for key in kinds if value.get(key) is not None]
    if "sleep" in given and dropped("core.LifecycleHandler", "Sleep", minor):
        given.remove("sleep")
    for key in given[1:]:
        yield forbidden((*path, key), "may not specify more than 1 handler type")
    if not given:
        yield required(path, "must specify a handler type")
        return
    kind = given[0]
    yield from _ACTIONS[kind](value[kind], grace, (*path, kind), minor)


def _exec(action: Obj, grace: int, path: Path, minor: int) -> Iterator[Fault]:
    if not action.get("command"):
        yield required((*path, "command"))


def _http_get(action: Obj, grace: int, path: Path, minor: int) -> Iterator[Fault]:
    yield from port_or_name(action.get("port"), (*path, "port"))
    if action.get("scheme"):
        yield from one_of(action["scheme"], ("HTTP", "HTTPS"), (*path, "scheme"))
    for _, header in objects(action.get("httpHeaders")):
        name = header.get("name") or ""
        yield from messages((*path, "httpHeaders"), name, http_header(name))


def _tcp_socket(action: Obj, grace: int, path: Path, minor: int) -> Iterator[Fault]:
    yield from port_or_name(action.get("port"), (*path, "port"))


def _grpc(action: Obj, grace: int, path: Path, minor: int) -> Iterator[Fault]:
    yield from port_number(action.get("port"), (*path, "port"))


def _sleep(action: Obj, grace: int, path: Path, minor: int) -> Iterator[Fault]:
    seconds = action.get("seconds") or 0
    zero = on("PodLifecycleSleepActionAllowZero", minor)
    if not (0 if zero else 1) <= seconds <= grace:
        least = "non-negative" if zero else "greater than 0"
        yield invalid(path, seconds, f"must be {least} and less than terminationGracePeriodSeconds ({grace})")


_ACTIONS = {"exec": _exec, "httpGet": _http_get, "tcpSocket": _tcp_socket, "grpc": _grpc, "sleep": _sleep}
