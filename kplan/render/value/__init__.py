"""The values of a chart: its own, those of its dependencies, of files and of options, merged as Helm merges them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kplan.render.value.table import Place, Table, place_of, plain

if TYPE_CHECKING:
    from kplan.render.chart import Chart

__all__ = ["Given", "Place", "Values", "chart_with_values", "values_files"]


@dataclass(frozen=True, slots=True)
class Values:
    """The values that a chart's templates see; those of a dependency are under its name, with `global` in each."""

    table: Table

    @property
    def data(self) -> dict[str, Any]:
        """The values as plain mappings and lists, a new copy."""
        data: dict[str, Any] = plain(self.table)
        return data

    def origin(self, path: Sequence[str | int]) -> Place | None:
        """Where the value at `path` was written: printed, `values.yaml:12` or `--set image.tag=2`."""
        return place_of(self.table, path)


@dataclass(frozen=True, slots=True)
class Given:
    """Values from outside of the chart: texts of files by name, and what each option of the `--set` family says."""

    files: tuple[tuple[str, bytes], ...] = ()
    set_json: tuple[str, ...] = ()
    set: tuple[str, ...] = ()
    set_string: tuple[str, ...] = ()
    set_file: tuple[str, ...] = ()
    set_literal: tuple[str, ...] = ()


def chart_with_values(chart: Chart, given: Given | None = None) -> tuple[Chart, Values]:
    """The chart with the dependencies that are on, and the values that its templates see.

    Raises UsageError for an option that cannot be read, InputError for a file.
    """
    from kplan.render.value.dependency import with_dependencies
    from kplan.render.value.merge import coalesced

    own = _given(given or Given())
    chart = with_dependencies(chart, own)
    return chart, Values(coalesced(chart, own))


def values_files(files: Iterable[str]) -> tuple[tuple[str, bytes], ...]:
    """Values files with their bytes. Raises InputError for one that cannot be read."""
    return tuple((file, _bytes(file)) for file in files)


def _given(given: Given) -> Table:
    from kplan.render.value.assignment import assign, assign_json, assign_literal
    from kplan.render.value.merge import overlay
    from kplan.render.value.read import read_values

    values = Table()
    for file, data in given.files:
        values = overlay(values, read_values(data, file))
    for text in given.set_json:
        assign_json(values, "--set-json", text)
    for text in given.set:
        assign(values, "--set", text)
    for text in given.set_string:
        assign(values, "--set-string", text, str)
    for text in given.set_file:
        assign(values, "--set-file", text, _content)
    for text in given.set_literal:
        assign_literal(values, "--set-literal", text)
    return values


def _content(path: str) -> str:
    return _bytes(path).decode("utf-8", "replace")


def _bytes(path: str) -> bytes:
    from kplan.errors import InputError

    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
