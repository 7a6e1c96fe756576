"""Where a resource was read from."""

from __future__ import annotations

from typing import Literal

from kplan.loader.layout import Layout, yaml_layout
from kplan.loader.stream import Document
from kplan.loader.text import Text
from kplan.model import FieldPath, Span


class DocumentSource:
    """A `kplan.model.Source` over one document, or over one item of a document that is a List.

    Nothing is kept but the file's bytes and the document's first line; the first question for a span parses the
    document again, with positions.
    """

    __slots__ = ("_json", "_line", "_prefix", "_start", "_text")

    def __init__(self, text: Text, document: Document, prefix: FieldPath = ()) -> None:
        self._text = text
        self._json = document.json
        self._start = document.start
        self._line = document.line
        self._prefix = prefix

    @property
    def file(self) -> str:
        """The path as shown to the user."""
        return self._text.file

    @property
    def line(self) -> int:
        """The line, from 1, at which the object begins."""
        if self._prefix:
            return self.span(()).start.line
        return self._line + 1

    @property
    def place(self) -> tuple[int, bool, FieldPath]:
        """Where the object is: its document's start as `Document` has it, whether it is JSON, the path in a List."""
        return self._start, self._json, self._prefix

    def span(self, path: FieldPath, at: Literal["key", "value"] = "value") -> Span:
        """The span of the key or value at `path`, as `Layout.span` finds it."""
        return self.layout().span((*self._prefix, *path), at)

    def text(self) -> str:
        """The whole text of the file, without byte order mark."""
        return self._text.text

    def layout(self) -> Layout:
        """All positions of the document."""
        return self._text.layout(~self._start if self._json else self._start, self._make_layout)

    def _make_layout(self) -> Layout:
        if self._json:
            from kplan.loader.jsonstream import json_layout

            return json_layout(self._text, self._start)
        return yaml_layout(self._text, self._start)

    def __repr__(self) -> str:
        return f"<{self.file}:{self.line}>"
