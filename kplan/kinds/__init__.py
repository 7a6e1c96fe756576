"""What each kind is: its group, scope and versions, and where its pod template is."""

from kplan.kinds.lifecycle import (
    ApiKind,
    Lifecycle,
    current_version,
    lifecycle,
    lifecycles,
    on_by_default,
    served,
    served_versions,
)
from kplan.kinds.scope import Scope, owning_group, scope, split_api_version
from kplan.kinds.template import pod_spec_path, pod_template_path

__all__ = [
    "ApiKind",
    "Lifecycle",
    "Scope",
    "current_version",
    "lifecycle",
    "lifecycles",
    "on_by_default",
    "owning_group",
    "pod_spec_path",
    "pod_template_path",
    "scope",
    "served",
    "served_versions",
    "split_api_version",
]
