"""The objects that the templates of a chart see: `Values`, `Chart`, `Release` and the others of Helm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kplan.render.files import Files
from kplan.render.origin import ValuePath
from kplan.render.trace import Reads, TracedMap

if TYPE_CHECKING:
    from kplan.render.chart import Chart

_FIELDS: Final = {
    "home": ("Home", ""),
    "sources": ("Sources", []),
    "version": ("Version", ""),
    "description": ("Description", ""),
    "keywords": ("Keywords", []),
    "icon": ("Icon", ""),
    "apiVersion": ("APIVersion", ""),
    "condition": ("Condition", ""),
    "tags": ("Tags", ""),
    "appVersion": ("AppVersion", ""),
    "deprecated": ("Deprecated", False),
    "annotations": ("Annotations", {}),
    "kubeVersion": ("KubeVersion", ""),
    "type": ("Type", ""),
}


class Scope(dict[str, Any]):
    """The objects by name; `ctx` is all of them, as Helm's `.` and `$` are."""

    def __missing__(self, key: str) -> Any:
        if key == "ctx":
            return self
        raise KeyError(key)


def scopes(chart: Chart, values: TracedMap, common: dict[str, Any]) -> dict[str, Scope]:
    """The objects of a chart and of the charts inside of it, by the chart's full name: `web/charts/db`."""
    made: dict[str, Scope] = {}
    _add(chart, chart.name, values, common, made)
    return made


def _add(chart: Chart, name: str, values: Any, common: dict[str, Any], made: dict[str, Scope]) -> Scope:
    scope = made[name] = Scope(
        common,
        Values=values,
        Chart=described(chart, is_root="/" not in name),
        Files=Files({file.name: file.data for file in chart.files}, values.reads.budget),
        Template={"Name": "", "BasePath": f"{name}/templates"},
        Subcharts={},
    )
    for child in chart.dependencies:
        inner = values[child.name] if dict.__contains__(values, child.name) else None
        if not isinstance(inner, TracedMap):
            inner = _nothing((*values.path, child.name), values.reads)
        scope["Subcharts"][child.name] = _add(child, f"{name}/charts/{child.name}", inner, common, made)
    return scope


def _nothing(path: ValuePath, reads: Reads) -> TracedMap:
    made = TracedMap()
    made.path, made.reads = path, reads
    return made


def described(chart: Chart, is_root: bool) -> dict[str, Any]:
    """What templates see as `Chart`: Chart.yaml, with Helm's names of its fields."""
    metadata = chart.metadata
    shown = {name: metadata.get(key) or nothing for key, (name, nothing) in _FIELDS.items()}
    shown["AppVersion"] = str(shown["AppVersion"])
    people = metadata.get("maintainers")
    shown["Maintainers"] = [
        {"Name": each.get("name", ""), "Email": each.get("email", ""), "URL": each.get("url", "")}
        for each in (people if isinstance(people, list) else ())
        if isinstance(each, dict)
    ]
    return {**shown, "Name": chart.name, "IsRoot": is_root}
