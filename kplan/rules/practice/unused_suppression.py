"""A suppression that suppresses nothing."""

from kplan.model import Severity
from kplan.rules.rule import found_elsewhere

check = found_elsewhere(__name__, severity=Severity.WARNING, since="0.1")
