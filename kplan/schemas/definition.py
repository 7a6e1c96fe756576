"""Definitions read from the data. A run reads only the shards (one a group version) that its kinds use."""

from __future__ import annotations

import os
import zlib
from functools import cache, partial

from kplan.schemas.index import DATA, entries
from kplan.schemas.text import FieldLine, FieldText, parse_field
from kplan.schemas.type import Field, JsonType, Type

_JSON_TYPES: dict[str, JsonType] = {
    "any": "any",
    "boolean": "boolean",
    "int-or-string": "int-or-string",
    "integer": "integer",
    "number": "number",
    "quantity": "quantity",
    "string": "string",
}


def lookup(api_version: str, kind: str, minor: int) -> Type | None:
    """The type of a kind in a minor; None where Kubernetes never had it, or the data has no schema of it.

    Asked for a minor in which the kind is not served, it gives the nearest in which it was: kinds that went can
    still be checked.
    """
    group, slash, version = api_version.partition("/")
    entry = entries().get((group, version, kind) if slash else ("", group, kind))
    if entry is None or not entry.definition:
        return None
    return definition(entry.definition, min(max(minor, entry.first), entry.last))


@cache
def definition(name: str, minor: int) -> Type | None:
    """The type of a definition (`core.v1.Container`) in a minor; None where there is none."""
    shard, _, title = name.rpartition(".")
    if title not in _shard(shard):
        return None
    lines = (line for line in history(name) if line.holds(minor))
    return Type(name, {line.name: _field(line.name, line.field, line.field.type, name, minor) for line in lines})


@cache
def history(name: str) -> tuple[FieldLine, ...]:
    """The fields of a definition over all minors, by name and age; empty where there is no such definition."""
    shard, _, title = name.rpartition(".")
    return tuple(map(parse_field, _shard(shard).get(title, ())))


@cache
def _shard(name: str) -> dict[str, list[str]]:
    path = os.path.join(DATA, f"{name}.txt.gz")
    if not os.path.exists(path):
        return {}
    with open(path, "rb") as file:
        text = zlib.decompress(file.read(), wbits=31).decode()
    blocks = (block.splitlines() for block in text.split("\n\n"))
    return {title: lines for title, *lines in blocks}


def _field(name: str, field: FieldText, type_text: str, owner: str, minor: int) -> Field:
    element = None
    if type_text.startswith(("[]", "{}")):
        element = _field("", FieldText(type_text[2:]), type_text[2:], owner, minor)
    json_type, format_ = _json_type(type_text)
    inner = type_text if json_type == "object" else owner if format_.startswith("schema-or-") else None
    return Field(
        name=name,
        type=json_type,
        format=format_,
        element=element,
        required=field.required,
        validated=field.validated,
        patch_strategy=tuple(filter(None, field.patch_strategy.split(","))),
        patch_merge_key=field.patch_merge_key or None,
        list_type=field.list_type or None,
        list_map_keys=tuple(filter(None, field.list_map_keys.split(","))),
        resolve=partial(_existing, inner, minor) if inner else None,
    )


def _json_type(type_text: str) -> tuple[JsonType, str]:
    if type_text.startswith("[]"):
        return "list", ""
    if type_text.startswith("{}"):
        return "map", ""
    word, _, format_ = type_text.partition(":")
    found = _JSON_TYPES.get(word)
    return (found, format_) if found else ("object", "")


def _existing(name: str, minor: int) -> Type:
    found = definition(name, minor)
    assert found is not None, f"{name} is used and not defined in 1.{minor}"
    return found
