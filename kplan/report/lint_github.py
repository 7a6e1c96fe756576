"""What lint found, as commands of GitHub Actions, which show it beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Finding, Severity
from kplan.model.fingerprint import posix
from kplan.pipeline import Lint
from kplan.report.colour import Paint, plain
from kplan.report.headline import headline
from kplan.report.place import rendered, shown
from kplan.report.summary import summary

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def report(lint: Lint, *, paint: Paint = plain, verbose: bool = False) -> str:
    """The report: a command on a line for each finding, then the summary as it stands in the log."""
    lines = (*map(_command, lint.findings), *summary(lint))
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding) -> str:
    properties = ",".join(f"{key}={_property(value)}" for key, value in _properties(finding))
    return f"::{_COMMANDS[finding.severity]} {properties}::{_data(_message(finding))}"


def _properties(finding: Finding) -> Iterator[tuple[str, str]]:
    """File, lines and title. Columns are given only for a stretch of one line: GitHub has none for others."""
    if finding.span is not None:
        span = shown(finding.span)
        yield "file", posix(span.file)
        yield "line", str(span.start.line)
        yield "endLine", str(max(span.start.line, span.end.line))
        if span.end.line == span.start.line:
            yield "col", str(span.start.column)
            yield "endColumn", str(max(span.start.column, span.end.column))
    yield "title", finding.rule


def _message(finding: Finding) -> str:
    about = f" ({finding.ref})" if finding.ref else ""
    span = rendered(finding.span) if finding.span else None
    parts = (
        headline(finding) + about,
        f"help: {finding.help}" if finding.help else "",
        f"rendered: {span}" if span else "",
    )
    return "\n".join(filter(None, parts))


def _data(text: str) -> str:
    """The text behind the command: line breaks would end it.

    >>> _data("50% off\\n::error::x")
    '50%25 off%0A::error::x'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """The value of a property: colons and commas would end it.

    >>> _property("a,b: c")
    'a%2Cb%3A c'
    """
    return _data(text).replace(":", "%3A").replace(",", "%2C")
