"""Which values templates take as a whole, so that they may have any keys."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kplan.model import FieldPath

_TAG: Final = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
_CONDITION: Final = re.compile(r"\{[{%]-?\s*(?:el|else )?if\b")
_VALUES: Final = re.compile(r"\bValues((?:\.\w+)+)(?![\w.\[(])")


def taken_whole(templates: Iterable[str]) -> frozenset[FieldPath]:
    """The paths that templates name, but for those that they only ask whether they are there.

    >>> sorted(taken_whole(["{% if Values.tls %}{{ Values.labels | toYaml }}{{ Values.image.tag }}{% endif %}"]))
    [('image', 'tag'), ('labels',)]
    """
    tags = (tag[0] for template in templates for tag in _TAG.finditer(template))
    named = (path[1] for tag in tags if not _CONDITION.match(tag) for path in _VALUES.finditer(tag))
    return frozenset(tuple(path.split(".")[1:]) for path in named)
