"""The environment of containers, and what refers to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from kplan.rules.container import Container

_REFERENCE = re.compile(r"\$(\$|\(([A-Za-z_][A-Za-z0-9_.-]*)\))")
_FROM_SERVICES = re.compile(r"[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)\Z")


class Variable(NamedTuple):
    """An entry of a container's `env`; `position` is its place in the list, from 0."""

    position: int
    name: str
    value: str | None

    @property
    def path(self) -> tuple[str, int, str]:
        """The path of the value in the container."""
        return "env", self.position, "value"


def variables(container: Container) -> list[Variable]:
    """The variables that a container sets one by one; `value` is None for one that comes from elsewhere."""
    written = container.data.get("env")
    return [
        Variable(index, entry["name"], entry.get("value") if isinstance(entry.get("value"), str) else None)
        for index, entry in enumerate(written if isinstance(written, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    ]


def references(text: Any) -> Iterator[str]:
    """The variables that `$(NAME)` in a text refers to; `$$(NAME)` is no reference.

    >>> list(references("$(HOST):$(PORT) $$(DATE) $HOME"))
    ['HOST', 'PORT']

    Source: kubernetes third_party/forked/golang/expansion Expand.
    """
    if isinstance(text, str) and "$(" in text:
        yield from (match[2] for match in _REFERENCE.finditer(text) if match[2])


def may_come_from_services(name: str) -> bool:
    """Whether the kubelet may set a variable of this name for a Service, such as `REDIS_SERVICE_HOST`."""
    return _FROM_SERVICES.match(name) is not None
