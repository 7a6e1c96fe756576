"""URLs in CEL.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/cel/library urls.go.
"""

from __future__ import annotations

from collections.abc import Callable

from kplan.cel.library.call import CallError, Value, content
from kplan.k8s.url import Url, parse_request_uri, parse_url

_URL = "kubernetes.URL"


def url(text: str) -> Value:
    """An absolute URL, or an absolute path."""
    try:
        parse_request_uri(text)
        parse_url(text)
    except ValueError as error:
        raise CallError(f"URL parse error during conversion from string: {error}") from None
    return {_URL: text}


def is_url(text: str) -> bool:
    """Whether the text is an absolute URL, or an absolute path."""
    try:
        parse_request_uri(text)
    except ValueError:
        return False
    return True


def _parts(value: Value) -> Url:
    return parse_url(content(value, _URL))


def url_part(part: str) -> Callable[[Value], str]:
    """A function that gives one part of a URL by its name in `Url`, "" where it has none."""

    def get(value: Value) -> str:
        return str(getattr(_parts(value), part))

    return get


def url_query(value: Value) -> dict[str, list[str]]:
    """The values of each parameter of a URL."""
    return _parts(value).values
