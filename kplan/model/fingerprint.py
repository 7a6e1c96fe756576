"""What stays the same of a finding while the lines around it move."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, Final

from kplan.model.finding import Finding
from kplan.model.path import FieldPath

_INDEX = re.compile(r"\[\d+\]")
_KEYS: Final = (
    *("name", "key", "mountPath", "devicePath", "containerPort", "port"),
    *("topologyKey", "host", "path", "ip", "type", "kind"),
)
"""What items of a list are told apart by, the plainest first."""


def named_path(data: Any, path: FieldPath) -> FieldPath:
    """The path with items of lists called by their name where one name in the list is theirs alone.

    >>> pod = {"containers": [{"name": "web", "args": ["-v"]}, {"name": "log"}]}
    >>> named_path(pod, ("containers", 1, "image")), named_path(pod, ("containers", 0, "args", 0))
    (('containers', 'log', 'image'), ('containers', 'web', 'args', 0))
    """
    if not any(part.__class__ is int for part in path):
        return path
    names: list[str | int] = []
    value = data
    for part in path:
        if isinstance(part, int) and isinstance(value, list):
            names.append(_name(value, part))
        else:
            names.append(part)
        try:
            value = value[part]
        except (TypeError, LookupError):
            value = None
    return tuple(names)


def _name(items: list[Any], index: int) -> str | int:
    item = items[index] if -len(items) <= index < len(items) else None
    if not isinstance(item, dict):
        return index
    for key in _KEYS:
        name = item.get(key)
        if isinstance(name, str | int) and sum(isinstance(i, dict) and i.get(key) == name for i in items) == 1:
            return str(name)
    return index


def posix(file: str) -> str:
    """The file's name with slashes, without a dot for the folder it is in.

    >>> posix(".\\\\base\\\\web.yaml"), posix("./web.yaml"), posix("HEAD~1:web.yaml")
    ('base/web.yaml', 'web.yaml', 'HEAD~1:web.yaml')
    """
    return posixpath.normpath(file.replace("\\", "/"))


def fingerprints(findings: Iterable[Finding], name_of: Callable[[str], str] = posix) -> tuple[str, ...]:
    """A text of 32 hexadecimal digits for each finding: what it says of which field of which object in which file.

    No line numbers are in it, nor indexes of list items that have a name; of the others, all items are the same. Equal
    findings are told apart by counting them. `name_of` says what a file is called, whatever way it was named.
    """
    seen: Counter[str] = Counter()
    prints = []
    for finding in findings:
        parts = _identity(finding, name_of)
        text = "\0".join(part.replace("\0", " ") for part in parts)
        seen[text] += 1
        prints.append(sha256(f"{text}\0{seen[text]}".encode("utf-8", "surrogatepass")).hexdigest()[:32])
    return tuple(prints)


def _identity(finding: Finding, name_of: Callable[[str], str]) -> tuple[str, ...]:
    ref = finding.ref
    named = finding.named or finding.path
    return (
        finding.rule,
        name_of(finding.span.file) if finding.span else "",
        "/".join((ref.group, ref.kind, ref.namespace, ref.name)) if ref else "",
        *("[]" if isinstance(part, int) else part for part in named),
        _INDEX.sub("[]", finding.message),
    )
