"""What the API server says against a rule of a custom kind when it is written: before there is any object.

This needs no library: expressions are parsed and typed here.

Source: apiextensions-apiserver v1.36 pkg/apiserver/schema/cel compilation.go; cel-go common/errors.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kplan.cel.checker import Checked, check
from kplan.cel.constant import failed_conversion
from kplan.cel.cost import max_cost
from kplan.cel.declaration import environment_minor
from kplan.cel.schema_type import MAX_REQUEST, SchemaType
from kplan.cel.syntax import CelError, deep, parse
from kplan.cel.type import optional_of

_MOST_ERRORS = 100
_TOO_DEEP = "ERROR: <input>:-1:0: expression recursion limit exceeded: 250"


class RuleReport(NamedTuple):
    """What is wrong with a rule ("" for nothing) and with its message expression, and the most that they cost."""

    error: str = ""
    message_error: str = ""
    cost: int = 0
    message_cost: int = 0
    uses_old: bool = False


def check_rule(rule: Mapping[str, Any], own: SchemaType, minor: int) -> RuleReport:
    """The report on one of the rules of a schema, whose type is `own`, for Kubernetes 1.`minor`.

    >>> from kplan.cel.schema_type import schema_type
    >>> own = schema_type({"type": "object", "properties": {"a": {"type": "integer"}}}, is_root=False, name="self")
    >>> check_rule({"rule": "self.a + 1"}, own, 36).error
    'cel expression must evaluate to a bool'
    """
    with deep():
        return _report(rule, own, minor)


def _report(rule: Mapping[str, Any], own: SchemaType, minor: int) -> RuleReport:
    text = str(rule.get("rule") or "")
    try:
        checked = compiled(text, own, minor, optional_old=rule.get("optionalOldSelf") is True)
    except CelError as error:
        return RuleReport(f"compilation failed: {located(error, text)}")
    except RecursionError:
        return RuleReport(f"compilation failed: {_TOO_DEEP}")
    if checked.type.kind != "bool":
        return RuleReport("cel expression must evaluate to a bool")
    if failure := failed_conversion(checked.node):
        return RuleReport(f"program instantiation failed: {failure}")
    report = RuleReport(cost=max_cost(checked, own), uses_old="oldSelf" in checked.variables)
    message = str(rule.get("messageExpression") or "")
    return _with_message(report, message, rule, own, minor) if message else report


def _with_message(report: RuleReport, text: str, rule: Mapping[str, Any], own: SchemaType, minor: int) -> RuleReport:
    try:
        checked = compiled(text, own, minor, optional_old=rule.get("optionalOldSelf") is True)
    except CelError as error:
        return report._replace(message_error=f"messageExpression compilation failed: {located(error, text)}")
    except RecursionError:
        return report._replace(message_error=f"messageExpression compilation failed: {_TOO_DEEP}")
    if checked.type.kind != "string":
        return report._replace(message_error="messageExpression must evaluate to a string")
    if failure := failed_conversion(checked.node):
        return report._replace(message_error=f"messageExpression instantiation failed: {failure}")
    return report._replace(message_cost=max_cost(checked, own))


def compiled(text: str, own: SchemaType, minor: int, *, optional_old: bool = False) -> Checked:
    """The expression with types; `self` and `oldSelf` are of the type `own`. Raises CelError."""
    environment = environment_minor(minor)
    old = optional_of(own.type) if optional_old else own.type
    return check(parse(text, environment), {"self": own.type, "oldSelf": old}, own.structs(), environment)


def most_repeated(own: SchemaType) -> int:
    """How often a value of the type can be in an object, where no schema around it bounds that."""
    return MAX_REQUEST // (own.min_size + 1)


def located(error: CelError, text: str) -> str:
    """All that is wrong, each with the line that it is in and a mark below, as CEL prints it.

    >>> print(located(CelError("undefined field 'b'", 4), "self.b"))
    ERROR: <input>:1:5: undefined field 'b'
     | self.b
     | ....^
    """
    return "\n".join(_located(each, text) for each in (error, *error.others)[:_MOST_ERRORS])


def _located(error: CelError, text: str) -> str:
    before = text[: error.position]
    line = before.count("\n")
    column = len(before) - before.rfind("\n") - 1
    shown = text.split("\n")[line].replace("\t", " ")
    return f"ERROR: <input>:{line + 1}:{column + 1}: {error.message}\n | {shown}\n | {'.' * column}^"
