"""What loops go over, and values that may be absent."""

from __future__ import annotations

from typing import Any

from kplan.render.fault import Fault
from kplan.render.files import Files
from kplan.render.function.table import Group
from kplan.render.undefined import Lost, Missing

GROUP = Group("loop")


@GROUP.add("each", lenient=True)
def each(values: Any) -> list[Any]:
    """What Go's `range` goes over: a list's items, a mapping's values by key, the numbers below one; else nothing.

    >>> each({"b": 1, "a": 2}), each(3), each(None)
    ([2, 1], [0, 1, 2], [])
    """
    return [value for _, value in entries(values)]


@GROUP.add("entries", lenient=True)
def entries(values: Any) -> list[tuple[Any, Any]]:
    """As `each`, with the index or key of every value; of files, their names and texts.

    >>> entries(["x", "y"])
    [(0, 'x'), (1, 'y')]
    """
    if isinstance(values, Lost):
        raise values.fault()
    if values is None or isinstance(values, Missing):
        return []
    if isinstance(values, dict):
        return [(key, values[key]) for key in sorted(values)]
    if isinstance(values, list | tuple | range):
        return list(enumerate(values))
    if isinstance(values, int) and not isinstance(values, bool) and values <= 100_000:
        return [(number, number) for number in range(values)]
    if isinstance(values, Files):
        return list(values.items())
    raise Fault("a loop goes over a list, a mapping or a small number")


@GROUP.add("optional", lenient=True)
def optional(otherwise: Any, *value: Any) -> Any:
    """The value; where it is null or undefined an empty text, or what is given before it: `x | optional(none)`."""
    given = value[0] if value else otherwise
    if isinstance(given, Lost):
        raise given.fault()
    if given is not None and not isinstance(given, Missing):
        return given
    return otherwise if value else ""
