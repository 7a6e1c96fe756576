"""FNV hashes, 32 bit, fast where the same stretches of text come again and again.

The low byte of an FNV state depends on nothing above it, so a stretch of text acts on the state as one multiplication
and one addition that depend on that byte only. For stretches known to repeat, both are kept.
"""

from __future__ import annotations

from collections.abc import Iterable

_PRIME = 16777619
_OFFSET = 2166136261
_MASK = 0xFFFFFFFF


class Stretch:
    """Text that is hashed often: the power of the prime for its length, and its effect by the low byte before it."""

    __slots__ = ("data", "effect", "power")

    def __init__(self, text: str) -> None:
        self.data = utf8(text)
        self.power = pow(_PRIME, len(self.data), 2**32)
        self.effect: dict[int, int] = {}


def fnv1a(parts: Iterable[str], stretches: dict[str, Stretch] | None = None) -> int:
    """FNV-1a of the parts put together, in UTF-8. `stretches` holds those parts that are worth remembering.

    >>> hex(fnv1a(["foo", "bar"])), fnv1a(["foo", "bar"], {"bar": Stretch("bar")}) == fnv1a(["foobar"])
    ('0xbf9cf968', True)
    """
    state = _OFFSET
    known = stretches or {}
    for part in parts:
        stretch = known.get(part)
        if stretch is None:
            state = _run(state, utf8(part))
            continue
        low = state & 0xFF
        effect = stretch.effect.get(low)
        if effect is None:
            effect = stretch.effect[low] = _run(low, stretch.data)
        state = ((state - low) * stretch.power + effect) & _MASK
    return state


def fnv1a_more(state: int, data: bytes) -> int:
    """The FNV-1a state after some more bytes."""
    return _run(state, data)


def fnv1(data: bytes) -> int:
    """FNV-1, which multiplies before it mixes the byte in.

    >>> hex(fnv1(b"foobar"))
    '0x31f0b262'
    """
    state = _OFFSET
    for byte in data:
        state = state * _PRIME & _MASK ^ byte
    return state


def utf8(text: str) -> bytes:
    """The bytes as Go holds them: half a surrogate pair becomes the replacement character."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _run(state: int, data: bytes) -> int:
    for byte in data:
        state = (state ^ byte) * _PRIME & _MASK
    return state
