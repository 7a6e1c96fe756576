"""Go templates to texts, comments and the words of actions.

Source: Go text/template/parse lex.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from kplan.errors import InputError

_TAG: Final = re.compile(r"\{\{(-(?=\s))?")
_WORD: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>"(?:\\.|[^"\\\n])*"|`[^`]*`)
    |(?P<rune>'(?:\\.|[^'\\])+')
    |(?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]*(?![.\d])|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+))
    |(?P<field>\.[A-Za-z_\u00c0-\U0010ffff][\w]*)
    |(?P<dot>\.)
    |(?P<variable>\$\w*)
    |(?P<name>[A-Za-z_\u00c0-\U0010ffff]\w*)
    |(?P<sign>:=|[=|(),])""",
    re.VERBOSE,
)
_END: Final = re.compile(r"(?:\s(-))?\}\}")


class Word(NamedTuple):
    """One word of an action; `is_apart` says that white space stands before it."""

    kind: str
    text: str
    is_apart: bool


class Token(NamedTuple):
    """A text, a comment, or an action with its words."""

    kind: str
    line: int
    text: str = ""
    words: tuple[Word, ...] = ()
    trims_left: bool = False
    trims_right: bool = False


def tokens(source: str, file: str) -> Iterator[Token]:
    """The parts of a template, white space still in place. Raises InputError with line and column.

    >>> [token.kind for token in tokens("a{{- .Values.x | quote }}{{/* b */}}", "t")]
    ['text', 'action', 'comment']
    """
    index = 0
    while index < len(source):
        tag = _TAG.search(source, index)
        if tag is None:
            yield Token("text", _line(source, index), source[index:])
            return
        if tag.start() > index:
            yield Token("text", _line(source, index), source[index : tag.start()])
        token, index = _action(source, tag, file)
        yield token


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1


def _fail(source: str, index: int, file: str, why: str) -> InputError:
    column = index - (source.rfind("\n", 0, index) + 1) + 1
    return InputError(f"{file}:{_line(source, index)}:{column}: {why}")


def _action(source: str, tag: re.Match[str], file: str) -> tuple[Token, int]:
    index = tag.end()
    line = _line(source, tag.start())
    comment = re.compile(r"\s*/\*(.*?)\*/", re.DOTALL).match(source, index)
    if comment:
        end = _END.match(source, comment.end())
        if end is None:
            raise _fail(source, comment.end(), file, "a comment ends with `*/}}`")
        return Token("comment", line, comment[1], (), bool(tag[1]), bool(end[1])), end.end()
    words: list[Word] = []
    is_apart = False
    while True:
        end = _END.match(source, index)
        if end:
            return Token("action", line, "", tuple(words), bool(tag[1]), bool(end[1])), end.end()
        word = _WORD.match(source, index)
        if word is None or word.lastgroup is None:
            raise _fail(source, tag.start(), file, "this action is not closed, or has a character that means nothing")
        index = word.end()
        if word.lastgroup == "space":
            is_apart = True
        else:
            words.append(Word(word.lastgroup, word[0], is_apart))
            is_apart = False


def text_of(word: str) -> str:
    """The text that a constant in double quotes or back quotes means."""
    if word[0] == "`":
        return word[1:-1]
    plain = re.sub(r"\\([0-7]{3})", lambda m: f"\\u{int(m[1], 8):04x}", word)
    plain = re.sub(r"\\x([0-9a-fA-F]{2})", r"\\u00\1", plain)
    plain = re.sub(r"\\([av])", lambda m: {"a": "\\u0007", "v": "\\u000b"}[m[1]], plain)
    return str(json.loads(plain, strict=False))
