"""Charts with Go templates, rendered by the `helm` that is installed."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cached_property
from typing import Final

from kplan.model import Position, Span
from kplan.render.program import find_program, output_of

_SOURCE: Final = re.compile(rb"(?m)^# Source: (\S+)$")
_DOCUMENT: Final = re.compile(rb"(?m)^---$\n?")


class HelmText:
    """A stretch of Helm's output that one template made; `template` is that template's file, below `folder`."""

    def __init__(self, folder: str, inside: str, raw: bytes, shown: str) -> None:
        self._path = f"{folder}/{inside}"
        self.template = f"{shown}/{inside}"
        self.raw = raw

    @property
    def file(self) -> str:
        """How the rendered text is called."""
        return f"{self.template} (rendered)"

    def origin(self, span: Span) -> Span:
        """The line of the template that a line of the text most likely comes from.

        Helm does not tell: the lines of both are matched by their keys, in order. What was matched by nothing comes
        from the line above it that was, or from the template as a whole.
        """
        line = next((self._lines[n] for n in range(span.start.line, 0, -1) if n in self._lines), 1)
        text = (self.source.splitlines() or [""])[line - 1]
        start = len(text) - len(text.lstrip())
        return Span(self.template, Position(line, start + 1), Position(line, len(text.rstrip()) + 1))

    @cached_property
    def source(self) -> str:
        """The text of the template; "" for one that cannot be read, such as one of a packed chart."""
        try:
            with open(self._path, encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    @cached_property
    def _lines(self) -> dict[int, int]:
        """The template's line of each matched line, both from 1."""
        source = [_key(line) for line in self.source.splitlines()]
        made = [_key(line) for line in self.raw.decode("utf-8", "replace").splitlines()]
        blocks = SequenceMatcher(None, made, source, autojunk=False).get_matching_blocks()
        return {a + n + 1: b + n + 1 for a, b, size in blocks for n in range(size) if made[a + n]}


def _key(line: str) -> str:
    """What stays of a line whatever its values are: `- name:` of `- name: {{ .Values.name }}`."""
    text = line.strip()
    found = re.match(r"(?:- )?[\w./\"-]+:(?=\s|$)", text)
    return found[0] if found else text


def helm_template(
    folder: str, *, shown: str, release: str, namespace: str, minor: int, arguments: Sequence[str] = ()
) -> list[HelmText] | None:
    """What `helm template` makes of the chart, by template; None where helm is not installed.

    `shown` is what the folder is called in positions.

    Raises ProgramError where it fails. Neither the user's plugins and repositories nor a cluster are used.
    """
    own = ("--namespace", namespace, "--kube-version", f"1.{minor}.0", "--include-crds")
    output = run_helm("template", release, folder, *own, *arguments)
    return None if output is None else split_output(output, folder, shown)


def run_helm(*arguments: str) -> bytes | None:
    """What helm prints under these arguments; None where it is not installed. Raises ProgramError where it fails."""
    program = find_program("helm")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as home:
        places = {f"HELM_{kind}_HOME": os.path.join(home, kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        places |= {"HELM_PLUGINS": os.path.join(home, "plugins"), "KUBECONFIG": os.path.join(home, "none")}
        return output_of([program, *arguments], places)


def split_output(output: bytes, folder: str, shown: str) -> list[HelmText]:
    """Helm's output, by the template that each document names.

    >>> out = b"---\\n# Source: web/templates/a.yaml\\na: 1\\n---\\n# Source: web/charts/db/templates/b.yaml\\nb: 1\\n"
    >>> [text.template for text in split_output(out, "charts/web", "charts/web")]
    ['charts/web/templates/a.yaml', 'charts/web/charts/db/templates/b.yaml']
    """
    made: dict[str, list[bytes]] = {}
    for document in _DOCUMENT.split(output):
        named = _SOURCE.search(document)
        inside = named[1].decode("utf-8", "replace").partition("/")[2] if named else ""
        if document.strip():
            made.setdefault(inside or "Chart.yaml", []).append(document)
    return [HelmText(folder, inside, b"---\n".join(documents), shown) for inside, documents in made.items()]
