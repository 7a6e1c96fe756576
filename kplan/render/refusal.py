"""Why Helm would not install a chart at all, whatever its templates make: found before anything is rendered.

Source: helm v3 pkg/action install.go, pkg/chartutil jsonschema.go; pkg/action package.go CheckDependencies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kplan.k8s.version import format_version
from kplan.model import Finding, Position, Severity, Span
from kplan.render.rendering import GROUP
from kplan.render.semver import satisfies
from kplan.render.value.table import FilePlace, Place, Table

if TYPE_CHECKING:
    from kplan.render.chart import Chart
    from kplan.render.release import Capabilities
    from kplan.render.value import Values

_START: Final = Position(1, 1)
_SECRET: Final = re.compile(r"(?i)passw|passphrase|secret|token|credential|key$")
"""Names of values that no message repeats."""


def chart_refusals(chart: Chart, capabilities: Capabilities) -> Iterator[Finding]:
    """What keeps a chart, as it was read, from being installed: another Kubernetes, a dependency that is not there."""
    wanted = chart.metadata.get("kubeVersion")
    version = capabilities.kube_version or f"{format_version(capabilities.minor)}.0"
    if wanted and not satisfies(version.removeprefix("v"), str(wanted)):
        message = f"the chart is for Kubernetes {wanted}, and this is {version}"
        yield _refusal("chart-for-other-version", message, None, _key(chart, "kubeVersion"))
    there = {dependency.name for dependency in chart.dependencies}
    for required in chart.required:
        name = str(required.get("name"))
        if name not in there:
            place = required.places.get("name") if isinstance(required, Table) else None
            message = f"the dependency `{name}` is not in charts/"
            yield _refusal("missing-dependency", message, "`helm dependency build` fetches it", _span(chart, place))


def value_refusals(chart: Chart, values: Values) -> Iterator[Finding]:
    """The values that `values.schema.json` of the chart, or of a dependency, does not take.

    Raises InputError for a schema that is none.
    """
    from kplan.render.value.schema import check_values

    for fault in check_values(chart, values.table):
        path = ".".join(str(part) for part in fault.path)
        said = "it is not as values.schema.json asks for" if _SECRET.search(path.rpartition(".")[2]) else fault.message
        message = f"`{path}`: {said}" if path else said
        if fault.place is None or isinstance(fault.place, FilePlace):
            span = fault.place.span if fault.place else Span(f"{chart.folder}/values.yaml", _START, _START)
            yield _refusal("value-against-schema", message, None, span)
        else:
            yield _refusal("value-against-schema", f"{message} (by `{fault.place.option}`)", None, None)


def _key(chart: Chart, key: str) -> Span:
    metadata = chart.metadata
    return _span(chart, metadata.places.get(key) if isinstance(metadata, Table) else None)


def _span(chart: Chart, place: Place | None) -> Span:
    return place.span if isinstance(place, FilePlace) else Span(f"{chart.folder}/Chart.yaml", _START, _START)


def _refusal(rule: str, message: str, advice: str | None, span: Span | None) -> Finding:
    return Finding(rule, GROUP, Severity.ERROR, message, advice, span=span)
