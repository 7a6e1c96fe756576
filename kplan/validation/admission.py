"""What admission webhooks and admission policies share: rules, selectors and expressions.

Source: kubernetes v1.36 pkg/apis/admissionregistration/validation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kplan.k8s.name import path_segment, qualified_name
from kplan.validation.check import Obj, Path, label_selector, messages, objects, one_of, texts
from kplan.validation.fault import Fault, duplicate, invalid, required, too_many

if TYPE_CHECKING:
    from kplan.cel.compiled import Compiled, Scope
    from kplan.cel.type import Type

FAILURE_POLICIES = ("Fail", "Ignore")
MATCH_POLICIES = ("Equivalent", "Exact")
REINVOCATION_POLICIES = ("IfNeeded", "Never")
OPERATIONS = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES = ("*", "Cluster", "Namespaced")
_MOST_CONDITIONS = 64


@dataclass(slots=True)
class Judge:
    """The minor that judges the expressions of one object, the expressions that it had before (which may use all that
    the minor evaluates), whether there are parameters, and the types of a policy's variables as they are found; None
    for an object without variables.
    """

    minor: int
    old: frozenset[str] = frozenset()
    params: bool = False
    variables: dict[str, Type] | None = None

    def compiled(self, expression: str, scope: Scope) -> Compiled:
        """What the API server finds of an expression."""
        from kplan.cel.compiled import compiled

        return compiled(expression, scope, self.minor, is_old=expression in self.old)

    def scope(self, *, authorizer: bool = True, variables: bool = True, patches: bool = False) -> Scope:
        """What an expression of the object may name."""
        from kplan.cel.compiled import Scope

        return Scope(self.params, authorizer, self.variables if variables else None, patches)


def expression_faults(expression: str, path: Path, judge: Judge, scope: Scope, types: Sequence[str]) -> Iterator[Fault]:
    """An expression that the server can compile, with a result of one of the types."""
    found = judge.compiled(expression, scope)
    if found.error:
        yield invalid(path, expression, found.error)
    elif str(found.type) not in types:
        wanted = types[0] if len(types) == 1 else f"one of [{' '.join(types)}]"
        yield invalid(path, expression, f"must evaluate to {wanted} but got {found.type}")


def match_conditions(conditions: list[Any] | None, path: Path, judge: Judge) -> Iterator[Fault]:
    """At most 64 conditions with names of their own."""
    if conditions and len(conditions) > _MOST_CONDITIONS:
        yield too_many(path, len(conditions), _MOST_CONDITIONS)
    names = set()
    for index, condition in objects(conditions):
        at, name = (*path, index), condition.get("name") or ""
        expression = (condition.get("expression") or "").strip()
        if expression:
            scope = judge.scope(variables=False)
            yield from expression_faults(expression, (*at, "expression"), judge, scope, ("bool",))
        else:
            yield required((*at, "expression"))
        if not name:
            yield required((*at, "name"))
            continue
        yield from messages((*at, "name"), name, qualified_name(name))
        if name in names:
            yield duplicate((*at, "name"), name)
        names.add(name)


def rule_with_operations(rule: Obj, path: Path) -> Iterator[Fault]:
    """Which operations on which resources a webhook or policy is asked about."""
    operations = rule.get("operations") or []
    if not operations:
        yield required((*path, "operations"))
    yield from _alone(operations, (*path, "operations"), "operations")
    for index, operation in texts(operations):
        yield from one_of(operation, OPERATIONS, (*path, "operations", index))
    for key, what in (("apiGroups", "API groups"), ("apiVersions", "API versions")):
        if not rule.get(key):
            yield required((*path, key))
        yield from _alone(rule.get(key) or [], (*path, key), what)
    for index, version in texts(rule.get("apiVersions")):
        if not version:
            yield required((*path, "apiVersions", index))
    yield from _resources(rule.get("resources") or [], (*path, "resources"))
    if rule.get("scope") is not None:
        yield from one_of(rule["scope"], _SCOPES, (*path, "scope"))


def _alone(values: list[Any], path: Path, what: str) -> Iterator[Fault]:
    if len(values) > 1 and "*" in values:
        yield invalid(path, values, f"if '*' is present, must not specify other {what}")


def _resources(resources: list[Any], path: Path) -> Iterator[Fault]:
    if not resources:
        yield required(path)
    whole, everywhere, last_is_plain = set(), set(), False
    for index, resource in texts(resources):
        if not resource:
            yield required((*path, index))
            continue
        name, slash, below = resource.partition("/")
        if not slash:
            last_is_plain = resource != "*"  # of the resources without subresource, the server asks the last
            continue
        if name in whole:
            yield invalid((*path, index), resource, f"if '{name}/*' is present, must not specify {resource}")
        if below in everywhere:
            yield invalid((*path, index), resource, f"if '*/{below}' is present, must not specify {resource}")
        if below == "*":
            whole.add(name)
        if name == "*":
            everywhere.add(below)
    if len(resources) > 1 and "*/*" in resources:
        yield invalid(path, resources, "if '*/*' is present, must not specify other resources")
    if "*" in resources and last_is_plain:
        yield invalid(path, resources, "if '*' is present, must not specify other resources without subresources")


def match_resources(match: Obj, path: Path) -> Iterator[Fault]:
    """The requests that a policy or binding is about."""
    if match.get("matchPolicy") is not None:
        yield from one_of(match["matchPolicy"], MATCH_POLICIES, (*path, "matchPolicy"))
    for key in ("namespaceSelector", "objectSelector"):
        yield from label_selector(match.get(key), (*path, key))
    for key in ("resourceRules", "excludeResourceRules"):
        for index, rule in objects(match.get(key)):
            at = (*path, key, index)
            yield from _resource_names(rule.get("resourceNames"), (*at, "resourceNames"))
            yield from rule_with_operations(rule, at)


def _resource_names(names: list[Any] | None, path: Path) -> Iterator[Fault]:
    seen = set()
    for index, name in texts(names):
        yield from messages((*path, index), name, path_segment(name))
        if name in seen:
            yield duplicate((*path, index), name)
        seen.add(name)
