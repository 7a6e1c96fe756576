"""The JSON Schema of the configuration, and the tables of its documentation, made from the options."""

from __future__ import annotations

from typing import Any

from kplan.config.option import OPTIONS, SEVERITY_TABLE, TABLES, Option
from kplan.config.value import SEVERITY

Json = dict[str, Any]


def schema() -> Json:
    """The JSON Schema (draft 2020-12) of kplan.toml, and of [tool.kplan] in pyproject.toml."""
    properties = _properties(OPTIONS)
    properties[SEVERITY_TABLE] = {
        "type": "object",
        "description": "How bad the findings of a rule are.",
        "additionalProperties": SEVERITY.schema,
    }
    for name, options in TABLES.items():
        properties[name] = {"type": "array", "items": _table(options)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://kplan.dev/schemas/config-1.json",
        "title": "kplan.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _table(options: tuple[Option, ...]) -> Json:
    return {
        "type": "object",
        "properties": _properties(options),
        "required": [option.name for option in options if option.required],
        "additionalProperties": False,
    }


def _properties(options: tuple[Option, ...]) -> Json:
    return {option.name: {**option.type.schema, "description": option.doc, **_default(option)} for option in options}


def _default(option: Option) -> Json:
    if option.required or option.default is None:
        return {}
    return {"default": list(option.default) if isinstance(option.default, tuple) else option.default}


def markdown(options: tuple[Option, ...]) -> str:
    """A table of options for the documentation."""
    from kplan.config.effective import toml

    lines = ["| key | default | what |", "|---|---|---|"]
    for option in options:
        default = "(required)" if option.required else f"`{toml(option.default)}`" if option.default else ""
        lines.append(f"| `{option.name}` | {default} | {option.doc.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"
