"""Values judged by a schema: types, bounds, patterns, formats, enums, junctors.

Source: kube-openapi pkg/validation/validate; apiextensions-apiserver v1.36 pkg/apiserver/validation
ValidateCustomResource.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from kplan.cel.correlate import is_unchanged, items_before, map_key
from kplan.k8s.regexp import RegexpError, UnknownScript, compile_go
from kplan.model.path import FieldPath, Name
from kplan.validation.custom_format import known_format
from kplan.validation.fault import Fault, FaultKind, required, show, too_long, too_many, unsupported
from kplan.validation.feature import on

Schema: TypeAlias = Mapping[str, Any]

_INT64 = 2**63
_SAFE_INTEGER = 2**53 - 1
_NEARLY = 1e-9
_FORMATS = {"integer": ("int32", "int64"), "number": ("float", "double")}
_FLOAT32 = 2**128 - 2**103
_BITS = {"int32": (-(2**31), 2**31), "uint32": (0, 2**32), "uint64": (0, 2**64)}


NEW: Any = object()
"""In place of a value before: there is none, or it cannot be told which."""


class Where(NamedTuple):
    """Where a value is: its path below `base`, and its name in messages, as the validator of the server spells it.

    `old` is the value before: what did not change is not judged. A default is judged by the schema `as_written`: for
    other values the server forgets formats that it does not know, and takes integers and strings for int-or-string.
    """

    base: FieldPath
    minor: int
    path: FieldPath = ()
    name: str = ""
    old: Any = NEW
    as_written: bool = False

    def at_property(self, key: str) -> Where:
        """A property that the schema names."""
        old = self.old.get(key, NEW) if isinstance(self.old, dict) else NEW
        return self._replace(path=(*self.path, key), name=f"{self.name}.{key}" if self.name else key, old=old)

    def at_value(self, key: str) -> Where:
        """A value of a map."""
        return self.at_property(key)._replace(name=f"{self.name}.{key}")

    def at_item(self, index: int, old: Any) -> Where:
        """An item of a list, and what was in its place."""
        return self._replace(path=(*self.path, index), name=f"{self.name}[{index}]", old=old)

    @property
    def full(self) -> FieldPath:
        """The whole path; the server takes an index right at the base for a name."""
        if self.base and self.path and isinstance(self.path[0], int):
            return (*self.base, Name(f"[{self.path[0]}]"), *self.path[1:])
        return (*self.base, *self.path)


class _Result(NamedTuple):
    """What is wrong, and how many checks there were: of alternatives that all fail, the one with most is told."""

    faults: list[Fault]
    checks: int


def value_faults(
    value: Any, schema: Schema, base: FieldPath, minor: int, old: Any = NEW, *, is_default: bool = False
) -> list[Fault]:
    """What a schema has against a value at `base`; the schema is one as Go holds it, without what is empty.

    `old` is the value before, of an update: from 1.30 on, parts that stay the same are let be. A default is judged a
    bit otherwise.

    >>> [f.message for f in value_faults(0, {"type": "integer", "minimum": 1}, ("spec", "size"), 36)]
    ['Invalid value: 0:  in body should be greater than or equal to 1']
    """
    found: dict[str, Fault] = {}
    old = old if on("CRDValidationRatcheting", minor) else NEW
    for fault in _judge(value, schema, Where(base, minor, old=old, as_written=is_default)).faults:
        found.setdefault(f"{fault.path}{fault.message}", fault)
    return list(found.values())


def _judge(value: Any, schema: Schema, where: Where) -> _Result:
    if where.old is not NEW and is_unchanged(where.old, value, schema):
        return _Result([], 0)
    types = _types(schema, where)
    if value is None:
        faults = [*_null_type(schema, types, where), *_enum(value, schema, where)]
        return _Result(faults, 0 if faults else 1)
    results = [_Result(list(_type(value, schema, types, where)), 1)]
    results += _junctors(value, schema, where)
    if isinstance(value, str):
        results.append(_Result(list(_text(value, schema, where)), 0))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        results.append(_Result(list(_number(value, schema, types, where)), 1))
    elif isinstance(value, list):
        results.append(_list(value, schema, where))
    results.append(_Result(list(_enum(value, schema, where)), 1))
    if isinstance(value, dict):
        results.append(_object(value, schema, where))
    return _Result([f for each in results for f in each.faults], sum(each.checks for each in results) + 2)


def _types(schema: Schema, where: Where) -> tuple[str, ...]:
    if schema.get("x-kubernetes-int-or-string") and not where.as_written:
        return ("integer", "string")
    type_ = schema.get("type")
    return (type_,) if type_ else ()


def _null_type(schema: Schema, types: tuple[str, ...], where: Where) -> Iterator[Fault]:
    if types and not schema.get("nullable"):
        yield _wrong_type(where, ",".join(types), "null")


def _type(value: Any, schema: Schema, types: tuple[str, ...], where: Where) -> Iterator[Fault]:
    given, format_ = _given(value)
    wanted = _format(schema, where)
    if not types and not wanted:
        return
    is_whole = isinstance(value, float) and _is_whole(value) and "integer" in types
    fits = given in types or is_whole or (given == "integer" and "number" in types)
    if not isinstance(value, (str, list)) and wanted and not (fits or format_ == wanted):
        yield _wrong_type(where, wanted, format_)
    elif isinstance(value, (str, list)) and wanted and not {"number", "integer"} & set(types):
        return  # the format is checked by itself
    elif not fits:
        yield _wrong_type(where, ",".join(types), given)


def _given(value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", ""
    if isinstance(value, int) and -_INT64 <= value < _INT64:
        return "integer", "int64"
    if isinstance(value, (int, float)):
        return "number", "float64"
    names: dict[type, str] = {str: "string", list: "array", dict: "object"}
    return names.get(type(value), ""), ""


def _format(schema: Schema, where: Where) -> str:
    """The format, where it is one that the server knows: it forgets the others."""
    name, types = str(schema.get("format") or ""), _types(schema, where)
    if where.as_written or not name:
        return name
    if len(types) == 1 and types != ("string",) and on("SchemaBoundsByFormat", where.minor):
        return _number_format(schema, types)
    return name if known_format(name, where.minor) else ""


def _wrong_type(where: Where, wanted: str, given: str) -> Fault:
    quoted = json.dumps(given, ensure_ascii=False)
    return _invalid(where, given, f"must be of type {wanted}: {quoted}", "wrong-type")


def _invalid(where: Where, value: Any, text: str, rule: FaultKind = "invalid-value") -> Fault:
    return Fault(rule, where.full, f"Invalid value: {show(value)}: {where.name} in body {text}")


def _general(where: Where, text: str) -> Fault:
    """A fault that the server reports of the whole object."""
    return Fault("invalid-value", where.base or ("<nil>",), f'Invalid value: "": {text}')


def _enum(value: Any, schema: Schema, where: Where) -> Iterator[Fault]:
    allowed = schema.get("enum")
    if not isinstance(allowed, list) or not allowed or any(_is_enumerated(value, each) for each in allowed):
        return
    words = [each if isinstance(each, str) else show(ordered(each)) for each in allowed]
    yield unsupported(where.full, value, words)


def _is_enumerated(value: Any, allowed: Any) -> bool:
    if allowed is None:
        return False
    if isinstance(value, bool) or isinstance(allowed, bool):
        return value is allowed
    if isinstance(value, (int, float)) and isinstance(allowed, (int, float)):
        return bool(value == allowed) or (isinstance(allowed, int) and int64(value) == allowed)
    return type(value) is type(allowed) and bool(value == allowed)


def _text(value: str, schema: Schema, where: Where) -> Iterator[Fault]:
    """The first thing that is wrong with the text, and with its format."""
    yield from _text_bounds(value, schema, where)
    test = known_format(_format(schema, where), where.minor)
    try:
        if test is not None and not test(value):
            yield _wrong_type(where, schema["format"], value)
    except UnknownScript:
        pass


def _text_bounds(value: str, schema: Schema, where: Where) -> Iterator[Fault]:
    longest, shortest, pattern = (schema.get(key) for key in ("maxLength", "minLength", "pattern"))
    if longest is not None and len(value) > longest:
        yield too_long(where.full, longest)
    elif shortest is not None and len(value) < shortest:
        yield _invalid(where, value, f"should be at least {shortest} chars long")
    elif pattern:
        try:
            if not compile_go(pattern).search(value):
                yield _invalid(where, value, f"should match '{pattern}'")
        except RegexpError as error:
            yield _invalid(where, value, f"should match '{pattern}, but pattern is invalid: {error}'")
        except UnknownScript:
            pass


def _number_format(schema: Schema, types: tuple[str, ...]) -> str:
    """The format, where it is one of the type's own."""
    format_ = str(schema.get("format") or "")
    return format_ if len(types) == 1 and format_ in _FORMATS.get(types[0], ()) else ""


