"""URLs in CEL.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/cel/library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import SplitResult, unquote, urlsplit

from kplan.cel.library.call import CallError, Value, content, holds

_URL = "kubernetes.URL"


def url(text: str) -> Value:
    """An absolute URL, or an absolute path."""
    parts = _split(text)
    if not (parts.scheme or text.startswith("/")) or any(c <= " " or c == "\x7f" for c in text):
        raise CallError(f'URL parse error during conversion from string: parse "{text}": invalid URI for request')
    return {_URL: text}


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # it is read, and may be no number, only when it is asked for
    except ValueError:
        raise CallError(f'URL parse error during conversion from string: parse "{text}": invalid URL') from None
    return parts


is_url = holds(url)


def url_part(part: str) -> Callable[[Value], str]:
    """A function that gives one part of a URL, "" where it has none."""

    def get(value: Value) -> str:
        parts = _split(content(value, _URL))
        host = parts.netloc.rpartition("@")[2]
        if part == "host":
            return host
        if part == "hostname":
            return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
        if part == "port":
            return re.sub(r".*\]|[^:]*", "", host, count=1).lstrip(":")
        return parts.scheme if part == "scheme" else parts.path

    return get


def url_query(value: Value) -> dict[str, list[str]]:
    """The values of each parameter of a URL."""
    found: dict[str, list[str]] = {}
    for pair in filter(None, _split(content(value, _URL)).query.split("&")):
        key, _, text = pair.partition("=")
        found.setdefault(unquote(key.replace("+", " ")), []).append(unquote(text.replace("+", " ")))
    return found
