"""How values of files, of options and of charts become one.

Source: helm v3 pkg/cli/values mergeMaps, pkg/chartutil coalesce.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kplan.errors import UsageError
from kplan.render.value.table import Table, copied

if TYPE_CHECKING:
    from kplan.render.chart import Chart

GLOBAL: Final = "global"


def overlay(below: Table, above: Table) -> Table:
    """Two values files: mappings merge, all else of the one above replaces; null stays, to delete a default later.

    >>> from kplan.render.value.table import table_of
    >>> overlay(table_of({"a": {"b": 1, "c": [1, 2]}}), table_of({"a": {"c": [3], "b": None}}))
    {'a': {'b': None, 'c': [3]}}
    """
    merged = copied(below)
    for key, value in above.items():
        if isinstance(value, Table) and isinstance(known := merged.get(key), Table):
            merged.put(key, overlay(known, value), merged.places.get(key))
        else:
            merged.take(key, above)
    assert isinstance(merged, Table)
    return merged


def coalesced(chart: Chart, values: Table, *, keep_null: bool = False) -> Table:
    """The values given, over those of the chart and of its dependencies; what is given as null is left out.

    With `keep_null` it stays as null. Raises UsageError where a dependency is given something that is no mapping.

    Source: helm v3 pkg/chartutil CoalesceValues, MergeValues.
    """
    merged = copied(values)
    assert isinstance(merged, Table)
    return _coalesce(chart, merged, keep_null)


def _coalesce(chart: Chart, into: Table, keep_null: bool) -> Table:
    _take_chart(chart, into, keep_null)
    for dependency in chart.dependencies:
        given = into.setdefault(dependency.name, Table())
        if not isinstance(given, Table):
            place = into.places.get(dependency.name)
            where = f"{place}: " if place else ""
            raise UsageError(f"{where}`{dependency.name}` is a dependency of the chart, so its values are a mapping")
        _take_globals(given, into)
        into[dependency.name] = _coalesce(dependency, given, keep_null)
    return into


def _take_chart(chart: Chart, into: Table, keep_null: bool) -> None:
    children = {dependency.name for dependency in chart.dependencies}
    defaults = copied(chart.values)
    for key, value in defaults.items():
        if key not in into:
            into.take(key, defaults)
        elif into[key] is None and not keep_null:
            del into[key]
        elif isinstance(into[key], Table) and isinstance(value, Table):
            fill(into[key], value, keep_null=keep_null or key in children)


def fill(into: Table, defaults: Table, *, keep_null: bool) -> Table:
    """Add what `into` does not have; a null in it deletes the default, or with `keep_null` stays. Changes both.

    Source: helm v3 pkg/chartutil coalesceTablesFullKey.
    """
    there = {key for key, value in defaults.items() if value is not None}
    defaults.update({key: None for key, value in into.items() if value is None})
    for key, value in defaults.items():
        if key not in into:
            into.take(key, defaults)
        elif into[key] is None and key in there and not keep_null:
            del into[key]
        elif isinstance(value, Table) and isinstance(into[key], Table):
            fill(into[key], value, keep_null=keep_null)
    return into


def _take_globals(into: Table, above: Table) -> None:
    known: Any = into.get(GLOBAL, Table())
    given: Any = above.get(GLOBAL, Table())
    if not isinstance(known, Table) or not isinstance(given, Table):
        return
    for key, value in given.items():
        if isinstance(value, Table):
            if key not in known:
                known.put(key, copied(value), given.places.get(key))
            elif isinstance(known[key], Table):
                known.put(key, fill(copied(value), known[key], keep_null=True), given.places.get(key))
        elif not isinstance(known.get(key), Table):
            known.take(key, given)
    into[GLOBAL] = known
