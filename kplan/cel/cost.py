"""The most that an expression can cost: the API server refuses rules that could cost too much.

Costs and sizes are units of CEL's own; what may grow without limit costs `UNLIMITED`.

Source: cel-go checker/cost.go, common/cost.go, ext/lists.go; kubernetes v1.36 apiserver pkg/cel/library/cost.go;
apiextensions-apiserver pkg/apiserver/schema/cel compilation.go.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from kplan.cel.checker import Checked
from kplan.cel.schema_type import SchemaType
from kplan.cel.syntax import ACCUMULATOR, Node
from kplan.cel.type import Type

UNLIMITED = 2**64 - 1
_TRAVERSAL = 0.1
_PER_PATTERN_CHAR = 0.25
_LIST, _MAP = 10, 30
_NAME_FORMAT_PATTERN = 128
_LONGEST_FORMAT = 64
_SCALARS = frozenset(("bool", "double", "duration", "int", "timestamp", "uint"))
Path: TypeAlias = tuple[str, ...]


class Size(NamedTuple):
    """The fewest and the most elements of a value: characters, items, entries."""

    least: int
    most: int

    def plus(self, other: Size) -> Size:
        """Both together."""
        return Size(_capped(self.least + other.least), _capped(self.most + other.most))

    def times(self, other: Size) -> Size:
        """So many of the other."""
        return Size(_capped(self.least * other.least), _capped(self.most * other.most))

    def union(self, other: Size) -> Size:
        """One or the other."""
        return Size(min(self.least, other.least), max(self.most, other.most))


_UNKNOWN = Size(0, UNLIMITED)
_ONE = Size(1, 1)


def _capped(number: int) -> int:
    return min(number, UNLIMITED)


def _share(size: int, factor: float) -> int:
    """A factor of a size, rounded up."""
    found = float(size) * factor
    return UNLIMITED if found >= 2.0**64 else math.ceil(found)


def max_cost(checked: Checked, root: SchemaType) -> int:
    """The most that the checked expression costs over values of a type, which `self` and `oldSelf` are of."""
    return _Coster(checked, root).cost(checked.node)


class _Local(NamedTuple):
    """A variable of a macro: where its values come from, their size, and the sizes of keys and values inside."""

    path: Path
    size: Size | None
    entries: tuple[str, Size, Size] | None


@dataclass(slots=True)
class _Coster:
    checked: Checked
    root: SchemaType
    paths: dict[int, Path] = field(default_factory=dict)
    sizes: dict[int, Size] = field(default_factory=dict)
    entries: dict[int, tuple[str, Size, Size]] = field(default_factory=dict)
    local: dict[str, list[_Local]] = field(default_factory=dict)

    def cost(self, node: Node) -> int:
        """The most that a part costs; sizes and paths of values are noted on the way."""
        return _COSTS[node.kind](self, node)

    def type(self, node: Node) -> Type:
        """The type of a part."""
        return self.checked.types[id(node)]

    def path(self, node: Node) -> Path:
        """Where in the object the value of a part is; empty where that is not known."""
        if node.kind == "ident" and (stack := self.local.get(node.name)):
            return stack[-1].path
        return self.paths.get(id(node), ())

    def size(self, node: Node) -> Size | None:
        """The size of the value of a part, None where it is not known."""
        if id(node) in self.sizes:
            return self.sizes[id(node)]
        found = _written_size(node) or self.size_at(self.path(node))
        if found is not None:
            return found
        if _is_scalar(self.type(node)):
            return _ONE
        stack = self.local.get(node.name) if node.kind == "ident" else None
        return stack[-1].size if stack else None

    def size_or_unknown(self, node: Node) -> Size:
        """The size; any where it is not known."""
        return self.size(node) or _UNKNOWN

    def size_at(self, path: Path) -> Size | None:
        """The size of what the schema has at a path; the first part, a variable, is not looked at."""
        if not path or path[0] == ACCUMULATOR:
            return None
        here: SchemaType | None = self.root
        for part in path[1:]:
            assert here is not None
            if part in ("@items", "@values"):
                here = here.item
            elif part == "@keys":
                if here.type.kind != "map":
                    return None
                here = SchemaType(Type("string"))
            else:
                here = here.fields.get(part)
            if here is None:
                return None
        return Size(0, here.max_elements) if here is not None else None

    def entries_of(self, node: Node) -> tuple[str, Size, Size] | None:
        """The kind of a container, and the sizes of its keys and values, where they are known."""
        if id(node) in self.entries:
            return self.entries[id(node)]
        stack = self.local.get(node.name) if node.kind == "ident" else None
        return stack[-1].entries if stack else None

    def push(self, name: str, local: _Local) -> None:
        """Enter the scope of a variable."""
        self.local.setdefault(name, []).append(local)

    def pop(self, name: str) -> None:
        """Leave it."""
        self.local[name].pop()


def _written_size(node: Node) -> Size | None:
    """The size of what is written out."""
    if node.kind == "const":
        count = len(node.value) if isinstance(node.value, (str, bytes)) else 1
    elif node.kind == "list":
        count = len(node.parts)
    elif node.kind == "map":
        count = len(node.parts) // 2
    else:
        return None
    return Size(count, count)


def _is_scalar(type_: Type) -> bool:
    if type_.kind == "opaque" and type_.name == "optional_type":
        return _is_scalar(type_.parts[0])
    return type_.kind in _SCALARS


def _const(coster: _Coster, node: Node) -> int:
    return 0


def _ident(coster: _Coster, node: Node) -> int:
    coster.paths[id(node)] = coster.path(node) if coster.local.get(node.name) else (node.name,)
    return 1


def _select(coster: _Coster, node: Node) -> int:
    if id(node.parts[0]) not in coster.checked.types:
        return 1  # the name of a type
    cost = coster.cost(node.parts[0])
    if node.test_only:
        return cost
    if coster.type(node.parts[0]).kind in ("map", "struct", "param"):
        cost += 1
    coster.paths[id(node)] = (*coster.path(node.parts[0]), node.name)
    return _capped(cost)


def _list(coster: _Coster, node: Node) -> int:
    cost = _LIST + sum(coster.cost(part) for part in node.parts)
    coster.entries[id(node)] = ("list", _ONE, _union(coster, node.parts))
    return _capped(cost)


def _union(coster: _Coster, nodes: list[Node]) -> Size:
    found = Size(UNLIMITED if nodes else 0, 0)
    for node in nodes:
        found = found.union(coster.size_or_unknown(node))
    return found


def _map(coster: _Coster, node: Node) -> int:
    cost = _MAP + sum(coster.cost(part) for part in node.parts)
    coster.entries[id(node)] = ("map", _union(coster, node.parts[::2]), _union(coster, node.parts[1::2]))
    return _capped(cost)


def _fold(coster: _Coster, node: Node) -> int:
    fold = node.fold
    assert fold is not None
    cost = coster.cost(fold.over) + coster.cost(fold.start)
    start = _Local(coster.path(fold.start), coster.size(fold.start), coster.entries_of(fold.start))
    coster.push(fold.accumulator, start)
    if fold.condition.kind == "const" and fold.condition.value is False:  # a variable with a value, and no loop
        cost += coster.cost(fold.result)
        coster.pop(fold.accumulator)
        _copy_size(coster, node, fold.result)
        return _capped(cost)
    _push_loop(coster, node)
    each = coster.cost(fold.condition) + coster.cost(fold.step)
    coster.pop(fold.variable)
    if fold.second:
        coster.pop(fold.second)
    cost += coster.cost(fold.result)
    coster.pop(fold.accumulator)
    count = coster.size_or_unknown(fold.over)
    if fold.start.kind == "const":
        _set_size(coster, node, coster.size(fold.start))
    elif fold.start.kind in ("list", "map"):
        coster.sizes[id(node)] = count
        if inner := coster.entries_of(fold.step):
            coster.entries[id(node)] = inner
    return _capped(cost + count.most * each)


def _push_loop(coster: _Coster, node: Node) -> None:
    fold = node.fold
    assert fold is not None
    entries, path = coster.entries_of(fold.over), coster.path(fold.over)
    kind = entries[0] if entries else coster.type(fold.over).kind
    key, value = (entries[1], entries[2]) if entries else (None, None)
    is_list = kind == "list"
    if not fold.second:
        size = value if is_list else key
        coster.push(fold.variable, _Local((*path, "@items" if is_list else "@keys"), size, None))
        return
    coster.push(fold.variable, _Local((*path, "@indices" if is_list else "@keys"), key, None))
    coster.push(fold.second, _Local((*path, "@items" if is_list else "@values"), value, None))


def _set_size(coster: _Coster, node: Node, size: Size | None) -> None:
    if size is not None:
        coster.sizes[id(node)] = size


def _copy_size(coster: _Coster, node: Node, source: Node) -> None:
    _set_size(coster, node, coster.size(source))
    if entries := coster.entries_of(source):
        coster.entries[id(node)] = entries


def _call(coster: _Coster, node: Node) -> int:
    if node.name == "dyn" and node.target is None:
        cost = coster.cost(node.parts[0])
        _copy_size(coster, node, node.parts[0])
        return _capped(cost + 1)
    costs = [coster.cost(part) for part in node.parts]
    overloads = coster.checked.overloads.get(id(node), ())
    if not overloads:
        return 0
    outer = coster.cost(node.target) if node.target is not None else 0
    most, result = 0, None
    for overload in overloads:
        kind = overload.parameters[0].kind if overload.parameters else ""
        cost, size = _function(coster, node, kind, costs)
        most = max(most, cost)
        if size is not None:
            result = size if result is None else result.union(size)
        if node.name == "_[_]" and kind in ("list", "map"):
            entries = coster.entries_of(node.parts[0])
            result = entries[2] if entries else None
            coster.paths[id(node)] = (*coster.path(node.parts[0]), "@items" if kind == "list" else "@values")
        if result is None:
            result = coster.size(node)
    _set_size(coster, node, result)
    return _capped(outer + most)


_COSTS: dict[str, Callable[[_Coster, Node], int]] = {
    "const": _const,
    "ident": _ident,
    "select": _select,
    "call": _call,
    "list": _list,
    "map": _map,
    "fold": _fold,
}


def _function(coster: _Coster, node: Node, kind: str, costs: list[int]) -> tuple[int, Size | None]:
    """What a call costs by one of its signatures, `kind` being that of the first parameter, and the result's size."""
    if node.name in ("_&&_", "_||_"):
        return _capped(sum(costs)), None
    if node.name == "_?_:_":
        size = coster.size_or_unknown(node.parts[1]).union(coster.size_or_unknown(node.parts[2]))
        _join_entries(coster, node, node.parts[1], node.parts[2])
        return _capped(costs[0] + max(costs[1:])), size
    estimate = _KUBERNETES.get(node.name)
    found = estimate(coster, node, kind) if estimate else None
    if found is None:
        estimate = _STANDARD.get(node.name)
        found = estimate(coster, node, kind) if estimate else None
    own_cost, result = found or (1, None)
    return _capped(own_cost + sum(costs)), result


