"""An expression that cannot be evaluated without a cluster."""

from kplan.model import Severity
from kplan.rules.rule import found_elsewhere

check = found_elsewhere(__name__, severity=Severity.NOTE, since="0.1")
