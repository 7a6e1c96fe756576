"""What the API server refuses of an object that it could decode, one file per API family as in Kubernetes."""

from kplan.validation.fault import Fault, FaultKind
from kplan.validation.registry import is_judged, validate

__all__ = ["Fault", "FaultKind", "is_judged", "validate"]
