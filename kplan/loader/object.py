"""Which documents are Kubernetes objects, and which object each of them is."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from kplan.kinds import owning_group, scope, split_api_version
from kplan.loader.placeholder import is_sops, without_sops
from kplan.loader.source import DocumentSource
from kplan.loader.stream import Document
from kplan.loader.syntax import GROUP
from kplan.loader.text import Text
from kplan.model import FieldPath, Finding, ObjectRef, Position, Related, Resource, Severity, Skipped

_KUSTOMIZE: Final = "kustomize.config.k8s.io/"
_KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "kustomization")
_CHARTS: Final = ("chart.yaml", "chart.yml")


class Read(NamedTuple):
    """An object that has no identity yet: whether its kind has namespaces may depend on a CRD still to come."""

    data: dict[str, Any]
    source: DocumentSource


def sort_out(text: Text, document: Document) -> Iterator[Read | Skipped | Finding]:
    """The objects of a document, or why there are none. An empty document is nothing at all."""
    data = document.data
    if data is None:
        return
    source = DocumentSource(text, document)
    reason = _foreign(data, text.file)
    if reason:
        yield Skipped(text.file, document.line + 1, reason)
    else:
        yield from _objects(data, source, text, document, ())


def _foreign(data: Any, file: str) -> str | None:
    """Why a document is taken for no Kubernetes object; None for what is one, or looks like one."""
    if not isinstance(data, dict):
        if isinstance(data, list):
            return None if any(map(_looks_like_one, data)) else "a list"
        return "a single value"
    api_version, kind = data.get("apiVersion"), data.get("kind")
    if str(kind).startswith("ENC[") and is_sops(data):
        return "encrypted as a whole by SOPS"
    kustomize = isinstance(api_version, str) and api_version.startswith(_KUSTOMIZE)
    if api_version and kind and not kustomize:
        return None
    name = posixpath.basename(file.replace("\\", "/")).lower()
    if kustomize or name in _KUSTOMIZATIONS:
        return "a kustomization: kustomize makes objects from it"
    if kind is None and name in _CHARTS:
        return "the description of a Helm chart"
    if _looks_like_one(data):
        return None
    if not data:
        return "an empty mapping"
    keys = list(data)
    return f"no apiVersion and no kind; its keys are {', '.join(keys[:4])}{', ...' if len(keys) > 4 else ''}"


def _looks_like_one(data: Any) -> bool:
    """Whether somebody meant this to be a Kubernetes object."""
    if not isinstance(data, dict):
        return False
    names = {key.lower() for key in data}
    if "metadata" in names or "spec" in names:
        return not names.isdisjoint(("apiversion", "kind"))
    api_version, kind = data.get("apiVersion"), data.get("kind")
    if api_version is None and isinstance(kind, str) and kind[:1].islower():
        return False  # `kind: pipeline` of a CI system
    if kind is None and isinstance(api_version, int):
        return False  # `apiVersion: 1` of another program's settings
    return "apiVersion" in data or "kind" in data


def _objects(
    data: Any, source: DocumentSource, text: Text, document: Document, prefix: FieldPath
) -> Iterator[Read | Finding]:
    problem = _problem(data)
    if problem:
        path, message, help = problem
        span = source.span(path)
        yield Finding("not-an-object", GROUP, Severity.ERROR, message, help, path=(*prefix, *path), span=span)
        return
    items = _items(data)
    if items is None:
        yield Read(without_sops(data) if "sops" in data else data, source)
        return
    for index, item in enumerate(items):
        path = (*prefix, "items", index)
        yield from _objects(_completed(item, data), DocumentSource(text, document, path), text, document, path)


def _items(data: dict[str, Any]) -> list[Any] | None:
    """The objects in a List, or in a list of one kind (`PodList`); None for any other object."""
    kind = data["kind"]
    items = data.get("items")
    return items if kind.endswith("List") and isinstance(items, list) else None


def _completed(item: Any, parent: dict[str, Any]) -> Any:
    """An item of a `PodList` is a Pod, also where it does not say so.

    Source: kubernetes apimachinery unstructured UnstructuredJSONScheme decodeToList.
    """
    kind = parent["kind"].removesuffix("List")
    if not kind or not isinstance(item, dict) or item.get("kind"):
        return item
    return {**item, "apiVersion": parent["apiVersion"], "kind": kind}


_Problem = tuple[FieldPath, str, str | None]


def _problem(data: Any) -> _Problem | None:
    """Why this can be no object: where, what, and what to do; None for an object."""
    if isinstance(data, list):
        return (), "a list is no object", "put `---` between the objects, or make them the items of a `kind: List`"
    if not isinstance(data, dict):
        return (), f"an object is a mapping, not {_type_name(data)}", None
    for field in ("apiVersion", "kind"):
        value = data.get(field)
        if not isinstance(value, str) or not value:
            return _bad_type_field(data, field, value)
    if data["apiVersion"].count("/") > 1:
        return ("apiVersion",), f"`{data['apiVersion']}` is no apiVersion; it has the form group/version", None
    metadata = data.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        return ("metadata",), f"metadata is a mapping, not {_type_name(metadata)}", None
    if data["kind"] == "List" and not isinstance(data.get("items"), list):
        return (("items",) if "items" in data else ("kind",)), "a List has a list `items`", None
    return None


def _bad_type_field(data: dict[str, Any], field: str, value: Any) -> _Problem:
    if field in data and value is not None and value != "":
        return (field,), f"{field} is a string, not {_type_name(value)}", "quote it" if _is_scalar(value) else None
    if field in data:
        return (field,), f"{field} is empty", None
    alike = next((key for key in data if key.lower() == field.lower()), None)
    if alike:
        return (alike,), f"{field} is missing", f"`{alike}` is spelled `{field}`"
    there = "kind" if field == "apiVersion" else "apiVersion"
    return ((there,) if there in data else ()), f"{field} is missing", None


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _type_name(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "a mapping"


_ONE_TOO_MANY = "remove one of them; the API server refuses both"


def repeated_keys(text: Text, document: Document) -> Iterator[Finding]:
    """The findings `duplicate-key` of a document in which a key stands twice.

    Kubernetes' strict decoding refuses them; so it does a key that overrides a merged one beside it.
    """
    layout = DocumentSource(text, document).layout()
    outermost = [repeat for repeat in layout.repeats if not repeat.path]
    two_objects = {"apiVersion", "kind"} <= {repeat.key for repeat in outermost}
    for repeat in layout.repeats:
        if two_objects and not repeat.path and repeat is not outermost[0]:
            continue  # one line is missing: that is said once
        where = "this mapping and in what `<<` merges into it" if repeat.merged else "this mapping"
        again = two_objects and repeat is outermost[0]
        yield Finding(
            "duplicate-key",
            GROUP,
            Severity.ERROR,
            f"the key `{repeat.key}` is set twice in {where}",
            "a second object begins here: write `---` above it" if again else _ONE_TOO_MANY,
            path=(*repeat.path, repeat.key),
            span=layout.stretch(repeat.again),
            related=(Related(layout.stretch(repeat.first), f"`{repeat.key}` is set here first"),),
        )


def identified(objects: list[Read], default_namespace: str) -> Iterator[Resource]:
    """The objects as resources, with their identity.

    The scope of a custom resource is that of its CRD, where one is among the objects; a kind that nobody knows is taken
    to live in a namespace. An object with only a `generateName` has that for its name.
    """
    defined = _defined_scopes(objects)
    known: dict[tuple[str, str], tuple[str, bool]] = {}
    for data, source in objects:
        api_version, kind = data["apiVersion"], data["kind"]
        place = known.get((api_version, kind))
        if place is None:
            place = known[api_version, kind] = _place(api_version, kind, defined)
        group, in_cluster = place
        metadata = data["metadata"] if data.get("metadata") else {}
        namespace = "" if in_cluster else _text(metadata.get("namespace")) or default_namespace
        name = _text(metadata.get("name")) or _text(metadata.get("generateName"))
        yield Resource(ObjectRef(group, kind, namespace, name), api_version, data, source)


def _place(api_version: str, kind: str, defined: dict[tuple[str, str], str]) -> tuple[str, bool]:
    group = owning_group(split_api_version(api_version)[0], kind)
    return group, (scope(group, kind) or defined.get((group, kind))) == "Cluster"


def _defined_scopes(objects: list[Read]) -> dict[tuple[str, str], str]:
    scopes: dict[tuple[str, str], str] = {}
    for data, _ in objects:
        if data["kind"] != "CustomResourceDefinition":
            continue
        spec: Any = data.get("spec")
        names = spec.get("names") if isinstance(spec, dict) else None
        if isinstance(names, dict):
            scopes[_text(spec.get("group")), _text(names.get("kind"))] = _text(spec.get("scope"))
    return scopes


def _text(value: Any) -> str:
    """A name as text; a name that was no string is the schema's business."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, dict | list) else str(value)


def ignored(text: Text, document: Document) -> Skipped | Finding:
    """A second document in one part of a file: kubectl reads the first one up to the next `---`, and no word more."""
    if not _looks_like_one(document.data):
        return Skipped(
            text.file, document.line + 1, "a second document without `---` before it: kubectl does not read it"
        )
    start = Position(document.line + 1, 1)
    return Finding(
        "yaml-syntax",
        GROUP,
        Severity.WARNING,
        "kubectl does not read this object: no line `---` stands before it",
        "separate objects with `---`",
        span=text.span(start, Position(start.line, 2)),
    )
