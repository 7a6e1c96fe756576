"""The parts of a Jinja template, and the white space between them.

Go's tags leave the white space around them as it is, but for their dashes. A tag of Jinja's that stands alone in its
line leaves no line behind, so it mostly needs no dash: where that makes a difference, it is told to do as Go's does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final


class Whitespace(Enum):
    """How much of the white space matters."""

    YAML = "yaml"
    """Empty lines matter in block scalars only."""
    LINES = "lines"
    """Empty lines matter, but those at both ends do not."""
    ALL = "all"
    """All of it does."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, or a tag: `words` are what is in it, one entry for each of several tags without a gap between.

    Tags of one `group` are those of one condition or loop. `left` and `right` say whether the tag eats white space.
    """

    kind: str
    words: tuple[str, ...]
    left: bool = False
    right: bool = False
    group: int = 0


TEXT: Final = "text"
STATEMENT: Final = "statement"
EXPRESSION: Final = "expression"
COMMENT: Final = "comment"
_SIGNS: Final = {STATEMENT: ("{%", "%}"), EXPRESSION: ("{{", "}}"), COMMENT: ("{#", "#}")}
SCALAR: Final = re.compile(r"(?:^|[:-] +)(?:[!&]\S+ +)*[|>][-+0-9]*[ \t]*(?:#.*)?$")
"""The end of a line of YAML that a block scalar begins behind."""
_DASHES: Final = re.compile(r"[ ]*(?:- +)*")
_INDENTED: Final = re.compile(r"(.*) \| (n?)indent\((\d+)\)", re.DOTALL)


def text(value: str) -> Piece:
    """A text."""
    return Piece(TEXT, (value,))


def settled(pieces: Sequence[Piece], whitespace: Whitespace) -> str:
    """The template that the pieces are.

    >>> opened, closed = (Piece(STATEMENT, (words,), left=True, group=1) for words in ("if a", "endif"))
    >>> settled([text("a:\\n  "), opened, text("\\n  b: 1\\n"), closed, text("\\n")], Whitespace.YAML)
    'a:\\n  {% if a %}\\n  b: 1\\n{% endif %}\\n'
    """
    return _Sheet(_merged(pieces), whitespace).write()


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with no two texts and no empty one in a row; of two tags that eat the same space, the second does."""
    made: list[Piece] = []
    for piece in pieces:
        if piece.kind == TEXT and made and made[-1].kind == TEXT:
            made[-1] = text(made[-1].words[0] + piece.words[0])
        elif piece.kind != TEXT or piece.words[0]:
            made.append(piece)
    for index in range(len(made) - 2):
        before, between, after = made[index : index + 3]
        if before.right and after.left and between.kind == TEXT and not between.words[0].strip():
            made[index] = replace(before, right=False)
    return made


