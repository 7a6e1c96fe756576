"""How the API server reaches a webhook: by URL, or by a Service.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/util/webhook validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.name import dns_subdomain
from kplan.k8s.url import parse_url
from kplan.validation.check import PORT_RANGE, Obj, Path
from kplan.validation.fault import Fault, invalid, required

_FORM = "; desired format: https://host[/path]"


def webhook_url(text: str, path: Path) -> Iterator[Fault]:
    """The URL of a webhook: https, with a host, and neither user, query nor fragment."""
    try:
        url = parse_url(text)
    except ValueError as error:
        yield required(path, f"url must be a valid URL: {error}{_FORM}")
        return
    if url.scheme != "https":
        yield invalid(path, url.scheme, f"'https' is the only allowed URL scheme{_FORM}")
    if not url.host:
        yield invalid(path, "", f"host must be specified{_FORM}")
    if url.user is not None:
        yield invalid(path, url.user, "user information is not permitted in the URL")
    if url.fragment:
        yield invalid(path, url.fragment, "fragments are not permitted in the URL")
    if url.query:
        yield invalid(path, url.query, "query parameters are not permitted in the URL")


def webhook_service(service: Obj, path: Path) -> Iterator[Fault]:
    """The Service of a webhook; a port that is not given is filled in."""
    # The server hands its check the two names in the wrong order: it misses the one at the path of the other.
    for key, other in (("name", "namespace"), ("namespace", "name")):
        if not service.get(other):
            yield required((*path, key))
    port = service.get("port")
    if port is not None and not 1 <= port <= 65535:
        yield invalid((*path, "port"), port, f"port is not valid: {PORT_RANGE}")
    yield from _service_path(service.get("path") or "/", (*path, "path"))


def _service_path(text: str, path: Path) -> Iterator[Fault]:
    if text == "/":
        return
    if text == "//":
        yield invalid(path, text, "segment[0] may not be empty")
        return
    if not text.startswith("/"):
        yield invalid(path, text, "must start with a '/'")
    for index, segment in enumerate(text[1:].removesuffix("/").split("/")):
        if not segment:
            yield invalid(path, text, f"segment[{index}] may not be empty")
            continue
        for message in dns_subdomain(segment):
            yield invalid(path, text, f"segment[{index}]: {message}")
