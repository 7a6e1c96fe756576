"""The functions of templates, under Helm's names."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kplan.render.function.table import Function

GROUPS = (
    "flow",
    "loop",
    "string",
    "mapping",
    "sequence",
    "arithmetic",
    "encoding",
    "pattern",
    "kind",
    "date",
    "chance",
    "certificate",
)


_NO_ENVIRONMENT = "a chart renders the same everywhere, so it cannot ask for the environment"
_AN_OPERATOR = "it is an operator: `a and b`, `a or b`, `not a`"
_NO_SECRET = (
    "its result would be a secret that anybody can compute from the chart; make it outside, and give it as a value"
)
LEFT_OUT = {
    "env": _NO_ENVIRONMENT,
    "expandenv": _NO_ENVIRONMENT,
    "and": _AN_OPERATOR,
    "or": _AN_OPERATOR,
    "not": _AN_OPERATOR,
    "call": "a function is called by its name",
    "js": "Kubernetes reads no JavaScript",
    "bcrypt": _NO_SECRET,
    "htpasswd": _NO_SECRET,
    "derivePassword": _NO_SECRET,
    "encryptAES": _NO_SECRET,
    "decryptAES": "a chart holds no keys; give the plain text as a value",
    "genPrivateKey": _NO_SECRET,
    "genCAWithKey": _NO_SECRET,
    "genSelfSignedCertWithKey": _NO_SECRET,
    "genSignedCertWithKey": _NO_SECRET,
}
"""The functions of Helm that there are none of, with the reason."""


@cache
def functions() -> dict[str, Function]:
    """All functions by name."""
    from kplan.render.function.table import table

    return table(import_module(f"{__name__}.{name}").GROUP for name in GROUPS)