class _Sheet:
    def __init__(self, pieces: list[Piece], whitespace: Whitespace) -> None:
        self.pieces = pieces
        self.is_exact = whitespace is Whitespace.ALL
        self.in_scalar = _in_scalars(pieces)
        self.is_strict = [whitespace is not Whitespace.YAML or inside for inside in self.in_scalar]
        plain: dict[int, bool] = {}
        for index, piece in enumerate(pieces):
            if piece.group:
                plain[piece.group] = plain.get(piece.group, True) and self.is_plain(index)
        self.plain_groups = {group for group, is_plain in plain.items() if is_plain}

    def before(self, index: int) -> str:
        """The text right before a tag."""
        return self.pieces[index - 1].words[0] if index and self.pieces[index - 1].kind == TEXT else ""

    def after(self, index: int) -> str:
        """The text right behind a tag."""
        rest = self.pieces[index + 1 : index + 2]
        return rest[0].words[0] if rest and rest[0].kind == TEXT else ""

    def is_first(self, index: int) -> bool:
        """Whether only white space stands before, and does not matter."""
        return not self.is_exact and (index == 0 or (index == 1 and self.before(1).isspace()))

    def is_last(self, index: int) -> bool:
        """Whether only white space stands behind, and does not matter."""
        rest = self.pieces[index + 1 :]
        return not self.is_exact and (not rest or (len(rest) == 1 and self.after(index).isspace()))

    def is_plain(self, index: int) -> bool:
        """Whether the tag stands in a line of its own, and may take that away with it."""
        piece, before, after = self.pieces[index], self.before(index), self.after(index)
        begins = re.search(r"\n[ \t]*$", before) is not None or self.is_first(index)
        ends = re.match(r"[ \t]*\n", after) is not None or self.is_last(index)
        if not begins or not ends:
            return False
        if piece.right and not self.is_last(index):
            eats_a_line = re.match(r"[ \t]*\n(\S|$)", after) is not None
            return eats_a_line and (self.is_first(index) or (not piece.left and before.endswith("\n")))
        if self.is_first(index) or not self.is_strict[index]:
            return True
        return piece.left and re.search(r"\S\n[ \t]*$" if index < 2 else r"(^|\S)\n[ \t]*$", before) is not None

    def write(self) -> str:
        """The template."""
        made: list[str] = []
        for index, piece in enumerate(self.pieces):
            if piece.kind == TEXT:
                made.append(piece.words[0])
            elif piece.kind == EXPRESSION:
                self.expression(index, made)
            elif piece.group in self.plain_groups if piece.group else self.is_plain(index):
                made.append(self.plain(index))
            else:
                made.append(self.exact(index))
        return "".join(made)

    def plain(self, index: int) -> str:
        """Tags in lines of their own."""
        piece, before = self.pieces[index], self.before(index)
        start, end = _SIGNS[piece.kind]
        pad = before[len(before.rstrip(" \t")) :]
        return f"\n{pad}".join(f"{start} {words} {end}" for words in piece.words)

    def exact(self, index: int) -> str:
        """Tags that leave the white space around them just as Go's do."""
        piece, before, after = self.pieces[index], self.before(index), self.after(index)
        start, end = _SIGNS[piece.kind]
        is_padded = re.search(r"(^|\n)[ \t]+$" if index < 2 else r"\n[ \t]+$", before) is not None
        left = "-" if piece.left else "+" if is_padded else ""
        right = "-" if piece.right else "+" if after.startswith("\n") else ""
        middle = f" {end}{start} ".join(piece.words)
        return f"{start}{left} {middle} {right}{end}"

    def expression(self, index: int, made: list[str]) -> None:
        """A value; one that is put on a line of its own by `nindent` stands where it comes out."""
        piece, words = self.pieces[index], self.pieces[index].words[0]
        last = made[-1] if made else ""
        if words.endswith(" | raw") and not piece.left and (not last or last.endswith("\n")):
            words = words.removesuffix(" | raw")  # at the first column, nothing is moved
        ends = index == len(self.pieces) - 1 or self.after(index).startswith("\n")
        indented = _INDENTED.fullmatch(words)
        if indented and ends and not piece.right and not self.is_exact and self.may_move(last, index):
            if indented[2] and piece.left and re.search(r"[\n:|][ \t]*$", last):
                made[-1] = last.rstrip()
                made.append(f"\n{' ' * int(indented[3])}{{{{ {indented[1]} }}}}")
                return
            if not indented[2] and not piece.left and (not made or last.endswith("\n")):
                made.append(f"{' ' * int(indented[3])}{{{{ {indented[1]} }}}}")
                return
        made.append(f"{{{{{'-' if piece.left else ''} {words} {'-' if piece.right else ''}}}}}")

    def may_move(self, before: str, index: int) -> bool:
        """Whether it is no line of a block scalar, or its first, which says how far the scalar is indented."""
        return not self.in_scalar[index] or SCALAR.search(before.rstrip()) is not None


def _in_scalars(pieces: Sequence[Piece]) -> list[bool]:
    """For each piece, whether it stands in a block scalar."""
    inside: list[bool] = []
    column = -1
    line = ""

    def end(line: str, column: int) -> int:
        """The column of the scalar's parent behind a line, -1 where there is none."""
        if not line.strip() or line.strip() == "\0":
            return column
        width = len(line) - len(line.lstrip(" \t"))
        if column >= 0 and (width > column or "\1" in line):
            return column
        dashes = _DASHES.match(line)
        return (dashes.end() if dashes else 0) if SCALAR.search(line) else -1

    for piece in pieces:
        if piece.kind == TEXT:
            first, *others = piece.words[0].split("\n")
            line += first
            for other in others:
                column = end(line, column)
                line = other
            inside.append(column >= 0)
        else:
            width = len(line) - len(line.lstrip(" \t"))
            is_alone = not line.strip("\0 \t")
            inside.append(column >= 0 and (is_alone or width > column))
            is_block = piece.kind == EXPRESSION and "indent(" in piece.words[0]
            line += "\0" if piece.kind != EXPRESSION else "\1" if is_block else "x"
    return inside
