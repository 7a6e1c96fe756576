"""Strategic merge patches: made from three objects as `kubectl apply` does, put on one as the API server does.

A patch is plain data with the directives `$patch`, `$retainKeys`, `$setElementOrder/x`, `$deleteFromPrimitiveList/x`.

Source: kubernetes v1.36 apimachinery pkg/util/strategicpatch patch.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from kplan.differ.meta import Meta
from kplan.differ.value import json_type, same

Map = dict[str, Any]
List = list[Any]

DIRECTIVE = "$patch"
RETAIN_KEYS = "$retainKeys"
ELEMENT_ORDER = "$setElementOrder/"
DELETE_PRIMITIVES = "$deleteFromPrimitiveList/"


def three_way_patch(original: Map, modified: Map, current: Map, meta: Meta) -> Map:
    """The patch that brings `current` to `modified`, deleting only what `original` has and `modified` has not.

    Source: CreateThreeWayMergePatch.
    """
    additions = _diff_maps(current, modified, meta, _Want(changes=True, deletions=False))
    deletions = _diff_maps(original, modified, meta, _Want(changes=False, deletions=True))
    return _merge_map(deletions, additions, meta, final=False)


def apply_patch(current: Map, patch: Map, meta: Meta) -> Map:
    """A new object: `current` with the patch put on it; nulls in the patch delete.

    Source: StrategicMergeMapPatchUsingLookupPatchMeta.
    """
    return _merge_map(current, patch, meta, final=True)


@dataclass(frozen=True, slots=True)
class _Want:
    changes: bool
    deletions: bool
    retain_keys: bool = False


def _diff_maps(original: Map, modified: Map, meta: Meta, want: _Want) -> Map:
    patch: Map = {}
    for key, new in modified.items():
        if key not in original:
            if want.changes:
                patch[key] = new
            continue
        old = original[key]
        if json_type(old) != json_type(new):
            if want.changes:
                patch[key] = new
        elif isinstance(new, dict):
            _diff_map_field(key, old, new, patch, meta, want)
        elif isinstance(new, list):
            _diff_list_field(key, old, new, patch, meta, want)
        elif want.changes and not same(old, new):
            patch[key] = new
    if want.deletions:
        patch.update({key: None for key in original if key not in modified})
    retained = sorted(key for key, new in modified.items() if new is not None) if want.retain_keys else []
    if retained and (patch or any(old is not None and key not in modified for key, old in original.items())):
        patch[RETAIN_KEYS] = retained
    return patch


def _diff_map_field(key: str, old: Map, new: Map, patch: Map, meta: Meta, want: _Want) -> None:
    field = meta.field(key)
    if field.strategy == "replace":
        if want.changes:
            patch[key] = new
        return
    inner = _diff_maps(old, new, field.meta, replace(want, retain_keys=field.retain_keys))
    if inner:
        patch[key] = inner


def _diff_list_field(key: str, old: List, new: List, patch: Map, meta: Meta, want: _Want) -> None:
    field = meta.field(key)
    if field.strategy != "merge":
        if want.changes and not same(old, new):
            patch[key] = new
        return
    if not old:
        if new and want.changes:
            patch[key] = new
        return
    if all(isinstance(item, dict) for item in (*old, *new)):
        inner = replace(want, retain_keys=field.retain_keys)
        _diff_merged_maps(key, old, new, patch, field.meta, field.merge_key, inner)
    else:
        _diff_merged_scalars(key, old, new, patch, want)


def _diff_merged_maps(key: str, old: List, new: List, patch: Map, meta: Meta, merge_key: str, want: _Want) -> None:
    changed: List = []
    deleted: List = []
    for left, right in _paired(old, new, lambda item: _text(item.get(merge_key))):
        if left is None:
            if want.changes:
                changed.append(right)
        elif right is None:
            if want.deletions:
                deleted.append({merge_key: left.get(merge_key), DIRECTIVE: "delete"})
        elif inner := _diff_maps(left, right, meta, want):
            changed.append({**inner, merge_key: right.get(merge_key)})
    rank = _Rank(new, merge_key)
    changed = sorted(changed, key=rank) + deleted
    if changed:
        patch[key] = changed
    moved = len(old) != len(new) or any(
        not same(a.get(merge_key), b.get(merge_key)) for a, b in zip(old, new, strict=True)
    )
    if new and (changed or (want.changes and moved)):
        patch[ELEMENT_ORDER + key] = [{merge_key: item.get(merge_key)} for item in new]


def _diff_merged_scalars(key: str, old: List, new: List, patch: Map, want: _Want) -> None:
    added: List = []
    deleted: List = []
    for left, right in _paired(old, new, _text):
        if left is None and want.changes:
            added.append(right)
        elif right is None and want.deletions and left not in deleted:
            deleted.append(left)
    if added:
        patch[key] = sorted(added, key=_Rank(new, ""))
    if deleted:
        patch[DELETE_PRIMITIVES + key] = deleted
    if new and (deleted or (want.changes and not same(sorted(old, key=_text), new))):  # kubectl sorts the live list
        patch[ELEMENT_ORDER + key] = list(new)


def _paired(old: List, new: List, text: Callable[[Any], str]) -> Iterator[tuple[Any, Any]]:
    """Items of both lists side by side, sorted by their key's text; None stands for one that the other side lacks.

    Equal keys (a port number used for TCP and UDP) come out in reverse, as Go's short insertion sort with the
    original's `<=` leaves them: this decides which of them are compared.
    """
    left, right = sorted(_reverse(old), key=text), sorted(_reverse(new), key=text)
    i = j = 0
    while i < len(left) or j < len(right):
        if j == len(right) or (i < len(left) and text(left[i]) < text(right[j])):
            yield left[i], None
            i += 1
        elif i == len(left) or text(right[j]) < text(left[i]):
            yield None, right[j]
            j += 1
        else:
            yield left[i], right[j]
            i, j = i + 1, j + 1


def _reverse(items: List) -> List:
    return items[::-1]


def _text(value: Any) -> str:
    """A scalar as Go's %v prints it, which is what decides the order of comparison."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "<nil>" if value is None else str(value)


