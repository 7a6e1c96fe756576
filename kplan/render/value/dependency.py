"""Which dependencies of a chart are on, under which names, and what it imports from them.

Source: helm v3 pkg/chartutil dependencies.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kplan.render.semver import satisfies
from kplan.render.value.merge import coalesced, fill
from kplan.render.value.table import Place, Table, copied, table_at

if TYPE_CHECKING:
    from kplan.render.chart import Chart


def with_dependencies(chart: Chart, values: Table) -> Chart:
    """The chart with only the dependencies that are on under these values, and with the values that it imports."""
    return _importing(_enabled(chart, values, ""))


def _enabled(chart: Chart, values: Table, path: str) -> Chart:
    wanted = chart.required
    if not wanted:
        return chart
    chart = replace(chart, dependencies=(*_unlisted(chart), *_named(chart)))
    merged = coalesced(chart, values)
    off = {_name(one) for one in wanted if not _is_on(one, merged, path)}
    kept = [one for one in chart.dependencies if one.name not in off]
    inner = tuple(_enabled(one, merged, f"{path}{one.name}.") for one in kept)
    listed = [{**one, "name": _name(one)} for one in wanted if _name(one) not in off]
    metadata = {**chart.metadata, "dependencies": listed}
    return replace(chart, dependencies=inner, declared=tuple(wanted), metadata=metadata)


def _name(requirement: dict[str, Any]) -> str:
    return str(requirement.get("alias") or requirement.get("name"))


def _fits(requirement: dict[str, Any], chart: Chart) -> bool:
    version = str(chart.metadata.get("version", ""))
    return requirement.get("name") == chart.name and satisfies(version, str(requirement.get("version") or ""))


def _unlisted(chart: Chart) -> Iterator[Chart]:
    """What lies in `charts/` and is not named by Chart.yaml."""
    return (one for one in chart.dependencies if not any(_fits(required, one) for required in chart.required))


def _named(chart: Chart) -> Iterator[Chart]:
    for required in chart.required:
        found = next((one for one in chart.dependencies if _fits(required, one)), None)
        if found is not None:
            yield replace(found, name=_name(required))


def _is_on(requirement: dict[str, Any], values: Table, path: str) -> bool:
    for condition in str(requirement.get("condition") or "").strip().split(","):
        value = _scalar_at(values, path + condition) if condition else None
        if isinstance(value, bool):
            return value
    tags = values.get("tags")
    known: Table = tags if isinstance(tags, Table) else Table()
    said = {known[tag] for tag in requirement.get("tags") or () if isinstance(known.get(tag), bool)}
    return True in said or False not in said


def _scalar_at(values: Table, path: str) -> Any:
    above, _, key = path.rpartition(".")
    table = table_at(values, above) if above else values
    found = table.get(key) if table is not None else None
    return None if isinstance(found, Table) else found


def _importing(chart: Chart) -> Chart:
    inner = tuple(_importing(one) for one in chart.dependencies)
    chart = replace(chart, dependencies=inner)
    if not chart.required:
        return chart
    merged = coalesced(chart, Table(), keep_null=True)
    imported = Table()
    for below in _imports(chart.required, merged):
        imported = fill(imported, below, keep_null=True)
    return replace(chart, values=fill(copied(merged), imported, keep_null=True))


def _imports(requirements: Iterable[dict[str, Any]], values: Table) -> Iterator[Table]:
    for requirement in requirements:
        for wanted in requirement.get("import-values") or ():
            if isinstance(wanted, str):
                child, parent = f"exports.{wanted}", "."
            elif isinstance(wanted, dict):
                child, parent = str(wanted.get("child")), str(wanted.get("parent"))
            else:
                continue
            found = table_at(values, f"{_name(requirement)}.{child}")
            if found is not None:
                yield _placed(found, parent)


def _placed(values: Table, path: str, place: Place | None = None) -> Table:
    """The values under a dotted path."""
    if path == ".":
        return values
    for key in reversed(path.split(".")):
        above = Table()
        above.put(key, values, place)
        values = above
    return values
