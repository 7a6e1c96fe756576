"""Changes of EndpointSlices.

Source: kubernetes v1.36 pkg/apis/discovery/validation ValidateEndpointSliceUpdate.
"""

from kplan.validation.update.refusal import fixed

CHECKS = {"EndpointSlice": fixed(("addressType",))}