def _number(value: int | float, schema: Schema, types: tuple[str, ...], where: Where) -> Iterator[Fault]:
    type_ = types[0] if len(types) == 1 and on("SchemaBoundsByFormat", where.minor) else ""
    format_ = _number_format(schema, types)
    if not _fits(value, type_, format_):
        yield _general(where, _out_of_range("Checked", type_, format_, where))
    for key, title in (("multipleOf", "MultipleOf"), ("minimum", "Minimum boundary"), ("maximum", "Maximum boundary")):
        bound = schema.get(key)
        if bound is None:
            continue
        is_native = _fits(bound, type_, format_)
        if not is_native:
            yield _general(where, _out_of_range(title, type_, format_, where))
        left, right = (value, bound)
        if is_native and isinstance(value, int):
            right = int64(bound)
        elif not is_native:
            left, right = float(value) if abs(value) < 2**1023 else value, float(bound)
        if key == "multipleOf" and right <= 0:
            text = f"factor MultipleOf declared for {where.name} must be positive: {_number_text(right)}"
            yield Fault("invalid-value", where.full, f"Invalid value: {_number_text(right)}: {text}")
        elif text := _breach(key, left, right, schema):
            yield _invalid(where, value, f"should be {text} {_number_text(right)}")


def _breach(key: str, value: int | float, bound: int | float, schema: Schema) -> str:
    """How the value breaks a bound, in words; "" where it does not."""
    if key == "multipleOf":
        return "" if _is_multiple(value, bound) else "a multiple of"
    if key == "minimum":
        if schema.get("exclusiveMinimum"):
            return "greater than" if value <= bound else ""
        return "greater than or equal to" if value < bound else ""
    if schema.get("exclusiveMaximum"):
        return "less than" if value >= bound else ""
    return "less than or equal to" if value > bound else ""


