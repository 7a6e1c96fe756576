"""Defaults, choices, errors and other templates."""

from __future__ import annotations

from typing import Any

from kplan.render.fault import Fault, Undefined
from kplan.render.function.table import Group, Rendering
from kplan.render.text import Form, of_form
from kplan.render.undefined import Lost, Missing

GROUP = Group("flow")


def is_empty(value: Any) -> bool:
    """Whether sprig takes the value for unset: nothing, false, 0, and what has no length.

    >>> is_empty(0), is_empty(""), is_empty([None]), is_empty(False)
    (True, True, False, True)
    """
    if isinstance(value, Lost):
        raise value.fault()
    if value is None or isinstance(value, Missing):
        return True
    if isinstance(value, str | list | tuple | dict | range):
        return len(value) == 0
    return isinstance(value, bool | int | float) and not value


@GROUP.add("default", lenient=True)
def default(otherwise: Any, value: Any = None) -> Any:
    """`value`, or `otherwise` where it is empty."""
    return otherwise if is_empty(value) else value


@GROUP.add("coalesce", lenient=True)
def coalesce(*values: Any) -> Any:
    """The first that is not empty."""
    return next((value for value in values if not is_empty(value)), None)


@GROUP.add("empty", lenient=True)
def empty(value: Any) -> bool:
    """Whether it is unset, false, 0 or has no length."""
    return is_empty(value)


@GROUP.add("all", lenient=True)
def all_set(*values: Any) -> bool:
    """Whether none is empty."""
    return not any(is_empty(value) for value in values)


@GROUP.add("any", lenient=True)
def any_set(*values: Any) -> bool:
    """Whether one is not empty."""
    return any(not is_empty(value) for value in values)


@GROUP.add("ternary", lenient=True)
def ternary(yes: Any, no: Any, condition: Any) -> Any:
    """`yes` where the condition holds, else `no`."""
    if isinstance(condition, Missing):
        raise condition.fault()
    if not isinstance(condition, bool):
        raise Fault("`ternary` needs a truth value to choose by", "write `| empty` or a comparison")
    return yes if condition else no


@GROUP.add("required", lenient=True)
def required(message: str, value: Any) -> Any:
    """The value; an error with the message where it is null, undefined or an empty text."""
    if isinstance(message, Missing):
        raise message.fault()
    if isinstance(value, Lost):
        raise value.fault()
    if isinstance(value, Missing):
        fault = value.fault()
        place = fault.place if isinstance(fault, Undefined) else None
        raise Fault(str(message), str(fault), place)
    if value is None or (isinstance(value, str) and value == ""):
        raise Fault(str(message))
    return value


@GROUP.add("fail")
def fail(message: str) -> str:
    """An error with the message."""
    raise Fault(str(message))


@GROUP.add("include", inside=True)
def include(rendering: Rendering, name: str, context: Any = None) -> str:
    """What a macro of a file `_*`, or a template, makes; the context is the macro's argument."""
    return rendering.include(str.__str__(name), context)


@GROUP.add("tpl", inside=True)
def tpl(rendering: Rendering, source: str, context: Any = None) -> str:
    """What the text makes as a template."""
    return rendering.evaluate(str.__str__(source), context)


@GROUP.add("lookup")
def lookup(api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
    """Nothing: there is no cluster to look into."""
    return {}


@GROUP.add("getHostByName")
def get_host_by_name(name: str) -> str:
    """An empty text: no name is looked up."""
    return ""


@GROUP.add("raw")
def raw(value: str) -> str:
    """The text, its lines left where they are."""
    return of_form(value, Form.LITERAL)
