"""What the API server refuses of a change to an object that it has: one file per API family, as in Kubernetes."""

from kplan.validation.update.refusal import Refusal
from kplan.validation.update.registry import prepare_update, refusals, validate_update

__all__ = ["Refusal", "prepare_update", "refusals", "validate_update"]
