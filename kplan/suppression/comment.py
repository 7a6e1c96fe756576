"""Comments that allow findings: `# kplan: allow RULE -- reason`, found in the text by a plain look at its lines.

A comment covers the key or list item that stands on its line, with all that is below it; a comment that is alone on
its line covers what follows it, and above the first line of an object the whole object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final, NamedTuple

from kplan.model import Finding, Position, Span
from kplan.suppression.model import Suppression, Words, read_words

_MARK: Final = re.compile(r"(?:^|(?<=\s))#+\s*kplan:\s*([\w-]+):?(.*)$")
_BLOCK: Final = re.compile(r"(?:^|[:\-?]\s+|\s)(?:[!&]\S+\s+)*[|>][-+0-9]{0,2}\s*(?:\s#.*)?$")
_SEPARATOR: Final = re.compile(r"(?:---|\.\.\.)(?:\s|$)")
_UNREADABLE: Final = ("yaml-syntax", "not-an-object")
_NOT_HERE: Final = "`{}` is about text that cannot be read as it is meant; only the configuration can allow it"
_OTHER_WORDS: Final = ("ignore", "disable", "skip", "suppress", "noqa", "allows", "allowed", "ok")


class Comment(NamedTuple):
    """A comment: its place, its words, and the first and last line (from 1) that it covers; none where `last` is 0."""

    span: Span
    words: Words
    first: int
    last: int


def comments(file: str, text: str) -> Iterator[Comment]:
    """The comments of a text that allow findings, and those that seem to be meant so, with the fault in them."""
    lines = text.split("\n")
    for number in _comment_lines(lines):
        line = lines[number]
        found = _MARK.search(line)
        if found is None or _in_quotes(line[: found.start()]):
            continue
        words = _words(found[1], found[2])
        if words is not None:
            end = len(line.rstrip())
            span = Span(file, Position(number + 1, found.start() + 1), Position(number + 1, end + 1))
            yield Comment(span, words, *_reach(lines, number, not line[: found.start()].strip()))


def suppression_of(comment: Comment, told: bool) -> Suppression:
    """The suppression that a comment is."""
    file, first, last = comment.span.file, comment.first, comment.last

    def covers(finding: Finding) -> bool:
        span = finding.span if finding.rule not in _UNREADABLE else None
        while span is not None:
            if span.file == file and first <= span.start.line <= last:
                return True
            span = span.origin
        return False

    words = comment.words
    return Suppression(
        "comment",
        words.rules,
        words.until,
        words.reason,
        comment.span,
        covers,
        file=file,
        fault=words.fault or next((_NOT_HERE.format(rule) for rule in words.rules if rule in _UNREADABLE), ""),
        told=told,
    )


def _words(verb: str, rest: str) -> Words | None:
    """What a comment says; None for one that only speaks of kplan."""
    if verb == "allow":
        return read_words(rest)
    if verb in _OTHER_WORDS or get_close_matches(verb, ["allow"], cutoff=0.75):
        return Words((), None, "", f"`{verb}` is not known: write `# kplan: allow RULE -- reason`")
    return None


def _comment_lines(lines: list[str]) -> Iterator[int]:
    """The numbers of the lines that speak of kplan and are not inside of a block of text."""
    block: int | None = None
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        indent = _indent(line)
        if block is not None and indent > block:
            continue
        block = None
        if "kplan:" in line and "#" in line:
            yield number
        if line.rstrip()[-1:] in "|>+-0123456789" or "#" in line:
            block = _key_column(line) if _BLOCK.search(line) and not line.lstrip().startswith("#") else None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _key_column(line: str) -> int:
    """The column, from 0, that the text of a block is indented further than."""
    column = _indent(line)
    while line[column : column + 2] == "- " and line[column + 2 :].lstrip()[:1] not in ("|", ">"):
        column += 2 + _indent(line[column + 2 :])
    return column


def _in_quotes(before: str) -> bool:
    """Whether a quote is open at the end of a part of a line."""
    quote = ""
    previous = " "
    for character in before:
        if quote:
            if character == quote and not (quote == '"' and previous == "\\"):
                quote = ""
        elif character in "\"'" and previous in " [{,:\t'":  # a quote behind a quote is a doubled one
            quote = character
        previous = character
    return bool(quote)


def _reach(lines: list[str], number: int, is_alone: bool) -> tuple[int, int]:
    """The first and last line, from 1, that a comment on a line covers."""
    target: int | None = number
    starts_object = False
    if is_alone:
        target = next((n for n in range(number + 1, len(lines)) if _is_content(lines[n])), None)
        starts_object = target is not None and _starts_object(lines, target)
    if target is None:
        return 1, 0
    is_end = _ends_object if starts_object else _Node(lines[target]).is_outside
    last = target
    for n in range(target + 1, len(lines)):
        if lines[n].strip() and is_end(lines[n]):
            break
        last = n
    return target + 1, last + 1


def _is_content(line: str) -> bool:
    text = line.strip()
    return bool(text) and not _is_aside(text) and not _SEPARATOR.match(line)


def _is_aside(text: str) -> bool:
    """Whether a line is a comment, or an action of a template and nothing else: these stand where they like."""
    return text.startswith("#") or (text.startswith(("{{", "{%")) and text.endswith("}"))


def _starts_object(lines: list[str], target: int) -> bool:
    """Whether nothing of the object stands above the line."""
    for n in range(target - 1, -1, -1):
        if _SEPARATOR.match(lines[n]):
            return True
        if _is_content(lines[n]):
            return False
    return True


def _ends_object(line: str) -> bool:
    return _SEPARATOR.match(line) is not None


class _Node:
    """The key or list item that begins on a line."""

    def __init__(self, line: str) -> None:
        self.indent = _indent(line)
        self.is_item = line.lstrip().startswith("-")

    def is_outside(self, line: str) -> bool:
        """Whether a line below is no part of it."""
        text = line.strip()
        if _is_aside(text):
            return False
        indent = _indent(line)
        is_list_below = indent == self.indent and not self.is_item and text.startswith("- ")
        return indent <= self.indent and not is_list_below
