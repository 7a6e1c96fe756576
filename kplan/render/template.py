"""What `kplan template` prints of a rendered chart, and the files that it writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kplan.errors import UsageError
from kplan.render.files import glob
from kplan.render.order import Document, documents, written
from kplan.render.undefined import nearest

if TYPE_CHECKING:
    from kplan.render.chart import Chart
    from kplan.render.rendering import Rendered

_MANIFESTS: Final = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents are wanted; `only` are patterns of paths inside of the chart, all where there are none."""

    only: tuple[str, ...] = ()
    crds: bool = False
    tests: bool = True
    hooks: bool = True


def selected(chart: Chart, rendered: Rendered, selection: Selection) -> list[Document]:
    """The documents that are wanted, in Helm's order: definitions, then objects by kind, then hooks by kind.

    Raises UsageError for a pattern that no document's template matches.
    """
    found = documents(rendered.files)
    found = [each for each in found if each.hook is None or (selection.hooks and (selection.tests or not each.is_test))]
    if selection.crds:
        found = [*definitions(chart, chart.name), *found]
    return _only(found, selection.only) if selection.only else found


def definitions(chart: Chart, name: str) -> Iterator[Document]:
    """What the folders `crds/` hold, file by file as they are; `name` is the chart's full one, `web/charts/db`."""
    for file in sorted(chart.crds, key=lambda each: each.name):
        if file.name.endswith(_MANIFESTS):
            text = file.data.decode("utf-8", "replace").strip()
            yield Document(f"{name}/{file.name}", text.removeprefix("---").lstrip("\n"), "CustomResourceDefinition", "")
    for child in chart.dependencies:
        yield from definitions(child, f"{name}/charts/{child.name}")


def _only(found: list[Document], patterns: Sequence[str]) -> list[Document]:
    """Pattern by pattern, each document once."""
    kept: dict[int, Document] = {}
    inside = [each.source.partition("/")[2] for each in found]
    for pattern in patterns:
        match = glob(pattern)
        numbers = [number for number, name in enumerate(inside) if match(name)]
        if not numbers:
            near = nearest(pattern, inside)
            hint = f"; did you mean `{near}`?" if near else ""
            raise UsageError(f"--show-only: no template `{pattern}` makes anything{hint}")
        kept |= {number: found[number] for number in numbers if number not in kept}
    return list(kept.values())


def layout(found: Sequence[Document]) -> dict[str, str]:
    """The files of an output folder: those of one template are in one file, at the template's path."""
    files: dict[str, list[Document]] = {}
    for each in found:
        files.setdefault(each.source, []).append(each)
    return {source: written(each) for source, each in files.items()}