def _identity(item: Any, merge_key: str) -> Any:
    value = item.get(merge_key) if merge_key and isinstance(item, dict) else item
    return (json_type(value), value) if not isinstance(value, dict | list) else ("", id(value))


class _Rank:
    """Sort key: the place of an item's merge key in a list, at its first occurrence; -1 where it is not there."""

    def __init__(self, order: Iterable[Any], merge_key: str) -> None:
        self.merge_key = merge_key
        self.place: dict[Any, int] = {}
        for index, item in enumerate(order):
            self.place.setdefault(_identity(item, merge_key), index)

    def __call__(self, item: Any) -> int:
        return self.place.get(_identity(item, self.merge_key), -1)


def _merge_map(original: Map, patch: Map, meta: Meta, final: bool) -> Map:
    if DIRECTIVE in patch:
        return {k: v for k, v in patch.items() if k != DIRECTIVE} if patch[DIRECTIVE] == "replace" else {}
    result, patch = dict(original), dict(patch)
    _retain_keys(result, patch, final)
    _merge_ordered_lists(result, patch, meta, final)
    for key, new in patch.items():
        if key.startswith(DELETE_PRIMITIVES):
            _delete_primitives(result, key, new, final)
        elif new is None:
            result.pop(key, None)
            if not final:
                result[key] = None
        elif key not in result or json_type(result[key]) != json_type(new):
            result[key] = _taken(new, final)
        elif isinstance(new, dict):
            field = meta.field(key)
            result[key] = new if field.strategy == "replace" else _merge_map(result[key], new, field.meta, final)
        elif isinstance(new, list):
            result[key] = _merge_list(result[key], new, meta, key, final)
        else:
            result[key] = new
    return result


def _taken(new: Any, final: bool) -> Any:
    """What a patch adds where there was nothing of its type."""
    return _decoded(_without_directives(new)) if final else _without_directives(new)


def _decoded(value: Any) -> Any:
    """A patch's value as the typed object holds it: nulls and directives are no fields."""
    if isinstance(value, dict):
        return {k: _decoded(v) for k, v in value.items() if v is not None and not k.startswith("$")}
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    return value


def _without_directives(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_directives(item) for key, item in value.items() if not _is_directive(item)}
    if isinstance(value, list):
        return [_without_directives(item) for item in value if not _is_directive(item)]
    return value


