"""The form in which fields stand in the data: a line each.

    containers []core.v1.Container r s=merge m=name t=map k=name
    hostUsers boolean @25-

Name, type, then what there is of: `r` required, `u` not validated, `s=` patch strategies, `m=` patch merge key, `t=`
list type, `k=` list-map keys, `@first-last` minors (an end is left out where the type itself begins or ends). A type is
a JSON type with its format (`integer:int32`), a definition, or `[]` or `{}` (list, map) before the elements' type.
"""

from __future__ import annotations

from typing import NamedTuple


class FieldText(NamedTuple):
    """A field as the data has it; lists are joined by commas, "" is none."""

    type: str
    required: bool = False
    validated: bool = True
    patch_strategy: str = ""
    patch_merge_key: str = ""
    list_type: str = ""
    list_map_keys: str = ""

    def marks(self) -> tuple[str, str, str, str]:
        """Patch strategy, patch merge key, list type, list-map keys."""
        return self.patch_strategy, self.patch_merge_key, self.list_type, self.list_map_keys

    def with_list_type_of(self, other: FieldText | None) -> FieldText:
        """The same field with the list type and list-map keys of another, where it has none of its own."""
        if other is None or self.list_type or self.type[:2] != other.type[:2]:
            return self
        return self._replace(list_type=other.list_type, list_map_keys=other.list_map_keys)


class FieldLine(NamedTuple):
    """A line: a field and the minors that have it so, both inclusive; None is open."""

    name: str
    field: FieldText
    first: int | None
    last: int | None

    def holds(self, minor: int) -> bool:
        """Whether this is how the field is in a minor."""
        return (self.first is None or self.first <= minor) and (self.last is None or minor <= self.last)


def format_field(name: str, field: FieldText, first: int | None, last: int | None) -> str:
    """The line of a field.

    >>> format_field("ports", FieldText("[]core.v1.ServicePort", patch_merge_key="port"), 17, None)
    'ports []core.v1.ServicePort m=port @17-'
    """
    parts = [name, field.type]
    if field.required:
        parts.append("r")
    if not field.validated:
        parts.append("u")
    parts += [f"{key}={value}" for key, value in zip("smtk", field.marks(), strict=True) if value]
    if first is not None or last is not None:
        parts.append(f"@{'' if first is None else first}-{'' if last is None else last}")
    return " ".join(parts)


def parse_field(line: str) -> FieldLine:
    """The field of a line."""
    name, type_text, *attributes = line.split()
    marks = {"s": "", "m": "", "t": "", "k": ""}
    required, validated, first, last = False, True, "", ""
    for attribute in attributes:
        if attribute == "r":
            required = True
        elif attribute == "u":
            validated = False
        elif attribute.startswith("@"):
            first, _, last = attribute[1:].partition("-")
        else:
            marks[attribute[0]] = attribute[2:]
    field = FieldText(type_text, required, validated, marks["s"], marks["m"], marks["t"], marks["k"])
    return FieldLine(name, field, int(first) if first else None, int(last) if last else None)
