"""Bytes to documents, cut and read as kubectl does it.

A file without fault is read in one pass. A file with one is cut at its lines `---` and read part by part, so that
what is right in it still loads.

Source: kubernetes apimachinery pkg/util/yaml YAMLReader, YAMLOrJSONDecoder.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.error import YAMLError
from yaml.events import DocumentStartEvent

from kplan.loader.builder import GetEvent, Malformed, Tree, build
from kplan.loader.parser import events, needs_care, readable

_SEPARATOR: Final = b"---"
_DIRECTIVE: Final = "kubectl cannot read a file with a `%` directive: it cuts the file at `---`"
_END_MARK: Final = b"\n..."
_INNER_MARK: Final = b"\n\xef\xbb\xbf"
_MARKED_SEPARATOR: Final = b"\xef\xbb\xbf---"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_ODD_BREAKS: Final = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Document:
    """One document: `line`, from 0, of its root; `start` is where its text begins: a line in YAML, an index in JSON."""

    data: Any
    line: int
    start: int
    repeated_key: bool = False
    json: bool = False


@dataclass(slots=True)
class Fault:
    """Why a part of a file cannot be read: the part's text, its first line (from 0), what is wrong in it."""

    part: str
    line: int
    error: Malformed


@dataclass(slots=True)
class Stream:
    """What a file holds. `ignored` are documents that kubectl never sees: those after a `...` without `---`."""

    documents: list[Document] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[Document] = field(default_factory=list)


class _UnevenError(Exception):
    """The file has to be cut into parts to be read as kubectl reads it."""


def read(raw: bytes, *, json: bool = False) -> Stream:
    """The documents of a file. `json` says that its name promises JSON. Never raises for what the bytes hold."""
    if json or raw[:4096].lstrip()[:1] == b"{":
        return _json_first(raw, json)
    return _yaml(raw)


def _yaml(raw: bytes) -> Stream:
    if raw.startswith(_UTF_16):
        return Stream(faults=[Fault("", 0, Malformed("the file is UTF-16, and Kubernetes' tools read UTF-8", 0, 0, 0))])
    try:
        if _has_odd_breaks(raw) or _INNER_MARK in raw or raw.startswith(_MARKED_SEPARATOR):
            raise _UnevenError
        return Stream(_whole(raw))
    except (_UnevenError, YAMLError, Malformed, UnicodeError):
        return _parts(raw)


def _json_first(raw: bytes, promised: bool) -> Stream:
    """What begins like JSON is read as JSON up to the first thing that is none; from there on it may be YAML.

    A second JSON value settles that all of it is JSON.
    """
    from kplan.loader import jsonstream

    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _yaml(raw)
    values, stop, error = jsonstream.read(text)
    stream = Stream([Document(each.data, each.line, each.start, each.repeated_key, True) for each in values])
    if error is None:
        return stream
    fault = Fault(text, 0, error)
    if len(values) > 1:
        stream.faults.append(fault)
        stop = text.find("\n---", stop) + 1
        return _and_then(stream, text, stop) if stop else stream
    if len(values) == 1 and not text[text.rfind("\n", 0, stop) + 1 : stop].strip():
        return _and_then(stream, text, stop)
    stream = _yaml(raw)
    return Stream(faults=[fault]) if promised and stream.faults else stream


def _and_then(stream: Stream, text: str, stop: int) -> Stream:
    """The stream with what follows, as YAML, from the line of `stop`; line feeds keep that line where it is."""
    start = text.rfind("\n", 0, stop) + 1
    rest = _yaml(("\n" * text.count("\n", 0, start) + text[start:]).encode())
    return Stream(stream.documents + rest.documents, stream.faults + rest.faults, rest.ignored)


def _has_odd_breaks(raw: bytes) -> bool:
    """Whether YAML and editors count the lines differently."""
    if b"\r" in raw and raw.count(b"\r") != raw.count(b"\r\n"):
        return True
    return any(each in raw for each in _ODD_BREAKS)


def _whole(raw: bytes) -> list[Document]:
    """All documents in one pass over one stream of events, for a file that cutting would not change."""
    get_event: GetEvent = events(raw.decode("utf-8")) if needs_care(raw) else CParser(raw).get_event
    documents: list[Document] = []
    ends = _END_MARK in raw
    marked = 0
    get_event()
    event: Any = get_event()
    while type(event) is DocumentStartEvent:
        if event.version or event.tags or not (event.explicit or not documents):
            raise _UnevenError
        marked += bool(event.explicit)
        mark: Any = event.start_mark
        line: int = mark.line
        tree = build(get_event)
        if event.explicit and (ends if tree.empty else tree.line == line):
            raise _UnevenError
        documents.append(Document(tree.data, tree.line, line, tree.repeated_key))
        event = get_event()
    if marked != raw.count(b"\n---") + raw.startswith(_SEPARATOR):
        raise _UnevenError
    return documents


