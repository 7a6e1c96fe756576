"""Changes of claims of devices and their templates.

Source: kubernetes v1.36 pkg/apis/resource/validation ValidateResourceClaimUpdate.
"""

from kplan.validation.update.refusal import fixed

CHECKS = {"ResourceClaim": fixed(("spec",)), "ResourceClaimTemplate": fixed(("spec",))}
