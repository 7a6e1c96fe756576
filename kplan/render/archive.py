"""A packed chart, `name-1.2.3.tgz`."""

from __future__ import annotations

import io
import tarfile
import zlib
from typing import Final

from kplan.errors import InputError

_LARGEST_B: Final = 50 * 1024 * 1024


def unpacked(data: bytes, file: str) -> dict[str, bytes]:
    """The files of a packed chart by their path inside of it. Raises InputError for one that cannot be read.

    Nothing is written; names that lead out of the chart are refused.
    """
    files: dict[str, bytes] = {}
    size_b = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for member in archive:
                if member.isfile():
                    size_b += member.size
                    if size_b > _LARGEST_B:
                        raise InputError(f"{file}: it unpacks to more than {_LARGEST_B // 2**20} MiB")
                    files[_inside(member.name, file)] = (archive.extractfile(member) or io.BytesIO()).read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise InputError(f"{file}: it cannot be unpacked: {error}") from None
    if "Chart.yaml" not in files:
        raise InputError(f"{file}: there is no Chart.yaml in it")
    return files


def _inside(name: str, file: str) -> str:
    parts = name.removeprefix("./").split("/")
    if name.startswith("/") or ".." in parts:
        raise InputError(f"{file}: the name `{name}` leads out of the chart")
    if any(character < " " or character == "\x7f" for character in name):
        raise InputError(f"{file}: the name {name!r} has a line break or another control character in it")
    return "/".join(parts[1:])
