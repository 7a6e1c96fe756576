"""A chart that is not for this version of Kubernetes."""

from kplan.model import Severity
from kplan.rules.rule import found_elsewhere

check = found_elsewhere(__name__, severity=Severity.ERROR, since="0.2")
