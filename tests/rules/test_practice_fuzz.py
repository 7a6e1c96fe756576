"""Whatever stands in the fields that rules about single objects look at, they answer, and do so in one order."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kplan.loader import load_text, parse_documents
from kplan.pipeline import lint
from kplan.rules.catalog import find_page, rules_of

RULES = sorted(rules_of("practice", "security"))
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)
OBJECTS = [o for rule in RULES for text in BLOCK.findall(find_page(rule)) for o in parse_documents(text.encode())]
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2**70,
        1.5,
        "",
        "a b",
        "\x00",
        "8080",
        "$(A)",
        [],
        {},
        [None],
        [[]],
        {"": None},
        {"a": {}},
        [{}],
    ]
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, child in below for p in _paths(child, (*path, key)))]


@settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_values(data: st.DataObject) -> None:
    chosen = [copy.deepcopy(data.draw(st.sampled_from(OBJECTS))) for _ in range(2)]
    for object_ in chosen:
        for _ in range(data.draw(st.integers(1, 3))):
            path = data.draw(st.sampled_from(_paths(object_)))
            parent: Any = object_
            for part in path[:-1]:
                parent = parent[part]
            if path:
                parent[path[-1]] = copy.deepcopy(data.draw(ODD))
    manifest = load_text("\n---\n".join(map(json.dumps, chosen)), file="a.yaml")
    minor = data.draw(st.integers(16, 37))
    assert (
        lint(manifest, minor=minor, select=RULES).findings == lint(manifest, minor=minor, select=RULES[::-1]).findings
    )
