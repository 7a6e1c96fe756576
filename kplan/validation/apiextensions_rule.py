"""The rules in the schemas of CustomResourceDefinitions: `x-kubernetes-validations`.

Source: apiextensions-apiserver v1.36 pkg/apis/apiextensions/validation validation.go, cel_validation.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from kplan.cel.cost import UNLIMITED
from kplan.cel.rule import RuleReport, check_rule, most_repeated
from kplan.cel.schema_type import SchemaType, schema_type
from kplan.cel.value import escaped
from kplan.model.path import format_path
from kplan.validation.apiextensions_structural import not_convertible
from kplan.validation.apiextensions_version import field_path
from kplan.validation.check import Obj, Path
from kplan.validation.fault import Fault, forbidden, invalid, required, unsupported
from kplan.validation.feature import on

_AT = "x-kubernetes-validations"
_REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_RULE_LIMIT, _TOTAL_LIMIT = 10_000_000, 100_000_000
_MOST_NAMED = 4
_NEW_LINE = re.compile(r"[\n\r]")
_SHOWN = ("rule", "message", "messageExpression", "reason", "fieldPath", "optionalOldSelf")


class NoType(Exception):
    """Why rules cannot see a value, in the words of the server."""


@dataclass(frozen=True, eq=False)
class RuleScope:
    """What the rules of a schema see: its type; how often it can be there, None for any number; and the costs so far of
    all rules of the whole schema, as (path, cost).

    Below a schema with rules, types come from the type of the schema around: `parent` is its scope, and `step` the
    property, or "" for items and values.
    """

    schema: Obj
    cardinality: int | None
    costs: list[tuple[Path, int]] = field(default_factory=list)
    parent: RuleScope | None = None
    step: str = ""
    has_rules: bool = False

    @staticmethod
    def of_root(schema: Obj) -> RuleScope:
        """The scope of the schema of an object."""
        return RuleScope(schema, 1, has_rules=bool(schema.get(_AT)))

    def within(self, schema: Obj, step: str = "") -> RuleScope:
        """The scope of a schema right inside, at the property `step`, or of the items or values."""
        most = _most_inside(self.schema)
        known = self.cardinality is not None and most is not None
        cardinality = min((self.cardinality or 0) * (most or 0), UNLIMITED) if known else None
        has_rules = self.has_rules or bool(schema.get(_AT))
        return replace(self, schema=schema, cardinality=cardinality, parent=self, step=step, has_rules=has_rules)

    @cached_property
    def type(self) -> SchemaType | None:
        """The type of `self`, None where there is none. Raises NoType for a schema that has none at all."""
        above = self.parent.type if self.parent is not None and self.parent.has_rules else None
        if above is not None and not self.step:
            return above.item
        word = escaped(self.step) if self.step else None
        if above is not None and word in above.fields:
            return above.fields[word]
        is_object = self.parent is None or bool(self.schema.get("x-kubernetes-embedded-resource"))
        found = schema_type(self.schema, is_root=is_object, name="selfType")
        if found is None:
            raise NoType("unable to convert structural schema to CEL declarations")
        return found

    def cost(self, once: int, own: SchemaType) -> int:
        """What a rule costs that costs so much once."""
        times = most_repeated(own) if self.cardinality is None else self.cardinality
        return min(once * times, UNLIMITED)


def _most_inside(schema: Obj) -> int | None:
    """How many values a schema's value has for each schema right inside it; None for any number."""
    key = {"object": "maxProperties", "array": "maxItems"}.get(schema.get("type") or "")
    if key is None or (key == "maxProperties" and "additionalProperties" not in schema):
        return 1
    most = schema.get(key)
    return None if most is None else max(most, 0)


