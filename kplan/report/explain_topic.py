"""From `deployment.spec.strategy` to what is meant by it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from kplan.errors import UsageError
from kplan.k8s.version import format_version
from kplan.kinds.name import named, names
from kplan.model import Manifest, Resource
from kplan.report.explain_doc import Doc, Subject, doc_of, inner
from kplan.schemas import Field, Type, history, lookup
from kplan.schemas.index import Entry

_TOPIC = re.compile(r"((?:[\w.-]+/)?v[\w]+/)?([A-Za-z][\w-]*)((?:[.\[].*)?)\Z")
_PARTS = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_SEVERAL = 12
"""So many fields are named where none is close."""


def subject_of(topic: str, minor: int, crds: Manifest | None = None, known: Iterable[str] = ()) -> Subject:
    """What a topic means in a minor; kinds that `crds` defines come first.

    Raises UsageError, with what may be meant, where there is no such kind or field; `known` are other names that
    may be meant.
    """
    match = _TOPIC.match(topic)
    if match is None:
        raise UsageError(f"`{topic}` is neither a rule nor a kind; write a field as deployment.spec.strategy")
    version, word, rest = (match[1] or "").rstrip("/"), match[2], match[3]
    parts = [bracket or plain for bracket, plain in _PARTS.findall(rest)]
    custom = _custom(version, word, crds) if crds else None
    if custom is not None:
        return _walk(*custom, parts)
    found = named(f"{version}/{word}" if version else word, minor)
    if not found:
        name = f"{version}/{word}" if version else word
        raise UsageError(f"there is no rule and no kind `{name}`{_meant(word, known)}")
    return _built_in(found, minor, parts)


def _meant(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word.lower(), [*known, *names()], n=1)
    return f"; did you mean `{close[0]}`?" if close else "; `kplan rules` lists the rules, --crds brings more kinds"


def _built_in(found: list[Entry], minor: int, parts: list[str]) -> Subject:
    from kplan.schemas.description import description

    entry = found[0]
    api_version = f"{entry.group}/{entry.version}".lstrip("/")
    asked, minor = minor, min(max(minor, entry.first), entry.last)
    type_ = lookup(api_version, entry.kind, minor)
    assert type_ is not None
    others = tuple(f"{e.group}/{e.version}".lstrip("/") for e in found[1:] if e.first <= asked <= e.last)
    words = description(entry.definition)
    return _walk(Subject(api_version, entry.kind, minor, words, (), (), type_, entry, others), None, parts)


def _walk(subject: Subject, schema: dict[str, Any] | None, parts: list[str]) -> Subject:
    """The subject at the end of the way, from a kind."""
    docs: list[Doc] = []
    path: list[str | int] = []
    here: Type | None = subject.type
    for part in parts:
        field = here.fields.get(part) if here is not None else None
        if field is None and docs and _is_inside(docs[-1].field, part):
            continue
        if field is None or here is None:
            raise UsageError(_unknown(subject, docs, here, part))
        docs.append(doc_of(here, field, schema))
        inside, schema, way = inner(docs[-1])
        path += [part, *way]
        here = inside.object
    return Subject(
        subject.api_version,
        subject.kind,
        subject.minor,
        subject.words,
        tuple(docs),
        tuple(path[: len(path) - len(inner(docs[-1])[2])] if docs else ()),
        here,
        subject.entry,
        subject.others,
        schema,
    )


def _is_inside(field: Field, part: str) -> bool:
    """Whether a part of a path is an index of the list that the field is, or a key of the map."""
    return field.type == "map" or (field.type == "list" and (part == "" or part == "*" or part.isdecimal()))


def _unknown(subject: Subject, docs: list[Doc], here: Type | None, part: str) -> str:
    way = ".".join(doc.field.name for doc in docs)
    owner = f"`{way}` of {subject.api_version} {subject.kind}" if way else f"{subject.api_version} {subject.kind}"
    if here is None:
        return f"{owner} has no fields: it is {docs[-1].field.type}"
    version = format_version(subject.minor)
    lines = [line for line in history(here.name) if line.name == part] if not here.is_custom else []
    if lines:
        first, last = lines[0].first, lines[-1].last
        if first is not None and subject.minor < first:
            return f"{owner} has no field `{part}` in {version}: it came with {format_version(first)}"
        return f"{owner} has no field `{part}` in {version}: it was last in {format_version(last or 0)}"
    close = get_close_matches(part, here.fields, n=1) or [f for f in here.fields if f.lower() == part.lower()]
    if close:
        return f"{owner} has no field `{part}`; did you mean `{close[0]}`?"
    some = sorted(here.fields)
    more = f" and {len(some) - _SEVERAL} more" if len(some) > _SEVERAL else ""
    return f"{owner} has no field `{part}`; there are {', '.join(some[:_SEVERAL])}{more}"


def _custom(version: str, word: str, crds: Manifest) -> tuple[Subject, dict[str, Any]] | None:
    """The custom resource that is called so; the version that is stored, unless one is named."""
    from kplan.schema import custom_types

    types = custom_types(crds.resources)
    for crd in crds.resources:
        if crd.kind != "CustomResourceDefinition" or word.lower() not in _names(crd):
            continue
        group, kind = crd.get("spec", "group"), crd.get("spec", "names", "kind")
        served = [f"{group}/{name}" for name in types.versions.get((group, kind), ())]
        wanted = version or next((f"{group}/{name}" for name in _stored(crd) if f"{group}/{name}" in served), "")
        if wanted in served:
            type_, schema = types.lookup(wanted, kind), types.defined[wanted, kind].schema or {}
            others = tuple(name for name in served if name != wanted)
            words = str(schema.get("description") or "")
            return Subject(wanted, kind, 0, words, (), (), type_, None, others, schema), schema
    return None


def _names(crd: Resource) -> set[str]:
    given = crd.get("spec", "names")
    given = given if isinstance(given, dict) else {}
    short = given.get("shortNames")
    listed = [given.get(key) for key in ("kind", "plural", "singular")] + (short if isinstance(short, list) else [])
    return {name.lower() for name in listed if isinstance(name, str)}


def _stored(crd: Resource) -> Iterator[str]:
    """The names of the versions, the stored one first."""
    versions = crd.get("spec", "versions")
    listed = [v for v in versions if isinstance(v, dict)] if isinstance(versions, list) else []
    listed = sorted(listed, key=lambda version: version.get("storage") is not True)
    yield from (str(version.get("name")) for version in listed)
    if not listed:
        yield str(crd.get("spec", "version"))
