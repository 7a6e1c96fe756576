"""The rules of custom kinds: `x-kubernetes-validations` of their definitions.

Source: kubernetes v1.36 apiextensions-apiserver pkg/apiserver/schema/cel validation.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from kplan.cel.correlate import is_unchanged, items_before, map_key
from kplan.cel.definition import CustomKind, custom_kinds
from kplan.cel.environment import Outcome, evaluate
from kplan.cel.token import names
from kplan.cel.value import Mismatch, aligned, defaulted, typed
from kplan.model import FieldPath, ObjectRef, Problem, Resource
from kplan.model.path import Key

Found: TypeAlias = tuple[str, Resource, Problem]

_RULES = "x-kubernetes-validations"
_RATCHETING = 30
"""The minor from which a rule that an object breaks already is not held against it where nothing changed."""

_VALUE_SHOWN = 35
"""The minor from which the values that break rules are told, and no longer their types."""

_NO_OVERLOAD = "call arguments did not match a supported operator, function or macro signature"
_LONGEST_MESSAGE = 5120
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\['((?:\\.|[^'\\])*)'\]|\[(\d+)\]")
_REASONS = {
    "FieldValueForbidden": "Forbidden",
    "FieldValueRequired": "Required value",
    "FieldValueDuplicate": "Duplicate value",
}


_Pair: TypeAlias = tuple[Any, Any, Mapping[str, Any]]


class _Node(NamedTuple):
    """A value in an object and where: its schema, that schema's path, and the value before (None where unknown).

    `pairs` are the values before and now, with their schema, of this value and of those around it, as far as the server
    knows which belong together.
    """

    value: Any
    old: Any
    schema: Mapping[str, Any]
    path: FieldPath
    at: FieldPath
    pairs: tuple[_Pair, ...] = ()

    @property
    def is_paired(self) -> bool:
        """Whether the server knows which value before belongs to this one."""
        return bool(self.pairs) and self.pairs[-1][1] is self.value

    @property
    def is_unchanged(self) -> bool:
        """Whether the value, or the nearest one around it whose old value is known, is as before."""
        return bool(self.pairs) and is_unchanged(*self.pairs[-1])


def custom_rule_problems(
    resources: Iterable[Resource],
    sources: Iterable[Resource],
    minor: int,
    before: Mapping[ObjectRef, Resource],
    unsound: Collection[tuple[str, ObjectRef]] = (),
) -> Iterator[Found]:
    """The rules that custom resources break, but for those in `unsound`, and the rules that cannot be judged, once."""
    kinds = custom_kinds(sources)
    resources = tuple(resources)
    shown, told = {id(resource) for resource in resources}, set()
    for resource in resources:
        custom = kinds.get((resource.api_version, resource.kind))
        if custom is None or not custom.has_rules or (resource.source.file, resource.ref) in unsound:
            continue
        old = before.get(resource.ref)
        for rule_id, path, problem in _judged(resource, old, custom, minor):
            if rule_id != "cel-not-checked":
                yield rule_id, resource, problem
            elif (id(custom.definition), path) not in told:
                told.add((id(custom.definition), path))
                if id(custom.definition) in shown:
                    yield rule_id, custom.definition, Problem(path, problem.message)
                else:
                    yield rule_id, resource, problem


def _judged(
    resource: Resource, old: Resource | None, custom: CustomKind, minor: int
) -> Iterator[tuple[str, FieldPath, Problem]]:
    """What the rules say of one object: rule id, where the rule is written, and the problem."""
    value = defaulted(resource.data, custom.schema)
    known = old is not None and old.api_version == resource.api_version
    before = defaulted(old.data, custom.schema) if known and old is not None else None
    try:
        typed(value, custom.schema, root=True)
    except Mismatch:
        return  # a value of another type: the API server looks at no rule then
    pairs = ((before, value, custom.schema),) if minor >= _RATCHETING and before is not None else ()
    for node in _nodes(_Node(value, before, custom.schema, (), custom.path, pairs)):
        for index, rule in _written(node):
            yield from _rule_problems(rule, node, (*node.at, _RULES, index, "rule"), minor)


def _written(node: _Node) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for index, rule in enumerate(node.schema[_RULES]):
        if isinstance(rule, dict) and isinstance(rule.get("rule"), str):
            yield index, rule


def value_problems(
    value: Any, schema: Mapping[str, Any], minor: int, *, is_root: bool = False
) -> Iterator[tuple[FieldPath, str]]:
    """The rules that a default of a schema breaks, as (path, message): as a value that stays, and as a new one.

    What cannot be judged is left out.
    """
    try:
        typed(value, schema, root=is_root)
    except Mismatch:
        return
    for old in (value, None) if minor >= _RATCHETING else (value,):
        found = [
            (problem.path, problem.message)
            for node in _nodes(_Node(value, old, schema, (), ()))
            for index, rule in _written(node)
            for rule_id, _, problem in _rule_problems(rule, node, (*node.at, _RULES, index, "rule"), minor)
            if rule_id == "custom-rule-broken"
        ]
        if found:
            yield from found
            return


def _nodes(node: _Node) -> Iterator[_Node]:
    """The node and those below it that have rules."""
    if isinstance(node.schema.get(_RULES), list) and node.value is not None:
        yield node
    if isinstance(node.value, dict):
        for below in _members(node):
            yield from _nodes(below)
    elif isinstance(node.value, list) and isinstance(items := node.schema.get("items"), dict):
        old = items_before(node.old, node.schema)
        for index, item in enumerate(node.value):
            key = map_key(item, node.schema)
            pairs = (*node.pairs, (old[key], item, items)) if node.is_paired and key in old else node.pairs
            yield from _nodes(_Node(item, old.get(key), items, (*node.path, index), (*node.at, "items"), pairs))


def _members(node: _Node) -> Iterator[_Node]:
    properties, values = node.schema.get("properties"), node.schema.get("additionalProperties")
    known = properties if isinstance(properties, dict) else {}
    for key, value in node.value.items():
        at: FieldPath = (*node.at, "properties", key) if key in known else (*node.at, "additionalProperties")
        schema = known.get(key, values)
        if isinstance(schema, dict):
            old = node.old.get(key) if isinstance(node.old, dict) else None
            yield _Node(
                value, old, schema, (*node.path, key if key in known else Key(key)), at, _pairs(node, key, schema)
            )


def _pairs(node: _Node, key: str, schema: Mapping[str, Any]) -> tuple[_Pair, ...]:
    """The pairs of a member; the API version and kind of an object are never known to be those before."""
    if not node.is_paired:
        return node.pairs
    if not node.path and key in ("apiVersion", "kind"):
        return ()
    is_known = isinstance(node.old, dict) and key in node.old
    return (*node.pairs, (node.old[key], node.value[key], schema)) if is_known else node.pairs


def _rule_problems(
    rule: Mapping[str, Any], node: _Node, at: FieldPath, minor: int
) -> Iterator[tuple[str, FieldPath, Problem]]:
    expression, optional = rule["rule"], rule.get("optionalOldSelf") is True
    is_transition = "oldSelf" in names(expression)
    if is_transition and node.old is None and not optional:
        return
    outcome = _evaluated(expression, node, is_transition, optional)
    if outcome.unknown:
        message = f"this rule is not checked: {outcome.unknown}"
        yield (
            "cel-not-checked",
            at,
            Problem(node.path or ("kind",), message, help=f"the rule is `{_short(expression)}`"),
        )
    elif outcome.error:
        text = f"{outcome.error} evaluating rule: {_said(rule)}"
        if outcome.error.startswith("no such overload"):
            text = f"'{outcome.error}': {_NO_OVERLOAD} for rule: {_said(rule)}"
        type_ = "object" if not node.path else str(node.schema.get("type") or "")
        yield "custom-rule-broken", at, Problem(node.path, f'Invalid value: "{type_}": {text}')
    elif outcome.value is not True and (is_transition or not node.is_unchanged):
        text = _message(rule, node, is_transition, optional)
        yield "custom-rule-broken", at, Problem(_place(rule, node), _worded(rule, node, text, minor))


def _evaluated(expression: str, node: _Node, is_transition: bool, optional: bool) -> Outcome:
    root = not node.path
    values = {"self": typed(node.value, node.schema, root=root)}
    old = None
    if is_transition and node.old is not None:
        try:
            old = typed(aligned(node.old, node.value, node.schema), node.schema, root=root)
        except Mismatch:
            return Outcome(unknown="the object before is not of the type of its schema")
    if not is_transition:
        return evaluate(expression, values)
    if optional:
        return evaluate(expression, values, optional={"oldSelf": old})
    return evaluate(expression, {**values, "oldSelf": old})


def _message(rule: Mapping[str, Any], node: _Node, is_transition: bool, optional: bool) -> str:
    """What the rule's author says: by expression where that gives a line of text, else as written."""
    expression = rule.get("messageExpression")
    if isinstance(expression, str) and expression.strip():
        uses_old = "oldSelf" in names(expression)
        if not uses_old or node.old is not None or optional:
            said = _evaluated(expression, node, uses_old, optional).value
            if isinstance(said, str) and said.strip() and "\n" not in said and len(said) <= _LONGEST_MESSAGE:
                return said.strip()
    written = rule.get("message")
    return written.strip() if isinstance(written, str) and written.strip() else f"failed rule: {rule['rule'].strip()}"


