"""Patterns to syntax trees.

Source: go regexp/syntax parse.go.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple

Test = Callable[[str], bool]
MOST_REPEATS: Final = 1000


class Char(NamedTuple):
    """One character that passes the test."""

    test: Test


class Assert(NamedTuple):
    """A place: `^`, `$`, `A`, `z`, `b` or `B`."""

    kind: str


class Group(NamedTuple):
    """A part; `number` is None where it is not kept."""

    node: Node
    number: int | None


class Sequence(NamedTuple):
    """One after the other."""

    nodes: tuple[Node, ...]


class Choice(NamedTuple):
    """One or the other, the first that fits."""

    nodes: tuple[Node, ...]


class Repeat(NamedTuple):
    """So many times; `most` is None for any number."""

    node: Node
    least: int
    most: int | None
    greedy: bool


Node = Char | Assert | Group | Sequence | Choice | Repeat

_DIGIT: Final = frozenset("0123456789")
_WORD: Final = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_SPACE: Final = frozenset("\t\n\f\r ")
_CLASSES: Final = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_POSIX: Final = {
    "alnum": _WORD - {"_"},
    "alpha": _WORD - {"_"} - _DIGIT,
    "ascii": frozenset(map(chr, range(128))),
    "blank": frozenset("\t "),
    "cntrl": frozenset(map(chr, [*range(32), 127])),
    "digit": _DIGIT,
    "graph": frozenset(map(chr, range(33, 127))),
    "lower": frozenset("abcdefghijklmnopqrstuvwxyz"),
    "print": frozenset(map(chr, range(32, 127))),
    "punct": frozenset(each for each in map(chr, range(33, 127)) if not each.isalnum()),
    "space": frozenset("\t\n\v\f\r "),
    "upper": frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "word": _WORD,
    "xdigit": frozenset("0123456789abcdefABCDEF"),
}
_ESCAPES: Final = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Parser:
    """Parses one pattern; `names` are the numbers of its named groups, `groups` their count."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.groups = 0
        self.names: dict[str, int] = {}
        self.flags = frozenset[str]()

    def parse(self) -> Node:
        """The tree. Raises ValueError."""
        node = self._choice()
        if self.at < len(self.source):
            raise ValueError("unexpected )")
        return node

    def _choice(self) -> Node:
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            if self._take("\\Q"):
                end = self.source.find("\\E", self.at)
                stop = end if end >= 0 else len(self.source)
                parts += [self._literal(each) for each in self.source[self.at : stop]]
                self.at = stop + 2 if end >= 0 else stop
            elif (atom := self._atom()) is not None:
                parts.append(self._repeated(atom))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _take(self, text: str) -> bool:
        if self.source.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def _next(self) -> str:
        if self.at >= len(self.source):
            raise ValueError("it ends too early")
        self.at += 1
        return self.source[self.at - 1]

    def _atom(self) -> Node | None:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return Char(self._class())
        if character == ".":
            return Char((lambda each: True) if "s" in self.flags else (lambda each: each != "\n"))
        if character == "^":
            return Assert("^" if "m" in self.flags else "A")
        if character == "$":
            return Assert("$" if "m" in self.flags else "z")
        if character == "\\":
            return self._escape()
        if character in "*+?":
            raise ValueError(f"nothing before `{character}` that could be repeated")
        return self._literal(character)

    def _literal(self, character: str) -> Char:
        return Char(self._folded(frozenset(character)))

    def _folded(self, characters: frozenset[str]) -> Test:
        if "i" in self.flags:
            characters = frozenset(
                c for each in characters for c in (each, each.lower(), each.upper(), each.swapcase())
            )
        return characters.__contains__

    def _group(self) -> Node | None:
        number: int | None = None
        before = self.flags
        if self._take("?"):
            if self._take("P<") or self._take("<"):
                number = self._named()
            elif not self._flags():
                return None
        else:
            self.groups += 1
            number = self.groups
        node = self._choice()
        if not self._take(")"):
            raise ValueError("missing closing )")
        self.flags = before
        return Group(node, number)

    def _named(self) -> int:
        end = self.source.find(">", self.at)
        name = self.source[self.at : end]
        if end < 0 or not name or not name.replace("_", "a").isalnum() or name in self.names:
            raise ValueError("invalid named group")
        self.at = end + 1
        self.groups += 1
        self.names[name] = self.groups
        return self.groups

    def _flags(self) -> bool:
        """Flags, and whether a group follows."""
        on = True
        flags = set(self.flags)
        while True:
            character = self._next()
            if character in "imsU":
                (flags.add if on else flags.discard)(character)
            elif character == "-" and on:
                on = False
            elif character in ":)":
                self.flags = frozenset(flags)
                return character == ":"
            else:
                raise ValueError("invalid or unsupported Perl syntax")

    def _repeated(self, node: Node) -> Node:
        count = 0
        while (bounds := self._bounds()) is not None:
            count += 1
            if count > 1:
                raise ValueError("invalid nested repetition operator")
            least, most = bounds
            lazy = self._take("?")
            node = Repeat(node, least, most, lazy == ("U" in self.flags))
        return node

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        if not self.source.startswith("{", self.at):
            return None
        end = self.source.find("}", self.at)
        low, comma, high = self.source[self.at + 1 : max(end, self.at + 1)].partition(",")
        if end < 0 or not low.isdecimal() or (high and not high.isdecimal()):
            return None
        self.at = end + 1
        least = int(low)
        most = (int(high) if high else None) if comma else least
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            raise ValueError("invalid repeat count")
        return least, most

    def _escape(self) -> Node:
        character = self._next()
        if character in "AzbB":
            return Assert(character)
        test = self._class_escape(character)
        return Char(test) if test else self._literal(self._character(character))

    def _class_escape(self, character: str) -> Test | None:
        if character.lower() in _CLASSES:
            members = _CLASSES[character.lower()]
            return members.__contains__ if character.islower() else lambda each: each not in members
        return self._property(character == "P") if character in "pP" else None

    def _property(self, negated: bool) -> Test:
        if self._take("{"):
            end = self.source.find("}", self.at)
            if end < 0:
                raise ValueError("invalid character class range")
            name, self.at = self.source[self.at : end], end + 1
        else:
            name = self._next()
        if name.startswith("^"):
            name, negated = name[1:], not negated
        if name != "Any" and name not in _CATEGORIES:
            raise ValueError(f"invalid character class range: `{name}` is not known here")
        return lambda each: (name == "Any" or unicodedata.category(each).startswith(name)) != negated

    def _character(self, character: str) -> str:
        if character in _ESCAPES:
            return _ESCAPES[character]
        if character == "x":
            return self._hexadecimal()
        if character in "01234567":
            digits = character
            while len(digits) < 3 and self.source[self.at : self.at + 1] in tuple("01234567"):
                digits += self._next()
            if character != "0" and len(digits) < 2:
                raise ValueError("invalid escape sequence")
            return chr(int(digits, 8))
        if character.isalnum():
            raise ValueError(f"invalid escape sequence: `\\{character}`")
        return character

    def _hexadecimal(self) -> str:
        if self._take("{"):
            end = self.source.find("}", self.at)
            digits, self.at = self.source[self.at : max(end, self.at)], end + 1
        else:
            digits = self.source[self.at : self.at + 2]
            self.at += 2
        try:
            return chr(int(digits, 16))
        except (ValueError, OverflowError):
            raise ValueError("invalid escape sequence") from None

    def _class(self) -> Test:
        negated = self._take("^")
        tests: list[Test] = []
        ranges: list[tuple[str, str]] = []
        first = True
        while first or not self._take("]"):
            first = False
            if self.source.startswith("[:", self.at) and (end := self.source.find(":]", self.at)) > 0:
                name, self.at = self.source[self.at + 2 : end], end + 2
                tests.append(_posix(name))
                continue
            character = self._next()
            if character == "\\":
                character = self._next()
                test = self._class_escape(character)
                if test:
                    tests.append(test)
                    continue
                character = self._character(character)
            ranges.append((character, self._range_end(character)))
        return self._one_of(tests, ranges, negated)

    def _range_end(self, start: str) -> str:
        if not self.source.startswith("-", self.at) or self.source[self.at + 1 : self.at + 2] in ("]", ""):
            return start
        self.at += 1
        end = self._next()
        if end == "\\":
            end = self._character(self._next())
        if end < start:
            raise ValueError("invalid character class range")
        return end

    def _one_of(self, tests: list[Test], ranges: list[tuple[str, str]], negated: bool) -> Test:
        folded = "i" in self.flags

        def passes(each: str) -> bool:
            forms = (each, each.lower(), each.upper()) if folded else (each,)
            found = any(low <= form <= high for low, high in ranges for form in forms)
            return (found or any(test(form) for test in tests for form in forms)) != negated

        return passes


_CATEGORIES: Final = frozenset((
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe",
    "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co",
))  # fmt: skip


def _posix(name: str) -> Test:
    members = _POSIX.get(name.removeprefix("^"))
    if members is None:
        raise ValueError(f"invalid character class range: `[:{name}:]`")
    return (lambda each: each not in members) if name.startswith("^") else members.__contains__
