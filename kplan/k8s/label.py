"""Labels: which keys and values the API allows, and how labels are written in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_NAME_RE = re.compile(_NAME + r"\Z")
_SUBDOMAIN_RE = re.compile(_SUBDOMAIN + r"\Z")
_NAME_RULE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)
_KEY_FORM = f"{_NAME_RULE} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_NAME}')"
_VALUE_FORM = (
    f"a valid label must be an empty string or {_NAME_RULE.removeprefix('must ')} "
    f"(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '({_NAME})?')"
)
_PREFIX_FORM = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    f"and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)


def clean_labels(labels: Any) -> dict[str, str]:
    """The labels that are text, of whatever a manifest holds in their place; null is the empty value.

    >>> clean_labels({"app": "web", "tier": None, "replica": 3}), clean_labels(["app"])
    ({'app': 'web', 'tier': ''}, {})
    """
    if not isinstance(labels, dict):
        return {}
    return {k: v or "" for k, v in labels.items() if isinstance(k, str) and (v is None or isinstance(v, str))}


def format_labels(labels: Mapping[str, str]) -> str:
    """The labels as kubectl writes them, sorted by key.

    >>> format_labels({"tier": "front", "app": "web"})
    'app=web,tier=front'

    Source: kubernetes apimachinery pkg/labels Set.String.
    """
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels))


def label_key_errors(key: str) -> Iterator[str]:
    """What the API server says against a label key (an annotation key, a taint key); nothing when it is fine.

    >>> list(label_key_errors("app.kubernetes.io/name")), list(label_key_errors("/name"))
    ([], ['prefix part must be non-empty'])

    Source: kubernetes apimachinery pkg/api/validate/content IsLabelKey.
    """
    prefix, slash, name = key.rpartition("/")
    if "/" in prefix:
        yield f"a valid label key {_KEY_FORM} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return
    if slash and not prefix:
        yield "prefix part must be non-empty"
    elif slash:
        if len(prefix.encode()) > 253:
            yield "prefix part must be no more than 253 bytes"
        if not _SUBDOMAIN_RE.match(prefix):
            yield f"prefix part {_PREFIX_FORM}"
    if not name:
        yield "name part must be non-empty"
    elif len(name.encode()) > 63:
        yield "name part must be no more than 63 bytes"
    if not _NAME_RE.match(name):
        yield f"name part {_KEY_FORM}"


def label_value_errors(value: str) -> Iterator[str]:
    """What the API server says against a label value; nothing when it is fine. The empty value is.

    >>> list(label_value_errors("v" * 64))
    ['must be no more than 63 bytes']

    Source: kubernetes apimachinery pkg/api/validate/content IsLabelValue.
    """
    if len(value.encode()) > 63:
        yield "must be no more than 63 bytes"
    if value and not _NAME_RE.match(value):
        yield _VALUE_FORM
