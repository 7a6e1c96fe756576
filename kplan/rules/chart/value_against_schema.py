"""A value that the chart does not take."""

from kplan.model import Severity
from kplan.rules.rule import found_elsewhere

check = found_elsewhere(__name__, severity=Severity.ERROR, since="0.2")
