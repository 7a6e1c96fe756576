"""Expressions, compiled and evaluated. The only module that knows the library.

cel-expr-python wraps the reference implementation in C++ and is made by the language's own makers: of the libraries
for Python it alone has optionals, comprehensions over two variables and the type checker.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from kplan.cel.comprehension import without_maps
from kplan.cel.function import declarations
from kplan.cel.library.call import CALL_ERROR
from kplan.cel.token import fields_of, names, rewritten
from kplan.cel.value import literal, plain

MISSING = "the CEL library is not installed: pip install 'kplan[cel]'"

_VARIABLES = ("self", "oldSelf", "object", "oldObject", "request", "params", "namespaceObject")
_UNKNOWABLE = {"authorizer": "who may do what is known to a cluster only"}
_UNKNOWN_OF_REQUEST = {
    "userInfo": "who applies the object is not known",
    "options": "with which options the object is applied is not known",
}
_KEY = re.compile(r'Key not found in map : "?(.*?)"?\Z', re.DOTALL)
_INDEX = re.compile(r"Index error: index=(-?\d+) size=\d+\Z")
_NO_OVERLOAD = r"No matching overloads found : "
_PLAIN = r"(?:string|bool|bytes|u?int64|double)"
_NUMBERS = r"(?:u?int64|double), (?:u?int64|double)\)"
_TRANSLATED = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (_NO_OVERLOAD + "<iter_range>", "expected iterable type"),
        (_NO_OVERLOAD + r"(?:!_|_&&_|_\|\|_|<jump_condition>|-_\((?:string|bool|bytes)\))", "no such overload"),
        (_NO_OVERLOAD + rf"_(?:[<>]=?|[-+*/%])_\((?!{_NUMBERS}){_PLAIN}, {_PLAIN}\)", "no such overload"),
        (r"Applying SELECT to non-message type|Invalid container type", "no such key"),
        (r"Index error: expected integer type, got (\w+)", r"unsupported index type '\1' in list"),
        (r"[Cc]annot convert string to (\w+)", r"type conversion error from 'string' to '\1'"),
        (r"Type (conversion error .*)", r"type \1"),
        (r"String to (\w+) conversion failed", r"type conversion error from 'string' to 'google.protobuf.\1'"),
        (r"u?\w+ out of int64 range", "integer overflow"),
        (r"\w+ out of uint64 range", "unsigned integer overflow"),
        (r"Invalid timezone", "unknown time zone"),
        (r"(cannot slice.*|(?:timestamp|duration) overflow)", r"\1"),
        (r"flatten\(\): (.*)", r"\1"),
        (r"malformed UTF-8 bytes", "invalid UTF-8 in bytes, cannot convert to string"),
        (r"invalid regular expression: (.*)", r"error parsing regexp: \1"),
        (r"(\w+ clause can only be used .*|only \"NaN\".*)", r"error during formatting: \1"),
    )
)
"""Errors of the library and how the API server words them, as far as it tells the same."""

_ERRORS = (
    "divide by zero",
    "modulus by zero",
    "integer overflow",
    "double overflow",
    "unsigned integer overflow",
    "cannot convert string to int",
    "conversion failed",
    "optional.none() dereference",
)
"""Errors that the API server has too."""


class Outcome(NamedTuple):
    """What came of an expression: a value; or why it fails in the API server; or why it is not known.

    At most one of `error` and `unknown` is not empty; the value counts where both are.
    """

    value: Any = None
    error: str = ""
    unknown: str = ""


def evaluate(
    expression: str,
    values: Mapping[str, Any],
    *,
    variables: Mapping[str, str] | None = None,
    optional: Mapping[str, Any] | None = None,
) -> Outcome:
    """The outcome of an expression over named values.

    `variables` are expressions that it may name as `variables.x`, in order: each may use those before it. `optional`
    are values that it sees as optionals, None for absent ones.
    """
    if not is_installed():
        return Outcome(unknown=MISSING)
    variables = variables or {}
    if found := _unknowable(expression, variables):
        return Outcome(unknown=found)
    data: dict[str, Any] = {}
    source = _with_variables(expression, variables)
    for name, value in values.items():
        made = literal(value, f"_raw_{name}")
        data[name if made is None else f"_raw_{name}"] = plain(value)
        if made is not None:
            source = f"cel.bind({name}, {made}, {source})"
    for name, value in (optional or {}).items():
        data[f"_raw_{name}"] = plain(value)
        made = literal(value, f"_raw_{name}") or f"dyn(_raw_{name})"
        source = f"cel.bind({name}, {'optional.none()' if value is None else f'optional.of({made})'}, {source})"
    return _run(source, data)


@cache
def is_installed() -> bool:
    """Whether the library is there."""
    try:
        import_module("cel_expr_python")
    except ImportError:
        return False
    return True


def _unknowable(expression: str, variables: Mapping[str, str]) -> str:
    for text in (expression, *variables.values()):
        for name in names(text) & _UNKNOWABLE.keys():
            return f"`{name}`: {_UNKNOWABLE[name]}"
        for name in fields_of(text, "request") & _UNKNOWN_OF_REQUEST.keys():
            return f"`request.{name}`: {_UNKNOWN_OF_REQUEST[name]}"
    return ""


def _with_variables(expression: str, variables: Mapping[str, str]) -> str:
    """The expression inside a binding of every variable it needs."""
    known = tuple(variables)
    source = f"({rewritten(without_maps(expression), known)}\n)"
    needed = fields_of(expression, "variables")
    for name in reversed(known):
        if name in needed:
            needed |= fields_of(variables[name], "variables") - {name}
            source = f"cel.bind(_variable_{name}, ({rewritten(without_maps(variables[name]), known)}\n), {source})"
    return source


def _run(source: str, data: dict[str, Any]) -> Outcome:
    compiled = _compile(source)
    if isinstance(compiled, str):
        return Outcome(unknown=compiled)
    try:
        result = compiled.eval(data=data)
        if result.type().name() == "ERROR":
            return _failure(str(result.value()))
        return Outcome(result.plain_value())
    except (RuntimeError, TypeError, ValueError, OverflowError) as error:
        return Outcome(unknown=_first_line(str(error)))


def _failure(message: str) -> Outcome:
    """What the API server makes of an error, where it has the same one."""
    kind, _, text = message.partition(": ")
    if match := _KEY.match(text):
        return Outcome(error=f"no such key: {match[1]}")
    if match := _INDEX.match(text):
        return Outcome(error=f"index out of bounds: {match[1]}")
    if text.startswith(CALL_ERROR):
        return Outcome(error=text.removeprefix(CALL_ERROR))
    for pattern, words in _TRANSLATED:
        if match := pattern.match(text):
            return Outcome(error=match.expand(words))
    if any(part in text for part in _ERRORS):
        return Outcome(error="division by zero" if text == "divide by zero" else text)
    return Outcome(unknown=text or kind)


def _first_line(message: str) -> str:
    """The library's message without its frame."""
    text = re.sub(r"\A[A-Z_]+: ", "", message).split("\n")[0]
    text = re.sub(r"\AERROR: <input>:\d+:\d+: ", "", text)
    return re.sub(r" \(in container ''\)| \[[A-Z_]+\]\Z", "", text)


