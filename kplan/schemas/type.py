"""The type of an object and of its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

JsonType: TypeAlias = Literal[
    "object", "list", "map", "string", "integer", "number", "boolean", "quantity", "int-or-string", "any"
]


@dataclass(frozen=True, slots=True)
class Field:
    """What a field, an element of a list or a value of a map holds.

    `format` is OpenAPI's: int32, int64, double, byte (base64), date-time, micro-time; "" for none. In the schemas of
    CustomResourceDefinitions, fields of type "any" may be of a format schema-or-list, schema-or-boolean or
    schema-or-texts; `object` is then the type of the schema. `element` is what a
    list's elements or a map's values hold. `patch_strategy` (merge, replace, retainKeys) and `patch_merge_key` steer
    the strategic merge of `kubectl apply`; `list_type` (atomic, set, map; None as atomic) and `list_map_keys` steer
    server-side apply and the comparison of lists. `required` is what an API server really refuses to go without,
    unless it does not look into the field at all (not `validated`): then nothing below is required. `enum` and
    `nullable` are of custom types: in Kubernetes' own, null stands for absent everywhere.
    """

    name: str
    type: JsonType
    format: str = ""
    element: Field | None = None
    required: bool = False
    validated: bool = True
    patch_strategy: tuple[str, ...] = ()
    patch_merge_key: str | None = None
    list_type: str | None = None
    list_map_keys: tuple[str, ...] = ()
    enum: tuple[Any, ...] = ()
    nullable: bool = True
    resolve: Callable[[], Type] | None = field(default=None, repr=False, compare=False)

    @property
    def object(self) -> Type | None:
        """The type of an "object", or of a nested schema; None for all else."""
        return self.resolve() if self.resolve else None


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """The fields of an object, by name. There is one for each definition and minor: compared by identity.

    `name` is the definition's (`core.v1.Container`). An `open` type takes other fields besides. `is_custom`: of a
    custom resource, where null is a value; in Kubernetes' own types it stands for absent.
    """

    name: str
    fields: dict[str, Field] = field(repr=False)
    open: bool = False
    is_custom: bool = False

    @property
    def title(self) -> str:
        """The name as the API reference has it: `Container`."""
        return self.name.rpartition(".")[2]


def field_at(type_: Type, path: Iterable[str | int]) -> Field | None:
    """The field at a path from an object of this type; None where the type has none, or anything may be there.

    >>> from kplan.schemas import lookup
    >>> field_at(lookup("v1", "Pod", 36), ("spec", "containers", 0, "resources", "limits", "cpu")).type
    'quantity'
    """
    found: Field | None = None
    here: Type | None = type_
    for part in path:
        if here is not None:
            found = here.fields.get(part) if isinstance(part, str) else None
        else:
            container = "list" if isinstance(part, int) else "map"
            found = found.element if found is not None and found.type == container else None
        if found is None:
            return None
        here = found.object
    return found
