"""File modes that were meant to be octal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_MEANT_AS_OCTAL = (400, 440, 444, 500)
"""What nobody means in decimals: 0620, 0670, 0674, 0764."""
_SOURCES = ("configMap", "secret", "downwardAPI", "projected")


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    if pods is None:
        return
    volumes = pods.spec.get("volumes")
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        for source in _SOURCES if isinstance(volume, dict) else ():
            for path, mode in _modes(volume.get(source), ()):
                yield Problem(
                    (*pods.path, "volumes", index, source, *path),
                    f"mode {mode} is a decimal number, and so the mode 0{mode:o}",
                    help=f"did you mean `0{mode}`?",
                )


def _modes(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, int]]:
    """The modes below a volume's source that were meant to be octal."""
    if isinstance(value, dict):
        for key in ("defaultMode", "mode"):
            if type(value.get(key)) is int and value[key] in _MEANT_AS_OCTAL:
                yield (*path, key), value[key]
        for key in ("items", "sources", *_SOURCES):
            yield from _modes(value.get(key), (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _modes(item, (*path, index))
