"""A chart with Jinja templates to Kubernetes manifests, every line of which knows where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kplan.model import Finding, Manifest, Position, Severity, Span
from kplan.render.limit import Exhausted, Limits
from kplan.render.origin import OriginMap, Segment, Trace, ValuePath

if TYPE_CHECKING:
    from kplan.render.chart import Chart
    from kplan.render.release import Capabilities, Release
    from kplan.render.session import Session
    from kplan.render.value import Values

GROUP: Final = "chart"
_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """What one template made. `name` is as Helm's `# Source:` has it, `file` the template as positions show it."""

    name: str
    file: str
    text: str
    segments: tuple[Segment, ...] = field(repr=False)

    @property
    def rendered_file(self) -> str:
        """How the rendered text itself is called."""
        return f"{self.file} (rendered)"

    @property
    def origins(self) -> OriginMap:
        """Where each stretch of the text comes from."""
        return OriginMap(self.text, self.segments)


@dataclass(frozen=True, slots=True)
class Branch:
    """One way of a condition or loop: `outcome` is that of the condition, or whether the loop has turns at all."""

    span: Span
    outcome: bool
    reached: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that no template reads: where it was written, and what is read that it may be meant for."""

    path: ValuePath
    origin: Any
    meant: str | None


@dataclass(frozen=True, slots=True)
class Chance:
    """A call whose result is another one in every release: a random text, a key, the time."""

    function: str
    span: Span


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered chart: its files in the order of their names, with all that was found on the way.

    `texts` are those of the templates, by the names that positions show.
    """

    files: tuple[RenderedFile, ...] = ()
    notes: str = ""
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    branches: tuple[Branch, ...] = ()
    chances: tuple[Chance, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    def trace(self, span: Span) -> Trace | None:
        """Where a span of a rendered file comes from: the template, the tags that included it, the values."""
        for file in self.files:
            if file.rendered_file == span.file:
                return file.origins.trace(span)
        return None


def render(
    chart: Chart,
    values: Values,
    release: Release,
    *,
    capabilities: Capabilities,
    limits: Limits = _LIMITS,
) -> Rendered:
    """What the chart's templates make of the values.

    Never raises for what a chart does: every error is a finding, at its place in the template, and what could be made
    is there. `crds/` is not part of it.
    """
    from kplan.render.session import Session, deep_stack

    with deep_stack():
        try:
            session = Session(chart, values.data, release, capabilities, limits)
        except (Exhausted, RecursionError) as error:
            return Rendered(findings=(_too_large(chart, error),))
        files, notes, whole = _texts(session)
    from kplan.render.outcome import branches, chances, findings
    from kplan.render.unread import unread

    return Rendered(
        files=tuple(files),
        notes=notes,
        findings=tuple(findings(session)),
        unread=tuple(unread(session, chart, values)) if whole else (),
        branches=tuple(branches(session)),
        chances=tuple(chances(session)),
        texts={sheet.file: sheet.text for sheet in session.sheets.values() if sheet.file},
    )


def _texts(session: Session) -> tuple[list[RenderedFile], str, bool]:
    """The files, the notes, and whether all templates were rendered without an error."""
    files: list[RenderedFile] = []
    notes = ""
    try:
        session.compile()
        for name, _ in session.templates():
            made = session.file(name)
            files.append(RenderedFile(name, session.sheets[name].file, str.__str__(made), made.segments))
        notes = session.notes()
    except Exhausted as error:
        session.exhausted(error)
    return files, notes, not session.engine.failures


def _too_large(chart: Chart, error: BaseException) -> Finding:
    start = Position(1, 1)
    message = (
        str(error) if isinstance(error, Exhausted) else "the values are mappings and lists too deep inside each other"
    )
    span = Span(f"{chart.folder}/values.yaml", start, start)
    return Finding("template-limit", GROUP, Severity.ERROR, message, span=span)


def manifest(rendered: Rendered, values: Values | None = None, *, default_namespace: str = "default") -> Manifest:
    """The objects of a rendered chart; positions have the place in the template as their `origin`.

    With `values`, what comes from one has the place where that was written behind all others. The findings are those
    of the rendering and those of reading its output.
    """
    from dataclasses import replace

    from kplan.loader import load_inputs
    from kplan.loader.file import Input
    from kplan.render.trail import with_values

    files = [each for each in rendered.files if each.text.strip()]
    origins = [with_values(each.origins, values) if values else each.origins.origin for each in files]
    inputs = [
        Input(each.rendered_file, each.text.encode(), origin=origin)
        for each, origin in zip(files, origins, strict=True)
    ]
    read = load_inputs(inputs, default_namespace)
    return replace(read, findings=(*rendered.findings, *read.findings), texts={**rendered.texts, **read.texts})
