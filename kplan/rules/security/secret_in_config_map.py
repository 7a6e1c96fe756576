"""A password in plain text in a ConfigMap."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.credential import credential
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=("ConfigMap",), since="0.1")
def check(config_map: Resource, context: Context) -> Iterator[Problem]:
    values = config_map.get("data")
    for key, value in values.items() if isinstance(values, dict) else ():
        found = credential(str(key), value)
        if found:
            holds = "is" if found.endswith("name") else "holds"
            yield Problem(("data", key), f"the value of `{key}` {holds} {found}", help="put it into a Secret", at="key")
