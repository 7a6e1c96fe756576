"""A custom resource whose definition is not at hand."""

from kplan.model import Problem, Severity
from kplan.rules.rule import found_elsewhere

check = found_elsewhere(__name__, severity=Severity.NOTE, since="0.1")


def problem(api_version: str, kind: str, count: int) -> Problem:
    """The problem of the first of `count` objects of a kind that no schema is known for."""
    objects = "this object is" if count == 1 else f"these {count} objects are"
    return Problem(
        ("kind",),
        f"no schema for `{kind}` of `{api_version}`: {objects} not checked",
        help="give its CustomResourceDefinition among the paths, or with --crds",
    )
