"""Names in other spellings: `oneTwo` as `one_two`, `one-two` or `OneTwo`.

Source: github.com/huandu/xstrings convert.go.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Generator, Iterator
from typing import Final, NamedTuple

_NUMBER: Final = "number"
_UPPER: Final = "upper"
_ALPHABET: Final = "alphabet"
_CONNECTOR: Final = "connector"
_PUNCT: Final = "punctuation"
_OTHER: Final = "other"
_END: Final = "end"
_LOOSE: Final = (_CONNECTOR, _PUNCT)


class Word(NamedTuple):
    """A run of characters of one kind."""

    kind: str
    text: str


def _is_connector(character: str) -> bool:
    return character in "-_" or character.isspace()


def _is_letter(character: str) -> bool:
    return character.islower() or character.isupper() or character.istitle()


def _kind(character: str) -> str:
    if _is_connector(character):
        return _CONNECTOR
    category = unicodedata.category(character)
    if category[0] == "P":
        return _PUNCT
    if character.isupper():
        return _UPPER
    if _is_letter(character):
        return _ALPHABET
    return _NUMBER if category[0] == "N" else _OTHER


def words(text: str) -> Iterator[Word]:
    """The words of a name: a capital begins one, and of several capitals the last one does, before a small letter.

    >>> [word.text for word in words("HTTPServer20x")]
    ['HTTP', 'Server', '20', 'x']
    """
    start = 0
    while start < len(text):
        kind = _kind(text[start])
        end = start + 1
        if kind == _UPPER:
            end = _end_of_upper(text, end)
        else:
            while end < len(text) and _kind(text[end]) == kind:
                end += 1
        yield Word(kind, text[start:end])
        start = end


def _end_of_upper(text: str, end: int) -> int:
    if text[end : end + 1].isupper():
        while end < len(text) and text[end].isupper():
            end += 1
        return end - 1 if end < len(text) and _is_letter(text[end]) else end
    while end < len(text) and _kind(text[end]) == _ALPHABET:
        end += 1
    return end


def lower_words(text: str, connector: str) -> str:
    """The words in small letters, with a connector between.

    >>> lower_words("Bld4Floor3rd", "_"), lower_words("one two", "-")
    ('bld4_floor_3rd', 'one-two')
    """
    return "".join(_lower_words([*words(text), Word(_END, "")], connector))


def _lower_words(found: list[Word], connector: str) -> Iterator[str]:
    at = 0
    while found[at].kind != _END and found[at + 1].kind != _END:
        word, at = found[at], at + 1
        yield _lower(word, connector)
        if word.kind == _NUMBER:
            while found[at].kind in (_ALPHABET, _NUMBER):
                yield _lower(found[at], connector)
                at += 1
            if found[at].kind not in (_END, *_LOOSE):
                yield connector
        elif word.kind not in _LOOSE:
            if found[at].kind != _NUMBER:
                if found[at].kind not in _LOOSE:
                    yield connector
            elif found[at + 1].kind != _END:
                at = yield from _behind_number(found, at, connector)
    yield _lower(found[at], connector)


def _behind_number(found: list[Word], at: int, connector: str) -> Generator[str, None, int]:
    """A number behind a word belongs to it, but to the next word where that begins with a small letter."""
    number, at = found[at], at + 1
    if found[at].kind != _ALPHABET:
        yield number.text
        if found[at].kind not in _LOOSE:
            yield connector
        return at
    yield connector
    yield number.text
    while found[at].kind in (_ALPHABET, _NUMBER):
        yield _lower(found[at], connector)
        at += 1
    if found[at].kind not in (_END, *_LOOSE):
        yield connector
    return at


def _lower(word: Word, connector: str) -> str:
    if word.kind == _CONNECTOR:
        return connector * len(word.text)
    return "".join(each.lower() if each.isupper() else each for each in word.text) if word.kind == _UPPER else word.text


def pascal(text: str) -> str:
    """Each word with a capital, and no connectors between; those at the start stay.

    >>> pascal("http_server-name"), pascal("HTTPServer")
    ('HttpServerName', 'Httpserver')
    """
    start = len(text) - len(text.lstrip("-_ \t\n\v\f\r\x85\xa0"))
    made, rest = text[:start], text[start:]
    if not rest:
        return text
    first_is_upper, current = rest[0].isupper(), rest[0].upper()
    for character in rest[1:]:
        before, current = current, character
        if _is_connector(before):
            if _is_connector(character):
                made += before
                continue
            first_is_upper, current = character.isupper(), character.upper()
            continue
        if first_is_upper:
            if character.isupper():
                current = character.lower()
            else:
                first_is_upper = False
        made += before
    return made + current
