"""The API's types in every Kubernetes minor: which fields a kind has, what they hold, how their lists merge.

`lookup` gives the Type of a kind. To walk along a path: a str on an object takes `type.fields[key]`; on a map,
and an int on a list, takes `field.element`; a field of type "object" goes on with `field.object`:

    >>> deployment = lookup("apps/v1", "Deployment", 36)
    >>> template = deployment.fields["spec"].object.fields["template"].object
    >>> containers = template.fields["spec"].object.fields["containers"]
    >>> containers.type, containers.patch_merge_key, containers.list_map_keys
    ('list', 'name', ('name',))
    >>> containers.element.object.fields["ports"].list_map_keys
    ('containerPort', 'protocol')

`field_at` does so for a whole path.
"""

from kplan.schemas.definition import definition, history, lookup
from kplan.schemas.index import Entry, entries
from kplan.schemas.type import Field, JsonType, Type, field_at

__all__ = ["Entry", "Field", "JsonType", "Type", "definition", "entries", "field_at", "history", "lookup"]
