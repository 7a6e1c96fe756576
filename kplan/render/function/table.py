"""What a function of templates is, and how it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from kplan.render.fault import Fault
from kplan.render.limit import Budget
from kplan.render.undefined import Missing


class Rendering(Protocol):
    """What functions see of the rendering that they are called in."""

    budget: Budget
    functions: Mapping[str, Function]

    def include(self, name: str, context: Any) -> str:
        """The text of a named macro or template."""

    def evaluate(self, source: str, context: Any) -> str:
        """The text of a template given as a value."""

    def chance(self, function: str) -> bytes:
        """32 bytes that depend on the release, the place of the call and how often it was called; notes the call."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function in Helm's order of arguments; as a filter, the value that is piped in comes last.

    `lenient` ones take undefined values; `subject` is the type of the first argument, which a filter may pipe in too;
    `inside` ones get the rendering before their arguments; `walks` ones go through all of a mapping or list, and
    `spells` ones through a text, character by character.
    """

    name: str
    call: Callable[..., Any]
    group: str
    lenient: bool = False
    subject: type | None = None
    inside: bool = False
    walks: bool = False
    spells: bool = False

    def __call__(self, rendering: Rendering, *arguments: Any) -> Any:
        """The result, counted by its size. Raises Fault for arguments that do not fit."""
        rendering.budget.step()
        checked = self._checked(arguments)
        if self.walks:
            rendering.budget.weigh(checked)
        if self.spells:
            rendering.budget.step(sum(len(each) for each in checked if isinstance(each, str)))
        result = self.call(rendering, *checked) if self.inside else self.call(*checked)
        if isinstance(result, str):
            rendering.budget.grow(len(result))
        elif isinstance(result, list | dict):
            rendering.budget.fill(len(result))
        return result

    def piped(self, rendering: Rendering, value: Any, *arguments: Any) -> Any:
        """`value | name(arguments)`."""
        if (
            self.subject
            and arguments
            and isinstance(value, self.subject)
            and not isinstance(arguments[0], self.subject)
        ):
            return self(rendering, value, *arguments)
        return self(rendering, *arguments, value)

    def _checked(self, arguments: tuple[Any, ...]) -> list[Any]:
        names, types, least, rest = signature(self)
        if not least <= len(arguments) <= (len(names) if rest is None else len(arguments)):
            wanted = f"{least}" if rest is None and least == len(names) else f"{least} or more"
            raise Fault(f"`{self.name}` takes {wanted} arguments ({', '.join(names)}), and is given {len(arguments)}")
        kinds = [*types[: len(arguments)], *([rest] * (len(arguments) - len(types)))]
        return [self._fitting(each, kind) for each, kind in zip(arguments, kinds, strict=True)]

    def _fitting(self, value: Any, kind: str | None) -> Any:
        if isinstance(value, Missing):
            if self.lenient:
                return value
            raise value.fault()
        wanted = (kind or "Any").partition("[")[0]
        if wanted == "Any" or (wanted in _KINDS and isinstance(value, _KINDS[wanted]) and not _is_odd(value, wanted)):
            return value
        if wanted == "int" and isinstance(value, float) and value.is_integer():
            return int(value)
        if wanted == "list" and isinstance(value, tuple | range):
            return list(value)
        if wanted in _KINDS:
            from kplan.render.access import kind as named

            raise Fault(f"`{self.name}` needs {_NAMES[wanted]}, and is given {named(value)}")
        return value


_KINDS: Final[dict[str, Any]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "dict": dict,
    "list": list,
}
_NAMES: Final = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "a truth value",
    "dict": "a mapping",
    "list": "a list",
}
_SIGNATURES: Final[dict[Callable[..., Any], tuple[tuple[str, ...], tuple[str, ...], int, str | None]]] = {}


def _is_odd(value: Any, wanted: str) -> bool:
    return isinstance(value, bool) and wanted in ("int", "float")


def signature(function: Function) -> tuple[tuple[str, ...], tuple[str, ...], int, str | None]:
    """The names and types of the arguments, how many are needed, and the type of any further ones."""
    call = function.call
    if call not in _SIGNATURES:
        code = call.__code__
        skipped = 1 if function.inside else 0
        names = code.co_varnames[skipped : code.co_argcount]
        notes = call.__annotations__
        rest = str(notes.get(code.co_varnames[code.co_argcount], "Any")) if code.co_flags & 4 else None
        least = len(names) - len(call.__defaults__ or ())
        _SIGNATURES[call] = (names, tuple(str(notes.get(name, "Any")) for name in names), least, rest)
    return _SIGNATURES[call]


@dataclass(slots=True)
class Group:
    """The functions of one file; made by decorating them."""

    name: str
    functions: list[Function] = field(default_factory=list)

    def add(self, *names: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Offer a Python function under the names."""

        def register(call: Callable[..., Any]) -> Callable[..., Any]:
            self.functions.extend(Function(name, call, self.name, **options) for name in names)
            return call

        return register


def table(groups: Iterable[Group]) -> dict[str, Function]:
    """All functions by name."""
    return {function.name: function for group in groups for function in group.functions}
