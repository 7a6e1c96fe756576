"""The only wiring: which room's answer goes to which room. No decisions."""

from kplan.pipeline.apply import diff_manifests, forget_refused, plan_manifests, refused, refused_changes
from kplan.pipeline.judgement import judge, lint, lint_manifest, settle
from kplan.pipeline.mend import fix
from kplan.pipeline.result import Lint, forget_earlier, forget_known, join, together

__all__ = [
    "Lint",
    "diff_manifests",
    "fix",
    "forget_earlier",
    "forget_known",
    "forget_refused",
    "join",
    "judge",
    "lint",
    "lint_manifest",
    "plan_manifests",
    "refused",
    "refused_changes",
    "settle",
    "together",
]
