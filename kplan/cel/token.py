"""CEL source, taken apart just enough to rename what Kubernetes calls otherwise than the library does."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\n]*)
    | (?P<text>[bBrR]{0,2}(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<other>`[^`\n]*`|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?[uU]?|.)
    """,
    re.VERBOSE | re.DOTALL,
)
RESERVED = frozenset(
    ("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import")
) | {"let", "loop", "package", "namespace", "return", "var", "void", "while"}
"""Names that are no variables."""

OWN = ("indexOf", "lastIndexOf", "substring", "charAt")
"""Functions that the library has, and Kubernetes has otherwise."""


@lru_cache(maxsize=1024)
def tokens(expression: str) -> tuple[str, ...]:
    """The tokens of an expression, without spaces and comments.

    >>> tokens("has(self.a) && self.b == 'x.y' // why")
    ('has', '(', 'self', '.', 'a', ')', '&', '&', 'self', '.', 'b', '=', '=', "'x.y'")
    """
    return tuple(m[0] for m in _TOKEN.finditer(expression) if m.lastgroup != "space")


def names(expression: str) -> frozenset[str]:
    """The names that the expression uses as variables or functions: not those behind a dot, not in text.

    >>> sorted(names("self.oldSelf == oldSelf.a"))
    ['oldSelf', 'self']
    """
    parts = tokens(expression)
    return frozenset(p for i, p in enumerate(parts) if _is_name(p) and (i == 0 or parts[i - 1] not in (".", "?")))


def fields_of(expression: str, variable: str) -> frozenset[str]:
    """The names of the fields that the expression asks of a variable.

    >>> sorted(fields_of("variables.x + variables.?y.orValue(1)", "variables"))
    ['x', 'y']
    """
    parts = tokens(expression)
    found: set[str] = set()
    for index, part in enumerate(parts):
        if part == variable and parts[index + 1 : index + 2] == (".",) and parts[max(index - 1, 0)] != ".":
            behind = parts[index + 2 : index + 4]
            name = behind[1:] if behind[:1] == ("?",) else behind
            found.update(name[:1])
    return frozenset(filter(_is_name, found))


def rewritten(expression: str, variables: Collection[str] = ()) -> str:
    """The expression as the library takes it.

    `variables.x` becomes a name of its own for each x of `variables`, functions that Kubernetes has otherwise, and
    formats, get names that the library leaves free.

    >>> rewritten("variables.a.indexOf('x') > 0", ["a"])
    "_variable_a._indexOf('x') > 0"
    """
    parts = list(pieces(expression))
    solid = [i for i, part in enumerate(parts) if not part.isspace() and not part.startswith("//")]
    for place, index in enumerate(solid):
        after = [parts[i] for i in solid[place + 1 : place + 3]]
        behind = parts[solid[place - 1]] if place else ""
        if parts[index] in OWN and behind == "." and after[:1] == ["("]:
            parts[index] = "_" + parts[index]
        elif (
            parts[index] == "variables" and behind != "." and after[:1] == ["."] and after[1:] and after[1] in variables
        ):
            parts[index] = f"_variable_{after[1]}"
            parts[solid[place + 1]] = parts[solid[place + 2]] = ""
        elif parts[index] == "string" and behind != "." and after[:1] == ["("] and {"ip", "cidr"} & set(parts):
            parts[index] = "_string"
    return _formats("".join(parts))


def pieces(expression: str) -> Iterator[str]:
    """All of the expression in order: its tokens, and the spaces and comments between them."""
    return (m[0] for m in _TOKEN.finditer(expression))


_VALIDATE = re.compile(
    r"format\s*\.\s*(?:named\s*\(\s*(?P<q>['\"])(?P<named>\w+)(?P=q)\s*\)\s*\.\s*value\s*\(\s*\)|(?P<name>\w+)\s*\(\s*\))"
    r"\s*\.\s*validate\s*\("
)


def _formats(expression: str) -> str:
    """`format.x().validate(y)` gives an optional, which functions of ours cannot make: it is made around them."""
    while match := _VALIDATE.search(expression):
        end = _closing(expression, match.end())
        if end is None:
            break
        name, argument = match["named"] or match["name"], expression[match.end() : end]
        made = f'optional.ofNonZeroValue(_validate("{name}", {argument}))'
        expression = expression[: match.start()] + made + expression[end + 1 :]
    return expression


def _closing(expression: str, start: int) -> int | None:
    """Where the parenthesis closes that is open at `start`."""
    depth = 1
    for match in _TOKEN.finditer(expression, start):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if not depth:
            return match.start()
    return None


def _is_name(part: str) -> bool:
    return part[0].isalpha() or part[0] == "_"
