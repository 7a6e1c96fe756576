"""Ways to a place in a tree."""

from __future__ import annotations

from typing import Any

from kplan.fixer.tree import Map, Node, Scalar, Seq, Unfixable, node_of, resolved
from kplan.model import FieldPath


def node_at(root: Node, path: FieldPath) -> Node | None:
    """The node at a path, aliases resolved; None where there is none."""
    here: Node | None = resolved(root)
    for part in path:
        if isinstance(here, Map) and isinstance(part, str):
            here = here.get(part)
        elif isinstance(here, Seq) and isinstance(part, int) and part < len(here.items):
            here = resolved(here.items[part].value)
        else:
            return None
    return here


def map_at(root: Node, path: FieldPath) -> Map:
    """The mapping at a path. Raises Unfixable where there is none."""
    found = node_at(root, path)
    if not isinstance(found, Map):
        raise Unfixable("the field stands where it cannot be edited")
    return found


def set_at(root: Node, path: FieldPath, value: Any) -> None:
    """Give the place at a path another value. Raises Unfixable where there is none."""
    *above, last = path
    parent = node_at(root, tuple(above))
    if isinstance(parent, Map) and isinstance(last, str) and parent.entry(last) is not None:
        parent.set(last, value)
    elif isinstance(parent, Seq) and isinstance(last, int) and last < len(parent.items):
        parent.items[last].value = node_of(value)
    else:
        raise Unfixable("the value stands where it cannot be edited")


def written(root: Node, path: FieldPath) -> str | None:
    """The text of a scalar as it is written; None for what is none, or is new."""
    found = node_at(root, path)
    return found.text if isinstance(found, Scalar) else None
