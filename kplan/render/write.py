"""Values as the text that `{{ }}` writes."""

from __future__ import annotations

from typing import Any

from kplan.render.fault import Fault
from kplan.render.function.dump import to_yaml
from kplan.render.function.number import format_float
from kplan.render.text import Form
from kplan.render.thing import Thing
from kplan.render.undefined import Missing


def written(value: Any) -> tuple[str, Form]:
    """The text of a value that is none, and how it takes its place.

    Truth values and numbers as Go prints them; mappings and lists as YAML. Raises Fault for what cannot be written.
    """
    if isinstance(value, bool):
        return ("true" if value else "false"), Form.LITERAL
    if isinstance(value, int):
        return str(value), Form.LITERAL
    if isinstance(value, float):
        return format_float(value), Form.LITERAL
    if isinstance(value, str):
        return value, Form.STRING
    if isinstance(value, dict | list | tuple | range):
        return to_yaml(list(value) if isinstance(value, tuple | range) else value), Form.BLOCK if value else Form.SCALAR
    if isinstance(value, Missing):
        raise value.fault()
    if value is None:
        raise Fault("the value is null, which has no text", 'write `| default("")`, or `| toYaml` for the word `null`')
    if isinstance(value, Thing):
        return str(value), Form.STRING
    raise Fault("a function is written, not what it gives", "call it: `name()`")
