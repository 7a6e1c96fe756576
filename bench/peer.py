"""kubeconform, given the same schemas as kplan, written out as JSON Schema."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from kplan.kinds import served
from kplan.schemas import Field, Type, entries, lookup

MODULE = "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0"

_TEXT: dict[str, Any] = {"type": ["string", "null"]}
_SCALARS: dict[str, dict[str, Any]] = {
    "string": _TEXT,
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "quantity": {"oneOf": [{"type": ["string", "null"]}, {"type": "number"}]},
    "int-or-string": {"oneOf": [{"type": ["string", "null"]}, {"type": "integer"}]},
    "any": {},
}


def kubeconform(cache: Path) -> Path | None:
    """The program: on the PATH, or installed into `cache` with Go; None where neither can be had."""
    if found := shutil.which("kubeconform"):
        return Path(found)
    program = cache / "kubeconform"
    if not program.exists() and shutil.which("go"):
        subprocess.run(
            ["go", "install", MODULE], env={**os.environ, "GOBIN": str(cache)}, capture_output=True, check=False
        )
    return program if program.exists() else None


def write_schemas(folder: Path, minor: int) -> None:
    """One strict JSON Schema file for each kind that the minor serves, named as kubeconform looks for them."""
    folder.mkdir(parents=True, exist_ok=True)
    for group, version, kind in entries():
        found = lookup(f"{group}/{version}" if group else version, kind, minor)
        if found is None or not served(group, version, kind, minor):
            continue
        named = f"{kind}-{group.partition('.')[0]}-{version}" if group else f"{kind}-{version}"
        (folder / f"{named.lower()}.json").write_text(json.dumps(_document(found)))


def _document(root: Type) -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    return {**_object(root, definitions), "$defs": definitions}


def _object(one: Type, definitions: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": ["object", "null"],
        "properties": {name: _field(field, definitions) for name, field in one.fields.items()},
    }
    if required := [name for name, field in one.fields.items() if field.required]:
        schema["required"] = required
    if not one.open:
        schema["additionalProperties"] = False
    return schema


def _field(field: Field, definitions: dict[str, Any]) -> dict[str, Any]:
    if field.type == "object" and (inner := field.object):
        if inner.name not in definitions:
            definitions[inner.name] = {}
            definitions[inner.name] = _object(inner, definitions)
        return {"$ref": f"#/$defs/{inner.name}"}
    if field.type in {"list", "map"} and field.element:
        element = _field(field.element, definitions)
        if field.type == "list":
            return {"type": ["array", "null"], "items": element}
        return {"type": ["object", "null"], "additionalProperties": element}
    return _SCALARS.get(field.type, {})
