"""Texts.

Source: github.com/Masterminds/sprig v3 strings.go; goutils; go strings.
"""

from __future__ import annotations

import re
from typing import Any, Final

from kplan.render.fault import Fault
from kplan.render.function.case import lower_words, pascal
from kplan.render.function.number import format_float
from kplan.render.function.table import Group, Rendering
from kplan.render.text import Form, Text, cut, glued, of_form, padded, plain
from kplan.render.thing import Thing

GROUP = Group("string")
_ESCAPES: Final = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}


def show(value: Any) -> str:
    """A value as Go's `%v` prints it.

    >>> show({"b": [1, None], "a": True})
    'map[a:true b:[1 <nil>]]'
    """
    if isinstance(value, str):
        return value
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_float(value)
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{show(each)}" for key, each in sorted(value.items())) + "]"
    if isinstance(value, list | tuple | range):
        return "[" + " ".join(show(each) for each in value) + "]"
    if isinstance(value, int | Thing):
        return str(value)
    raise Fault("a function is no value to print")


def go_quoted(value: str) -> str:
    """A text in double quotes, as Go's `%q` writes it.

    >>> print(go_quoted('a "b"\\n'))
    "a \\"b\\"\\n"
    """
    return '"' + value.translate(_QUOTED) + '"'


class _Quoted(dict[int, str]):
    """Each character as Go writes it, looked at once."""

    def __missing__(self, code: int) -> str:
        self[code] = _quoted_character(chr(code))
        return self[code]


_QUOTED: Final = _Quoted()


def _quoted_character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if character.isprintable():
        return character
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


@GROUP.add("quote", walks=True)
def quote(*values: Any) -> str:
    """Each in double quotes; null is left out."""
    return " ".join(go_quoted(show(value)) for value in values if value is not None)


@GROUP.add("squote", walks=True)
def squote(*values: Any) -> str:
    """Each in single quotes; null is left out."""
    return " ".join(f"'{show(value)}'" for value in values if value is not None)


@GROUP.add("toString", walks=True)
def to_string(value: Any) -> str:
    """The value as a text."""
    return show(value)


@GROUP.add("print", walks=True)
def print_(*values: Any) -> str:
    """The values as one text, a space between two that are no texts."""
    parts: list[str] = []
    for index, value in enumerate(values):
        if index and not isinstance(value, str) and not isinstance(values[index - 1], str):
            parts.append(" ")
        parts.append(value if isinstance(value, str) else show(value))
    return glued(parts)


@GROUP.add("println", walks=True)
def println(*values: Any) -> str:
    """The values with spaces between, and a line break."""
    return " ".join(show(value) for value in values) + "\n"


@GROUP.add("cat", walks=True)
def cat(*values: Any) -> str:
    """The values with spaces between; null is left out."""
    return " ".join(show(value) for value in values if value is not None)


@GROUP.add("trim")
def trim(value: str) -> str:
    """Without white space at both ends."""
    start, end = len(value) - len(value.lstrip()), len(value.rstrip())
    return cut(value, start, max(start, end))


@GROUP.add("trimAll", "trimall")
def trim_all(characters: str, value: str) -> str:
    """Without any of the characters at both ends."""
    return value.strip(characters) if characters else value


@GROUP.add("trimSuffix")
def trim_suffix(suffix: str, value: str) -> str:
    """Without the suffix."""
    return cut(value, 0, len(value.removesuffix(suffix)))


@GROUP.add("trimPrefix")
def trim_prefix(prefix: str, value: str) -> str:
    """Without the prefix."""
    return cut(value, len(value) - len(value.removeprefix(prefix)), len(value))


@GROUP.add("upper")
def upper(value: str) -> str:
    """In capitals."""
    return "".join(each.upper() if len(each.upper()) == 1 else each for each in value)


@GROUP.add("lower")
def lower(value: str) -> str:
    """In small letters."""
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in value)


@GROUP.add("title")
def title(value: str) -> str:
    """With a capital at the start of each word."""
    made, before = [], " "
    for character in value:
        starts = not (before.isalnum() or before == "_" or (ord(before) > 0x7F and not before.isspace()))
        made.append(character.title() if starts and len(character.title()) == 1 else character)
        before = character
    return "".join(made)


@GROUP.add("untitle")
def untitle(value: str) -> str:
    """With a small letter at the start of each word."""
    return re.sub(r"(?:^|(?<=\s))\S", lambda found: lower(found[0]), value)


