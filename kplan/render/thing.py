"""Objects that templates can look into, but not change."""

from __future__ import annotations

from typing import ClassVar


class Thing:
    """`shown` are the names of the attributes and methods that a template can reach; nothing else is."""

    __slots__ = ()
    shown: ClassVar[tuple[str, ...]] = ()