def written_faults(rules: list[Any], schema: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """What is wrong with the fields of rules, the expressions aside."""
    for index, rule in enumerate(rules):
        yield from _written(rule or {}, schema, (*path, _AT, index), minor)


def _written(rule: Obj, schema: Obj, path: Path, minor: int) -> Iterator[Fault]:
    text, message, expression = (rule.get(key) or "" for key in ("rule", "message", "messageExpression"))
    name = "" if on("FaultWithoutName", minor) else "message "
    if not text.strip():
        yield required((*path, "rule"), "rule is not specified")
    elif message and not message.strip():
        yield invalid((*path, "message"), message, f"{name}must be non-empty if specified")
    elif _NEW_LINE.search(message.strip()):
        yield invalid((*path, "message"), message, f"{name}must not contain line breaks")
    elif _NEW_LINE.search(text.strip()) and not message.strip():
        yield required((*path, "message"), "message must be specified if rule contains line breaks")
    if expression and not expression.strip():
        yield required((*path, "messageExpression"), "messageExpression must be non-empty if specified")
    reason = rule.get("reason")
    if reason is not None and reason not in _REASONS:
        yield unsupported((*path, "reason"), reason, _REASONS)
    if where := rule.get("fieldPath"):
        name = "" if on("FaultWithoutName", minor) else "fieldPath "
        for text in _bad_field_path(where, schema):
            yield invalid((*path, "fieldPath"), where, name + text)


def _bad_field_path(text: str, schema: Obj) -> Iterator[str]:
    if not text.strip():
        yield "must be non-empty if specified"
    if _NEW_LINE.search(text):
        yield "must not contain line breaks"
    try:
        if not not_convertible(schema):
            field_path(text, schema)
    except ValueError:
        yield "must be a valid path"


def rule_faults(
    rules: list[Any], scope: RuleScope, path: Path, uncorrelated: Path | None, minor: int
) -> Iterator[Fault]:
    """What is wrong with the expressions of rules; `uncorrelated` is from where on there is no object before."""
    try:
        own = scope.type
    except NoType as none:
        reason = f"internal error: failed to construct type information for x-kubernetes-validations rules: {none}"
    else:
        reason = "" if own else "failed to convert to declType for CEL validation rules"
    if reason or own is None:
        yield Fault("invalid-value", (*path, _AT), f"Internal error: {reason}")
        return
    for index, rule in enumerate(rules):
        optional = rule.get("optionalOldSelf") if on("CRDValidationRatcheting", minor) else None
        report = check_rule({**rule, "optionalOldSelf": optional}, own, minor)
        at = (*path, _AT, index)
        yield from _costs(report, scope, own, at)
        for key, error in (("rule", report.error), ("messageExpression", report.message_error)):
            if error:
                yield Fault("invalid-value", (*at, key), f"Invalid value: {_shown(rule)}: {error}")
        if report.uses_old and uncorrelated is not None:
            where = format_path(uncorrelated)
            text = f"oldSelf cannot be used on the uncorrelatable portion of the schema within {where}"
            yield invalid((*at, "rule"), rule["rule"], text)
        elif not report.uses_old and optional is not None:
            yield invalid((*at, "optionalOldSelf"), optional, "may not be set if oldSelf is not used in rule")


def _costs(report: RuleReport, scope: RuleScope, own: SchemaType, path: Path) -> Iterator[Fault]:
    """Rules that could cost too much; all costs are noted."""
    for key, cost, name in (
        ("rule", scope.cost(report.cost, own), "estimated rule cost"),
        ("messageExpression", report.message_cost, "estimated messageExpression cost"),
    ):
        scope.costs.append(((*path, key), cost))
        if cost > _RULE_LIMIT:
            yield forbidden((*path, key), _too_much(name, cost, _RULE_LIMIT))


def total_cost_faults(scope: RuleScope, path: Path) -> Iterator[Fault]:
    """Whether all rules of a schema together could cost too much, and which of them most."""
    total = min(sum(cost for _, cost in scope.costs), UNLIMITED)
    if total <= _TOTAL_LIMIT:
        return
    large = [each for each in scope.costs if each[1] >= _TOTAL_LIMIT // 100]
    for at, _ in sorted(large, key=lambda each: -each[1])[:_MOST_NAMED]:
        text = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"
        yield forbidden(at, text)
    name = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema"
    yield forbidden(path, _too_much(name, total, _TOTAL_LIMIT))


def _too_much(name: str, cost: int, limit: int) -> str:
    factor = cost / limit
    times = "more than 100x" if factor > 100 else f"{factor:f}x" if factor < 1.5 else f"{factor:.1f}x"
    advice = (
        "try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings "
        "are declared"
    )
    return f"{name} exceeds budget by factor of {times} ({advice})"


def _shown(rule: Obj) -> str:
    """A rule as the server shows it: by the names of Go, and as Go writes JSON."""
    empty: Obj = dict.fromkeys(_SHOWN, "") | {"reason": None, "optionalOldSelf": None}
    row = {key[0].upper() + key[1:]: rule.get(key, empty[key]) for key in _SHOWN}
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