def _parts(raw: bytes) -> Stream:
    stream = Stream()
    lines = raw.split(b"\n")
    bad = {number: fault for number, line in enumerate(lines) if (fault := _separator_fault(line, number))}
    stream.faults.extend(bad.values())
    for start, part in _cut(lines, bad):
        _read_part(part, start, stream)
    return stream


def _cut(lines: list[bytes], bad: Container[int]) -> Iterator[tuple[int, bytes]]:
    """The parts between lines `---`, each with its first line (from 0).

    A separator that nothing stands before is the first line of its part, as in kubectl; a bad one is of no part.
    """
    start = 0
    for number, line in enumerate(lines):
        if line.startswith(_SEPARATOR) and (number > start or number in bad):
            yield start, b"\n".join([*lines[start:number], b""])
            start = number + 1
    yield start, b"\n".join(lines[start:])


def _separator_fault(line: bytes, number: int) -> Fault | None:
    after = line[len(_SEPARATOR) :].strip()
    if not line.startswith(_SEPARATOR) or not after or after.startswith(b"#"):
        return None
    text = line.decode("utf-8", "replace")
    column = len(text) - len(text[3:].lstrip())
    return Fault(text, number, Malformed("kubectl takes only a comment behind `---`", column, 0, column))


def _read_part(raw: bytes, line: int, stream: Stream) -> None:
    """Read one part; as kubectl, only its first document."""
    try:
        text = _checked(raw)
        documents = _documents(text)
        first = next(documents, None)
    except Malformed as error:
        stream.faults.append(Fault(raw.decode("utf-8", "replace").removeprefix("\ufeff"), line, error))
        return
    if first is None:
        return
    real = Document(first.data, line + _line_in(text, first), line, first.repeated_key)
    stream.documents.append(real)
    stream.ignored.extend(_rest(documents, text, line))


def _line_in(text: str, tree: Tree) -> int:
    return text.count("\n", 0, tree.index)


def _rest(documents: Iterator[Tree], text: str, line: int) -> list[Document]:
    """What stands behind the first document of a part; libyaml takes it for an error, so it is read on its own."""
    found: list[Document] = []
    while True:
        try:
            found += [Document(tree.data, line + tree.line, line) for tree in documents if not tree.empty]
            return found
        except Malformed as error:
            if "document start" not in error.problem or not error.index:
                return found
            text, line = text[error.index :], line + error.line
            documents = _documents(text)


def _checked(raw: bytes) -> str:
    """The text of a part. Raises Malformed for what is no UTF-8 and for characters that YAML does not allow."""
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        raise _at(f"the byte 0x{raw[error.start]:02x} is not UTF-8", before, len(before)) from None
    match = _UNPRINTABLE.search(text)
    if match:
        problem = f"the control character U+{ord(match[0]):04X} is not allowed in YAML"
        raise _at(problem, text, match.start())
    inner = text.find("\n\ufeff")
    if inner >= 0:
        raise _at("a byte order mark stands inside of the document", text, inner + 1)
    return text


def _at(problem: str, text: str, index: int) -> Malformed:
    return Malformed(problem, index, text.count("\n", 0, index), index - text.rfind("\n", 0, index) - 1)


def _documents(text: str) -> Iterator[Tree]:
    """The documents of a part, one after the other. Raises Malformed."""
    try:
        get_event = events(readable(text))
        get_event()
        event = get_event()
        while type(event) is DocumentStartEvent:
            if event.version or event.tags:
                raise _at(_DIRECTIVE, text, 0)
            yield build(get_event)
            event = get_event()
    except YAMLError as error:
        if text.lstrip().startswith("%"):
            raise _at(_DIRECTIVE, text, len(text) - len(text.lstrip())) from None
        raise from_parser(error, text) from None


def from_parser(error: Exception, text: str) -> Malformed:
    """The parser's own error in our form."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    context = getattr(error, "context", None)
    opened = getattr(error, "context_mark", None)
    index = min(mark.index, len(text)) if mark else 0
    malformed = _at(problem, text, index)
    malformed.context = context
    malformed.context_index = opened.index if opened and context else None
    return malformed
