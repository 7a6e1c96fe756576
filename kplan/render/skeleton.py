"""The first files of a new chart."""

from __future__ import annotations

import os
import re
from typing import Final

from kplan.errors import UsageError

_FOLDER: Final = os.path.join(os.path.dirname(__file__), "starter")
_NAME: Final = re.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LONGEST: Final = 53
"""Characters of a release's name in Helm, which a chart's name mostly is part of."""


def skeleton(name: str) -> dict[str, bytes]:
    """The files of a new chart of that name, by their path inside of it. Raises UsageError for what can be no name.

    >>> sorted(skeleton("web"))[:2]
    ['.helmignore', 'Chart.yaml']
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise UsageError(f"`{name}` can be no name of a chart: up to {_LONGEST} lower case letters, digits and dashes")
    return {path: _read(path).replace(b"NAME", name.encode()) for path in _paths()}


def _paths() -> list[str]:
    found = []
    for above, _, names in os.walk(_FOLDER):
        found += [os.path.relpath(os.path.join(above, each), _FOLDER).replace(os.sep, "/") for each in names]
    return sorted(found)


def _read(path: str) -> bytes:
    with open(os.path.join(_FOLDER, path), "rb") as file:
        return file.read()
