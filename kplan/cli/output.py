"""`-o FORMAT` and `-o FORMAT=FILE`: which reports are made, and where each goes."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

import click
from click.shell_completion import CompletionItem

from kplan.errors import UsageError

if TYPE_CHECKING:
    from kplan.pipeline import Lint

FORMATS: Final = {
    "text": "each finding with its source lines",
    "concise": "a line for each finding",
    "json": "all of it, for programs",
    "sarif": "SARIF 2.1.0, for code scanning",
    "junit": "JUnit XML, for test reports",
    "github": "annotations of GitHub Actions",
    "gitlab": "GitLab code quality",
    "markdown": "a summary for a pull request",
}
_FOR_PEOPLE: Final = ("text", "concise", "github", "markdown")
"""These are shown, not parsed: no control character of a manifest may reach the terminal."""


class Output(NamedTuple):
    """A report: its format and the file it goes to, None for standard output."""

    format: str
    file: str | None


def complete_format(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The formats that begin so, for a shell to complete."""
    return [CompletionItem(name, help=text) for name, text in FORMATS.items() if name.startswith(incomplete)]


def complete_names(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The groups and rules that begin as what stands behind the last comma, for a shell to complete."""
    from kplan.rules.catalog import GROUPS, groups_by_rule

    before, comma, begun = incomplete.rpartition(",")
    names = (*GROUPS, *groups_by_rule())
    return [CompletionItem(f"{before}{comma}{name}") for name in names if name.startswith(begun)]


def parse_outputs(texts: Iterable[str]) -> tuple[Output, ...]:
    """The outputs that `-o` values ask for: text on standard output where there are none.

    >>> parse_outputs(["sarif=out.sarif", "text"])
    (Output(format='sarif', file='out.sarif'), Output(format='text', file=None))

    Raises UsageError for an unknown format, a second one on standard output, and a file that is named twice.
    """
    outputs = [_parse(text) for text in texts] or [Output("text", None)]
    files = [output.file for output in outputs]
    for output in outputs:
        if files.count(output.file) > 1:
            if output.file is not None:
                raise UsageError(f"-o: two reports would go to `{output.file}`")
            names = " and ".join(f"`{o.format}`" for o in outputs if o.file is None)
            raise UsageError(f"-o: only one report can go to standard output, not {names}; write one as FORMAT=FILE")
    return tuple(outputs)


def _parse(text: str) -> Output:
    name, equals, file = text.partition("=")
    if name not in FORMATS:
        from difflib import get_close_matches

        meant = get_close_matches(name, FORMATS, n=1)
        hint = f"did you mean `{meant[0]}`?" if meant else f"the formats are {', '.join(FORMATS)}"
        raise UsageError(f"-o: there is no format `{name}`; {hint}")
    if equals and not file:
        raise UsageError(f"-o {text}: the name of the file is missing")
    return Output(name, None if file in ("", "-") else file)


def emit(lint: Lint, outputs: Iterable[Output], *, color: str = "auto", verbose: bool = False) -> None:
    """Write the reports; files get no colours. Raises OutputError where one cannot be written."""
    from kplan.cli.write import note, shown, write, write_file
    from kplan.report.colour import plain
    from kplan.report.paint import paint_for

    for output in outputs:
        module = import_module(f"kplan.report.lint_{output.format}")
        paint = paint_for(color) if output.file is None else plain
        text = module.report(lint, paint=paint, verbose=verbose)
        text = shown(text) if output.format in _FOR_PEOPLE else text
        if output.file is None:
            write(text)
        else:
            write_file(output.file, text)
        if output.format == "sarif" and (left_out := module.left_out(lint)):
            note(f"the sarif report holds the {module.MOST} worst findings; {left_out} more are left out")
