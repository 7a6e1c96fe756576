"""Image references, as far as the pull policy needs them.

Sources: kubernetes v1.36 pkg/util/parsers ParseImageName; github.com/distribution/reference ParseNormalizedNamed (1.29
and later) and github.com/docker/distribution/reference (before).
"""

from __future__ import annotations

import re
from functools import lru_cache

_PATH = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"{_HOST}(?:\.{_HOST})*"
_TAIL = (
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?\Z"
)
_OLD = re.compile(rf"(?P<name>{_DOMAIN}(?::[0-9]+)?/{_PATH}(?:/{_PATH})*){_TAIL}", re.ASCII)
_NEW = re.compile(rf"(?P<name>(?:{_DOMAIN}|\[[a-fA-F0-9:]+\])(?::[0-9]+)?/{_PATH}(?:/{_PATH})*){_TAIL}", re.ASCII)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}\Z", re.ASCII)
_DIGEST_LENGTH = {"sha256": 64, "sha384": 96, "sha512": 128}
_LONGEST_NAME = 255
_NEW_GRAMMAR = 29


def pull_policy(image: str, minor: int) -> str:
    """The pull policy of a container that names none.

    >>> pull_policy("nginx", 36), pull_policy("nginx:1.27", 36), pull_policy("localhost:5000/x:latest", 36)
    ('Always', 'IfNotPresent', 'Always')

    An image that is no valid reference gets IfNotPresent, too.

    >>> pull_policy("Nginx", 36)
    'IfNotPresent'

    Source: kubernetes v1.36 pkg/apis/core/v1 SetDefaults_Container.
    """
    return "Always" if image_tag(image, minor >= _NEW_GRAMMAR) == "latest" else "IfNotPresent"


@lru_cache(maxsize=4096)
def image_tag(image: str, new_grammar: bool = True) -> str | None:
    """The tag of a reference: `latest` without tag and digest, "" with a digest alone, None if it does not parse.

    `new_grammar`: hosts may be IPv6 addresses in brackets, and a first part with capitals is a host.
    """
    if _IDENTIFIER.match(image):
        return None
    domain, remainder = _split_domain(image, new_grammar)
    path = remainder.partition(":")[0]
    if path.lower() != path:
        return None
    match = (_NEW if new_grammar else _OLD).match(f"{domain}/{remainder}")
    if not match or len(match["name"]) > _LONGEST_NAME or not _valid_digest(match["digest"]):
        return None
    if match["tag"] or match["digest"]:
        return match["tag"] or ""
    return "latest"


def _split_domain(image: str, new_grammar: bool) -> tuple[str, str]:
    """Registry and path, Docker Hub's being filled in."""
    first, slash, rest = image.partition("/")
    is_host = "." in first or ":" in first or first == "localhost" or (new_grammar and first.lower() != first)
    domain, remainder = (first, rest) if slash and is_host else ("docker.io", image)
    if domain == "index.docker.io":
        domain = "docker.io"
    if domain == "docker.io" and "/" not in remainder:
        remainder = f"library/{remainder}"
    return domain, remainder


def _valid_digest(digest: str | None) -> bool:
    """Whether a digest of an algorithm that is known has the length of its algorithm, in lower case."""
    if digest is None:
        return True
    algorithm, _, encoded = digest.partition(":")
    return len(encoded) == _DIGEST_LENGTH.get(algorithm) and encoded == encoded.lower()
