"""What differs: objects, fields, and what `kubectl apply` makes of them."""

from kplan.differ.change import Storage, by_ref, changes, field_changes
from kplan.differ.merge import server_side_apply, three_way_apply

__all__ = ["Storage", "by_ref", "changes", "field_changes", "server_side_apply", "three_way_apply"]
