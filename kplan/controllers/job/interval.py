"""Sets of completion indexes as ordered intervals, and their text in a Job's status.

Source: kubernetes v1.36 pkg/controller/job orderedIntervals, parseIndexesFromString.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

Intervals: TypeAlias = tuple[tuple[int, int], ...]
"""First and last index of each run, in order; runs neither overlap nor touch."""


def intervals(indexes: Iterable[int]) -> Intervals:
    """The runs of a set of indexes.

    >>> intervals([4, 0, 2, 1])
    ((0, 2), (4, 4))
    """
    return merged((index, index) for index in indexes)


def merged(runs: Iterable[tuple[int, int]]) -> Intervals:
    """The union of runs given in any order.

    >>> merged([(3, 5), (0, 1), (2, 2), (8, 9)])
    ((0, 5), (8, 9))
    """
    done: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if done and first <= done[-1][1] + 1:
            done[-1] = (done[-1][0], max(done[-1][1], last))
        else:
            done.append((first, last))
    return tuple(done)


def total(runs: Intervals) -> int:
    """How many indexes there are.

    >>> total(((0, 2), (4, 4)))
    4
    """
    return sum(last - first + 1 for first, last in runs)


def has(runs: Intervals, index: int) -> bool:
    """Whether the index is among them."""
    return any(first <= index <= last for first, last in runs)


def below(runs: Intervals, end: int) -> Intervals:
    """The indexes less than `end`.

    >>> below(((0, 2), (4, 6)), 5)
    ((0, 2), (4, 4))
    """
    return tuple((first, min(last, end - 1)) for first, last in runs if first < end)


def missing(runs: Intervals, end: int) -> Iterator[int]:
    """The indexes less than `end` that are not among them, lowest first.

    >>> list(missing(((0, 2), (4, 4)), 7))
    [3, 5, 6]
    """
    candidate = 0
    for first, last in runs:
        yield from range(candidate, min(first, end))
        candidate = max(candidate, last + 1)
    yield from range(candidate, end)


def common(left: Intervals, right: Intervals) -> int:
    """How many indexes are in both.

    >>> common(((0, 3),), ((2, 5), (7, 7)))
    2
    """
    return sum(max(0, min(a[1], b[1]) - max(a[0], b[0]) + 1) for a in left for b in right)


def text(runs: Intervals) -> str:
    """As in a Job's status: a run of three or more has a dash, one of two has a comma.

    >>> text(((0, 2), (4, 5), (7, 7)))
    '0-2,4,5,7'
    """
    return ",".join(_run(first, last) for first, last in runs)


def _run(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"


def parse(written: str, end: int) -> Intervals:
    """The indexes less than `end` that a text names; parts that are no numbers count for nothing.

    >>> parse("0-2,4,x,9-12", 10)
    ((0, 2), (4, 4), (9, 9))
    """
    runs = []
    for part in written.split(","):
        first, dash, last = part.partition("-")
        if first.isdecimal() and (not dash or last.isdecimal()):
            runs.append((int(first), int(last if dash else first)))
    return below(merged(runs), end)
