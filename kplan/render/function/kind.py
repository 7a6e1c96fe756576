"""Kinds of values, versions, paths and addresses.

Source: github.com/Masterminds/sprig v3 reflect.go, semver.go, url.go; go path, net/url.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlsplit

from kplan.render.fault import Fault
from kplan.render.function.sequence import same
from kplan.render.function.table import Group
from kplan.render.semver import Version, in_range, parse_version
from kplan.render.thing import Thing
from kplan.render.undefined import Missing

GROUP = Group("kind")


def kind_of_value(value: Any) -> str:
    """What Go's reflection calls the kind of a value; numbers of values files are as Go's YAML reads them."""
    if value is None or isinstance(value, Missing):
        return "invalid"
    for kinds, name in ((bool, "bool"), (str, "string"), (int, "int"), (float, "float64"), (dict, "map")):
        if isinstance(value, kinds):
            return name
    return "slice" if isinstance(value, list | tuple | range) else "struct"


def type_of_value(value: Any) -> str:
    """The type of a value as Go prints it."""
    names = {"invalid": "<nil>", "map": "map[string]interface {}", "slice": "[]interface {}"}
    name = kind_of_value(value)
    return names.get(name, name)


@GROUP.add("kindOf", lenient=True)
def kind_of(value: Any) -> str:
    """`string`, `bool`, `int`, `float64`, `map`, `slice` or `invalid`."""
    return kind_of_value(value)


@GROUP.add("kindIs", lenient=True)
def kind_is(name: str, value: Any) -> bool:
    """Whether the value is of the kind; of `float64` and `int`, any number is."""
    found = kind_of_value(value)
    if str(name) == "float64":
        return found in ("int", "float64")
    return str(name) == found or (str(name) == "int64" and found == "int")


@GROUP.add("typeOf", lenient=True)
def type_of(value: Any) -> str:
    """The type as Go prints it."""
    return type_of_value(value)


@GROUP.add("typeIs", "typeIsLike", lenient=True)
def type_is(name: str, value: Any) -> bool:
    """Whether the value is of the type; of `float64` and `int`, any number is."""
    found = type_of_value(value)
    if str(name) == "float64":
        return found in ("int", "float64")
    return str(name) == found or (str(name) == "int64" and found == "int")


@GROUP.add("deepEqual", walks=True)
def deep_equal(left: Any, right: Any) -> bool:
    """Whether the values are equal, all the way down."""
    return same(left, right)


@GROUP.add("semverCompare")
def semver_compare(constraint: str, version: str) -> bool:
    """Whether the version lies in the range."""
    try:
        return in_range(parse_version(str.__str__(version)), str.__str__(constraint))
    except ValueError as error:
        raise Fault(str(error)) from None


class SemanticVersion(Thing):
    """A version, as `semver` gives it."""

    shown: ClassVar[tuple[str, ...]] = ("Major", "Minor", "Patch", "Prerelease", "Metadata", "Original", "Compare")

    def __init__(self, text: str) -> None:
        self._version: Version = parse_version(text)
        self.Original = text
        self.Major, self.Minor, self.Patch, self.Prerelease, self.Metadata = self._version

    def Compare(self, other: Any) -> int:  # noqa: N802: Go's name
        """-1, 0 or 1: before, equal to or after another version."""
        theirs = other._version if isinstance(other, SemanticVersion) else parse_version(str(other))
        return (self._version.order > theirs.order) - (self._version.order < theirs.order)

    def __str__(self) -> str:
        pre = f"-{self.Prerelease}" if self.Prerelease else ""
        return f"{self.Major}.{self.Minor}.{self.Patch}{pre}{'+' + self.Metadata if self.Metadata else ''}"


@GROUP.add("semver")
def semver(version: str) -> SemanticVersion:
    """The version, with `Major`, `Minor`, `Patch`, `Prerelease` and `Metadata`."""
    try:
        return SemanticVersion(str.__str__(version))
    except ValueError as error:
        raise Fault(str(error)) from None


@GROUP.add("base", "osBase")
def base(path: str) -> str:
    """The last part of a path."""
    return "." if not path else posixpath.basename(path.rstrip("/")) or "/"


@GROUP.add("dir", "osDir")
def dir_(path: str) -> str:
    """The path without its last part."""
    parent: str = clean(path[: path.rfind("/") + 1])
    return parent


@GROUP.add("clean", "osClean")
def clean(path: str) -> str:
    """The shortest path to the same place."""
    return re.sub("^//", "/", posixpath.normpath(path)) if path else "."


@GROUP.add("ext", "osExt")
def ext(path: str) -> str:
    """The ending of a path, with its dot."""
    name = path[path.rfind("/") + 1 :]
    return name[name.rfind(".") :] if "." in name else ""


@GROUP.add("isAbs", "osIsAbs")
def is_abs(path: str) -> bool:
    """Whether the path begins at the root."""
    return path.startswith("/")


@GROUP.add("urlParse")
def url_parse(url: str) -> dict[str, Any]:
    """The parts of a URL."""
    try:
        parts = urlsplit(str.__str__(url))
        hostname = parts.hostname or ""
    except ValueError as error:
        raise Fault(f"`{url}` is no URL: {error}") from None
    user, at, host = parts.netloc.rpartition("@")
    is_opaque = bool(parts.scheme) and not parts.netloc and not parts.path.startswith("/")
    return {
        "scheme": parts.scheme,
        "host": host,
        "hostname": _as_written(hostname, host),
        "path": "" if is_opaque else unquote(parts.path),
        "query": parts.query,
        "opaque": parts.path if is_opaque else "",
        "fragment": unquote(parts.fragment),
        "userinfo": user if at else "",
    }


def _as_written(hostname: str, host: str) -> str:
    """The host's name in the letters that it was written in."""
    start = host.lower().find(hostname)
    return host[start : start + len(hostname)]


@GROUP.add("urlJoin")
def url_join(parts: dict[str, Any]) -> str:
    """A URL of its parts."""
    for key, value in parts.items():
        if not isinstance(value, str):
            raise Fault(f"`urlJoin` needs texts, and `{key}` is none")
    get = {key: str(value) for key, value in parts.items()}.get
    made = f"{get('scheme')}:" if get("scheme") else ""
    if get("opaque"):
        made += get("opaque", "")
    else:
        host, user, path = get("host", ""), get("userinfo", ""), get("path", "")
        if get("scheme") or host or user:
            made += "//" if host or path or user else ""
            made += f"{user}@" if user else ""
            made += host
        path = quote(path, safe="/$&+,:;=@!~*'()")
        made += f"/{path}" if path and not path.startswith("/") and host else path
    made += f"?{get('query')}" if get("query") else ""
    return made + (f"#{quote(get('fragment', ''), safe='/$&+,:;=@!~*?()')}" if get("fragment") else "")
