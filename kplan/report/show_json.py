"""Objects as JSON: one as itself, several as a List."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def report(objects: Iterable[Any]) -> str:
    """One JSON document, indented, ending in a newline."""
    found = list(objects)
    document = found[0] if len(found) == 1 else {"apiVersion": "v1", "kind": "List", "items": found}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
