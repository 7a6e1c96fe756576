"""How the API merges each field: its patch strategy and merge key, from the schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kplan.schemas import Field as SchemaField
from kplan.schemas import Type, lookup

Strategy = Literal["", "merge", "replace"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field's way to merge; `meta` is that of its value, or of its items for a list.

    `keys` are what tells the items of a list apart (server-side apply's list-map keys); empty for an atomic list.
    `atomic` says that server-side apply takes a list or map as one value.
    """

    meta: Meta
    strategy: Strategy = ""
    merge_key: str = ""
    retain_keys: bool = False
    keys: tuple[str, ...] = ()
    atomic: bool = False
    is_set: bool = False
    is_quantity: bool = False
    is_struct: bool = False


class Meta:
    """The fields of one type; None is a type of which nothing is known."""

    __slots__ = ("_fields", "_type")

    def __init__(self, type_: Type | None) -> None:
        self._type = type_
        self._fields: dict[str, Field] = {}

    def field(self, key: str) -> Field:
        """How `key` merges; a field that no schema knows merges as a map and is replaced as a list."""
        found = self._fields.get(key)
        if found is None:
            schema = self._type.fields.get(key) if self._type else None
            found = self._fields[key] = _field(schema) if schema else _UNKNOWN
        return found


_metas: dict[int, Meta] = {}


def meta_of(api_version: str, kind: str, minor: int) -> Meta | None:
    """The merge rules of a kind at a minor; None for a kind that is no built-in one (a custom resource)."""
    type_ = lookup(api_version, kind, minor)
    return _meta(type_) if type_ else None


def _meta(type_: Type) -> Meta:
    """One Meta a type: types live as long as the process, and so do these."""
    found = _metas.get(id(type_))
    if found is None:
        found = _metas[id(type_)] = Meta(type_)
    return found


def _field(schema: SchemaField) -> Field:
    inner = schema.object or (schema.element.object if schema.element else None)
    strategies = schema.patch_strategy
    return Field(
        meta=_meta(inner) if inner else _quantities(schema),
        strategy="merge" if "merge" in strategies else "replace" if "replace" in strategies else "",
        merge_key=schema.patch_merge_key or "",
        retain_keys="retainKeys" in strategies,
        keys=schema.list_map_keys if schema.list_type == "map" else (),
        atomic=schema.list_type == "atomic" or (schema.type == "list" and not schema.list_type),
        is_set=schema.list_type == "set",
        is_quantity=schema.type == "quantity",
        is_struct=schema.type == "object",
    )


def _quantities(schema: SchemaField) -> Meta:
    """Of a map's values: whether they are quantities, as in `limits`."""
    return _QUANTITIES if schema.element and schema.element.type == "quantity" else _NOTHING


class _Quantities(Meta):
    """Any key holds a quantity."""

    __slots__ = ()

    def field(self, key: str) -> Field:
        """The same for every key."""
        return Field(self, is_quantity=True)


_NOTHING = Meta(None)
_QUANTITIES = _Quantities(None)
_UNKNOWN = Field(_NOTHING, atomic=True)
