"""Objects as YAML that Kubernetes, and YAML 1.1 and 1.2 alike, read back as the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*\Z")
_TYPED = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "nil", "none"))
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def report(objects: Iterable[Any]) -> str:
    """The objects as YAML documents, each behind `---` but the first; lines end in newlines."""
    return "---\n".join("\n".join(_lines(data, "")) + "\n" for data in objects)


def _lines(value: Any, indent: str) -> Iterator[str]:
    """A map or list in block style."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _entry(f"{indent}{scalar(str(key))}:", inner, indent)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _entry(f"{indent}-", inner, indent, in_list=True)
    else:
        yield indent + _flow(value)


def _entry(head: str, value: Any, indent: str, in_list: bool = False) -> Iterator[str]:
    if isinstance(value, str) and _fits_block(value):
        yield f"{head} {'|' if value.endswith(chr(10)) else '|-'}"
        for line in value.removesuffix("\n").split("\n"):
            yield f"{indent}  {line}" if line else ""
    elif not isinstance(value, dict | list) or not value:
        yield f"{head} {_flow(value)}"
    elif in_list:
        first, *rest = _lines(value, indent + "  ")
        yield f"{head} {first[len(indent) + 2 :]}"
        yield from rest
    else:
        yield head
        yield from _lines(value, indent + "  " if isinstance(value, dict) else indent)


def _flow(value: Any) -> str:
    return scalar(value) if isinstance(value, str) else json.dumps(value)


def scalar(text: str) -> str:
    """A string as a YAML scalar: plain where every YAML takes it for a string, else in double quotes.

    >>> scalar("nginx:1.27"), scalar("y"), scalar("12:30"), scalar("0644")
    ('nginx:1.27', '"y"', '"12:30"', '"0644"')
    """
    if _PLAIN.match(text) and text.lower() not in _TYPED:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _fits_block(text: str) -> bool:
    """Whether a literal block holds the text exactly: several lines, the first and last not blank."""
    if "\n" not in text or _UNPRINTABLE.search(text) or "\t" in text:
        return False
    lines = text.removesuffix("\n").split("\n")
    return bool(lines[0].strip()) and not lines[0].startswith(" ") and bool(lines[-1].strip())