def _is_multiple(value: int | float, factor: int | float) -> bool:
    if isinstance(value, int) and isinstance(factor, int):
        return value % factor == 0
    return _is_whole(1 / factor * value if factor < 1 else value / factor)


def _is_whole(number: float) -> bool:
    """Whether a float is as good as an integer that JSON can hold."""
    if number != number or abs(number) > _SAFE_INTEGER:
        return False
    whole = int(number)
    return number == whole or (whole != 0 and abs(number - whole) / (abs(number) + abs(whole)) < _NEARLY)


def int64(number: int | float) -> int:
    """The number as Go converts it to an int64: cut off, the least one where it is out of range.

    >>> int64(1.9), int64(2.0**63) == -2**63
    (1, True)
    """
    if number != number or abs(number) == float("inf"):
        return -_INT64
    whole = int(number)
    return whole if -_INT64 <= whole < _INT64 else -_INT64


def _fits(number: int | float, type_: str, format_: str) -> bool:
    """Whether the number can be held by the schema's type and format."""
    if type_ != "integer":
        return format_ != "float" or abs(number) < _FLOAT32
    if number != number or number in (float("inf"), float("-inf")) or number != int(number):
        return False
    low, high = _BITS.get(format_, (-_INT64, _INT64))
    return low <= number < high


def _out_of_range(title: str, type_: str, format_: str, where: Where) -> str:
    suffix = f"with format {format_}" if format_ else "(default format)"
    return f"{title} value must be of type {type_} {suffix} in {where.name}"


def _number_text(number: int | float) -> str:
    """A number as Go prints it with %v.

    >>> _number_text(2.0**63), _number_text(0.5), _number_text(3)
    ('9.223372036854776e+18', '0.5', '3')
    """
    text = repr(number)
    if isinstance(number, int):
        return text if abs(number) < 10**21 else f"{number:e}"
    if text.endswith(".0"):
        text = text[:-2]
    if "e" not in text and abs(number) >= 1e21:
        text = f"{number:e}"
    return text


