"""The other files of a chart, as templates see them."""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kplan.render.fault import Fault
from kplan.render.function.dump import to_yaml
from kplan.render.text import Form, Text, plain
from kplan.render.thing import Thing
from kplan.render.undefined import Missing, nearest

if TYPE_CHECKING:
    from kplan.render.limit import Budget


class Files(Thing):
    """Files by name. A name that leads out of the chart is an error; one that is not there, undefined.

    Source: helm v3 pkg/engine files.go.
    """

    shown = ("Get", "GetBytes", "Glob", "Lines", "AsConfig", "AsSecrets", "items", "keys")

    def __init__(self, files: Mapping[str, bytes], budget: Budget) -> None:
        self._files = files
        self._budget = budget

    def Get(self, name: Any) -> Any:  # noqa: N802: Helm's name
        """The text of a file."""
        data = self._data(name)
        if isinstance(data, Missing):
            return data
        self._budget.grow(len(data))
        return data.decode("utf-8", "replace")

    GetBytes = Get

    def Lines(self, name: Any) -> Any:  # noqa: N802: Helm's name
        """The lines of a file."""
        found = self.Get(name)
        return found if isinstance(found, Missing) else found.removesuffix("\n").split("\n") if found else []

    def Glob(self, pattern: Any) -> Files:  # noqa: N802: Helm's name
        """The files whose names match: `*` and `?` within a folder, `**` across, `[a-z]`, `{one,other}`."""
        if not isinstance(pattern, str):
            raise Fault("`Files.Glob` needs a text")
        match = glob(str.__str__(pattern), self._budget.step)
        self._budget.step(len(self._files))
        return Files({name: data for name, data in self._files.items() if match(name)}, self._budget)

    def AsConfig(self) -> Text:  # noqa: N802: Helm's name
        """The entries of a ConfigMap's `data`: base names and texts."""
        return self._as_yaml({posixpath.basename(name): self.Get(name) for name in sorted(self._files)})

    def AsSecrets(self) -> Text:  # noqa: N802: Helm's name
        """The entries of a Secret's `data`: base names and base64."""
        encoded = {name: base64.b64encode(data).decode() for name, data in sorted(self._files.items())}
        return self._as_yaml({posixpath.basename(name): data for name, data in encoded.items()})

    def items(self) -> list[tuple[str, str]]:
        """Names and texts, by name."""
        return [(name, self.Get(name)) for name in self]

    def keys(self) -> list[str]:
        """The names."""
        return list(self)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files))

    def __len__(self) -> int:
        return len(self._files)

    def __str__(self) -> str:
        return self.AsConfig()

    def _as_yaml(self, data: dict[str, str]) -> Text:
        made = to_yaml(data)
        self._budget.grow(len(made))
        return plain(made, Form.BLOCK if data else Form.SCALAR)

    def _data(self, name: Any) -> bytes | Missing:
        if isinstance(name, Missing):
            raise name.fault()
        if not isinstance(name, str):
            raise Fault("the name of a file is a text")
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise Fault(f"`{name}` is outside of the chart, where nothing is read")
        if name in self._files:
            return self._files[name]
        near = nearest(name, self._files)
        return Missing(
            f"Files.Get({name!r})",
            help=f"did you mean `{near}`?" if near else None,
            message=f"there is no file `{name}` in the chart",
        )


def glob(pattern: str, step: Callable[[int], None] = lambda count: None) -> Callable[[str], bool]:
    """Whether a pattern stands for a name; every question tells `step` how much work it is.

    >>> glob("config/*.{toml,ini}")("config/a.ini"), glob("*.ini")("config/a.ini")
    (True, False)

    Source: github.com/gobwas/glob, with `/` as separator.
    """
    made, depth, index = "", 0, 0
    while index < len(pattern):
        character = pattern[index]
        index += 1
        if pattern.startswith("**", index - 1):
            made, index = made + ".*", index + 1
        elif character in "*?":
            made += "[^/]*" if character == "*" else "[^/]"
        elif character == "[" and (end := pattern.find("]", index)) > 0:
            inside = re.escape(pattern[index:end]).replace(r"\-", "-")
            made, index = made + "[" + ("^" + inside[1:] if inside[:1] == "!" else inside) + "]", end + 1
        elif character == "{":
            made, depth = made + "(?:", depth + 1
        elif character == "}" and depth:
            made, depth = made + ")", depth - 1
        elif character == "," and depth:
            made += "|"
        elif character == "\\" and index < len(pattern):
            made, index = made + re.escape(pattern[index]), index + 1
        else:
            made += re.escape(character)
    from kplan.render.regex import pattern as compiled

    try:
        program = compiled(rf"(?s)\A(?:{made}{')' * depth})\z")
    except ValueError:
        return lambda name: True
    return lambda name: program.search(name, 0, step) is not None