@GROUP.add("swapcase", spells=True)
def swapcase(value: str) -> str:
    """Capitals small, and small letters large."""
    return "".join(
        lower(each) if each.isupper() or each.istitle() else upper(each) if each.islower() else each for each in value
    )


@GROUP.add("repeat", inside=True)
def repeat(rendering: Rendering, count: int, value: str) -> str:
    """The text so many times."""
    if count < 0:
        raise Fault("`repeat` needs a count that is not negative")
    rendering.budget.grow(count * len(value))
    return value * count


@GROUP.add("nospace")
def nospace(value: str) -> str:
    """Without any white space."""
    return "".join(each for each in value if not each.isspace())


@GROUP.add("initials")
def initials(value: str) -> str:
    """The first letter of each word."""
    return "".join(word[0] for word in value.split())


@GROUP.add("substr")
def substr(start: int, end: int, value: str) -> str:
    """The bytes from `start` to before `end`; a negative start means 0, a negative end the end."""
    data = value.encode()
    if start < 0:
        start = 0
    elif end < 0 or end > len(data):
        end = len(data)
    if not start <= end <= len(data):
        raise Fault(f"the text has no part from {start} to {end}")
    return value[start:end] if value.isascii() else data[start:end].decode("utf-8", "replace")


@GROUP.add("trunc")
def trunc(count: int, value: str) -> str:
    """The first `count` bytes, or for a negative one the last."""
    if value.isascii():
        start, end = (max(len(value) + count, 0), len(value)) if count < 0 else (0, count)
        return cut(value, start, min(end, len(value)))
    data = value.encode()
    return (data[count:] if count < 0 else data[:count]).decode("utf-8", "replace")


@GROUP.add("abbrev")
def abbrev(width: int, value: str) -> str:
    """At most `width` characters, the last three of them dots where something is missing."""
    return value if width < 4 else abbreviate(value, 0, width)


@GROUP.add("abbrevboth")
def abbrevboth(left: int, right: int, value: str) -> str:
    """As `abbrev`, but that it may begin at `left`."""
    return value if right < 4 or (left > 0 and right < 7) else abbreviate(value, left, right)


def abbreviate(value: str, offset: int, width: int) -> str:
    """At most `width` characters of the text, dots at the ends where something is missing."""
    size = len(value)
    if size <= width:
        return value
    offset = min(offset, size)
    if size - offset < width - 3:
        offset = size - (width - 3)
    if offset <= 4:
        return value[: width - 3] + "..."
    if width < 7:
        return ""
    if offset + width - 3 < size:
        return "..." + abbreviate(value[offset:], 0, width - 3)
    return "..." + value[size - (width - 3) :]


@GROUP.add("wrap")
def wrap(width: int, value: str) -> str:
    """Line breaks in place of spaces, so that lines have about `width` characters; long words stay whole."""
    return wrapped(value, width, "\n", False)


@GROUP.add("wrapWith")
def wrap_with(width: int, separator: str, value: str) -> str:
    """As `wrap`, with another separator; long words are cut."""
    return wrapped(value, width, separator or "\n", True)


def wrapped(value: str, width: int, separator: str, cut_words: bool) -> str:
    """The text with a separator where a line is full."""
    width, at, made = max(width, 1), 0, []
    while len(value) - at > width:
        if value[at] == " ":
            at += 1
            continue
        space = value.rfind(" ", at, at + width + 1)
        if space < 0 and cut_words:
            made.append(value[at : at + width] + separator)
            at += width
            continue
        if space < 0:
            space = value.find(" ", at + width)
            if space < 0:
                return "".join(made) + value[at:]
        made.append(value[at:space] + separator)
        at = space + 1
    return "".join(made) + value[at:]


@GROUP.add("contains")
def contains(part: str, value: str) -> bool:
    """Whether the text has the part."""
    return part in value


@GROUP.add("hasPrefix")
def has_prefix(prefix: str, value: str) -> bool:
    """Whether the text begins with it."""
    return value.startswith(prefix)


@GROUP.add("hasSuffix")
def has_suffix(suffix: str, value: str) -> bool:
    """Whether the text ends with it."""
    return value.endswith(suffix)


