"""A folder written whole, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from kplan.errors import OutputError, UsageError


def write_folder(files: Mapping[str, bytes], folder: str) -> None:
    """Write the files, by their paths inside of it, to a folder that is not there yet.

    Raises UsageError where it is there, OutputError where it cannot be written.
    """
    if os.path.lexists(folder):
        raise UsageError(f"`{folder}` is there already: name a folder that is not")
    target = os.path.abspath(folder)
    beside = f"{target}.{os.getpid()}.tmp"
    try:
        for name, data in files.items():
            path = os.path.join(beside, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
        os.rename(beside, target)
    except OSError as error:
        raise OutputError(f"`{folder}` cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
