"""What a field may be that a type does not have: of another minor, in another place, or misspelt."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import FieldPath, format_path
from kplan.schemas import Field, Type, history

Owners = tuple[tuple[FieldPath, Type], ...]

_SPINE = ("metadata", "spec", "jobTemplate", "template", "containers", "securityContext")
"""Fields to look behind for misplaced ones; behind the others names are too common."""
_DEPTH = 4
_STEM = 3
_FEW = 8
_NEARLY = 0.9


def unknown_field_help(name: str, owners: Owners) -> str | None:
    """A hint for a field that the last of the owners (the types from the root down, with their paths) does not have."""
    _, type_ = owners[-1]
    return (
        _other_minors(name, type_)
        or _meant(_same_letters(name, type_))
        or _meant(_misspelt(name, type_))
        or _meant(_last_word(name, type_))
        or _other_place(name, owners)
        or _meant(_similar(name, type_))
        or _what_there_is(type_)
    )


def _other_minors(name: str, type_: Type) -> str | None:
    lines = [line for line in history(type_.name) if line.name == name]
    if not lines:
        return None
    first, last = lines[0].first, lines[-1].last
    span = [f"since Kubernetes 1.{first}"] if first is not None else []
    span += [f"up to Kubernetes 1.{last}"] if last is not None else []
    return f"the field exists {' and '.join(span)}" if span else None


def _same_letters(name: str, type_: Type) -> str | None:
    letters = _letters(name)
    return next((field for field in type_.fields if _letters(field) == letters), None)


def _misspelt(name: str, type_: Type) -> str | None:
    """The field that differs in a letter or two."""
    from difflib import get_close_matches  # slow to import, and rarely needed

    by_letters = {_letters(field): field for field in type_.fields}
    close = get_close_matches(_letters(name), list(by_letters), n=1, cutoff=_NEARLY)
    return by_letters[close[0]] if close else None


def _last_word(name: str, type_: Type) -> str | None:
    """The one field that says the same with a word more or less before it: `name` and `secretName`."""
    from difflib import get_close_matches

    found = [field for field in type_.fields if _ends_with_word(field, name) or _ends_with_word(name, field)]
    is_misspelt = get_close_matches(_letters(name), [_letters(field) for field in type_.fields], n=1, cutoff=0.85)
    return found[0] if len(found) == 1 and not is_misspelt else None


def _ends_with_word(long: str, short: str) -> bool:
    return len(long) > len(short) >= _STEM and long.endswith(short[0].upper() + short[1:])


def _letters(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").strip()


def _similar(name: str, type_: Type) -> str | None:
    """The field that is spelt nearly so, else the one that begins so or is its beginning (`environment`: `env`)."""
    from difflib import get_close_matches  # slow to import, and rarely needed

    by_letters = {_letters(field): field for field in type_.fields}
    letters = _letters(name)
    close = get_close_matches(letters, list(by_letters), n=1, cutoff=0.8)
    close += [other for other in by_letters if min(len(other), len(letters)) >= _STEM and _share_stem(letters, other)]
    close += get_close_matches(letters, list(by_letters), n=1, cutoff=0.7)
    return by_letters[close[0]] if close else None


def _share_stem(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _meant(field: str | None) -> str | None:
    return f"did you mean `{field}`?" if field else None


def _other_place(name: str, owners: Owners) -> str | None:
    """The nearest place that has the field: below the owner, else beside or below one of the types above it."""
    here = format_path(owners[-1][0])
    for path, type_ in reversed(owners):
        place = format_path(path)
        if name in type_.fields:
            return f"it belongs in `{place}`" if place else "it belongs at the top level"
        found = next((below for below, inner in _below(place, type_) if name in inner.fields), here)
        if found != here:
            return f"it belongs in `{found}`"
    return None


def _below(place: str, type_: Type) -> Iterator[tuple[str, Type]]:
    """The types below a type with the places they are at, the nearest first."""
    level = [(place, type_)]
    for depth in range(_DEPTH):
        level = [found for place, type_ in level for found in _children(place, type_, depth == 0)]
        yield from level


def _children(place: str, type_: Type, all_of_them: bool) -> Iterator[tuple[str, Type]]:
    names = [name for name in _SPINE if name in type_.fields]
    if all_of_them:
        names += [name for name in type_.fields if name not in _SPINE and name != "status"]
    for name in names:
        field: Field | None = type_.fields[name]
        inner = f"{place}.{name}" if place else name
        if field is not None and field.type == "list":
            field, inner = field.element, f"{inner}[]"
        below = field.object if field is not None else None
        if below is not None:
            yield inner, below


def _what_there_is(type_: Type) -> str | None:
    if "matchLabels" in type_.fields:
        return "labels belong in `matchLabels`"
    names = [name for name in type_.fields if name not in ("apiVersion", "kind", "metadata", "status")]
    if not 0 < len(names) <= _FEW:
        return None
    return f"the fields of {type_.title} are {', '.join(f'`{name}`' for name in names)}"
