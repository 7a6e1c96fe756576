"""Rules for names: what the API server says against a name, nothing when it is fine.

All functions give the messages as a tuple, empty for a good name. Source: kubernetes v1.36 apimachinery
pkg/util/validation and pkg/api/validation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from kplan.k8s.label import label_key_errors, label_value_errors

Messages: TypeAlias = tuple[str, ...]
NameRule: TypeAlias = Callable[[str], Messages]

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_UNDERSCORE_LABEL = "[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"
_ENV_NAME = "[-._a-zA-Z][-._a-zA-Z0-9]*"
_HEADER = "[-A-Za-z0-9]+"

_is_label = re.compile(rf"{_LABEL}\Z").match
_is_label_1035 = re.compile(rf"{_LABEL_1035}\Z").match
_is_subdomain = re.compile(rf"{_SUBDOMAIN}\Z").match
_is_underscore = re.compile(rf"{_UNDERSCORE_LABEL}(\.{_UNDERSCORE_LABEL})*\Z").match
_is_wildcard = re.compile(rf"\*\.{_SUBDOMAIN}\Z").match
_is_config_key = re.compile(rf"{_CONFIG_KEY}\Z").match
_is_env_name = re.compile(rf"{_ENV_NAME}\Z").match
_is_header = re.compile(rf"{_HEADER}\Z").match
_is_port = re.compile(r"[-a-z0-9]+\Z").match
_has_letter = re.compile("[a-z]").search
_is_percent = re.compile(r"[0-9]+%\Z").match
_is_http_path = re.compile(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+\Z").match


def _shape(text: str, pattern: str, *examples: str) -> str:
    listed = " or ".join(f"'{example}', " for example in examples)
    return f"{text} (e.g. {listed}regex used for validation is '{pattern}')"


_LABEL_SHAPE = _shape(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character",
    _LABEL,
    "my-name",
    "123-abc",
)
_LABEL_1035_SHAPE = _shape(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
    "start with an alphabetic character, and end with an alphanumeric character",
    _LABEL_1035,
    "my-name",
    "abc-123",
)
_SUBDOMAIN_SHAPE = _shape(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character",
    _SUBDOMAIN,
    "example.com",
)
_UNDERSCORE_SHAPE = _shape(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character or '_'",
    rf"{_UNDERSCORE_LABEL}(\.{_UNDERSCORE_LABEL})*",
    "example_com",
)
_WILDCARD_SHAPE = _shape(
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    rf"\*\.{_SUBDOMAIN}",
    "*.example.com",
)
_CONFIG_KEY_SHAPE = _shape(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    _CONFIG_KEY,
    "key.name",
    "KEY_NAME",
    "key-name",
)
_ENV_SHAPE = _shape(
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', "
    "and must not start with a digit",
    _ENV_NAME,
    "my.env-name",
    "MY_ENV.NAME",
    "MyEnvName1",
)
_HEADER_SHAPE = _shape("a valid HTTP header must consist of alphanumeric characters or '-'", _HEADER, "X-Header-Name")
_PERCENT_SHAPE = _shape(
    "a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", "1%", "93%"
)


def _size(name: str) -> int:
    return len(name) if name.isascii() else len(name.encode("utf-8", "surrogatepass"))


def _longer(name: str, limit: int) -> Messages:
    return (f"must be no more than {limit} characters",) if _size(name) > limit else ()


@lru_cache(maxsize=4096)
def dns_label(name: str) -> Messages:
    """A lowercase RFC 1123 label: `web-1`.

    >>> dns_label("1web"), dns_label("a.b")
    ((), ('must not contain dots',))
    """
    if _is_label(name):
        return _longer(name, 63)
    return (*_longer(name, 63), "must not contain dots" if _is_subdomain(name) else _LABEL_SHAPE)


@lru_cache(maxsize=4096)
def dns_label_1035(name: str) -> Messages:
    """An RFC 1035 label, which starts with a letter: `web-1`."""
    return _longer(name, 63) if _is_label_1035(name) else (*_longer(name, 63), _LABEL_1035_SHAPE)


@lru_cache(maxsize=4096)
def dns_subdomain(name: str) -> Messages:
    """A lowercase RFC 1123 subdomain: `a.example.com`, at most 253 bytes."""
    return _longer(name, 253) if _is_subdomain(name) else (*_longer(name, 253), _SUBDOMAIN_SHAPE)


def dns_subdomain_underscore(name: str) -> Messages:
    """A subdomain that may hold underscores, as DNS search paths may."""
    return _longer(name, 253) if _is_underscore(name) else (*_longer(name, 253), _UNDERSCORE_SHAPE)


def wildcard_subdomain(name: str) -> Messages:
    """A subdomain behind `*.`, as in Ingress hosts."""
    return _longer(name, 253) if _is_wildcard(name) else (*_longer(name, 253), _WILDCARD_SHAPE)


def fully_qualified_name(name: str) -> Messages:
    """A subdomain of at least three labels, as webhooks are named.

    >>> fully_qualified_name("a.example.com"), fully_qualified_name("example.com")
    ((), ('should be a domain with at least three segments separated by dots',))
    """
    if found := dns_subdomain(name):
        return found
    return () if name.count(".") >= 2 else ("should be a domain with at least three segments separated by dots",)


@lru_cache(maxsize=4096)
def qualified_name(name: str) -> Messages:
    """A name with an optional DNS prefix: `example.com/name`."""
    return tuple(label_key_errors(name))


@lru_cache(maxsize=4096)
def label_value(value: str) -> Messages:
    """A label's value."""
    return tuple(label_value_errors(value))


