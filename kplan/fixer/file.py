"""The text of one file, of which single documents are replaced."""

from __future__ import annotations

from kplan.fixer.document import Document
from kplan.fixer.tree import Unfixable
from kplan.loader.source import DocumentSource
from kplan.loader.text import BOM, decoded, line_starts
from kplan.model import FieldPath, Resource


class File:
    """One file: `text` is what it holds now, without a byte order mark."""

    def __init__(self, name: str, raw: bytes) -> None:
        self.name = name
        self.raw = raw
        self.text = decoded(raw)

    @property
    def result(self) -> bytes:
        """The bytes of the file as it is now."""
        mark = BOM.encode() if self.raw.startswith(BOM.encode()) else b""
        return mark + self.text.encode()

    def document(self, resource: Resource) -> tuple[Document, int, FieldPath]:
        """The document of an object that was read from this very text, where it starts, and the object's path in it.

        Raises Unfixable for an object that was read from elsewhere.
        """
        source = resource.source
        if not isinstance(source, DocumentSource):
            raise Unfixable("it was not read from a file")
        start, json, path = source.place
        return *self._document(start, json), path

    def around(self, line: int) -> tuple[Document, int]:
        """The document that a line, from 1, is in, and where it starts. Raises Unfixable where there is none."""
        from kplan.loader.stream import read

        raw = (self.text if self.text.endswith("\n") else self.text + "\n").encode()
        before = [d for d in read(raw, json=self.name.endswith(".json")).documents if d.line < line]
        if not before:
            raise Unfixable("it is in no document")
        return self._document(before[-1].start, before[-1].json)

    def _document(self, start: int, json: bool) -> tuple[Document, int]:
        if json:
            from kplan.fixer.parse_json import parse_json

            _, end = parse_json(self.text, start)
        else:
            start = line_starts(self.text)[start]
            found = self.text.find("\n---", start)
            end = len(self.text) if found < 0 else found + 1
        text = self.text[start:end]
        return Document(text, _data(text, json), json), start

    def replace(self, start: int, old: Document, new: Document) -> None:
        """Put the new text of a document in the place of the old one."""
        self.text = self.text[:start] + new.text + self.text[start + len(old.text) :]


def _data(text: str, json: bool) -> object:
    from kplan.loader.stream import read

    stream = read((text if text.endswith("\n") else text + "\n").encode(), json=json)
    if stream.faults or len(stream.documents) != 1:
        raise Unfixable("it cannot be read by itself")
    return stream.documents[0].data
