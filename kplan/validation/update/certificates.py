"""Changes of ClusterTrustBundles.

Source: kubernetes v1.36 pkg/apis/certificates/validation ValidateClusterTrustBundleUpdate.
"""

from kplan.validation.update.refusal import fixed

CHECKS = {"ClusterTrustBundle": fixed(("spec", "signerName"))}