def domain_prefixed_path(name: str) -> Messages:
    """A domain, a slash and a path: `acme.io/controller`."""
    if not name:
        return ("Required value",)
    host, slash, rest = name.partition("/")
    if not slash or not host or not rest:
        return ('must be a domain-prefixed path (such as "acme.io/foo")',)
    path = () if _is_http_path(rest) else ("Invalid path",)
    return (*dns_subdomain(host), *path)


def path_segment(name: str) -> Messages:
    """A name that can stand in a URL's path: not `.`, not `..`, without `/` and `%`."""
    if name in (".", ".."):
        return (f"may not be '{name}'",)
    return tuple(f"may not contain '{bad}'" for bad in "/%" if bad in name)


@lru_cache(maxsize=1024)
def port_name(name: str) -> Messages:
    """The name of a container's port: at most 15 of a-z, 0-9 and single hyphens, one letter at least.

    >>> port_name("http"), port_name("8080")
    ((), ('must contain at least one letter (a-z)',))
    """
    found = [*_longer(name, 15)]
    if not _is_port(name):
        found.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not _has_letter(name):
        found.append("must contain at least one letter (a-z)")
    if "--" in name:
        found.append("must not contain consecutive hyphens")
    if name and (name[0] == "-" or name[-1] == "-"):
        found.append("must not begin or end with a hyphen")
    return tuple(found)


@lru_cache(maxsize=4096)
def config_key(key: str) -> Messages:
    """A key of a ConfigMap or Secret."""
    shape = () if _is_config_key(key) else (_CONFIG_KEY_SHAPE,)
    return (*_longer(key, 253), *shape, *_change_directory(key))


@lru_cache(maxsize=4096)
def env_name(name: str, relaxed: bool) -> Messages:
    """The name of an environment variable; `relaxed`: any printable ASCII but `=`."""
    if relaxed:
        if not name:
            return ("environment variable name must be non-empty",)
        fine = name.isascii() and name.isprintable() and "=" not in name
        message = "a valid environment variable name must consist only of printable ASCII characters other than '='"
        return () if fine else (message,)
    shape = () if _is_env_name(name) else (_ENV_SHAPE,)
    return (*shape, *_change_directory(name))


def _change_directory(name: str) -> Messages:
    if name in (".", ".."):
        return (f"must not be '{name}'",)
    return ("must not start with '..'",) if name.startswith("..") else ()


def http_header(name: str) -> Messages:
    """The name of an HTTP header."""
    return () if _is_header(name) else (_HEADER_SHAPE,)


def percent(text: str) -> Messages:
    """A percentage: `25%`."""
    return () if _is_percent(text) else (_PERCENT_SHAPE,)


def mask_trailing_dash(prefix: str) -> str:
    """A generateName as it is checked: its last dash is followed by a suffix later.

    >>> mask_trailing_dash("web-"), mask_trailing_dash("web")
    ('wea', 'web')
    """
    return prefix[:-2] + "a" if len(prefix) > 1 and prefix.endswith("-") else prefix
