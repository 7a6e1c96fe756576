"""Data as TOML.

Source: github.com/BurntSushi/toml encode.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kplan.render.fault import Fault
from kplan.render.function.number import format_float

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def to_toml(value: Any) -> str:
    r"""The value as TOML; of a mapping, plain entries first, then tables, both sorted, tables indented by depth.

    >>> to_toml({"b": {"c": [1, 2]}, "a": "x"})
    'a = "x"\n\n[b]\n  c = [1, 2]\n'
    """
    if not isinstance(value, dict):
        return _inline(value)
    lines = list(_table(value, ()))
    while lines and not lines[0]:
        del lines[0]
    return "\n".join(lines) + "\n" if lines else ""


def _table(value: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    if len(path) > 100:
        raise Fault("the value is more than 100 mappings deep")
    pad = "  " * len(path)
    tables = {key: each for key, each in value.items() if _is_table(each)}
    for key in sorted(value):
        if key not in tables and value[key] is not None:
            yield f"{pad}{_key(key)} = {_inline(value[key])}"
    for key in sorted(tables):
        inner = (*path, key)
        name = ".".join(map(_key, inner))
        if isinstance(tables[key], dict):
            yield from ("",) if not path else ()
            yield f"{pad}[{name}]"
            yield from _table(tables[key], inner)
        else:
            for each in tables[key]:
                yield ""
                yield f"{pad}[[{name}]]"
                yield from _table(each, inner)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and len(value) > 0 and all(isinstance(each, dict) for each in value)
    )


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = format_float(value)
        return text if any(each in text for each in ".eN") or "Inf" in text else f"{text}.0"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return "[" + ", ".join(_inline(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_inline(value[key])}" for key in sorted(value)) + "}"
    raise Fault("TOML has no word for null, nor for functions")


def _text(value: str) -> str:
    made = "".join(
        _ESCAPES.get(each, each if each >= " " and each != "\x7f" else f"\\u{ord(each):04x}") for each in value
    )
    return f'"{made}"'
