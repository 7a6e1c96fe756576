"""Spaces, commas and comments around the parts of a collection, as parts come and go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kplan.fixer.tree import Entry, Item, Map, Seq

COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*")
"""A comment in what stands between the parts of a text."""


def take_out(node: Map | Seq, parts: list[Any], at: int) -> None:
    """Remove a part; in flow style its neighbours take over the spaces at the brackets."""
    gone = parts.pop(at)
    if not node.flow:
        return
    if not parts:
        node.emptied = blank(gone.lead), blank(gone.tail or "")
    elif at == 0 and "#" not in parts[0].lead:
        parts[0].lead = blank(gone.lead)
    elif at == len(parts) and "#" not in (parts[-1].tail or ""):
        parts[-1].tail = blank(gone.tail or "")


def as_lines(comments: list[str], column: int, parts: Sequence[Entry | Item]) -> str:
    """Comments as lines at a column, that end as those of the parts do."""
    end = "\r\n" if any((part.tail or part.intro or "").endswith("\r") for part in parts) else "\n"
    return "".join(f"{' ' * column}{comment.rstrip()}{end}" for comment in comments)


def blank(text: str) -> str:
    """The spaces and line ends of a text without its comments."""
    return re.sub(r"\S", "", COMMENT.sub("", text))


def fit_flow(node: Map | Seq, parts: list[Any], at: int, part: Entry | Item) -> None:
    """Give a new part of a flow collection the spaces around it that its neighbours have."""
    kept = part.lead if part.flow and "#" in part.lead else ""
    part.tail, part.flow = "", True
    if hasattr(part, "key") and (part.head.strip(": ") or "\n" in part.head):
        part.head = ": "
    if not parts:
        lead, part.tail = node.emptied or ("", node.end or "")
        part.lead = kept or lead
        node.end = None
        return
    first = blank(parts[0].lead)
    separator = blank(parts[1].lead) if len(parts) > 1 else first if "\n" in first else " "
    part.lead = kept or (first if at == 0 else separator)
    if at == 0:
        parts[0].lead = parts[0].lead if "\n" in parts[0].lead else separator
    elif at == len(parts) and "#" not in (parts[-1].tail or ""):
        part.tail, parts[-1].tail = parts[-1].tail, ""
