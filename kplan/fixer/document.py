"""One document of a file, edited so that nothing changes but what an edit says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from kplan.fixer.parse import parse_yaml
from kplan.fixer.parse_json import parse_json
from kplan.fixer.render import render, style_of
from kplan.fixer.tree import Map, Node, Seq, Unfixable, node_of, plain, resolved
from kplan.model import FieldPath

Edit: TypeAlias = Callable[[Map], None]
"""Changes one object in place."""

_SHARED: Final = "anchors or merge keys tie the fields to others in the document"
_ODD: Final = "it is written in a form that cannot be edited safely"


class Document(NamedTuple):
    """The text of one document, and its data as the loader reads it."""

    text: str
    data: Any
    json: bool = False

    def edited(self, path: FieldPath, edit: Edit) -> Document:
        """The document after an edit of the object at a path.

        What comes out is read again: it holds exactly what the edit makes of the plain data, or the edit is refused.
        Raises Unfixable, with the reason.
        """
        expected = node_of(self.data)
        edit(_object(expected, path))
        before, root, after = self._parsed()
        if plain(root) != self.data:
            raise Unfixable(_ODD)
        edit(_object(root, path))
        text = before + render(root, style_of(root, self.text, json=self.json)) + after
        if not self.text.endswith("\n") and text.endswith("\n"):
            text = text[:-1]
        data = self._reread(text)
        if data != plain(expected):
            raise Unfixable(_SHARED if "&" in self.text or "*" in self.text else _ODD)
        return Document(text, data, self.json)

    def root(self) -> Node:
        """The document as a tree. Raises Unfixable."""
        return self._parsed()[1]

    def _parsed(self) -> tuple[str, Node, str]:
        if self.json:
            root, end = parse_json(self.text, 0)
            return "", root, self.text[end:]
        from yaml.error import YAMLError

        try:
            return parse_yaml(self.text if self.text.endswith("\n") else self.text + "\n")
        except YAMLError:
            raise Unfixable(_ODD) from None

    def _reread(self, text: str) -> Any:
        from kplan.loader.stream import read

        raw = (text if text.endswith("\n") else text + "\n").encode()
        stream = read(raw, json=self.json)
        if stream.faults or len(stream.documents) != 1:
            raise Unfixable(_ODD)
        return stream.documents[0].data


def _object(root: Node, path: FieldPath) -> Map:
    here: Node | None = root
    for part in path:
        here = resolved(here) if here is not None else None
        if isinstance(here, Map) and isinstance(part, str):
            here = here.get(part)
        elif isinstance(here, Seq) and isinstance(part, int) and part < len(here.items):
            here = here.items[part].value
        else:
            here = None
    here = resolved(here) if here is not None else None
    if not isinstance(here, Map):
        raise Unfixable(_ODD)
    return here