@GROUP.add("indent", inside=True)
def indent(rendering: Rendering, spaces: int, value: str) -> str:
    """Each line with so many spaces before it; it is left where it is then."""
    rendering.budget.grow(max(spaces, 0) * (value.count("\n") + 1))
    pad = " " * spaces
    if isinstance(value, Text) and spaces > 0 and "\n\n" not in value and not value.endswith("\n") and value:
        return of_form(padded(value, pad, first=True), Form.LITERAL)
    return plain(pad + value.replace("\n", "\n" + pad), Form.LITERAL)


@GROUP.add("nindent", inside=True)
def nindent(rendering: Rendering, spaces: int, value: str) -> str:
    """A line break, then as `indent`."""
    made: str = indent(rendering, spaces, value)
    return of_form(glued(("\n", made)), Form.LITERAL)


@GROUP.add("replace", inside=True)
def replace(rendering: Rendering, old: str, new: str, value: str) -> str:
    """The text with `new` for each `old`."""
    rendering.budget.grow(len(value) + (value.count(old) if old else len(value) + 1) * len(new))
    return value.replace(old, new)


@GROUP.add("plural")
def plural(one: str, many: str, count: int) -> str:
    """`one` for 1, else `many`."""
    return one if count == 1 else many


@GROUP.add("snakecase", spells=True)
def snakecase(value: str) -> str:
    """`oneTwo` as `one_two`."""
    return lower_words(value, "_")


@GROUP.add("kebabcase", spells=True)
def kebabcase(value: str) -> str:
    """`oneTwo` as `one-two`."""
    return lower_words(value, "-")


@GROUP.add("camelcase", spells=True)
def camelcase(value: str) -> str:
    """`one_two` as `OneTwo`."""
    return pascal(value)


@GROUP.add("printf", inside=True, walks=True)
def printf(rendering: Rendering, pattern: str, *values: Any) -> str:
    """The values in a pattern of Go's: `%s`, `%d`, `%q`, `%v`, `%5.2f`, `%x` and the others."""
    from kplan.render.function.printf import formatted

    return formatted(pattern, values, rendering.budget)


@GROUP.add("toStrings", walks=True)
def to_strings(value: Any) -> list[str]:
    """The items as texts; null is left out."""
    if isinstance(value, list):
        return [show(each) for each in value if each is not None]
    return [] if value is None else [show(value)]


@GROUP.add("join", inside=True, walks=True)
def join(rendering: Rendering, separator: str, value: Any) -> str:
    """The items as one text."""
    parts = to_strings(value)
    rendering.budget.grow(sum(map(len, parts)) + len(parts) * len(separator))
    return separator.join(parts)


@GROUP.add("split")
def split(separator: str, value: str) -> dict[str, str]:
    """The parts, under the keys `_0`, `_1`, ..."""
    return _numbered(split_list(separator, value))


@GROUP.add("splitn")
def splitn(separator: str, count: int, value: str) -> dict[str, str]:
    """At most `count` parts, under the keys `_0`, `_1`, ..."""
    if count == 0:
        return {}
    if not separator:
        parts = [*value[: count - 1], value[count - 1 :]] if 0 < count < len(value) else list(value)
        return _numbered(parts)
    return _numbered(value.split(separator, count - 1 if count > 0 else -1))


@GROUP.add("splitList")
def split_list(separator: str, value: str) -> list[str]:
    """The parts."""
    return value.split(separator) if separator else list(value)


def _numbered(parts: list[str]) -> dict[str, str]:
    return {f"_{number}": part for number, part in enumerate(parts)}


@GROUP.add("regexQuoteMeta")
def regex_quote_meta(value: str) -> str:
    """The text as a pattern that matches it."""
    return re.sub(r"[\\.+*?()|\[\]{}^$]", r"\\\g<0>", value)


@GROUP.add("hello")
def hello() -> str:
    """A greeting."""
    return "Hello!"


@GROUP.add("html", walks=True)
def html(*values: Any) -> str:
    """The text with HTML's special characters escaped."""
    text: str = "<no value>" if values == (None,) else print_(*values)
    for character, name in (("&", "&amp;"), ("'", "&#39;"), ('"', "&#34;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, name)
    return text


@GROUP.add("urlquery", walks=True)
def urlquery(*values: Any) -> str:
    """The text as a part of a URL's query."""
    from urllib.parse import quote_plus

    return quote_plus(str.__str__(print_(*values)), safe="-_.~")
