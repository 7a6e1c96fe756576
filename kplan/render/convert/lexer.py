"""Go templates to texts, comments and the words of actions.

Source: Go text/template/parse lex.go.
"""

from __future__ import annotations

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
    start: int = 0
    end: int = 0


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
        return Token("comment", line, comment[1], (), bool(tag[1]), bool(end[1]), tag.start(), end.end()), end.end()
    words: list[Word] = []
    is_apart = False
    while True:
        end = _END.match(source, index)
        if end:
            sides = bool(tag[1]), bool(end[1]), tag.start(), end.end()
            return Token("action", line, "", tuple(words), *sides), end.end()
        word = _WORD.match(source, index)
        if word is None or word.lastgroup is None:
            raise _fail(source, tag.start(), file, "this action is not closed, or has a character that means nothing")
        index = word.end()
        if word.lastgroup == "space":
            is_apart = True
        else:
            _check(source, word, file)
            words.append(Word(word.lastgroup, word[0], is_apart))
            is_apart = False


def _check(source: str, word: re.Match[str], file: str) -> None:
    """Raises InputError for a constant that is none."""
    try:
        if word.lastgroup == "text":
            text_of(word[0])
        elif word.lastgroup == "rune" and len(text_of(word[0])) != 1:
            raise ValueError("it is not one character")
        elif word.lastgroup == "number":
            number_of(word[0])
    except ValueError as error:
        raise _fail(source, word.start(), file, f"`{word[0]}` is no constant: {error}") from None


def number_of(word: str) -> str:
    """A number of Go's, as Jinja writes it. Raises ValueError for what is none.

    >>> number_of("0x1F"), number_of("1_000"), number_of(".5"), number_of("017")
    ('31', '1000', '0.5', '15')
    """
    digits = word.replace("_", "")
    if re.fullmatch(r"[+-]?0[0-7]+", digits):
        return str(int(digits, 8))
    if re.fullmatch(r"[+-]?(\d+|0[xX][0-9a-fA-F]+|0[oO][0-7]+)", digits):
        return str(int(digits, 0))
    number = float(digits)
    if abs(number) == float("inf"):
        raise ValueError("it is too large")
    return repr(number)


_ESCAPE: Final = re.compile(
    r"""\\(?:([abfnrtv\\"'])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.?))"""
)
_NAMED: Final = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))


def text_of(word: str) -> str:
    """The text that a constant in quotes of any kind means. Raises ValueError for an escape that Go does not know.

    >>> text_of(r'"a\\tb\\u00e9\\x41"')
    'a\\tb\xe9A'
    """
    return word[1:-1] if word[0] == "`" else _ESCAPE.sub(_unescaped, word[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    named, *hexadecimal, octal, other = found.groups()
    if named is not None:
        return _NAMED.get(named, named)
    if other is not None:
        raise ValueError(f"`\\{other}` is no escape")
    digits = next((each for each in hexadecimal if each is not None), None)
    return chr(int(digits, 16) if digits is not None else int(octal, 8))