def _said(rule: Mapping[str, Any]) -> str:
    return str(rule.get("message") or rule["rule"]).strip()


def _worded(rule: Mapping[str, Any], node: _Node, text: str, minor: int) -> str:
    """The message as the API server gives it: behind the kind of error that the rule asks for."""
    word = _REASONS.get(str(rule.get("reason")), "Invalid value")
    if word in ("Forbidden", "Required value"):
        return f"{word}: {text}"
    type_ = "object" if not node.path else str(node.schema.get("type") or "")
    if minor < _VALUE_SHOWN:
        word = f'{word}: "{type_}"'
    elif type_ not in ("object", "array"):
        word = f"{word}: {_value_text(node.value)}"
    return word if word.startswith("Duplicate") else f"{word}: {text}"


def _value_text(value: Any) -> str:
    is_simple = isinstance(value, (bool, int, float, str))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=not is_simple)


def _place(rule: Mapping[str, Any], node: _Node) -> FieldPath:
    written = rule.get("fieldPath")
    return (*node.path, *_steps(written)) if isinstance(written, str) else node.path


@cache
def _steps(path: str) -> FieldPath:
    """The parts of a field path of a rule.

    >>> _steps(".spec.map['a.b'].c")
    ('spec', 'map', 'a.b', 'c')
    """
    return tuple(int(m[3]) if m[3] else m[1] or re.sub(r"\\(.)", r"\1", m[2] or "") for m in _STEP.finditer(path))


def _short(expression: str) -> str:
    text = " ".join(expression.split())
    return text if len(text) <= 100 else text[:99] + "…"
