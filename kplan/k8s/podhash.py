"""The names that controllers make from pod templates.

Both functions take a decoded template (`kplan.k8s.codec`) as the controller holds it, defaults applied;
`kplan.defaults` has the same for templates as written.
"""

from __future__ import annotations

import json
import re
from typing import Any

from kplan.k8s.codec import encode
from kplan.k8s.fnv import fnv1, fnv1a, fnv1a_more, utf8
from kplan.k8s.goprint import STRETCHES, print_go
from kplan.k8s.quantity import number_text

TEMPLATE = "core/v1.PodTemplateSpec"
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_SAFE = str.maketrans({chr(code): _ALPHABET[code % len(_ALPHABET)] for code in range(128)})
_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_SHORT_ESCAPES = 30
"""The minor from which controllers are built with a Go that writes \\b and \\f."""
_EXACT_FLOAT = 2**53


def template_hash(held: dict[str, Any], minor: int, collision_count: int | None = None) -> str:
    """The hash in a ReplicaSet's name, in the label `pod-template-hash`, and in a DaemonSet's revision.

    Raises Unpredictable where the template holds a point in time.

    Source: kubernetes v1.36 pkg/controller ComputeHash, pkg/util/hash DeepHashObject.
    """
    state = fnv1a(print_go(TEMPLATE, minor, held), STRETCHES)
    if collision_count is not None:
        state = fnv1a_more(state, (collision_count & 0xFFFFFFFF).to_bytes(4, "little") + bytes(4))
    return safe_encode(str(state))


def revision_hash(held: dict[str, Any], minor: int, collision_count: int | None = None) -> str:
    """The hash in the name of a StatefulSet's ControllerRevision.

    Source: kubernetes v1.36 pkg/controller/statefulset getPatch, pkg/controller/history HashControllerRevision.
    """
    return safe_encode(str(fnv1(revision_patch(held, minor) + str(collision_count or 0).encode())))


def revision_patch(held: dict[str, Any], minor: int) -> bytes:
    """The JSON that a StatefulSet's ControllerRevision holds: the template, with keys in order of their bytes."""
    template = {**_wire(encode(TEMPLATE, minor, held)), "$patch": "replace"}
    return utf8(go_json({"spec": {"template": template}}, minor))


def safe_encode(text: str) -> str:
    """The text in letters and digits that make no words.

    >>> safe_encode("2166136261")
    '65bb57b6b5'

    Source: kubernetes v1.36 apimachinery pkg/util/rand SafeEncodeString.
    """
    return text.translate(_SAFE)


def go_json(value: Any, minor: int) -> str:
    """JSON as Go writes a generic map: keys sorted, no spaces, HTML escaped, numbers through float64."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    text = re.sub("[<>&\u2028\u2029]", lambda match: _HTML[match[0]], text)
    return text if minor >= _SHORT_ESCAPES else re.sub(r"\\(.)", _long_escape, text)


def _long_escape(match: re.Match[str]) -> str:
    return {"b": "\\u0008", "f": "\\u000c"}.get(match[1], match[0])


def _wire(value: Any) -> Any:
    """The value after a trip through protobuf and float64: empty lists are none, large integers lose digits."""
    if isinstance(value, dict):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_wire(item) for item in value] or None
    if isinstance(value, int) and abs(value) > _EXACT_FLOAT:
        return int(number_text(float(value)))
    return value
