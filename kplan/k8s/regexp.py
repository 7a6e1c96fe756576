"""Regular expressions as Go reads them (RE2 syntax), turned into Python's.

Source: go regexp/syntax Parse, with Perl flags.
"""

from __future__ import annotations

import re
import string
from functools import lru_cache
from typing import NamedTuple

_MAX_REPEAT = 1000
_LONGEST_REPEAT = 20
_REPEAT = re.compile(r"\{(\d+)(,(\d*))?\}", re.ASCII)
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])", re.ASCII)
_NAMED = re.compile(r"\(\?P?<([A-Za-z0-9_]+)>", re.ASCII)
_CONTROL = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_PERL = {"d": "0-9", "w": "0-9A-Za-z_", "s": "\\t\\n\\f\\r "}
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\x0b\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CATEGORY = re.compile(r"(?:[LMNPSZC][a-z&]?|Any)\Z")


class RegexpError(ValueError):
    """Text that is no regular expression; the message is Go's own."""

    def __init__(self, code: str, part: str) -> None:
        super().__init__(f"error parsing regexp: {code}: `{part}`")


class UnknownScript(Exception):
    """A regular expression that is sound, and asks for letters of a script that is not known here."""


@lru_cache(maxsize=1024)
def compile_go(pattern: str) -> re.Pattern[str]:
    """The pattern, to be searched for as Go's `MatchString` does.

    >>> bool(compile_go(r"^[[:alpha:]]+$").search("abc")), bool(compile_go("a$").search("a\\n"))
    (True, False)
    >>> compile_go("(")
    Traceback (most recent call last):
    kplan.k8s.regexp.RegexpError: error parsing regexp: missing closing ): `(`

    Raises RegexpError for what is no pattern to Go (`(?=a)`, `a**`), UnknownScript for one that cannot be judged here.
    """
    text = _Parser(pattern).translation()
    try:
        return re.compile(text, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise UnknownScript(str(error)) from None


class _Flags(NamedTuple):
    """What `(?ims)` and `(?U)` switch."""

    i: bool = False
    m: bool = False
    s: bool = False
    u: bool = False


class _Parser:
    """One reading of a pattern, from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.flags = _Flags()
        self.parts: list[str] = []
        self.groups: list[_Flags] = []
        self.names: set[str] = set()
        self.can_repeat = False

    def translation(self) -> str:
        """The whole in Python's syntax; raises RegexpError."""
        while self.at < len(self.pattern):
            self._step(self.pattern[self.at])
        if self.groups:
            raise RegexpError("missing closing )", self.pattern)
        return "".join(self.parts)

    def _step(self, char: str) -> None:
        if char == "(":
            self._open()
        elif char == ")":
            if not self.groups:
                raise RegexpError("unexpected )", self.pattern)
            self.flags = self.groups.pop()
            self._put(")", 1)
            self._close_group()
        elif char == "|":
            self._put("|", 1, can_repeat=False)
        elif char in "*+?" or (char == "{" and _REPEAT.match(self.pattern, self.at)):
            self._repeat()
        else:
            self._atom(*self._read_atom(char))

    def _put(self, text: str, length: int, *, can_repeat: bool = True) -> None:
        self.parts.append(text)
        self.at += length
        self.can_repeat = can_repeat

    def _atom(self, text: str, length: int) -> None:
        self._put(f"(?i:{text})" if self.flags.i else f"(?:{text})", length)

    def _close_group(self) -> None:
        """Make one part of a group, so that it can be repeated as one."""
        depth, index = 0, len(self.parts) - 1
        while True:
            part = self.parts[index]
            depth += (part == ")") - (part == "(?:")
            if not depth:
                break
            index -= 1
        self.parts[index:] = ["".join(self.parts[index:])]

    def _open(self) -> None:
        pattern, at = self.pattern, self.at
        if not pattern.startswith("(?", at):
            self.groups.append(self.flags)
            self._put("(?:", 1, can_repeat=False)
        elif match := _FLAGS.match(pattern, at):
            self._set_flags(match)
        elif match := _NAMED.match(pattern, at):
            if match[1] in self.names:
                raise RegexpError("duplicate capture group name", match[1])
            self.names.add(match[1])
            self.groups.append(self.flags)
            self._put("(?:", len(match[0]), can_repeat=False)
        elif pattern.startswith(("(?P<", "(?<"), at) and pattern[at + 3 : at + 4] not in ("=", "!"):
            end = pattern.find(">", at)
            raise RegexpError("invalid named capture", pattern[at : end + 1 if end >= 0 else None])
        else:
            length = 4 if pattern.startswith("(?<", at) else 3
            raise RegexpError("invalid or unsupported Perl syntax", pattern[at : at + length])

    def _set_flags(self, match: re.Match[str]) -> None:
        if match[0] == "(?)":
            raise RegexpError("missing argument to repetition operator", "?")
        new = self.flags._replace(**{flag.lower(): True for flag in match[1]})
        new = new._replace(**{flag.lower(): False for flag in match[2] or ""})
        if match[3] == ":":
            self.groups.append(self.flags)
            self._put("(?:", len(match[0]), can_repeat=False)
        else:
            self.at += len(match[0])
        self.flags = new

    def _repeat(self) -> None:
        start = self.at
        while True:
            operator, lazy = self._operator()
            if not self.can_repeat:
                raise RegexpError("missing argument to repetition operator", operator)
            if self.at != start + len(operator) + lazy:
                raise RegexpError("invalid nested repetition operator", self.pattern[start : self.at])
            self.parts[-1] = f"(?:{self.parts[-1]}{operator}{'?' if bool(lazy) is not self.flags.u else ''})"
            following = self.pattern[self.at : self.at + 1]
            if not following or not (following in "*+?" or _REPEAT.match(self.pattern, self.at)):
                return

    def _operator(self) -> tuple[str, int]:
        """The operator that stands here, and how many characters a `?` behind it takes; both are passed."""
        char, operator = self.pattern[self.at], self.pattern[self.at]
        if char == "{":
            match = _REPEAT.match(self.pattern, self.at)
            assert match is not None
            operator = match[0]
            is_long = len(operator) > _LONGEST_REPEAT
            least, most = (_MAX_REPEAT + 1, 0) if is_long else (int(match[1]), int(match[3]) if match[3] else None)
            if least > _MAX_REPEAT or (most is not None and not least <= most <= _MAX_REPEAT):
                raise RegexpError("invalid repeat count", operator)
        self.at += len(operator)
        lazy = int(self.pattern.startswith("?", self.at))
        self.at += lazy
        return operator, lazy

    def _read_atom(self, char: str) -> tuple[str, int]:
        """What stands here in Python's syntax, and its length."""
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        if char == ".":
            return ("(?s:.)" if self.flags.s else "."), 1
        if char == "^":
            return ("(?m:^)" if self.flags.m else r"\A"), 1
        if char == "$":
            return ("(?m:$)" if self.flags.m else r"\Z"), 1
        return re.escape(char), 1

    def _escape(self) -> tuple[str, int]:
        char = self.pattern[self.at + 1 : self.at + 2]
        if char == "Q":
            end = self.pattern.find("\\E", self.at + 2)
            literal = self.pattern[self.at + 2 : end if end >= 0 else None]
            if len(literal) > 1:  # a repetition behind it is about its last character
                self._atom(re.escape(literal[:-1]), 0)
            return re.escape(literal[-1:]), len(literal) + (4 if end >= 0 else 2)
        if char and char in "bBA":
            return f"\\{char}", 2
        if char == "z":
            return r"\Z", 2
        if char and char.lower() in _PERL:
            return f"[{'^' if char.isupper() else ''}{_PERL[char.lower()]}]", 2
        if char and char in "pP":
            text, length = self._category(self.at)
            return f"[{text}]", length
        code, length = self._character(self.at)
        return _char(code), length

    def _character(self, at: int) -> tuple[int, int]:
        """The character of an escape sequence at `at`, and its length."""
        char = self.pattern[at + 1 : at + 2]
        if not char:
            raise RegexpError("trailing backslash at end of expression", "")
        if char in "01234567" and (match := re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}").match(self.pattern, at + 1)):
            return int(match[0], 8), 1 + len(match[0])
        if char == "x":
            match = re.compile(r"x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,8})\}").match(self.pattern, at + 1)
            if match and (code := int(match[1] or match[2], 16)) <= 0x10FFFF:
                return code, 1 + len(match[0])
        elif char in _CONTROL:
            return _CONTROL[char], 2
        elif char.isascii() and char not in string.ascii_letters + string.digits:
            return ord(char), 2
        raise RegexpError("invalid escape sequence", self.pattern[at : at + 2])

    def _class(self) -> tuple[str, int]:
        pattern, at, found = self.pattern, self.at + 1, "["
        if pattern.startswith("^", at):
            found, at = "[^", at + 1
        first = True
        while first or not pattern.startswith("]", at):
            if at >= len(pattern):
                raise RegexpError("missing closing ]", pattern[self.at :])
            text, at = self._class_item(at)
            found, first = found + text, False
        return f"{found}]", at + 1 - self.at

    def _class_item(self, at: int) -> tuple[str, int]:
        pattern = self.pattern
        if pattern.startswith("[:", at) and (end := pattern.find(":]", at + 2)) >= 0:
            name = pattern[at + 2 : end]
            if name.lstrip("^") not in _POSIX or name.count("^") > 1:
                raise RegexpError("invalid character class range", pattern[at : end + 2])
            ranges = _POSIX[name.lstrip("^")]
            return (_complement(ranges) if name.startswith("^") else ranges), end + 2
        if pattern.startswith("\\", at):
            char = pattern[at + 1 : at + 2]
            if char and char in "pP":
                text, length = self._category(at)
                return text, at + length
            if char and char.lower() in _PERL:
                ranges = _PERL[char.lower()]
                return (_complement(ranges) if char.isupper() else ranges), at + 2
        low, end = self._class_char(at)
        if pattern.startswith("-", end) and pattern[end + 1 : end + 2] not in ("]", ""):
            high, last = self._class_char(end + 1)
            if high < low:
                raise RegexpError("invalid character class range", pattern[at:last])
            return f"{_char(low)}-{_char(high)}", last
        return _char(low), end

    def _class_char(self, at: int) -> tuple[int, int]:
        if self.pattern.startswith("\\", at):
            code, length = self._character(at)
            return code, at + length
        return ord(self.pattern[at]), at + 1

    def _category(self, at: int) -> tuple[str, int]:
        match = re.compile(r"\\[pP](?:\{(\^?)([^}]*)\}|(.))", re.DOTALL).match(self.pattern, at)
        if match is None:
            raise RegexpError("invalid character class range", self.pattern[at:])
        name = match[2] or match[3] or ""
        if not _CATEGORY.match(name):
            if not re.match(r"[A-Z][A-Za-z_]{2,}\Z", name):
                raise RegexpError("invalid character class range", match[0])
            raise UnknownScript(name)
        is_negated = (match[0][1] == "P") is not bool(match[1])
        return _ranges_of(name, is_negated), len(match[0])


def _char(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def _complement(ranges: str) -> str:
    inside = re.compile(f"[{ranges}]")
    ascii_part = "".join(_char(code) for code in range(128) if not inside.match(chr(code)))
    return f"{ascii_part}\\x80-\\U0010ffff"


@lru_cache(maxsize=64)
def _ranges_of(category: str, is_negated: bool) -> str:
    """The characters of a general category, as ranges."""
    import unicodedata

    found: list[list[int]] = []
    for code in range(0x110000):
        if (category == "Any" or unicodedata.category(chr(code)).startswith(category)) is not is_negated:
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            else:
                found.append([code, code])
    return "".join(f"{_char(low)}-{_char(high)}" for low, high in found)
