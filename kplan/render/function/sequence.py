"""Lists.

Source: github.com/Masterminds/sprig v3 list.go, numeric.go.
"""

from __future__ import annotations

import math
from typing import Any

from kplan.render.access import kind
from kplan.render.fault import Fault
from kplan.render.function.arithmetic import to_int
from kplan.render.function.flow import is_empty
from kplan.render.function.string import show, to_strings
from kplan.render.function.table import Group, Rendering

GROUP = Group("list")


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal, and of the same kind: 1 is not "1", nor true.

    >>> same(1, True), same([1, {"a": 2}], [1, {"a": 2}])
    (False, True)
    """
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right) and isinstance(left, str) == isinstance(right, str)


@GROUP.add("list", "tuple")
def list_(*values: Any) -> list[Any]:
    """A list of the values."""
    return list(values)


@GROUP.add("append", "mustAppend", "push", "mustPush", subject=list)
def append(items: list[Any], value: Any) -> list[Any]:
    """The list with a value at its end."""
    return [*items, value]


@GROUP.add("prepend", "mustPrepend", subject=list)
def prepend(items: list[Any], value: Any) -> list[Any]:
    """The list with a value at its start."""
    return [value, *items]


@GROUP.add("concat")
def concat(*lists: list[Any]) -> list[Any]:
    """The lists as one."""
    return [item for items in lists for item in items]


@GROUP.add("chunk", "mustChunk")
def chunk(size: int, items: list[Any]) -> list[list[Any]]:
    """The list in pieces of a size."""
    if size < 1:
        raise Fault("`chunk` needs a size of 1 or more")
    return [items[start : start + size] for start in range(0, len(items), size)]


@GROUP.add("first", "mustFirst")
def first(items: list[Any]) -> Any:
    """The first item; null for an empty list."""
    return items[0] if items else None


@GROUP.add("last", "mustLast")
def last(items: list[Any]) -> Any:
    """The last item; null for an empty list."""
    return items[-1] if items else None


@GROUP.add("rest", "mustRest")
def rest(items: list[Any]) -> list[Any]:
    """All but the first item."""
    return items[1:]


@GROUP.add("initial", "mustInitial")
def initial(items: list[Any]) -> list[Any]:
    """All but the last item."""
    return items[:-1]


@GROUP.add("reverse", "mustReverse")
def reverse(items: list[Any]) -> list[Any]:
    """The items the other way round."""
    return list(items)[::-1]


@GROUP.add("compact", "mustCompact")
def compact(items: list[Any]) -> list[Any]:
    """The items that are not empty."""
    return [item for item in items if not is_empty(item)]


@GROUP.add("uniq", "mustUniq", inside=True, walks=True)
def uniq(rendering: Rendering, items: list[Any]) -> list[Any]:
    """Each item once."""
    found: list[Any] = []
    for item in items:
        rendering.budget.step(1 + len(found) // 8)
        if not any(same(item, each) for each in found):
            found.append(item)
    return found


@GROUP.add("without", "mustWithout", subject=list, walks=True)
def without(items: list[Any], *left_out: Any) -> list[Any]:
    """The items but these."""
    return [item for item in items if not any(same(item, each) for each in left_out)]


@GROUP.add("has", "mustHas", walks=True)
def has(needle: Any, items: Any) -> bool:
    """Whether the list has the item."""
    if items is None:
        return False
    if not isinstance(items, list):
        raise Fault(f"`has` needs a list, and is given {kind(items)}")
    return any(same(needle, item) for item in items)


@GROUP.add("slice", "mustSlice", subject=list)
def slice_(items: list[Any], *bounds: Any) -> list[Any]:
    """The items from one index to before another."""
    if not items:
        return []
    start = to_int(bounds[0]) if bounds else 0
    end = to_int(bounds[1]) if len(bounds) > 1 else len(items)
    if not 0 <= start <= end <= len(items):
        raise Fault(f"a list of {len(items)} items has no part from {start} to {end}")
    return items[start:end]


@GROUP.add("len")
def len_(value: Any) -> int:
    """How many items, keys or bytes there are."""
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, list | dict):
        return len(value)
    raise Fault(f"{kind(value)} has no length")


@GROUP.add("index")
def index(value: Any, *keys: Any) -> Any:
    """The item at an index or key, and the item of that at the next one; null for a key that is not there."""
    for key in keys:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            value = value[key]
        else:
            raise Fault(f"{kind(value)} has no item {key}")
    return value


@GROUP.add("sortAlpha", walks=True)
def sort_alpha(items: Any) -> list[str]:
    """The items as texts, sorted."""
    if not isinstance(items, list):
        return [show(items)]
    return sorted(to_strings(items), key=lambda text: text.encode("utf-8", "surrogatepass"))


@GROUP.add("until", inside=True)
def until(rendering: Rendering, count: int) -> list[int]:
    """The numbers from 0 to before `count`."""
    return steps(rendering, 0, count, -1 if count < 0 else 1)


@GROUP.add("untilStep", inside=True)
def until_step(rendering: Rendering, start: int, stop: int, step: int) -> list[int]:
    """The numbers from `start` to before `stop`, `step` apart."""
    return steps(rendering, start, stop, step)


@GROUP.add("range", inside=True)
def range_(rendering: Rendering, start: int, stop: Any = None, step: int = 1) -> list[int]:
    """The numbers from `start` (or 0) to before `stop`, as Jinja and Python have it."""
    if step == 0:
        raise Fault("`range` needs a step that is not 0")
    low, high = (0, start) if stop is None else (start, to_int(stop))
    return steps(rendering, low, high, step)


@GROUP.add("seq", inside=True)
def seq(rendering: Rendering, *numbers: int) -> str:
    """The numbers from one to another, both included, with spaces between; a step may stand between the two."""
    if not 1 <= len(numbers) <= 3:
        return ""
    start, end = (1, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[-1])
    down = end < start
    step = numbers[1] if len(numbers) == 3 else -1 if down else 1
    if len(numbers) == 3 and down and step > 0:
        return ""
    return " ".join(map(str, steps(rendering, start, end + (-1 if down else 1), step)))


def steps(rendering: Rendering, start: int, stop: int, step: int) -> list[int]:
    """The numbers, counted before they are made; none where the step leads away."""
    if step == 0 or (stop < start) != (step < 0):
        return []
    rendering.budget.fill(math.ceil(abs(stop - start) / abs(step)))
    return list(range(start, stop, step))
