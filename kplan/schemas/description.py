"""What types and fields are for, in the words of the Kubernetes API, and the values that fields take.

The texts are data of the API, which is under the Apache License 2.0; scripts/build_descriptions.py makes the file.
"""

from __future__ import annotations

import os
import re
import zlib
from functools import cache

_ESCAPED = re.compile(r"\\(.)")
_FILE = os.path.join(os.path.dirname(__file__), "description.txt.gz")


def description(definition: str, field: str = "") -> str:
    """What a field of a definition is for, or the definition itself; "" where nothing is said. Paragraphs as written.

    >>> description("apps.v1.DeploymentStrategy")
    'DeploymentStrategy describes how to replace existing pods with new ones.'
    """
    words = _told(definition).get(f" {field}" if field else ":", "")
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], words)


def values(definition: str, field: str) -> tuple[str, ...]:
    """The values that a field, or the items of a list, may have; empty where they are not enumerated.

    They are those of the newest minor that lists them.

    >>> values("core.v1.PodSpec", "restartPolicy")
    ('Always', 'Never', 'OnFailure')
    """
    return tuple(_told(definition).get(f"={field}", "").split())


@cache
def _told(definition: str) -> dict[str, str]:
    """What is said of a definition: ":" itself, " name" a field, "=name" its values.

    Versions of one title stand in one block, and each says only what the one before it does not.
    """
    told: dict[str, str] = {}
    for line in _blocks().get(definition.rpartition(".")[2], "").splitlines():
        if line[0] != ":":
            key, _, words = line[1:].partition(" ")
            told[line[0] + key] = words
            continue
        if told.get("") == definition:
            break
        name, _, words = line[1:].partition(" ")
        told[""] = name
        told[":"] = words or told.get(":", "")
    return told if told.get("") == definition else {}


@cache
def _blocks() -> dict[str, str]:
    with open(_FILE, "rb") as file:
        text = zlib.decompress(file.read(), wbits=31).decode()
    return {block.split(maxsplit=1)[0].rpartition(".")[2]: block for block in text.split("\n\n")}
