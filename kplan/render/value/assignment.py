"""`--set` and its kin: `a.b[0]=c,d={e,f}` into values.

What Helm takes is taken, with its escapes, limits and oddities; what it refuses is refused.

Source: helm v3 pkg/strvals parser.go, literal_parser.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final, NoReturn

from kplan.errors import UsageError
from kplan.render.value.table import OptionPlace, Table, as_helm_reads

_DEEPEST: Final = 30
_LAST_INDEX: Final = 65536
_INTEGER: Final = re.compile("[+-]?[0-9]+")
_END: Final = ""

Reader = Callable[[str], Any]


def typed(text: str) -> Any:
    """The value that `--set` makes of a text: booleans, null and integers without a leading zero, else the text.

    >>> [typed(t) for t in ("TRUE", "null", "-4", "007", "1.5", "0")]
    [True, None, -4, '007', '1.5', 0]
    """
    word = text.lower()
    if word in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[word]
    if _INTEGER.fullmatch(text) and (text == "0" or text[0] != "0") and -(2**63) <= (number := int(text)) < 2**63:
        return number
    return text


def assign(values: Table, option: str, text: str, reader: Reader = typed) -> None:
    """Put what one option says into the values; `reader` makes a value of each text. Raises UsageError.

    >>> values = Table()
    >>> assign(values, "--set", r"hosts[1].name=a\\,b,list={1,x}")
    >>> values
    {'hosts': [None, {'name': 'a,b'}], 'list': [1, 'x']}
    """
    _Assignment(values, option, text, reader).run()


def assign_json(values: Table, option: str, text: str) -> None:
    """As `assign`, of `key=JSON` pairs."""
    _JSONAssignment(values, option, text, typed).run()


def assign_literal(values: Table, option: str, text: str) -> None:
    """As `assign`, of one key whose value is all the rest of the text, as it is."""
    _LiteralAssignment(values, option, text, str).run()


class _Assignment:
    """One option while it is read. Its methods say whether there may be more: False at the end of the text."""

    key_stops = "=[,."
    value_stops = ","
    escapes = True

    def __init__(self, values: Table, option: str, text: str, reader: Reader) -> None:
        self.values = values
        self.text = text
        self.place = OptionPlace(f"{option} {text}")
        self.reader = reader
        self.index = 0

    def run(self) -> None:
        while self.key(self.values, 0):
            pass

    def fail(self, why: str) -> NoReturn:
        raise UsageError(f"`{self.place}`: {why}")

    def until(self, stops: str) -> tuple[str, str]:
        """The text up to one of the stops, and which it was; an empty stop is the end of the text."""
        taken: list[str] = []
        while self.index < len(self.text):
            rune = self.text[self.index]
            self.index += 1
            if rune in stops:
                return "".join(taken), rune
            if rune == "\\" and self.escapes:
                if self.index == len(self.text):
                    break
                rune = self.text[self.index]
                self.index += 1
            taken.append(rune)
        return "".join(taken), _END

    def put(self, table: Table, key: str, value: Any) -> None:
        if key:
            table.put(key, value, self.place)

    def key(self, table: Table, depth: int) -> bool:
        key, stop = self.until(self.key_stops)
        if stop == _END:
            if key:
                self.fail(f"the key `{key}` has no value")
            return False
        if stop == "[":
            items, more = self.item(self.known(table, key, list, []), self.position(), depth)
            self.put(table, key, items)
            return more
        if stop == "=":
            value, more = self.value()
            self.put(table, key, value)
            return more
        if stop == ",":
            self.fail(f"the key `{key}` has no value, and cannot end with a comma")
        return self.inner(table, key, depth + 1)

    def inner(self, table: Table, key: str, depth: int) -> bool:
        if depth > _DEEPEST:
            self.fail(f"names are nested more than {_DEEPEST} deep")
        inner = self.known(table, key, Table, Table())
        more = self.key(inner, depth)
        if more and not inner:
            self.fail(f"the key `{key}` has no value")
        if inner and key:
            table.put(key, inner, table.places.get(key, self.place))
        return more

    def known(self, table: Table, key: str, kind: type, none: Any) -> Any:
        if key not in table:
            return none
        if not isinstance(table[key], kind):
            self.fail(f"`{key}` is {_name(table[key])} already, not {'a list' if kind is list else 'a mapping'}")
        return table[key]

    def position(self) -> int:
        text, stop = self.until("]")
        if stop == _END or not _INTEGER.fullmatch(text):
            self.fail(f"`[{text}` is no index of a list")
        if int(text) < 0:
            self.fail(f"an index cannot be negative, as {text} is")
        return int(text)

    def item(self, items: list[Any], index: int, depth: int) -> tuple[list[Any], bool]:
        between, stop = self.until("[.=")
        if between:
            self.fail(f"unexpected `{between}` after an index")
        if stop == _END:
            return items, False
        if stop == "=":
            return self.at(items, index, self.value()[0]), True
        if stop == "[":
            return self.nested(items, index, depth)
        known = items[index] if index < len(items) else None
        inner = known if isinstance(known, Table) else Table()
        if index < len(items):
            items[index] = inner
        more = self.key(inner, depth)
        return (self.at(items, index, inner), True) if more else (items, False)

    def nested(self, items: list[Any], index: int, depth: int) -> tuple[list[Any], bool]:
        position = self.position()
        known = items[index] if index < len(items) else None
        if known is not None and not isinstance(known, list):
            self.fail(f"`[{index}]` is {_name(known)} already, not a list")
        inner, more = self.item(known or [], position, depth)
        return (self.at(items, index, inner), True) if more else (items, False)

    def at(self, items: list[Any], index: int, value: Any) -> list[Any]:
        if index > _LAST_INDEX:
            self.fail(f"the index {index} is above {_LAST_INDEX}")
        items = items + [None] * (index + 1 - len(items))
        items[index] = value
        return items

    def value(self) -> tuple[Any, bool]:
        """The value after `=`, and whether it was more than nothing at the end of the text."""
        if self.index == len(self.text):
            return "", False
        if self.text[self.index] == "{":
            self.index += 1
            return self.items(), True
        return self.reader(self.until(self.value_stops)[0]), True

    def items(self) -> list[Any]:
        items = []
        while True:
            text, stop = self.until(",}")
            if stop == _END:
                self.fail("a list must end with `}`")
            items.append(self.reader(text))
            if stop == "}":
                if self.text[self.index : self.index + 1] == ",":
                    self.index += 1
                return items


class _JSONAssignment(_Assignment):
    def value(self) -> tuple[Any, bool]:
        if self.blank():
            return None, True
        try:
            value, self.index = _decoder().raw_decode(self.text, self.index)
        except ValueError as error:
            self.fail(f"its value is no JSON: {error}")
        self.blank()
        return value, True

    def blank(self) -> bool:
        """Whether nothing comes before the next comma, which is taken, or the end."""
        while self.index < len(self.text):
            rune = self.text[self.index]
            if rune == ",":
                self.index += 1
                return True
            if not rune.isspace():
                return False
            self.index += 1
        return True


class _LiteralAssignment(_Assignment):
    key_stops = "=[."
    escapes = False

    def value(self) -> tuple[Any, bool]:
        return self.until("")[0], True


def _decoder() -> json.JSONDecoder:
    def refuse(word: str) -> NoReturn:
        raise ValueError(f"`{word}` is no number")

    def number(digits: str) -> Any:
        return as_helm_reads(int(digits))

    return json.JSONDecoder(object_pairs_hook=Table, parse_constant=refuse, parse_int=number)


def _name(value: Any) -> str:
    names = {dict: "a mapping", Table: "a mapping", list: "a list", str: "a text", bool: "a boolean", int: "a number"}
    return "null" if value is None else names.get(type(value), "a number")