_compiled: dict[str, Any] = {}


def _compile(source: str) -> Any:
    """The compiled expression, or why it is none, as text."""
    if source not in _compiled:
        try:
            _compiled[source] = _environment().compile(source)
        except (RuntimeError, ValueError, TypeError) as error:
            _compiled[source] = _first_line(str(error))
    return _compiled[source]


@cache
def _environment() -> Any:
    cel = import_module("cel_expr_python.cel")
    extensions = [
        getattr(import_module(f"cel_expr_python.ext.ext_{name.lower()}"), f"Ext{name}")()
        for name in ("Bindings", "Encoders", "Math", "Optional", "Strings")
    ]
    more = "".join(f"  - name: {name}\n" for name in ("two-var-comprehensions", "sets", "lists"))
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(f"extensions:\n{more}"),
        variables={n: cel.Type.DYN for name in _VARIABLES for n in (name, f"_raw_{name}")},
        extensions=extensions,
        functions=declarations(cel),
    )


def expression_type(expression: str) -> str:
    """The type of an expression's result: `bool`, `int`, `string`, ...; `dyn` where it hangs on the values.

    It is `dyn` too without the library. Raises ValueError, with the position, for text that is no expression at all.

    >>> expression_type("1 + 1"), expression_type("self.a"), expression_type("self.a > 1")
    ('int', 'dyn', 'bool')
    """
    if not is_installed():
        return "dyn"
    try:
        compiled = _environment().compile(rewritten(expression))
    except (RuntimeError, ValueError, TypeError) as error:
        if "Syntax error" in str(error):
            raise ValueError(re.sub(r"\A[A-Z_]+: ", "", str(error)).split("\n")[0]) from None
        return "dyn"
    return str(compiled.return_type().name()).lower()
