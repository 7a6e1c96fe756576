"""`transformMap` and `transformMapEntry`, which the library checks and cannot evaluate: a list is made, then a map."""

from __future__ import annotations

from kplan.cel.token import pieces

_MADE_BY = {"transformMap": "_toMap", "transformMapEntry": "_merged"}


def without_maps(expression: str) -> str:
    """The expression with other macros in place of those two.

    >>> without_maps("object.a.transformMap(k, v, v > 1, v + 1)")
    'object.a.transformList(k, v, v > 1, [dyn(k), dyn( v + 1\\n)])._toMap()'
    """
    if "transformMap" not in expression:
        return expression
    parts = list(pieces(expression))
    for index in reversed(range(len(parts))):
        if parts[index] in _MADE_BY and (found := _arguments(parts, index)) is not None:
            arguments, end = found
            parts[index : end + 1] = [_as_list(parts[index], arguments)]
    return "".join(parts)


def _arguments(parts: list[str], index: int) -> tuple[list[str], int] | None:
    """The arguments of a macro that stands behind a dot, and where its parenthesis closes; None for anything else."""
    solid = [i for i, part in enumerate(parts) if not part.isspace() and not part.startswith("//")]
    place = solid.index(index)
    if not place or parts[solid[place - 1]] != "." or [parts[i] for i in solid[place + 1 : place + 2]] != ["("]:
        return None
    found, depth = [""], 0
    for i in range(solid[place + 1], len(parts)):
        part = parts[i]
        depth += (part in "([{") - (part in ")]}") if len(part) == 1 else 0
        if not depth:
            return (found, i) if len(found) in (3, 4) else None
        if depth == 1 and part == ",":
            found.append("")
        elif i > solid[place + 1]:
            found[-1] += part
    return None


def _as_list(name: str, arguments: list[str]) -> str:
    *given, result = arguments
    made = f" [dyn({given[0].strip()}), dyn({result}\n)]" if name == "transformMap" else f"{result}\n"
    return f"transformList({','.join([*given, made])}).{_MADE_BY[name]}()"
