"""What a Go template is made of.

Source: Go text/template/parse node.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant, as Jinja writes it: text in quotes, a number, `true`, `none`."""

    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """`.`, the value that the template is at."""


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`; "" is `$`, the value that the template began with."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """Fields of a value: `.Values.image` is those of the dot."""

    of: Operand
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; in a pipeline, what comes before is the last of them."""

    name: str
    arguments: tuple[Operand, ...]


Operand: TypeAlias = "Literal | Dot | Variable | Field | Call"


@dataclass(frozen=True, slots=True)
class Tag:
    """Where an action stands, and whether it eats the white space on its sides; `start` and `end` are indexes."""

    line: int
    trims_left: bool
    trims_right: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """What is printed as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark in the template."""

    tag: Tag
    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """`{{ pipeline }}`, printed."""

    tag: Tag
    value: Operand


@dataclass(frozen=True, slots=True)
class Assignment:
    """`{{ $name := pipeline }}`, or with `=` where the name is there already."""

    tag: Tag
    name: str
    value: Operand
    declares: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """One arm of an `if` or a `with`; `value` is None for the last `else`. `name` is of `with $name := value`."""

    tag: Tag
    value: Operand | None
    body: tuple[Node, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class If:
    """`{{ if }}` with its `else if` and `else`."""

    branches: tuple[Branch, ...]
    end: Tag


@dataclass(frozen=True, slots=True)
class With:
    """`{{ with }}`: the dot is the value in its first arm."""

    branches: tuple[Branch, ...]
    end: Tag


@dataclass(frozen=True, slots=True)
class Range:
    """`{{ range $key, $value := pipeline }}`; the dot is the value. `otherwise` is what `else` begins."""

    tag: Tag
    names: tuple[str, ...]
    value: Operand
    body: tuple[Node, ...]
    otherwise: Branch | None
    end: Tag


@dataclass(frozen=True, slots=True)
class Define:
    """A named template. A `block` is one that is called where it stands, with `value`."""

    tag: Tag
    name: str
    body: tuple[Node, ...]
    end: Tag
    value: Operand | None = None


@dataclass(frozen=True, slots=True)
class Jump:
    """`{{ break }}` or `{{ continue }}`."""

    tag: Tag
    word: str


Node: TypeAlias = "Text | Comment | Action | Assignment | If | With | Range | Define | Jump"
