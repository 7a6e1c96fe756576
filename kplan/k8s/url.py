"""URLs, as Go's net/url reads them.

Source: go1.24 src/net/url/url.go Parse, ParseRequestURI, EscapedPath, Query.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_HEX = "0123456789abcdefABCDEF"
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~")
_PATH = _UNRESERVED | frozenset("$&+,/:;=@")
_HOST = _UNRESERVED | frozenset("!$&'()*+,;=:[]<>\"")
_RAW_PATH = _PATH | frozenset("!'()*[]%")
_USER = _UNRESERVED | frozenset(":!$&'()*+,;=%@")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PORT = re.compile(r":[0-9]*\Z")


class Url(NamedTuple):
    """The parts of a URL; "" for what it has not, None for no user.

    `path` is as written, `host` has the port behind it.
    """

    scheme: str = ""
    user: str | None = None
    host: str = ""
    path: str = ""
    query: str = ""
    fragment: str = ""
    opaque: str = ""

    @property
    def hostname(self) -> str:
        """The host without port and brackets."""
        bare = _PORT.sub("", self.host) if not self.host.endswith("]") else self.host
        return bare[1:-1] if bare.startswith("[") and bare.endswith("]") else bare

    @property
    def port(self) -> str:
        """The port's digits."""
        found = _PORT.search(self.host)
        return found[0][1:] if found and not self.host.endswith("]") else ""

    @property
    def escaped_path(self) -> str:
        """The path as it is sent: as written where it is escaped well, else escaped anew."""
        if all(c in _RAW_PATH for c in self.path):
            return self.path
        return "".join(c if c in _PATH else _escape(c) for c in _unescaped(self.path))

    @property
    def values(self) -> dict[str, list[str]]:
        """The values of each parameter; what cannot be read is left out."""
        found: dict[str, list[str]] = {}
        for pair in filter(None, self.query.split("&")):
            key, _, value = pair.partition("=")
            if ";" in pair:
                continue
            try:
                name, text = _unescaped(key.replace("+", " ")), _unescaped(value.replace("+", " "))
            except ValueError:
                continue
            found.setdefault(name, []).append(text)
        return found


def parse_url(text: str) -> Url:
    """The URL, which may be a relative one. Raises ValueError in Go's words.

    >>> parse_url("https://a.io:8443/v?q=1#f")
    Url(scheme='https', user=None, host='a.io:8443', path='/v', query='q=1', fragment='f', opaque='')
    """
    bare, _, fragment = text.partition("#")
    try:
        found = _parse(bare, of_request=False)
    except ValueError as error:
        raise ValueError(f'parse "{bare}": {error}') from None
    try:
        return found._replace(fragment=_unescaped(fragment))
    except ValueError as error:
        raise ValueError(f'parse "{text}": {error}') from None


def parse_request_uri(text: str) -> Url:
    """An absolute URL or an absolute path, without a fragment. Raises ValueError in Go's words."""
    try:
        return _parse(text, of_request=True)
    except ValueError as error:
        raise ValueError(f'parse "{text}": {error}') from None


def _parse(text: str, *, of_request: bool) -> Url:
    if any(c < " " or c == "\x7f" for c in text):
        raise ValueError("net/url: invalid control character in URL")
    if not text and of_request:
        raise ValueError("empty url")
    if text == "*":
        return Url(path="*")
    if text.startswith(":"):
        raise ValueError("missing protocol scheme")
    match = _SCHEME.match(text)
    scheme, rest = (match[0][:-1].lower(), text[match.end() :]) if match else ("", text)
    if rest.endswith("?") and rest.count("?") == 1:
        rest, query = rest[:-1], ""
    else:
        rest, _, query = rest.partition("?")
    if not rest.startswith("/"):
        if scheme:
            return Url(scheme, query=query, opaque=rest)
        if of_request:
            raise ValueError("invalid URI for request")
        if ":" in rest.partition("/")[0]:
            raise ValueError("first path segment in URL cannot contain colon")
    user, host = None, ""
    if rest.startswith("//") and (scheme or (not of_request and not rest.startswith("///"))):
        authority, slash, rest = rest[2:].partition("/")
        rest = slash + rest
        user, host = _authority(authority)
    _unescaped(rest)
    return Url(scheme, user, host, rest, query)


def _authority(text: str) -> tuple[str | None, str]:
    before, at, host = text.rpartition("@")
    host = _host(host)
    if not at:
        return None, host
    if any(c not in _USER for c in before):
        raise ValueError("net/url: invalid userinfo")
    _unescaped(before)
    return before, host


def _host(host: str) -> str:
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0:
            raise ValueError("missing ']' in host")
        port, zone = host[end + 1 :], host[:end].find("%25")
        _check_port(port)
        if zone >= 0:
            return _unescaped_host(host[:zone]) + _unescaped(host[zone:end]) + _unescaped_host(host[end:])
    elif ":" in host:
        _check_port(host[host.rfind(":") :])
    return _unescaped_host(host)


def _check_port(port: str) -> None:
    if port and not _PORT.match(port):
        raise ValueError(f'invalid port "{port}" after host')


def _unescaped_host(host: str) -> str:
    """Of a host, only bytes that are no ASCII may be escaped."""
    for match in re.finditer(r"%(..?|)", host):
        if (
            len(match[1]) < 2
            or any(c not in _HEX for c in match[1])
            or (match[1][0] in "01234567" and match[1] != "25")
        ):
            raise ValueError(f'invalid URL escape "{match[0]}"')
    for char in host:
        if char < "\x80" and char not in _HOST and char != "%":
            raise ValueError(f'invalid character "{char}" in host name')
    return _unescaped(host)


def _unescaped(text: str) -> str:
    if "%" not in text:
        return text
    for match in re.finditer(r"%(..?|)", text, re.DOTALL):
        if len(match[1]) < 2 or any(c not in _HEX for c in match[1]):
            raise ValueError(f'invalid URL escape "{match[0]}"')
    from urllib.parse import unquote

    return unquote(text, errors="replace")


def _escape(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))
