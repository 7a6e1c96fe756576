"""Texts that something else is put in for before anything is applied: templates, encrypted values, variables."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Any, Final

from kplan.loader.stream import Fault
from kplan.loader.text import Ruler, Text
from kplan.model import Finding, Severity

MARKS: Final = (("kplan", b"kplan"), ("ENC[", b"ENC["), ("${", b"${"), ("{{", b"{{"))
"""What is worth knowing of a file's bytes, so that nobody has to look into the others."""

_ACTION: Final = re.compile(r"\{\{|\{%")
_ALONE: Final = re.compile(
    r"^[ \t]*(?:\{\{-?[ \t]*(?:if|range|with|end|else|define|block|include|template|toYaml|/\*|\$\w+ *:=)\b|\{%)", re.M
)
_HELM: Final = re.compile(
    r"\{\{-?\s*(?:\.\w|(?:if|range|with|include|tpl|template|define|toYaml)\s)|\.(?:Values|Release|Chart)\b"
)
_JINJA: Final = re.compile(r"\{%|\{\{ *\w+[\w.]*( *\|[^}]*)? *-?\}\}")


def marks_of(raw: bytes) -> frozenset[str]:
    """Which of the marks are in a file."""
    return frozenset(name for name, mark in MARKS if mark in raw)


def is_template(text: Text, faults: Iterable[Fault]) -> bool:
    """Whether a file that cannot be read is a template: its actions are at fault, or stand on lines of their own."""
    if b"{{" not in text.raw and b"{%" not in text.raw:
        return False
    if _ALONE.search(text.text):
        return True
    is_known = _HELM.search(text.text) or _JINJA.search(text.text)
    return bool(is_known) and any(map(_is_at_action, faults))


def _is_at_action(fault: Fault) -> bool:
    """Whether there is an action on the line of a fault, or, where the fault began before it, on that line."""
    last = len(fault.part.rstrip())
    for place in (fault.error.index, fault.error.context_index):
        if place is None:
            continue
        place = min(place, last)
        start = fault.part.rfind("\n", 0, place) + 1
        end = fault.part.find("\n", place)
        if _ACTION.search(fault.part, start, len(fault.part) if end < 0 else end):
            return True
    return False


def unrendered(text: Text) -> Finding:
    """The one finding for a template that is no YAML, at its first action."""
    found = _ACTION.search(text.text)
    index = found.start() if found else 0
    ruler = Ruler(text.text)
    return Finding(
        "unrendered-template",
        "chart",
        Severity.WARNING,
        "this is a template, which was not rendered: it is no YAML before that",
        _how(text.text),
        span=text.span(ruler.position(index), ruler.position(index + 2)),
    )


def _how(text: str) -> str:
    if _HELM.search(text):
        return "render the chart first: `helm template CHART | kplan lint -`, or give kplan the chart's folder"
    return "render it first with the tool that it is written for; quote a `{{` that is meant as it stands"


def without_sops(data: dict[str, Any]) -> dict[str, Any]:
    """An object without what SOPS keeps in it: the keys by which it can be decrypted.

    The encrypted values of a Secret stand for bytes that nobody knows: they are encoded as its other values are.

    >>> without_sops({"kind": "Secret", "sops": {"mac": "ENC[...]", "version": "3.9.0"}})
    {'kind': 'Secret'}
    """
    if not is_sops(data):
        return data
    plain = {key: value for key, value in data.items() if key != "sops"}
    if plain.get("kind") == "Secret" and isinstance(plain.get("data"), dict):
        plain["data"] = {key: _encoded(value) for key, value in plain["data"].items()}
    return plain


def _encoded(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("ENC["):
        return b64encode(value.encode()).decode()
    return value


def is_sops(data: dict[str, Any]) -> bool:
    """Whether a document was written by SOPS."""
    sops = data.get("sops")
    return isinstance(sops, dict) and not sops.keys().isdisjoint(("mac", "lastmodified", "version"))
