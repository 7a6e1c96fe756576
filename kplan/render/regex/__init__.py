"""Go's regular expressions, in time that grows with the text and the pattern only.

Source: go regexp, regexp/syntax.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from kplan.render.regex.machine import run
from kplan.render.regex.program import Program, compiled

__all__ = ["Pattern", "pattern"]

Step = Callable[[int], None]
Match = tuple[int, ...]
"""Start and end of the match and of each group, -1 for a group that took no part."""


class Pattern:
    """A compiled pattern. Every search tells `step` how much work it does."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def search(self, text: str, start: int, step: Step) -> Match | None:
        """The leftmost match from `start` on; among those at one place, the one that a backtracking search finds."""
        return run(self._program, text, start, step)

    def matches(self, text: str, step: Step, count: int = -1) -> Iterator[Match]:
        """All matches that do not overlap; an empty one right behind another does not count."""
        at, last_end = 0, -1
        while at <= len(text) and count != 0:
            found = self.search(text, at, step)
            if found is None:
                return
            if found[1] > found[0] or found[0] != last_end:
                yield found
                count -= 1
            at = found[1] if found[1] > at else at + 1
            last_end = found[1]

    def expand(self, template: str, text: str, match: Match) -> str:
        """The template with `$1` and `${name}` filled in."""
        return "".join(self._parts(template, text, match))

    def _parts(self, template: str, text: str, match: Match) -> Iterator[str]:
        at = 0
        while (dollar := template.find("$", at)) >= 0:
            yield template[at:dollar]
            name, at = _reference(template, dollar + 1)
            if name is None:
                yield "$"
            else:
                number = int(name) if name.isdecimal() else self._program.names.get(name, -1)
                if 0 <= 2 * number < len(match) and match[2 * number] >= 0:
                    yield text[match[2 * number] : match[2 * number + 1]]
        yield template[at:]


def _reference(template: str, at: int) -> tuple[str | None, int]:
    """The name behind a dollar sign, and where it ends; None for a plain dollar sign."""
    if template.startswith("$", at):
        return None, at + 1
    braced = template.startswith("{", at)
    start = at + braced
    end = start
    while end < len(template) and (template[end].isalnum() or template[end] == "_"):
        end += 1
    if end == start or (braced and not template.startswith("}", end)):
        return None, at
    return template[start:end], end + braced


@lru_cache(256)
def pattern(source: str) -> Pattern:
    """The pattern of a text. Raises ValueError, with what is wrong, for one that Go does not take."""
    return Pattern(compiled(source))
