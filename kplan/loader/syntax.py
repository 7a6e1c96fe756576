"""What is wrong with a text that cannot be read, in words that help."""

from __future__ import annotations

import re
from typing import Final

from kplan.loader.builder import Malformed
from kplan.loader.stream import Fault
from kplan.loader.text import Ruler, Text
from kplan.model import Finding, Position, Related, Severity, Span

GROUP: Final = "syntax"
_TEMPLATE = re.compile(r"\{\{.*?(\}\}|$)")
_GLUED = re.compile(r"""^\s*(?:-\s+)*([A-Za-z_][\w./-]*):([^\s:/'"][^:]*|"[^"]*"|'[^']*')\s*$""")
_UNCLOSED = re.compile("quoted scalar: .*(end of stream|document indicator)")
_DASHES = re.compile(r"(?:-|--|----+)\s*$")
_NO_START: Final = "%@`"


def syntax_finding(text: Text, fault: Fault) -> Finding:
    """The finding `yaml-syntax` for a part of a file that cannot be read, with the help a beginner needs."""
    error = fault.error
    index, message = _place_and_message(fault)
    index = min(index, len(fault.part.rstrip("\r\n")))
    return Finding(
        rule="yaml-syntax",
        group=GROUP,
        severity=Severity.ERROR,
        message=message,
        help=_help(fault.part, index, error),
        span=_span(text, fault, index),
        related=_related(text, fault, index),
    )


def unreadable(file: str, reason: str) -> Finding:
    """The finding for a file whose bytes cannot be had."""
    start = Position(1, 1)
    span = Text(file, b"").span(start, start)
    return Finding("yaml-syntax", GROUP, Severity.ERROR, f"the file cannot be read: {reason}", span=span)


def _place_and_message(fault: Fault) -> tuple[int, str]:
    error, part = fault.error, fault.part
    if error.context_index is not None and _UNCLOSED.search(f"{error.context}: {error.problem}"):
        return error.context_index, "the quote that opens here is never closed"
    if error.context_index is not None and error.problem == "could not find expected ':'":
        return error.context_index, error.problem
    if error.problem == "found character that cannot start any token":
        return error.index, _bad_start(part[error.index : error.index + 1])
    return min(error.index, len(part.rstrip())), error.problem


def _bad_start(character: str) -> str:
    if character == "\t":
        return "a tab cannot indent YAML"
    return "a backtick cannot begin a value" if character == "`" else f"`{character}` cannot begin a value"


def _span(text: Text, fault: Fault, index: int) -> Span:
    """The character at an index of the part, or the run of tabs that begins there."""
    start = Ruler(fault.part, fault.line).position(index)
    tabs = re.match(r"\t+", fault.part[index : index + 80])
    width = len(tabs[0]) if tabs else int(fault.part[index : index + 1] not in ("", "\r", "\n"))
    return text.span(start, Position(start.line, start.column + width))


def _related(text: Text, fault: Fault, index: int) -> tuple[Related, ...]:
    opened = fault.error.context_index
    if opened is None or opened >= index or not fault.error.context:
        return ()
    return (Related(_span(text, fault, opened), fault.error.context),)


def _help(part: str, index: int, error: Malformed) -> str | None:
    lines = part.split("\n")
    number = part.count("\n", 0, index)
    line = lines[number] if number < len(lines) else ""
    before = next((each for each in reversed(lines[:number]) if each.strip()), "")
    for advice in (_separator, _braces, _indentation, _unquoted, _glued, _colon):
        text = advice(line, before, part[index : index + 1], error)
        if text:
            return text
    return _other_help(error)


def _separator(line: str, before: str, character: str, error: Malformed) -> str | None:
    return "objects are parted by a line of three dashes, `---`" if _DASHES.match(line) else None


def _braces(line: str, before: str, character: str, error: Malformed) -> str | None:
    if _TEMPLATE.search(line) or (error.context and _TEMPLATE.search(before)):
        return "template braces `{{ }}` are no YAML: render the template first, or quote the value"
    return None


def _indentation(line: str, before: str, character: str, error: Malformed) -> str | None:
    if character == "\t" or re.match(r" *\t", line):
        return "indent with spaces; YAML allows no tabs there"
    if error.problem.startswith("did not find expected key") or "block entry" in error.problem:
        return "the lines of one mapping or list begin in the same column: compare this line with those above"
    if error.problem.startswith("did not find expected '-'"):
        return "this line stands in a list: begin it with `- `, or indent it as the list's parent is"
    return None


def _unquoted(line: str, before: str, character: str, error: Malformed) -> str | None:
    if character and character in _NO_START:
        return "quote a value that begins with this character"
    if error.context in ("while scanning an alias", "while scanning an anchor") or "names an anchor" in error.problem:
        return "`*` and `&` at the start of a value are YAML's own: quote the value"
    return None


def _glued(line: str, before: str, character: str, error: Malformed) -> str | None:
    if not re.search("mapping values|expected ':'|expected <document start>", error.problem):
        return None
    for each in (before, line):
        match = _GLUED.match(each)
        if match:
            return f"a space is missing after the colon: `{match[1]}: {match[2].strip()}`"
    return None


def _colon(line: str, before: str, character: str, error: Malformed) -> str | None:
    if "mapping values are not allowed" not in error.problem:
        return None
    if re.search(r":\s.*:(\s|$)", line):
        return "quote a value that contains `: `"
    return "the line above has a value already: check its indentation, or a colon too many"


def _other_help(error: Malformed) -> str | None:
    problem = error.problem
    if "never closed" in problem or (error.context and "quoted scalar" in error.context):
        return "close the quote, or write it twice where it belongs to the text (in single quotes)"
    if "block sequence entries are not allowed" in problem:
        return "a list begins on a line of its own; quote the value if a dash is meant"
    if "expected ',' or" in problem:
        return "close the bracket, or separate the entries with commas"
    if "is not UTF-8" in problem or "UTF-16" in problem:
        return "save the file as UTF-8"
    if problem.startswith("null cannot be a key"):
        return "quote the key"
    if "expected alphabetic or numeric" in problem or "mapping keys are not allowed" in problem:
        return "quote the value"
    if "found unexpected ':'" in problem:
        return "write a space after the colon"
    if problem == "could not find expected ':'":
        return "this line is no `key: value`; a text of several lines is indented, behind `|`"
    return None