def _join_entries(coster: _Coster, node: Node, one: Node, other: Node) -> None:
    left, right = coster.entries_of(one), coster.entries_of(other)
    if left and right:
        coster.entries[id(node)] = (left[0], left[1].union(right[1]), left[2].union(right[2]))


_Estimate: TypeAlias = "tuple[int, Size | None] | None"
_Estimator: TypeAlias = Callable[[_Coster, Node, str], _Estimate]


def _prefix(coster: _Coster, node: Node, kind: str) -> _Estimate:
    return _share(coster.size_or_unknown(node.parts[0]).most, _TRAVERSAL), None


def _in(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if coster.type(node.parts[1]).kind == "map":
        return None
    return coster.size_or_unknown(node.parts[1]).most, None


def _matches(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None:
        return None
    text = _share(coster.size_or_unknown(node.target).plus(_ONE).most, _TRAVERSAL)
    return _capped(text * _share(coster.size_or_unknown(node.parts[0]).most, _PER_PATTERN_CHAR)), None


def _contains(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None:
        return None
    one, other = (_share(coster.size_or_unknown(each).most, _TRAVERSAL) for each in (node.target, node.parts[0]))
    return _capped(one * other), None


def _bytes(coster: _Coster, node: Node, kind: str) -> _Estimate:
    size = coster.size_or_unknown(node.parts[0])
    return (_share(size.most, _TRAVERSAL), Size(size.least, _capped(size.most * 4))) if kind == "string" else None


def _string(coster: _Coster, node: Node, kind: str) -> _Estimate:
    size = coster.size_or_unknown(node.parts[0])
    return (_share(size.most, _TRAVERSAL), Size(size.least // 4, size.most)) if kind == "bytes" else None


def _quote(coster: _Coster, node: Node, kind: str) -> _Estimate:
    size = coster.size_or_unknown(node.parts[0])
    return _share(size.most, _TRAVERSAL), Size(size.least + 2, _capped(size.most * 2 + 2))


def _format(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None:
        return None
    return _share(coster.size_or_unknown(node.target).most, _TRAVERSAL), None


def _add(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if kind not in ("string", "bytes", "list"):
        return None
    size = coster.size_or_unknown(node.parts[0]).plus(coster.size_or_unknown(node.parts[1]))
    _join_entries(coster, node, node.parts[0], node.parts[1])
    return (1 if kind == "list" else _share(size.most, _TRAVERSAL)), size


def _compare(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.name not in ("_==_", "_!=_") and kind not in ("string", "bytes"):
        return None
    smaller = min(coster.size_or_unknown(part).most for part in node.parts)
    return _share(smaller, _TRAVERSAL), None


def _whole(node: Node, default: int) -> int:
    """An integer that is written out."""
    is_written = node.kind == "const" and node.name != "uint" and type(node.value) is int
    return max(node.value, 0) if is_written else default


def _new_list(factor: float, size: Size) -> _Estimate:
    return _capped(_share(size.most, factor) + 1 + _LIST), size


def _slice(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None or len(node.parts) != 2:
        return None
    end = _whole(node.parts[1], coster.size_or_unknown(node.target).most)
    count = (end - _whole(node.parts[0], 0)) % 2**64
    return _new_list(1, Size(count, count))


def _range(coster: _Coster, node: Node, kind: str) -> _Estimate:
    count = _whole(node.parts[0], UNLIMITED)
    return _new_list(1, Size(count, count))


def _reverse(coster: _Coster, node: Node, kind: str) -> _Estimate:
    return None if node.target is None else _new_list(1, coster.size_or_unknown(node.target))


def _flatten(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None:
        return None
    depth = _whole(node.parts[0], UNLIMITED) if node.parts else 1
    return _new_list(float(depth), coster.size_or_unknown(node.target))


def _sort(coster: _Coster, node: Node, kind: str) -> _Estimate:
    """Functions that compare every item of a list with every other."""
    if node.target is None:
        return None
    ordered = node.parts[0] if node.parts else node.target
    size, parts = coster.size_or_unknown(ordered), coster.type(ordered).parts
    is_text = node.name != "distinct" and bool(parts) and parts[0].kind in ("string", "bytes")
    return _new_list(2 + _TRAVERSAL * is_text, size.times(size))


_STANDARD: dict[str, _Estimator] = {
    "slice": _slice,
    "lists.range": _range,
    "reverse": _reverse,
    "flatten": _flatten,
    **dict.fromkeys(("distinct", "sort", "@sortByAssociatedKeys"), _sort),
    "startsWith": _prefix,
    "endsWith": _prefix,
    "bytes": _bytes,
    "string": _string,
    "strings.quote": _quote,
    "format": _format,
    "@in": _in,
    "matches": _matches,
    "contains": _contains,
    "_+_": _add,
    **dict.fromkeys(("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"), _compare),
}


def _known(coster: _Coster, node: Node) -> Size:
    """The size as Kubernetes' own functions see it."""
    return coster.size(node) or _UNKNOWN


def _item_size(coster: _Coster, target: Node) -> Size:
    path = coster.path(target)
    return coster.size_at((*path, "@items")) or _UNKNOWN if path and path[0] != ACCUMULATOR else _UNKNOWN


def _nominal(coster: _Coster, node: Node, kind: str) -> _Estimate:
    return 1, None


def _each(coster: _Coster, node: Node, kind: str) -> _Estimate:
    """Functions that look at each item of a list, or at text once."""
    if node.target is None:
        return None
    size, parts = _known(coster, node.target), coster.type(node.target).parts
    if not parts:
        return _share(size.most, _TRAVERSAL), None
    one = 1
    if parts[0].kind in ("string", "bytes"):
        one += _share(_item_size(coster, node.target).most, _TRAVERSAL)
    return _capped(size.most * one), None


def _url(coster: _Coster, node: Node, kind: str) -> _Estimate:
    size = _known(coster, node.parts[0])
    return _share(size.most, _TRAVERSAL), size


def _rewrite(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None:
        return None
    size = _known(coster, node.target)
    return _share(size.most, _TRAVERSAL), size


def _replace(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None or len(node.parts) < 2:
        return None
    size, old, new = (_known(coster, each) for each in (node.target, node.parts[0], node.parts[1]))
    most, kept_most = 0, size.most
    if old.least == 0:
        most = _capped(size.most + 1)
    elif new.most > old.least:
        most, kept_most = math.ceil(size.most / old.least), 0
    least, kept_least = 0, size.least
    if old.most == 0:
        least = size.least + 1
    elif old.most > new.least:
        least, kept_least = math.ceil(size.least / old.most), 0
    result = Size(least, most).times(new).plus(Size(kept_least, kept_most))
    return _share(size.most, 2 * _TRAVERSAL), result


def _split(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None:
        return None
    size = _known(coster, node.target)
    most = size.most
    if len(node.parts) > 1 and type(node.parts[1].value) is int:
        most = node.parts[1].value % 2**64
    return _share(size.most, 2 * _TRAVERSAL), Size(0, most)


def _join(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None:
        return None
    count, size = _known(coster, node.target), Size(0, 0)
    if coster.type(node.target).parts:
        size = count.times(_item_size(coster, node.target))
    if node.parts:
        between = Size(max(count.least - 1, 0), max(count.most - 1, 0))
        size = size.plus(_known(coster, node.parts[0]).times(between))
    return _share(size.most, _TRAVERSAL), size


def _find(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None or not node.parts:
        return None
    size = _known(coster, node.target)
    text = _share(size.plus(_ONE).most, _TRAVERSAL)
    pattern = _share(_known(coster, node.parts[0]).most, _PER_PATTERN_CHAR)
    return _capped(text * pattern), Size(0, size.most)


def _contains_address(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None:
        return None
    cost = _share(32, _TRAVERSAL) + (_share(16, _TRAVERSAL) + 1 if node.name == "containsCIDR" else 0)
    if coster.type(node.parts[0]).kind == "string":
        cost += _share(_known(coster, node.parts[0]).most, _TRAVERSAL)
    return _capped(cost), None


def _validate(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if node.target is None:
        return None
    size = _share(_known(coster, node.parts[0]).most, _TRAVERSAL)
    return _share(size, _NAME_FORMAT_PATTERN * _PER_PATTERN_CHAR), None


def _parse(coster: _Coster, node: Node, kind: str) -> _Estimate:
    if not node.parts:
        return None
    factor = 2 if node.name == "ip.isCanonical" else 1
    return _share(_known(coster, node.parts[0]).most, factor * _TRAVERSAL), None


def _equal(coster: _Coster, node: Node, kind: str) -> _Estimate:
    one, other = (coster.type(part) for part in node.parts)
    if one != other or one.kind not in ("opaque", "struct") or not one.name.startswith(("net.", "kubernetes.")):
        return None
    most = 1
    if one.name == "kubernetes.URL":
        most = max((size.most for part in node.parts if (size := coster.sizes.get(id(part)))), default=1)
    elif one.name == "kubernetes.NamedFormat":
        most = _LONGEST_FORMAT
    return _share(most, _TRAVERSAL), None


def _sets(coster: _Coster, node: Node, kind: str) -> _Estimate:
    one, other = (_known(coster, part) for part in node.parts)
    factor = 2 if node.name == "sets.equivalent" else 1
    return _capped(one.times(other).most * factor + 1), None


_KUBERNETES: dict[str, _Estimator] = {
    **dict.fromkeys(("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"), _each),
    **dict.fromkeys(("url", "jsonpatch.escapeKey"), _url),
    **dict.fromkeys(("cidr", "isIP", "isCIDR", "ip", "ip.isCanonical"), _parse),
    **dict.fromkeys(("quantity", "isQuantity", "semver", "isSemver"), _parse),
    **dict.fromkeys(("lowerAscii", "upperAscii", "substring", "trim"), _rewrite),
    "replace": _replace,
    "split": _split,
    "join": _join,
    "find": _find,
    "findAll": _find,
    **dict.fromkeys(("containsIP", "containsCIDR"), _contains_address),
    "validate": _validate,
    "format.named": _nominal,
    "_==_": _equal,
    **dict.fromkeys(("sets.contains", "sets.equivalent", "sets.intersects"), _sets),
}
