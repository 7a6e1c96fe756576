"""Nodes as an option or a file gives them: a number, Node objects, or a short list of names and sizes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kplan.controllers.state import Map
from kplan.errors import InputError, UsageError
from kplan.k8s.quantity import parse_quantity
from kplan.simulator.node import Nodes, node_object, plain_nodes

ZONE = "topology.kubernetes.io/zone"
PODS = "110"
"""The pods that a node of a file takes where it does not say: a kubelet's own default."""

_SIZES = ("cpu", "memory", "pods", "ephemeral-storage")
_KEYS = ("name", *_SIZES, "labels", "taints", "zone", "unschedulable")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def read_nodes(text: str) -> Nodes:
    """The nodes that `--nodes` means: so many plain ones, or those of a file.

    Raises UsageError for what is no number and no file of nodes, naming file, line and what is wrong with it.
    """
    if text.isdecimal():
        if not int(text):
            raise UsageError("--nodes: a cluster has at least one node")
        return plain_nodes(int(text))
    path = Path(text)
    if not path.exists():
        raise UsageError(f"--nodes: {text} is neither a number nor a file")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{text}: {error.strerror or error}") from None
    return nodes_of_text(raw, text)


def nodes_of_text(raw: bytes, file: str) -> Nodes:
    """The nodes of a YAML or JSON text: Node objects (also in a List), or a list of maps with `name`, `cpu`, ..."""
    from kplan.loader import parse_documents

    try:
        documents = parse_documents(raw)
    except InputError as error:
        raise UsageError(f"{file}: {error}") from None
    lines = _Lines(raw, file)
    found: Nodes = {}
    for written in _written(documents, lines):
        node = node_of(written, lines)
        name = node["metadata"]["name"]
        if name in found:
            raise lines.error(name, f"node `{name}` is there twice")
        found[name] = node
    if not found:
        raise UsageError(f"{file}: there are no nodes in it")
    return found


class _Lines:
    """Where things stand in a text, near enough: the last line that holds a word."""

    def __init__(self, raw: bytes, file: str) -> None:
        self._lines = raw.decode("utf-8", "replace").splitlines()
        self._file = file

    def error(self, word: Any, message: str) -> UsageError:
        numbers = [number for number, line in enumerate(self._lines, 1) if str(word) in line]
        return UsageError(f"{self._file}:{numbers[-1] if numbers else 1}: {message}")


def _written(documents: Iterable[Any], lines: _Lines) -> Iterable[Any]:
    for document in documents:
        if isinstance(document, dict) and str(document.get("kind", "")).endswith("List"):
            yield from document.get("items") or []
        elif isinstance(document, dict) and isinstance(document.get("nodes"), list):
            yield from document["nodes"]
        elif isinstance(document, list):
            yield from document
        else:
            yield document


def nodes_of_list(written: Iterable[Any]) -> Nodes:
    """The nodes of a list of Node objects or short maps. Raises UsageError, naming the node at fault."""
    lines = _Lines(b"", "nodes")
    return {node["metadata"]["name"]: node for node in (node_of(one, lines) for one in written)}


def node_of(written: Any, lines: _Lines) -> Map:
    """One node, written as an object or in short."""
    if isinstance(written, str):
        written = {"name": written}
    if not isinstance(written, dict):
        raise lines.error(written, f"a node is a map, not {written!r}")
    return _object(written, lines) if "kind" in written or "metadata" in written else _short(written, lines)


def _object(written: Map, lines: _Lines) -> Map:
    """A Node as the API prints it; sizes that it does not say are generous."""
    metadata = written.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if written.get("kind", "Node") != "Node":
        raise lines.error(written["kind"], f"it is a {written['kind']}, and only nodes are asked for")
    if not isinstance(name, str) or not isinstance(metadata, dict):
        raise lines.error("metadata", "a Node has a metadata.name")
    spec, status = _map(written, "spec", lines), _map(written, "status", lines)
    sizes = status.get("allocatable") or status.get("capacity") or {}
    whole = node_object(name, _texts(metadata.get("labels"), name, "labels", lines), None, _sizes(sizes, name, lines))
    whole["spec"] = {**spec, "taints": _taints(spec.get("taints"), name, lines)}
    return whole


def _short(written: Map, lines: _Lines) -> Map:
    name = written.get("name")
    if not isinstance(name, str) or not name:
        raise lines.error("name", "a node has a `name`")
    for key in written:
        if key not in _KEYS:
            raise lines.error(key, f"node `{name}`: unknown key `{key}`; a node has {', '.join(_KEYS)}")
    labels = _texts(written.get("labels"), name, "labels", lines)
    if written.get("zone") is not None:
        labels[ZONE] = str(written["zone"])
    sizes = {"pods": PODS, **{key: written[key] for key in _SIZES if written.get(key) is not None}}
    node = node_object(name, labels, _taints(written.get("taints"), name, lines), _sizes(sizes, name, lines))
    if written.get("unschedulable"):
        node["spec"]["unschedulable"] = True
    return node


def _map(written: Map, key: str, lines: _Lines) -> Map:
    value = written.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise lines.error(key, f"`{key}` of a Node is a map")
    return value


def _texts(value: Any, name: str, key: str, lines: _Lines) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise lines.error(key, f"node `{name}`: `{key}` maps texts to texts")
    return {str(label): text for label, text in value.items()}


def _sizes(written: Any, name: str, lines: _Lines) -> dict[str, str]:
    if not isinstance(written, dict):
        raise lines.error(name, f"node `{name}`: its sizes are a map")
    for resource, amount in written.items():
        try:
            parse_quantity(amount)
        except (ValueError, TypeError):
            raise lines.error(amount, f"node `{name}`: {resource} {amount!r} is no quantity, as 4 or 16Gi is") from None
    return {str(resource): str(amount) for resource, amount in written.items()}


def _taints(written: Any, name: str, lines: _Lines) -> list[Map]:
    """Taints as objects, or as `key=value:Effect`."""
    if written is None:
        return []
    if not isinstance(written, list):
        raise lines.error("taints", f"node `{name}`: `taints` is a list")
    return [_taint(one, name, lines) for one in written]


def _taint(written: Any, name: str, lines: _Lines) -> Map:
    if isinstance(written, str):
        label, _, effect = written.rpartition(":")
        key, _, value = label.partition("=")
        taint: Map = {"key": key, **({"value": value} if value else {}), "effect": effect}
    else:
        taint = dict(written) if isinstance(written, dict) else {}
    if not taint.get("key") or taint.get("effect") not in _EFFECTS:
        wrong = written if isinstance(written, str) else taint.get("key") or "taints"
        raise lines.error(wrong, f"node `{name}`: a taint is key=value:Effect, with {', '.join(_EFFECTS)}")
    return taint
