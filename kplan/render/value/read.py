"""Values files."""

from __future__ import annotations

from kplan.errors import InputError
from kplan.render.value.table import Table, table_of


def read_values(data: bytes, file: str) -> Table:
    """The values of one file; of several documents the first. Raises InputError with line and column.

    A key that is there twice has its last value, as in Helm.
    """
    from kplan.loader.source import DocumentSource
    from kplan.loader.stream import read
    from kplan.loader.syntax import syntax_finding
    from kplan.loader.text import Text

    text = Text(file, data)
    stream = read(data)
    for fault in stream.faults:
        finding = syntax_finding(text, fault)
        raise InputError(f"{finding.span}: {finding.message}")
    if not stream.documents or stream.documents[0].data is None:
        return Table()
    document = stream.documents[0]
    if not isinstance(document.data, dict):
        raise InputError(f"{file}:{document.line + 1}: values are a mapping, not {_name(document.data)}")
    return table_of(document.data, DocumentSource(text, document))


def _name(value: object) -> str:
    return "a list" if isinstance(value, list) else "a scalar"
