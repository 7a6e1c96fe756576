"""On which line of a TOML text a key stands, by a plain look at its lines."""

from __future__ import annotations

import re
from typing import Final

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([^\[\]#]+?)\s*\]")
_KEY: Final = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*([=.])""")


class Lines:
    """The lines of keys: of those at the top, and of those in the nth table of a name.

    `prefix` is the table that all of it is in: `tool.kplan` in a pyproject.toml.

    >>> lines = Lines('fail-on = "error"\\n\\n[[allow]]\\nrule = "x"\\n[[allow]]\\nreason = "y"\\n')
    >>> lines.of("fail-on"), lines.of("rule", "allow", 0), lines.of("reason", "allow", 1), lines.of("rule", "allow", 1)
    (1, 4, 6, 5)
    """

    def __init__(self, text: str, prefix: str = "") -> None:
        self._keys: dict[tuple[str, int, str], int] = {}
        self._tables: dict[tuple[str, int], int] = {}
        counts: dict[str, int] = {}
        table, number = _inside("", prefix), 0
        for line, content in enumerate(text.split("\n"), 1):
            if header := _HEADER.match(content):
                table = _inside(_bare(header[2]), prefix)
                counts[table] = number = counts.get(table, -1) + 1
                self._tables.setdefault((table, number), line)
            elif key := _KEY.match(content):
                self._keys.setdefault((table, number, key[1].strip("\"'")), line)

    def of(self, key: str, table: str = "", number: int = 0) -> int:
        """The line of a key; of its table, or the first line, where it cannot be found."""
        found = self._keys.get((table, number, key)) or (None if table else self._tables.get((key, 0)))
        return found or self._tables.get((table, number)) or self._keys.get(("", 0, table)) or 1


def _bare(name: str) -> str:
    """A dotted name without quotes and spaces."""
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def _inside(table: str, prefix: str) -> str:
    """The name of a table from the table `prefix` on; one that is not inside of it has a name that no key asks for."""
    if not prefix:
        return table
    return table[len(prefix) + 1 :] if table == prefix or table.startswith(f"{prefix}.") else f"/{table}"
