"""What the API server says of an expression of a webhook or policy when it is written."""

from __future__ import annotations

from typing import NamedTuple

from kplan.cel.admission_type import Fields, Structs, names
from kplan.cel.checker import check
from kplan.cel.declaration import environment_minor
from kplan.cel.rule import located
from kplan.cel.syntax import CelError, deep, parse
from kplan.cel.type import ERROR, Type


class Scope(NamedTuple):
    """What an expression may name: the parameters, the authorizer, and the policy's variables before it, by name.

    `variables` is None where the policy has none, or the expression may not name them. `patches`: it is a mutation's.
    """

    params: bool = False
    authorizer: bool = True
    variables: Fields | None = None
    patches: bool = False


class Compiled(NamedTuple):
    """The type of an expression's result, or why the API server refuses it."""

    type: Type = ERROR
    error: str = ""


def compiled(expression: str, scope: Scope, minor: int, *, is_old: bool = False) -> Compiled:
    """How Kubernetes 1.`minor` finds an expression; `is_old`: the object had it before, so it may use what is new.

    >>> str(compiled("object.a > 1", Scope(), 36).type)
    'bool'
    >>> print(compiled("foo", Scope(), 36).error)
    compilation failed: ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')
     | foo
     | ^
    """
    text = expression.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # as Go reads it
    known = names(params=scope.params, authorizer=scope.authorizer, variables=scope.variables is not None)
    structs = Structs(scope.variables or {}, patches=scope.patches)
    environment = minor if is_old else environment_minor(minor)
    try:
        with deep():
            found = check(parse(text, environment), known, structs, environment, patches=scope.patches)
    except CelError as error:
        return Compiled(error=f"compilation failed: {located(error, text)}")
    except RecursionError:
        return Compiled(error="compilation failed: ERROR: <input>:-1:0: expression recursion limit exceeded: 250")
    return Compiled(found.type)
