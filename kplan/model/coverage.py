"""What of the input was not checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Things of one sort that were not checked, for one reason.

    `what` is the sort, in the singular ("object", "CEL rule", "template"), `why` the rest of the sentence ("without
    schema", "not rendered"), `count` how many there are. `where` names them or their kinds or places, in order, each
    once.

    >>> str(Unchecked("template", "not rendered", 2, ("a.yaml", "b.yaml")))
    '2 templates not rendered'
    """

    what: str
    why: str
    count: int
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.count} {self.what}{'' if self.count == 1 else 's'} {self.why}"


def summed(unchecked: Iterable[Unchecked]) -> tuple[Unchecked, ...]:
    """The same with those of one sort and reason made one, by sort and reason.

    >>> summed([Unchecked("chart", "not rendered", 1, ("b",)), Unchecked("chart", "not rendered", 2, ("a", "b"))])
    (Unchecked(what='chart', why='not rendered', count=3, where=('a', 'b')),)
    """
    found: dict[tuple[str, str], Unchecked] = {}
    for one in unchecked:
        seen = found.get((one.what, one.why), Unchecked(one.what, one.why, 0))
        where = tuple(sorted({*seen.where, *one.where}))
        found[one.what, one.why] = Unchecked(one.what, one.why, seen.count + one.count, where)
    return tuple(found[key] for key in sorted(found))