def _is_directive(item: Any) -> bool:
    return isinstance(item, dict) and DIRECTIVE in item


def _retain_keys(result: Map, patch: Map, final: bool) -> None:
    if RETAIN_KEYS not in patch:
        return
    retained = patch.pop(RETAIN_KEYS)
    if not final:
        result.setdefault(RETAIN_KEYS, retained)
        return
    for key in [key for key in result if key not in retained]:
        del result[key]


def _delete_primitives(result: Map, key: str, doomed: List, final: bool) -> None:
    if not final:
        result[key] = doomed
        return
    field = key.removeprefix(DELETE_PRIMITIVES)
    if isinstance(result.get(field), list):
        result[field] = [item for item in result[field] if item not in doomed]


def _merge_ordered_lists(result: Map, patch: Map, meta: Meta, final: bool) -> None:
    """Merge each list that has a `$setElementOrder`, and put it into that order. Source: mergePatchIntoOriginal."""
    for directive in [key for key in patch if key.startswith(ELEMENT_ORDER)]:
        order = patch.pop(directive)
        if not final:
            result.setdefault(directive, order)
        key = directive.removeprefix(ELEMENT_ORDER)
        before, change = result.get(key), patch.pop(key, None)
        if before is None and change is None:
            continue
        if change is None:
            merged = before
        elif before is None:
            merged = _taken(change, final)
        else:
            merged = _merge_list(before, change, meta, key, final)
        merge_key = meta.field(key).merge_key
        result[key] = _ordered(merged or [], order, _seen_order(before or [], change or [], merge_key), merge_key)


def _seen_order(before: List, change: List, merge_key: str) -> List:
    """The live order as the server still sees it after the merge.

    It deletes and appends in the memory of the live list itself, so as many added items as were deleted count as
    having stood at its end.
    """
    if not merge_key or not any(_deletes(item) for item in change):
        return before
    kept, plain = _merge_special(before, change, merge_key)
    known = _Rank(kept, merge_key)
    return (kept + [item for item in plain if known(item) < 0])[: len(before)]


def _merge_list(original: List, patch: List, meta: Meta, key: str, final: bool) -> List:
    field = meta.field(key)
    if field.strategy != "merge":
        return patch
    if not all(isinstance(item, dict) for item in (*original, *patch)):
        merged = original + [item for item in patch if item not in original]
        return _ordered(merged, patch, original, "")
    merged, plain = _merge_special(original, patch, field.merge_key)
    for item in plain:
        mine = _identity(item, field.merge_key)
        at = next((i for i, other in enumerate(merged) if _identity(other, field.merge_key) == mine), None)
        if at is None:
            merged.append(_decoded(item) if final else item)
        else:
            merged[at] = _merge_map(merged[at], item, field.meta, final)
    return _ordered(merged, plain, original, field.merge_key)


def _merge_special(original: List, patch: List, merge_key: str) -> tuple[List, List]:
    """The list after the elements that are directives, and the patch without them."""
    plain = [item for item in patch if DIRECTIVE not in item]
    if any(item.get(DIRECTIVE) == "replace" for item in patch):
        return plain, []
    doomed = {_identity(item, merge_key) for item in patch if item.get(DIRECTIVE) == "delete"}
    return [item for item in original if _identity(item, merge_key) not in doomed], plain


def _ordered(merged: List, order: List, server_order: List, merge_key: str) -> List:
    """Items that `order` names in its order, the others in the server's, interleaved as the server had them.

    Source: normalizeElementOrder, mergeSortedSlice.
    """
    wanted, server = _Rank(order, merge_key), _Rank(server_order, merge_key)
    ours = _deletes_last(sorted((item for item in merged if wanted(item) >= 0), key=wanted))
    theirs = _deletes_last(sorted((item for item in merged if wanted(item) < 0), key=server))
    result: List = []
    for item in ours:
        place = server(item)
        while theirs and 0 <= server(theirs[0]) < place:
            result.append(theirs.pop(0))
        result.append(item)
    return result + theirs


def _deletes_last(items: List) -> List:
    return sorted(items, key=_deletes)


def _deletes(item: Any) -> bool:
    return isinstance(item, dict) and item.get(DIRECTIVE) == "delete"
