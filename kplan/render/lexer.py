"""Template texts to tokens that know where they stand.

Jinja's tokens, and so the nodes of its syntax trees, carry a line number only. Here they carry, in its place, the index
of the token in the text: everything that Jinja hands on as a line number is an exact position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import TokenStream

if TYPE_CHECKING:
    from jinja2.lexer import Lexer

    from kplan.render.origin import Sheet

_SPACE: Final = re.compile(r"\s*")
_BEGIN: Final = ("variable_begin", "block_begin", "raw_begin", "comment_begin")
_END: Final = ("variable_end", "block_end", "comment_end")


def tokens(lexer: Lexer, sheet: Sheet) -> TokenStream:
    """The tokens of a template, for Jinja's parser; notes the tags in the sheet."""
    return TokenStream(lexer.wrap(_positioned(lexer, sheet), sheet.name, None), sheet.name, None)


def _positioned(lexer: Lexer, sheet: Sheet) -> Iterator[tuple[int, str, str]]:
    source, at, begin = sheet.text, 0, 0
    try:
        for _, kind, value in lexer.tokeniter(source, sheet.name, None, None):
            if not source.startswith(value, at):
                at = _next(source, at)  # spaces that a tag took away
            if kind in _BEGIN:
                begin = at
            yield at, kind, value
            at += len(value)
            if kind in _END:
                sheet.tags.append((begin, begin + len(source[begin:at].rstrip())))
    except TemplateSyntaxError as error:
        raise _placed(error, source, begin, at) from None


def _next(source: str, at: int) -> int:
    match = _SPACE.match(source, at)
    return match.end() if match else at


def _placed(error: TemplateSyntaxError, source: str, begin: int, at: int) -> TemplateSyntaxError:
    """The lexer's own error, with an index for its line number."""
    message = error.message or ""
    named = re.search(r" at (\d+)$", message)
    if named:
        index = int(named[1])
    else:
        index = begin if message.startswith("Missing end") else min(_next(source, at), len(source))
    return TemplateSyntaxError(re.sub(r" at \d+$", "", message), index, error.name, error.filename)
