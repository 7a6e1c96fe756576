"""How much work a chart may make: counted, not timed, so that a chart that renders here renders everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kplan.render.origin import Place

_CONTAINERS: Final = (dict, list, tuple)
_ENTRY: Final = 8
"""How many characters an entry of a list stands for: what it takes in memory."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of each thing that one rendering may take."""

    steps: int = 1_000_000
    """Loop turns, calls, written expressions and values read."""
    characters: int = 50_000_000
    """Characters of all texts made on the way; an entry of a list or mapping counts as 8."""
    tags: int = 20_000
    """Tags in all templates."""
    output: int = 20_000_000
    """Characters of all rendered files."""
    depth: int = 100
    """Macros and includes inside each other."""
    values: int = 1_000_000
    """Mappings, lists and scalars in the values, each counted as often as it is referred to."""
    nesting: int = 100
    """Mappings and lists inside each other."""
    errors: int = 100
    """Errors that are reported before rendering stops."""


class Exhausted(BaseException):
    """A limit is reached: rendering stops. No `except Exception` of a template catches it.

    `place` is where, if not at the tag that is being rendered.
    """

    place: Place | None = None


class Budget:
    """What is left of the limits."""

    __slots__ = ("_characters", "_output", "_steps", "_tags", "depth", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.depth = 0
        self._steps = limits.steps
        self._characters = limits.characters
        self._output = limits.output
        self._tags = limits.tags

    def step(self, count: int = 1) -> None:
        """Take steps. Raises Exhausted."""
        self._steps -= count
        if self._steps < 0:
            raise Exhausted(f"the chart takes more than {self.limits.steps:,} steps to render; is a loop too long?")

    def weigh(self, value: object) -> None:
        """Take a step for each entry of a value, all the way down, before something goes through all of it.

        What is in two places counts twice. Raises Exhausted.
        """
        todo = [value]
        while todo:
            each = todo.pop()
            if isinstance(each, dict):
                self.step(1 + len(each))
                todo += [inner for inner in dict.values(each) if isinstance(inner, _CONTAINERS)]
            elif isinstance(each, list | tuple):
                self.step(1 + len(each))
                items = list.__iter__(each) if isinstance(each, list) else iter(each)
                todo += [inner for inner in items if isinstance(inner, _CONTAINERS)]

    def grow(self, size: int) -> None:
        """Make a text of so many characters: ask before it is made. Raises Exhausted."""
        self._characters -= size
        if self._characters < 0:
            most = self.limits.characters
            raise Exhausted(f"the chart makes texts and lists of more than {most:,} characters and items on the way")

    def fill(self, count: int) -> None:
        """Make a list or mapping of so many entries: ask before it is made. Raises Exhausted."""
        self.grow(_ENTRY * count)

    def compile(self, tags: int) -> None:
        """Compile a template with so many tags. Raises Exhausted."""
        self._tags -= tags
        if self._tags < 0:
            raise Exhausted(f"the templates have more than {self.limits.tags:,} tags")

    def enter(self) -> None:
        """Go into a macro or an included template. Raises Exhausted."""
        self.step()
        self.depth += 1
        if self.depth > self.limits.depth:
            most = self.limits.depth
            raise Exhausted(f"macros and includes are more than {most} deep inside each other; does one call itself?")

    def leave(self) -> None:
        """Come out of a macro or an included template."""
        self.depth -= 1

    def failed(self, count: int) -> None:
        """There are so many errors. Raises Exhausted."""
        if count >= self.limits.errors:
            raise Exhausted(f"there are more than {self.limits.errors - 1} errors")

    def wrote(self, size: int) -> None:
        """A file of so many characters is done. Raises Exhausted."""
        self._output -= size
        if self._output < 0:
            raise Exhausted(f"the chart makes files of more than {self.limits.output:,} characters")
