"""Changes of RuntimeClasses.

Source: kubernetes v1.36 pkg/apis/node/validation ValidateRuntimeClassUpdate.
"""

from kplan.validation.update.refusal import fixed

CHECKS = {"RuntimeClass": fixed(("handler",))}
