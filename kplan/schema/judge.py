"""What there is to say about an apiVersion and kind, whatever the object holds."""

from __future__ import annotations

from functools import cache
from typing import Any

from kplan.kinds import current_version, lifecycle, lifecycles, on_by_default, served, split_api_version
from kplan.model import Problem
from kplan.schema.clean import cleanness
from kplan.schema.custom import CustomTypes, Judgement
from kplan.schema.unknown_kind import is_builtin, unknown_custom_version, unknown_kind
from kplan.schemas import Type, lookup

_NAMELESS_GROUPS = {"authentication.k8s.io", "authorization.k8s.io"}
"""Questions to the API server, which are not stored and need no name."""


def judge(api_version: str, kind: str, minor: int, custom: CustomTypes) -> Judgement:
    """The judgement on a kind in a minor."""
    if custom.defined:
        group, _ = split_api_version(api_version)
        if (group, kind) in custom.versions:
            key = (api_version, kind)
            if key not in custom.judgements:
                custom.judgements[key] = _judge_custom(api_version, kind, custom)
            return custom.judgements[key]
    return _judge_builtin(api_version, kind, minor)


def _judge_custom(api_version: str, kind: str, custom: CustomTypes) -> Judgement:
    group, version = split_api_version(api_version)
    if (api_version, kind) not in custom.defined:
        return Judgement((unknown_custom_version(group, version, kind, custom),))
    type_ = custom.lookup(api_version, kind)
    return _with_type(type_) if type_ is not None else Judgement()


@cache
def _judge_builtin(api_version: str, kind: str, minor: int) -> Judgement:
    group, version = split_api_version(api_version)
    life = lifecycle(group, version, kind)
    if life is None:
        return Judgement((unknown_kind(api_version, kind, minor),)) if is_builtin(api_version, kind) else Judgement()
    problem = _version_problem(group, version, kind, minor)
    type_ = lookup(api_version, kind, minor)
    judgement = _with_type(type_, _needs_name(group, kind)) if type_ else Judgement()
    return judgement._replace(problems=(problem,) if problem else ())


def _needs_name(group: str, kind: str) -> bool:
    """Whether an object needs a name or generateName; a LimitRange without gets one from the API server."""
    return group not in _NAMELESS_GROUPS and (group, kind) not in (("", "LimitRange"), ("", "Binding"))


def _with_type(type_: Type, named: bool = True) -> Judgement:
    fields_are_clean = cleanness(type_)

    def is_clean(data: dict[str, Any]) -> bool:
        metadata = data.get("metadata")
        if named and (metadata.__class__ is not dict or not (metadata.get("name") or metadata.get("generateName"))):
            return False
        return fields_are_clean(data)

    return Judgement((), type_, is_clean, named)


def _version_problem(group: str, version: str, kind: str, minor: int) -> tuple[str, Problem] | None:
    life = lifecycle(group, version, kind)
    assert life is not None
    if life.removed is not None and minor >= life.removed:
        rule, fault = "removed-api", f"was removed in Kubernetes 1.{life.removed}"
    elif not served(group, version, kind, minor):
        rule, fault = "removed-api", f"is not there before Kubernetes 1.{life.introduced}"
    elif not on_by_default(group, version, kind):
        rule, fault = "removed-api", f"is served by Kubernetes 1.{minor} only where a cluster switches it on"
    elif life.deprecated is not None and minor >= life.deprecated:
        end = f", removed in 1.{life.removed}" if life.removed is not None else ""
        rule, fault = "deprecated-api", f"is deprecated since Kubernetes 1.{life.deprecated}{end}"
    else:
        return None
    message = f"`{life.api.api_version}` {kind} {fault}"
    return rule, Problem(("apiVersion",), message, _instead(group, version, kind, minor))


def _instead(group: str, version: str, kind: str, minor: int) -> str:
    current = current_version(group, version, kind, minor)
    if current is not None:
        other = f" and `kind: {current.kind}`" if current.kind != kind else ""
        return f"write `apiVersion: {current.api_version}`{other}"
    later = [life for life in lifecycles(group, kind) if (life.introduced or 0) > minor]
    if later:
        first = later[-1]
        return f"1.{minor} serves no version of {kind}; `{first.api.api_version}` comes with 1.{first.introduced}"
    return f"nothing replaces {kind}"
