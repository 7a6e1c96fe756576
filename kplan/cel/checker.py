"""The type checker: what the API server says against an expression before it is ever evaluated.

Source: cel-go checker/checker.go, checker/errors.go; cel/validator.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kplan.cel.declaration import TYPE_NAMES, Overload, functions
from kplan.cel.literal import ALIKE_SINCE, check_literals
from kplan.cel.syntax import CelError, Fold, Node, qualified_name
from kplan.cel.token import RESERVED
from kplan.cel.type import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    ERROR,
    INT,
    NULL,
    STRING,
    UINT,
    Type,
    assignable,
    is_dyn,
    list_of,
    map_of,
    most_general,
    optional_of,
    substitute,
    unwrapped,
    worded,
)

_TIME_CALLS = ("duration", "timestamp")
_LITERALS_CHECKED = 29
_RESERVED_FIELDS = 31


@dataclass(slots=True)
class Checked:
    """A tree with the type of each part, what calls may mean, and the variables that are used."""

    node: Node
    types: dict[int, Type]
    overloads: dict[int, tuple[Overload, ...]]
    variables: frozenset[str]

    @property
    def type(self) -> Type:
        """The type of the whole."""
        return self.types[id(self.node)]


def check(
    node: Node,
    variables: Mapping[str, Type],
    structs: Mapping[str, Mapping[str, Type]],
    minor: int,
    *,
    patches: bool = False,
) -> Checked:
    """The tree with types. `variables` are what it may name, `structs` the fields of struct types by name, `minor` is
    that of the environment; `patches`: it is that of mutations. Raises CelError for what is wrong.
    """
    checker = _Checker(dict(variables), structs, functions(minor, patches=patches), minor)
    checker.check(node)
    _raise(checker.errors)
    types = {key: substitute(checker.bindings, type_, to_dyn=True) for key, type_ in checker.types.items()}
    check_literals(node, types, minor)
    if minor >= _LITERALS_CHECKED:
        _raise(_literal_errors(checker))
    return Checked(node, types, checker.overloads, frozenset(checker.used))


def _raise(errors: Iterable[CelError]) -> None:
    if found := sorted(errors, key=lambda error: error.position):
        raise CelError(found[0].message, found[0].position, tuple(found[1:]))


@dataclass(slots=True)
class _Checker:
    variables: dict[str, Type]
    structs: Mapping[str, Mapping[str, Type]]
    functions: dict[str, tuple[Overload, ...]]
    minor: int
    types: dict[int, Type] = field(default_factory=dict)
    overloads: dict[int, tuple[Overload, ...]] = field(default_factory=dict)
    bindings: dict[str, Type] = field(default_factory=dict)
    errors: list[CelError] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    calls: list[Node] = field(default_factory=list)
    local: list[str] = field(default_factory=list)
    fresh: int = 0

    def check(self, node: Node) -> Type:
        """The type of a part; what is wrong is noted."""
        found = _CHECKS[node.kind](self, node)
        self.types[id(node)] = found
        return found

    def fail(self, message: str, node: Node) -> Type:
        """Note what is wrong."""
        self.errors.append(CelError(message, node.position))
        return ERROR

    def new_parameter(self) -> Type:
        """A type that is not known yet."""
        self.fresh += 1
        return Type("param", f"_var{self.fresh}")

    def fits(self, wanted: Type, given: Type) -> bool:
        """Whether the given type can stand for the wanted one; what type parameters stand for is kept."""
        found = assignable(self.bindings, (wanted,), (given,))
        if found is not None:
            self.bindings = found
        return found is not None

    def shown(self, type_: Type) -> str:
        """A type as messages have it."""
        return worded(substitute(self.bindings, type_, to_dyn=True))


def _const(checker: _Checker, node: Node) -> Type:
    if node.name == "uint":
        return UINT
    return {bool: BOOL, int: INT, float: DOUBLE, str: STRING, bytes: BYTES, type(None): NULL}[type(node.value)]


def _ident(checker: _Checker, node: Node) -> Type:
    if node.name in checker.variables:
        if node.name not in checker.local:
            checker.used.add(node.name)
        return checker.variables[node.name]
    if node.name in TYPE_NAMES:
        return Type("type", parts=(TYPE_NAMES[node.name],))
    return checker.fail(f"undeclared reference to '{node.name}' (in container '')", node)


def _select(checker: _Checker, node: Node) -> Type:
    name = qualified_name(node)
    if name in checker.variables and name not in checker.local:
        return checker.variables[name]
    if name in TYPE_NAMES:
        return Type("type", parts=(TYPE_NAMES[name],))
    found = _field_type(checker, node, node.parts[0], node.name, is_optional=False)
    return BOOL if node.test_only else substitute(checker.bindings, found)


def _field_type(checker: _Checker, node: Node, operand: Node, name: str, *, is_optional: bool) -> Type:
    target, was_optional = unwrapped(substitute(checker.bindings, checker.check(operand)))
    result = DYN
    if target.kind == "map":
        result = target.parts[1]
    elif target.kind == "struct":
        fields = checker.structs.get(target.name, {})
        is_reserved = name in RESERVED and checker.minor >= _RESERVED_FIELDS
        found = fields.get(name) or (fields.get(f"__{name}__") if is_reserved else None)
        result = found or checker.fail(f"undefined field '{name}'", node)
    elif target.kind == "param":
        checker.fits(DYN, target)
    elif not is_dyn(target):
        checker.fail(f"type '{checker.shown(target)}' does not support field selection", node)
    return optional_of(result) if was_optional or is_optional else result


def _call(checker: _Checker, node: Node) -> Type:
    known = checker.functions
    checker.calls.append(node)
    if node.name == "_?._":
        found = _field_type(checker, node, node.parts[0], str(node.parts[1].value), is_optional=True)
        checker.types[id(node.parts[1])] = STRING
        checker.overloads[id(node)] = known["_?._"]
        return substitute(checker.bindings, found)
    arguments = [checker.check(part) for part in node.parts]
    if node.target is not None:
        prefix = qualified_name(node.target)
        if prefix and f"{prefix}.{node.name}" in known:
            node.name, node.target = f"{prefix}.{node.name}", None
        else:
            arguments.insert(0, checker.check(node.target))
    if node.name not in known:
        return checker.fail(f"undeclared reference to '{node.name}' (in container '')", node)
    if node.name in ("_&&_", "_||_"):
        return _logical(checker, node, arguments)
    return _resolved(checker, node, known[node.name], tuple(arguments))


def _logical(checker: _Checker, node: Node, arguments: list[Type]) -> Type:
    checker.overloads[id(node)] = checker.functions[node.name]
    found = BOOL
    for part, given in zip(node.parts, arguments, strict=True):
        if not checker.fits(given, BOOL):
            found = checker.fail(f"expected type 'bool' but found '{checker.shown(given)}'", part)
    return found


def _resolved(checker: _Checker, node: Node, overloads: tuple[Overload, ...], arguments: tuple[Type, ...]) -> Type:
    """The result of a call, by all signatures that fit."""
    fitting: list[Overload] = []
    result: Type | None = None
    for overload in overloads:
        if overload.is_member is not (node.target is not None):
            continue
        parameters, returned = _instance(checker, overload)
        found = assignable(checker.bindings, arguments, parameters)
        if found is None:
            continue
        checker.bindings = found
        fitting.append(overload)
        returned = substitute(checker.bindings, returned)
        if result is None:
            result = returned
        elif result.kind != "dyn" and returned != result:
            result = DYN
    checker.overloads[id(node)] = tuple(fitting)
    if result is not None:
        return result
    shown = [checker.shown(each) for each in arguments]
    given = f"{shown[0]}.({', '.join(shown[1:])})" if node.target is not None else f"({', '.join(shown)})"
    return checker.fail(f"found no matching overload for '{node.name}' applied to '{given}'", node)


def _instance(checker: _Checker, overload: Overload) -> tuple[tuple[Type, ...], Type]:
    """The signature with type parameters of its own."""
    names = {part.name for each in (*overload.parameters, overload.result) for part in _parameters_in(each)}
    if not names:
        return overload.parameters, overload.result
    own = {name: checker.new_parameter() for name in sorted(names)}
    return tuple(substitute(own, each) for each in overload.parameters), substitute(own, overload.result)


def _parameters_in(type_: Type) -> list[Type]:
    return [type_] if type_.kind == "param" else [found for part in type_.parts for found in _parameters_in(part)]


def _joined(checker: _Checker, node: Node, before: Type | None, found: Type) -> Type:
    if before is None:
        return found
    if checker.fits(before, found):
        return most_general(before, found)
    if checker.minor >= ALIKE_SINCE:
        return DYN  # whether it may be so depends on what the literal is for
    return checker.fail(f"expected type '{checker.shown(before)}' but found '{checker.shown(found)}'", node)


def _optional_item(checker: _Checker, node: Node, found: Type) -> Type:
    inner, is_optional = unwrapped(found)
    if not is_optional and inner.kind != "dyn":
        checker.fail(f"expected type 'optional_type({checker.shown(inner)})' but found '{checker.shown(inner)}'", node)
    return inner


def _list(checker: _Checker, node: Node) -> Type:
    item: Type | None = None
    for index, part in enumerate(node.parts):
        found = checker.check(part)
        if index in node.optional:
            found = _optional_item(checker, part, found)
        item = _joined(checker, part, item, found)
    return list_of(item or checker.new_parameter())


def _map(checker: _Checker, node: Node) -> Type:
    key: Type | None = None
    value: Type | None = None
    for index in range(0, len(node.parts), 2):
        one, other = node.parts[index : index + 2]
        key = _joined(checker, one, key, checker.check(one))
        found = checker.check(other)
        if index // 2 in node.optional:
            found = _optional_item(checker, other, found)
        value = _joined(checker, other, value, found)
    return map_of(key or checker.new_parameter(), value or checker.new_parameter())


def _struct(checker: _Checker, node: Node) -> Type:
    fields = checker.structs.get(node.name)
    if fields is None:
        return checker.fail(f"undeclared reference to '{node.name}' (in container '')", node)
    for index in range(0, len(node.parts), 2):
        name, value = node.parts[index : index + 2]
        found = checker.check(value)
        if index // 2 in node.optional:
            found = _optional_item(checker, value, found)
        if name.value not in fields:
            checker.fail(f"undefined field '{name.value}'", name)
        elif not checker.fits(fields[name.value], found):
            wanted = checker.shown(fields[name.value])
            text = f"expected type of field '{name.value}' is '{wanted}' but provided type is '{checker.shown(found)}'"
            checker.fail(text, value)
    return Type("struct", node.name)


def _fold(checker: _Checker, node: Node) -> Type:
    fold = node.fold
    assert fold is not None
    over = substitute(checker.bindings, checker.check(fold.over))
    accumulated = checker.check(fold.start)
    outside, locals_outside = checker.variables, checker.local
    checker.variables = {**outside, fold.accumulator: accumulated}
    checker.local = [*locals_outside, fold.accumulator]
    inside = checker.variables
    first, second = _loop_types(checker, fold, over)
    checker.variables = {**inside, fold.variable: first} | ({fold.second: second} if fold.second else {})
    checker.local = [*checker.local, fold.variable, *([fold.second] if fold.second else [])]
    for part, wanted in ((fold.condition, BOOL), (fold.step, accumulated)):
        given = checker.check(part)
        if not checker.fits(wanted, given):
            checker.fail(f"expected type '{checker.shown(wanted)}' but found '{checker.shown(given)}'", part)
    checker.variables, checker.local = inside, [*locals_outside, fold.accumulator]
    result = checker.check(fold.result)
    checker.variables, checker.local = outside, locals_outside
    return substitute(checker.bindings, result)


def _loop_types(checker: _Checker, fold: Fold, over: Type) -> tuple[Type, Type]:
    if over.kind == "list":
        return (INT, over.parts[0]) if fold.second else (over.parts[0], DYN)
    if over.kind == "map":
        key, value = over.parts
        return key, value
    if over.kind == "param" or is_dyn(over):
        checker.fits(DYN, over)
        return DYN, DYN
    text = f"expression of type '{checker.shown(over)}' cannot be range of a comprehension"
    checker.fail(f"{text} (must be list, map, or dynamic)", fold.over)
    return ERROR, ERROR


_CHECKS = {
    "const": _const,
    "ident": _ident,
    "select": _select,
    "call": _call,
    "list": _list,
    "map": _map,
    "struct": _struct,
    "fold": _fold,
}


def _literal_errors(checker: _Checker) -> Iterator[CelError]:
    """Durations, times and regular expressions that are written out and wrong."""
    for call in checker.calls:
        if call.name in _TIME_CALLS and call.target is None and len(call.parts) == 1:
            if not _is_time(call.name, call.parts[0]):
                yield CelError(f"invalid {call.name} argument", call.parts[0].position)
        elif call.name == "matches" and call.parts and not _is_pattern(call.parts[-1].value):
            yield CelError("invalid matches argument", call.parts[-1].position)


def _is_time(name: str, node: Node) -> bool:
    """Whether a duration or time is right, as far as it is written out."""
    from kplan.cel.value import is_go_duration
    from kplan.k8s.time import parse_time

    if node.kind != "const" or not isinstance(node.value, str):
        return node.kind != "const" or name != "duration"
    if name == "duration":
        return is_go_duration(node.value)
    try:
        return bool(parse_time(node.value))
    except ValueError:
        return False


def _is_pattern(text: Any) -> bool:
    """Whether a pattern is right, as far as it is written out."""
    from kplan.k8s.regexp import RegexpError, UnknownScript, compile_go

    if not isinstance(text, str):
        return True
    try:
        compile_go(text)
    except RegexpError:
        return False
    except UnknownScript:
        pass
    return True
