"""Text to Manifest, exactly as Kubernetes reads it, with positions on demand.

A file that cannot be read, and a document that can be no object, is a finding; all else still loads.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kplan.model import Manifest

if TYPE_CHECKING:
    from kplan.loader.file import Input
    from kplan.loader.ignore import Walk
    from kplan.loader.text import Origin


__all__ = ["load", "load_inputs", "load_revision", "load_text", "parse_documents"]


def load(
    paths: Sequence[str | os.PathLike[str]],
    *,
    default_namespace: str = "default",
    stdin: bytes | None = None,
    walk: Walk | None = None,
) -> Manifest:
    """All objects of the paths, in order.

    A path is a file, a folder (with all `.yaml`, `.yml` and `.json` files below it, in order of their names; hidden
    folders and what `walk` leaves out are not read: by default, what .gitignore and .kplanignore name), `-` for stdin,
    or `REV:path` for a file or folder of a git revision; a name that exists wins.

    Raises UsageError for a path that does not exist, InputError for a git revision that does not.
    """
    from kplan.loader.file import inputs

    return load_inputs(inputs(paths, stdin, walk), default_namespace)


def load_text(
    text: str | bytes, *, file: str = "<text>", default_namespace: str = "default", origin: Origin | None = None
) -> Manifest:
    """All objects of one text; `file` is the name that positions show.

    `origin` says for a span of this text which place of a chart's template it was rendered from.

    >>> manifest = load_text("apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: web}\\ndata: {a: y}\\n")
    >>> [str(resource.ref) for resource in manifest], manifest.resources[0].get("data", "a")
    (['configmap/web'], True)
    >>> str(manifest.resources[0].source.span(("data", "a")))
    '<text>:4:11'
    """
    from kplan.loader.file import Input

    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return load_inputs([Input(file, raw, origin=origin)], default_namespace)


def load_revision(
    rev: str,
    paths: Sequence[str | os.PathLike[str]],
    *,
    default_namespace: str = "default",
    walk: Walk | None = None,
) -> Manifest:
    """All objects of the paths, named from the working folder, as they are in the git revision `rev`.

    A path that the revision does not have, and the working tree has, holds nothing. What `walk` leaves out is told by
    the ignore files of the working tree, so that both sides of a comparison leave out the same.
    Raises InputError for an unknown revision, UsageError for a path that is in neither.
    """
    from kplan.loader.git import revision_files

    return load_inputs(revision_files(rev, paths, walk), default_namespace)


def parse_documents(text: str | bytes) -> list[Any]:
    """The documents of a YAML or JSON text as plain data, typed as Kubernetes types them, empty ones left out.

    Raises InputError with line and column for a text that cannot be read, or has a key twice in a mapping.
    """
    from kplan.errors import InputError
    from kplan.loader.object import repeated_keys
    from kplan.loader.reading import position
    from kplan.loader.stream import read
    from kplan.loader.syntax import syntax_finding
    from kplan.loader.text import Text

    whole = Text("line", text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    stream = read(whole.raw)
    findings = [syntax_finding(whole, fault) for fault in stream.faults]
    for document in stream.documents:
        if document.repeated_key:
            findings.extend(repeated_keys(whole, document))
    for finding in sorted(findings, key=position):
        raise InputError(f"{finding.span}: {finding.message}".replace("line:", "line ", 1))
    return [document.data for document in stream.documents if document.data is not None]


def load_inputs(files: Iterable[Input], default_namespace: str = "default") -> Manifest:
    """All objects of the files, in order."""
    from kplan.loader.object import identified
    from kplan.loader.placeholder import marks_of
    from kplan.loader.reading import Reading, read_text
    from kplan.loader.syntax import unreadable
    from kplan.loader.text import Text

    found = Reading()
    names: list[str] = []
    texts: dict[str, str] = {}
    marks: dict[str, frozenset[str]] = {}
    with _without_collection():
        for file, raw, error, origin in files:
            names.append(file)
            if error:
                found.findings.append(unreadable(file, error))
            elif raw:
                text = Text(file, raw, origin)
                known = len(found.findings)
                read_text(text, found)
                if len(found.findings) > known:
                    texts[file] = text.text
                if marked := marks_of(raw):
                    marks[file] = marked
        partial = found.set_apart(names)
        resources = tuple(identified(found.objects, default_namespace))
    return Manifest(
        resources,
        tuple(found.findings),
        tuple(found.skipped),
        tuple(names),
        texts,
        tuple(found.unchecked),
        tuple(identified(partial, default_namespace)),
        marks,
    )


class _without_collection:
    """The garbage collector rests while many small values are made, none of them garbage."""

    def __enter__(self) -> None:
        import gc

        self._was_on = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        import gc

        if self._was_on:
            gc.enable()
