"""What differs: objects, fields, and what `kubectl apply` makes of them."""

from kplan.diff.change import Storage, by_ref, changes, field_changes
from kplan.diff.merge import server_side_apply, three_way_apply

__all__ = ["Storage", "by_ref", "changes", "field_changes", "server_side_apply", "three_way_apply"]
