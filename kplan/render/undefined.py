"""Values that are not there: they may be asked for deeper values, tested and given a default, but not used."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NoReturn

import jinja2

from kplan.render.fault import Known, Undefined
from kplan.render.origin import Place

Help = str | Callable[[], str | None] | None
"""What to say beside the error: most values that are not there have a default, so it is looked for when it is told."""


class Missing(jinja2.Undefined):
    """What an expression that leads nowhere gives; `name` is how it reads, `place` where it stands."""

    __slots__ = ("_help", "_message", "_name", "_place")

    def __init__(self, name: str, place: Place | None = None, help: Help = None, message: str = "") -> None:
        self._name = name
        self._place = place
        self._help = help
        self._message = message or f"`{name}` is not defined"

    def below(self, key: object) -> Missing:
        """What is asked of a value that is not there: not there either, and for the same reason."""
        name = f"{self._name}.{key}" if isinstance(key, str) else f"{self._name}[{key}]"
        return type(self)(name, self._place, self._help, self._message)

    def fault(self) -> Exception:
        """The error of using it."""
        return Undefined(self._message, self._help() if callable(self._help) else self._help, self._place)

    def fail(self, *_: Any, **__: Any) -> NoReturn:
        """Raise the error of using it."""
        raise self.fault()

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        raise self.fault()

    def __hash__(self) -> int:
        raise self.fault()

    def __repr__(self) -> str:
        return f"<undefined {self._name}>"

    __len__ = __iter__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = fail
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = fail
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __pos__ = fail
    __call__ = __getitem__ = __contains__ = __int__ = __float__ = __complex__ = fail


class Lost(Missing):
    """What an expression gives that failed: its error is reported, and using it is no further one."""

    __slots__ = ()

    def fault(self) -> Exception:
        """Nothing to report."""
        return Known()

    def __bool__(self) -> bool:
        raise Known

    def __str__(self) -> str:
        return ""


def nearest(name: str, names: Iterable[object]) -> str | None:
    """The name that was probably meant.

    >>> nearest("repositry", ["tag", "repository"])
    'repository'
    """
    return _nearest(name, tuple(sorted({str(each) for each in names})))


@lru_cache(1024)
def _nearest(name: str, known: tuple[str, ...]) -> str | None:
    by_case = next((each for each in known if each.lower() == name.lower() and each != name), None)
    return by_case or next(iter(difflib.get_close_matches(name, known, 1, 0.6)), None)
