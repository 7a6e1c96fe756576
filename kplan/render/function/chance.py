"""What is another one in every release: random texts and numbers.

They depend on the release, the place of the call and how often it was called: the same input gives the same bytes. Who
knows these knows the result, so it is no secret.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from typing import Final

from kplan.render.fault import Fault
from kplan.render.function.table import Group, Rendering

GROUP = Group("chance")
_DIGITS: Final = "0123456789"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST: Final = 100_000


def stream(seed: bytes) -> Iterator[int]:
    """Bytes without end that depend on the seed only."""
    number = 0
    while True:
        yield from hashlib.sha256(seed + number.to_bytes(8, "big")).digest()
        number += 1


def below(source: Iterator[int], size: int) -> int:
    """A number from 0 to before `size`, each as likely as the others to one part in 2**64."""
    value = 0
    for _ in range((size.bit_length() + 7) // 8 + 8):
        value = value << 8 | next(source)
    return value % size


def _text(rendering: Rendering, function: str, count: int, characters: str) -> str:
    if not 0 <= count <= _LONGEST:
        raise Fault(f"`{function}` takes a count from 0 to {_LONGEST:,}")
    rendering.budget.step(count)
    source = stream(rendering.chance(function))
    return "".join(characters[below(source, len(characters))] for _ in range(count))


@GROUP.add("randAlphaNum", inside=True)
def rand_alpha_num(rendering: Rendering, count: int) -> str:
    """So many letters and digits."""
    return _text(rendering, "randAlphaNum", count, _LETTERS + _DIGITS)


@GROUP.add("randAlpha", inside=True)
def rand_alpha(rendering: Rendering, count: int) -> str:
    """So many letters."""
    return _text(rendering, "randAlpha", count, _LETTERS)


@GROUP.add("randNumeric", inside=True)
def rand_numeric(rendering: Rendering, count: int) -> str:
    """So many digits."""
    return _text(rendering, "randNumeric", count, _DIGITS)


@GROUP.add("randAscii", inside=True)
def rand_ascii(rendering: Rendering, count: int) -> str:
    """So many printable characters."""
    return _text(rendering, "randAscii", count, "".join(map(chr, range(32, 127))))


@GROUP.add("randBytes", inside=True)
def rand_bytes(rendering: Rendering, count: int) -> str:
    """So many bytes, as base64."""
    if not 0 <= count <= _LONGEST:
        raise Fault(f"`randBytes` takes a count from 0 to {_LONGEST:,}")
    source = stream(rendering.chance("randBytes"))
    return b64encode(bytes(next(source) for _ in range(count))).decode()


@GROUP.add("randInt", inside=True)
def rand_int(rendering: Rendering, least: int, before: int) -> int:
    """A number from one to before another."""
    if before <= least:
        raise Fault("`randInt` needs a first number that is less than the second")
    return least + below(stream(rendering.chance("randInt")), before - least)


@GROUP.add("shuffle", inside=True, spells=True)
def shuffle(rendering: Rendering, value: str) -> str:
    """The characters in another order."""
    source, characters = stream(rendering.chance("shuffle")), list(value)
    for index in range(len(characters) - 1, 0, -1):
        other = below(source, index + 1)
        characters[index], characters[other] = characters[other], characters[index]
    return "".join(characters)


@GROUP.add("uuidv4", inside=True)
def uuidv4(rendering: Rendering) -> str:
    """A random UUID."""
    data = bytearray(rendering.chance("uuidv4")[:16])
    data[6], data[8] = data[6] & 0x0F | 0x40, data[8] & 0x3F | 0x80
    digits = data.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
