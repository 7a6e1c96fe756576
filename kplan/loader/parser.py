"""libyaml's events, with the habits of go-yaml v2 where the two parsers differ.

go-yaml knows the escape `\\'` and does not know `\\/`; in flow style it takes every `?` for the start of a key, and a
colon for a part of the scalar unless a space follows.
"""

from __future__ import annotations

import re
from typing import Any, Final

from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from kplan.loader.builder import MAX_DEPTH, GetEvent, Malformed

_BACKSLASH: Final = "\ue000"
_COLON: Final = "\ue001"
_HIDDEN: Final = 200
_PATIENCE: Final = 10_000_000
_HIDDEN_COLON = re.compile(r":[,\[\]{}]")


def needs_care(raw: bytes) -> bool:
    """Whether a text has what the two parsers may read differently."""
    if b"\\/" in raw or _BACKSLASH.encode() in raw or _COLON.encode() in raw:
        return True
    return b"?" in raw and (b"{" in raw or b"[" in raw)


def events(text: str) -> GetEvent:
    """The function that returns the text's next event; at the end, None.

    It raises Malformed for what only go-yaml refuses, and the parser's own errors.
    """
    get_event: GetEvent = CParser(text).get_event
    return _Careful(get_event, text).get_event if needs_care(text.encode()) else get_event


def readable(text: str) -> str:
    """The text in which libyaml can read what go-yaml can, every character where it was.

    The escape `\\'`, and a colon at the end of a plain scalar in flow style (`{name:}`), are hidden from libyaml.
    """
    for _ in range(min(_HIDDEN, 1 + _PATIENCE // (len(text) + 1))):
        if "\\'" not in text and not _HIDDEN_COLON.search(text):
            return text
        error = _first_error(text)
        if error is None or error.problem_mark is None:
            return text
        index = error.problem_mark.index
        hidden = _hidden(error.problem, text[index : index + 2])
        if not hidden:
            return text
        text = text[:index] + hidden + text[index + 1 :]
    return text


def _first_error(text: str) -> MarkedYAMLError | None:
    """What libyaml finds wrong; None for a text that it can read, or that is nested too deep for it to be quick."""
    get_event = CParser(text).get_event
    depth = 0
    try:
        while (event := get_event()) is not None and depth <= MAX_DEPTH:
            kind = type(event)
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                depth += 1
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                depth -= 1
    except MarkedYAMLError as error:
        return error
    except YAMLError:
        return None
    return None


def _hidden(problem: str | None, there: str) -> str:
    if problem == "found unknown escape character" and there == "\\'":
        return _BACKSLASH
    return _COLON if problem == "found unexpected ':'" and _HIDDEN_COLON.match(there) else ""


class _Careful:
    """Looks at every scalar before it goes on."""

    def __init__(self, get_event: GetEvent, text: str) -> None:
        self._next = get_event
        self._text = text
        self._flow: list[bool] = [False]

    def get_event(self) -> Any:
        """The next event."""
        event = self._next()
        kind = type(event)
        if kind is ScalarEvent:
            self._check(event)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            self._flow.append(bool(event.flow_style))
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            self._flow.pop()
        return event

    def _check(self, event: Any) -> None:
        start = event.start_mark.index
        if event.style == '"':
            event.value = event.value.replace(f"{_BACKSLASH}'", "'")
            self._check_escapes(self._text[start : event.end_mark.index], event.start_mark)
        elif self._flow[-1] and not event.style:
            event.value = event.value.replace(_COLON, ":")
            offset = self._text[start : event.end_mark.index].find("?")
            if offset >= 0:
                raise _inside("a `?` in a flow collection begins a key: quote the value", event.start_mark, offset)

    @staticmethod
    def _check_escapes(written: str, mark: Any) -> None:
        at = written.find("\\")
        while at >= 0:
            if written[at + 1 : at + 2] == "/":
                raise _inside("found unknown escape character `\\/`", mark, at)
            at = written.find("\\", at + 2)


def _inside(problem: str, mark: Any, offset: int) -> Malformed:
    return Malformed(problem, mark.index + offset, mark.line, mark.column + offset)
