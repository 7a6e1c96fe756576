#!/usr/bin/env python3
"""Builds kplan/schemas/description.txt.gz: what each type and field of the API is for, and which values fields take.

Sources, by name and version: the same packages of descriptions as `build_schemas.py`, and

- `--openapi`: `/openapi/v2` of an API server, gzipped, which lists the values of enumerations.

    python scripts/build_descriptions.py CACHE --openapi v2.json.gz

The texts are those of the Kubernetes API, under the Apache License 2.0, each from the newest minor that has the field.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from build_schemas import MINORS, ROOT, Definitions, compress, definitions, fetch, reachable, short

TARGET = ROOT / "kplan" / "schemas" / "description.txt.gz"


def main() -> None:
    """Builds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--openapi", type=Path, required=True)
    options = parser.parse_args()
    fetch(options.cache)
    versions = {minor: definitions(options.cache, minor) for minor in MINORS}
    server = json.loads(gzip.decompress(options.openapi.read_bytes()))["definitions"]
    TARGET.write_bytes(compress(text(versions, server)))
    print(f"{TARGET.stat().st_size:,} bytes")


def text(versions: dict[int, Definitions], server: Definitions) -> str:
    """A block for each title of definitions, newest version first, in which a version says what differs from the last.

    `:core.v1.Container words`, then the fields, ` name words`, and `=name value value` for enumerations.
    """
    kinds = json.loads((ROOT / "kplan" / "schemas" / "data" / "kinds.json").read_text())
    blocks: dict[str, list[str]] = {}
    last: dict[tuple[str, str], str] = {}
    for name in sorted(reachable(versions, {row[3] for row in kinds}), key=order):
        title = short(name).rpartition(".")[2]
        for key, words in lines(name, versions, server):
            told = last.get((title, key)) == words
            if key == ":":
                blocks.setdefault(title, []).append(f":{short(name)}" if told else f":{short(name)} {words}")
            elif not told:
                blocks[title].append(f"{key} {words}")
            last[title, key] = words
    return "\n\n".join("\n".join(block) for _, block in sorted(blocks.items())) + "\n"


def order(name: str) -> tuple[str, int, str]:
    """Newest first: v2, v1, v1beta2, v1beta1, v1alpha1."""
    group, version, title = short(name).rsplit(".", 2)
    stable, _, rest = version.partition("alpha" if "alpha" in version else "beta")
    rank = -100 * int(stable[1:]) if not rest else 1000 * (1 + ("alpha" in version)) - int(rest)
    return title, rank, group


def lines(name: str, versions: dict[int, Definitions], server: Definitions) -> Iterator[tuple[str, str]]:
    """What a definition says of itself (`:`), of its fields (` name`) and of their values (`=name`)."""
    title, fields = "", {}
    for minor in MINORS:
        found = versions[minor].get(name, {})
        title = found.get("description", title)
        fields |= {key: schema.get("description", "") for key, schema in found.get("properties", {}).items()}
    yield ":", one_line(title)
    yield from ((f" {key}", one_line(words)) for key, words in sorted(fields.items()) if words)
    for key, schema in sorted(server.get(name, {}).get("properties", {}).items()):
        if values := enum(schema):
            yield f"={key}", " ".join(values)


def enum(schema: dict[str, Any]) -> list[str]:
    """The values of a field or of the items of a list; the empty one is left out."""
    return [value for value in schema.get("enum") or schema.get("items", {}).get("enum") or () if value]


def one_line(words: str) -> str:
    r"""The text with its line breaks written `\n`."""
    return words.strip().replace("\\", "\\\\").replace("\n", "\\n")


if __name__ == "__main__":
    main()
