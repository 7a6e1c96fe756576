"""Changes of LeaseCandidates. Leases may change in any way.

Source: kubernetes v1.36 pkg/apis/coordination/validation ValidateLeaseCandidateUpdate.
"""

from kplan.validation.update.refusal import fixed

CHECKS = {"LeaseCandidate": fixed(("spec", "leaseName"))}