def _list(value: list[Any], schema: Schema, where: Where) -> _Result:
    faults, count = [], 1
    items = schema.get("items")
    if isinstance(items, dict):
        known = items_before(where.old, schema)
        for index, item in enumerate(value):
            old = known.get(map_key(item, schema), NEW)
            result = _judge(item, items, where.at_item(index, old))
            faults += result.faults
            count += result.checks
    least, most = schema.get("minItems"), schema.get("maxItems")
    if least is not None and len(value) < least:
        faults.append(_invalid(where, len(value), f"should have at least {least} items"))
    if most is not None and len(value) > most:
        faults.append(too_many(where.full, len(value), most))
    return _Result(faults, count + 1)


def ordered(value: Any) -> Any:
    """The value as it is in the server's memory, and in its messages: maps by key, whole numbers as integers.

    >>> ordered({"b": 1.0, "a": [2.5]})
    {'a': [2.5], 'b': 1}
    """
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list):
        return [ordered(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _INT64:
        return int(value)
    return value


def _object(value: dict[str, Any], schema: Schema, where: Where) -> _Result:
    least, most = schema.get("minProperties"), schema.get("maxProperties")
    faults: list[Fault] = []
    if least is not None and len(value) < least:
        faults.append(_invalid(where, len(value), f"should have at least {least} properties"))
    if most is not None and len(value) > most:
        faults.append(too_many(where.full, len(value), most))
    if faults and not on("AllPropertiesJudged", where.minor):
        return _Result(faults[:1], 0)
    count = 0
    for below, item, inner in _members(value, schema, where):
        if inner is None:
            text = f"{where.name}.{below.path[-1]} in body is a forbidden property"
            faults.append(Fault("invalid-value", where.full, f"Invalid value: {show(below.path[-1])}: {text}"))
        else:
            result = _judge(item, inner, below)
            faults += result.faults
            count += result.checks
    faults += (required(where.at_property(key).full) for key in schema.get("required") or () if key not in value)
    return _Result(faults, count)


def _members(value: dict[str, Any], schema: Schema, where: Where) -> Iterator[tuple[Where, Any, Schema | None]]:
    """The members that a schema is there for; None stands for one that is not allowed."""
    properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
    for key, item in value.items():
        if key in properties:
            yield where.at_property(key), item, properties[key]
        elif others is False:
            yield where.at_value(key), item, None
        elif isinstance(others, dict):
            yield where.at_value(key), item, others


def _junctors(value: Any, schema: Schema, where: Where) -> Iterator[_Result]:
    faults: list[Fault] = []
    count = 2
    where = where._replace(old=NEW)
    for judged in (_any_of(value, schema, where), _one_of(value, schema, where), _all_of(value, schema, where)):
        faults += judged.faults
        count += judged.checks
    opposite = schema.get("not")
    if isinstance(opposite, dict) and not _judge(value, opposite, where).faults:
        faults.append(_general(where, f"{show(where.name)} must not validate the schema (not)"))
    yield _Result(faults, count)


def _any_of(value: Any, schema: Schema, where: Where) -> _Result:
    results = []
    for each in schema.get("anyOf") or ():
        result = _judge(value, each, where)
        if not result.faults:
            return result
        results.append(result)
    if not results:
        return _Result([], 0)
    told = _general(where, f"{show(where.name)} must validate at least one schema (anyOf)")
    best = max(results, key=lambda result: result.checks)
    return _Result([told, *best.faults], best.checks)


def _one_of(value: Any, schema: Schema, where: Where) -> _Result:
    results = [_judge(value, each, where) for each in schema.get("oneOf") or ()]
    good = [result for result in results if not result.faults]
    if not results or len(good) == 1:
        return good[0] if good else _Result([], 0)
    said = f"Found {len(good)} valid alternatives" if good else "Found none valid"
    told = _general(where, f"{show(where.name)} must validate one and only one schema (oneOf). {said}")
    if good:
        return _Result([told], 0)
    best = max(results, key=lambda result: result.checks)
    return _Result([told, *best.faults], best.checks)


def _all_of(value: Any, schema: Schema, where: Where) -> _Result:
    results = [_judge(value, each, where) for each in schema.get("allOf") or ()]
    faults = [fault for result in results for fault in result.faults]
    if faults:
        none = ". None validated" if all(result.faults for result in results) else ""
        faults.append(_general(where, f"{show(where.name)} must validate all the schemas (allOf){none}"))
    return _Result(faults, sum(result.checks for result in results))
