"""Plain data from YAML events, in one pass and without recursion.

The parser is libyaml's; what the events mean is go-yaml v2's business, and follows it: types of scalars, spelling of
keys, merge keys, anchors that may be set again, a bound on what aliases may expand to.

Source: go.yaml.in/yaml/v2 decoder; sigs.k8s.io/yaml convertToJSONableObject.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from kplan.loader.scalar import KEY, MERGE, PLAIN, ScalarError, key_text, tagged, through_json

MAX_DEPTH: Final = 250
"""The deepest nesting of collections that is read; Kubernetes' bound is 10,000, its deepest objects need about 40."""

_MERGE_TAG: Final = "tag:yaml.org,2002:merge"
_IN_LIST, _AT_KEY, _AT_VALUE, _AT_MERGE, _AT_ROOT = range(5)

GetEvent = Callable[[], Any]


class Malformed(Exception):
    """Text that is no YAML, or YAML that Kubernetes cannot read.

    `index`, `line` and `column` count from 0, in characters, from the start of the text that was parsed.
    """

    def __init__(self, problem: str, index: int, line: int, column: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.index = index
        self.line = line
        self.column = column
        self.context: str | None = None
        self.context_index: int | None = None


@dataclass(slots=True)
class Tree:
    """One document: its data, where its root begins (from 0), and whether a key stands twice in one of its mappings."""

    data: Any
    index: int
    line: int
    repeated_key: bool
    empty: bool


class _Anchor:
    """What an anchor names: its value, the nodes it expands to (0 while it is still open), the event of a scalar."""

    __slots__ = ("event", "size", "value")

    def __init__(self, value: Any, size: int, event: Any = None) -> None:
        self.value = value
        self.size = size
        self.event = event


def build(get_event: GetEvent) -> Tree:
    """The document whose start event was just read; reads up to and with its end event.

    One long loop on purpose: it runs once for every event, and a call an event would double what loading costs.

    Raises Malformed, and lets the parser's own errors through.
    """
    event: Any = get_event()
    start: Any = event.start_mark
    line: int = start.line
    end: Any = event.end_mark
    empty = type(event) is ScalarEvent and end.index == start.index and event.tag is None
    root: Any = None
    current: Any = None
    key: Any = None
    mode = _AT_ROOT
    stack: list[tuple[Any, Any, int, _Anchor | None, int]] = []
    anchors: dict[str, _Anchor] = {}
    anchor: _Anchor | None = None
    opened = 0
    nodes = aliased = 0
    repeated = False
    plain, keys = PLAIN, KEY
    try:
        while True:
            kind = type(event)
            if kind is ScalarEvent:
                nodes += 1
                if event.anchor is not None:
                    anchors[event.anchor] = _Anchor(None, 1, event)
                if mode == _AT_KEY:
                    if event.tag is not None:
                        key = _tagged_key(event)
                    else:
                        key = keys[event.value] if event.implicit[0] else event.value
                    if key is MERGE:
                        nodes -= 1
                        mode = _AT_MERGE
                    else:
                        mode = _AT_VALUE
                    event = get_event()
                    continue
                if event.tag is not None:
                    value = through_json(tagged(event.tag, event.value))
                else:
                    value = plain[event.value] if event.implicit[0] else event.value
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if mode == _AT_KEY:
                    raise _malformed("a mapping or a list cannot be a key", event)
                if len(stack) >= MAX_DEPTH:
                    raise _malformed(f"the document is nested more than {MAX_DEPTH} levels deep", event)
                stack.append((current, key, mode, anchor, opened))
                nodes += 1
                opened = nodes
                if kind is MappingStartEvent:
                    current = {}
                    mode = _AT_KEY
                else:
                    current = []
                    mode = _IN_LIST
                anchor = None
                if event.anchor is not None:
                    anchors[event.anchor] = anchor = _Anchor(current, 0)
                event = get_event()
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = current
                if anchor is not None:
                    anchor.size = nodes - opened + 1
                current, key, mode, anchor, opened = stack.pop()
            elif kind is AliasEvent:
                target = anchors.get(event.anchor)
                if target is None:
                    raise _malformed(f"the alias `*{event.anchor}` names an anchor that is not there", event)
                if not target.size:
                    raise _malformed(f"the value of the anchor `&{event.anchor}` contains itself", event)
                nodes += 1 + target.size
                aliased += target.size
                if aliased > 100 and nodes >= 1000 and aliased / (nodes + 1) > _allowed_ratio(nodes + 1):
                    raise _malformed("the document's aliases expand to too much", event)
                if mode == _AT_KEY:
                    key = _alias_key(target, event)
                    mode = _AT_VALUE
                    event = get_event()
                    continue
                value = _alias_value(target, mode, event)
            else:
                break
            if mode == _AT_VALUE:
                if key in current:
                    repeated = True
                current[key] = value
                mode = _AT_KEY
            elif mode == _IN_LIST:
                current.append(value)
            elif mode == _AT_MERGE:
                repeated |= _merge(current, value, event)
                mode = _AT_KEY
            else:
                root = value
            event = get_event()
    except ScalarError as error:
        raise _malformed(str(error), event) from None
    if aliased and _too_deep(root):
        raise Malformed(f"the document is nested more than {MAX_DEPTH} levels deep", start.index, line, start.column)
    return Tree(root, start.index, line, repeated, empty)


def _malformed(problem: str, event: Any) -> Malformed:
    mark = event.start_mark
    return Malformed(problem, mark.index, mark.line, mark.column)


def scalar_key(event: Any) -> Any:
    """The key that a scalar event stands for, or MERGE. Raises ScalarError."""
    if event.tag is not None:
        return _tagged_key(event)
    return KEY[event.value] if event.implicit[0] else event.value


def _tagged_key(event: Any) -> Any:
    if event.value == "<<" and (event.tag == _MERGE_TAG or event.implicit[0]):
        return MERGE
    return key_text(tagged(event.tag, event.value))


def _alias_key(target: _Anchor, event: Any) -> str:
    if target.event is None:
        raise _malformed("a mapping or a list cannot be a key", event)
    key = scalar_key(target.event)
    return "<<" if key is MERGE else str(key)


def _alias_value(target: _Anchor, mode: int, event: Any) -> Any:
    if target.event is None:
        if mode == _AT_MERGE and not isinstance(target.value, dict):
            raise _malformed("the merge key `<<` takes a mapping or a list of mappings", event)
        return target.value
    scalar = target.event
    if scalar.tag is not None:
        return through_json(tagged(scalar.tag, scalar.value))
    return PLAIN[scalar.value] if scalar.implicit[0] else scalar.value


def _merge(current: dict[str, Any], value: Any, event: Any) -> bool:
    """Put the merged mappings' keys into `current`; whether one was there before.

    Later wins, also over keys written beside `<<`; of a list of mappings the first wins.
    Source: go.yaml.in/yaml/v2 decoder.merge.
    """
    sources = value if isinstance(value, list) else [value]
    repeated = False
    for source in reversed(sources):
        if not isinstance(source, dict):
            raise _malformed("the merge key `<<` takes a mapping or a list of mappings", event)
        repeated |= not current.keys().isdisjoint(source)
        current.update(source)
    return repeated


def _allowed_ratio(nodes: int) -> float:
    """The largest share of a document's nodes that may come from aliases.

    Source: go.yaml.in/yaml/v2 allowedAliasRatio.
    """
    low, high = 400_000, 4_000_000
    if nodes <= low:
        return 0.99
    return 0.10 if nodes >= high else 0.99 - 0.89 * (nodes - low) / (high - low)


def _too_deep(root: Any) -> bool:
    """Whether aliases within aliases nest deeper than a document may. Each shared part is looked at once a level."""
    level = [root]
    for _ in range(MAX_DEPTH + 1):
        inner: dict[int, Any] = {}
        for part in level:
            for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
                if isinstance(child, dict | list):
                    inner[id(child)] = child
        if not inner:
            return False
        level = list(inner.values())
    return True
