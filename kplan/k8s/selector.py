"""Label selectors: what they select, whether they are valid, and what comes close to one that selects nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kplan.k8s.label import clean_labels, format_labels, label_key_errors, label_value_errors

IN, NOT_IN, EXISTS, DOES_NOT_EXIST = "In", "NotIn", "Exists", "DoesNotExist"


class Requirement(NamedTuple):
    """One condition on the label `key`; `operator` is In, NotIn, Exists or DoesNotExist."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels meet it; an absent label meets NotIn.

        Source: kubernetes apimachinery pkg/labels Requirement.Matches.
        """
        if self.operator == IN:
            return self.key in labels and labels[self.key] in self.values
        if self.operator == NOT_IN:
            return self.key not in labels or labels[self.key] not in self.values
        return (self.key in labels) == (self.operator == EXISTS)

    def __str__(self) -> str:
        if self.operator == IN and len(self.values) == 1:
            return f"{self.key}={self.values[0]}"
        if self.operator in (IN, NOT_IN):
            return f"{self.key} {self.operator.lower()} ({','.join(sorted(self.values))})"
        return self.key if self.operator == EXISTS else f"!{self.key}"


class Selector(NamedTuple):
    """All requirements must be met; without any, `everything` says whether all or nothing is selected."""

    requirements: tuple[Requirement, ...]
    everything: bool = True

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether it selects something with these labels."""
        if not self.requirements:
            return self.everything
        return all(r.matches(labels) for r in self.requirements)

    @property
    def pairs(self) -> dict[str, str]:
        """The labels that everything selected must carry: its requirements of one value."""
        return {r.key: r.values[0] for r in self.requirements if r.operator == IN and len(r.values) == 1}

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))


def map_selector(labels: Any) -> Selector:
    """The selector of a Service or ReplicationController: a map of labels. An absent or empty one selects nothing.

    >>> map_selector({"app": "web"}).matches({"app": "web", "tier": "front"}), map_selector({}).matches({})
    (True, False)
    """
    pairs = clean_labels(labels)
    return Selector(tuple(Requirement(k, IN, (pairs[k],)) for k in sorted(pairs)), everything=False)


def label_selector(selector: Any) -> Selector:
    """The selector of a LabelSelector (`matchLabels`, `matchExpressions`). Null selects nothing, `{}` everything.

    >>> expression = {"key": "tier", "operator": "NotIn", "values": ["back"]}
    >>> str(label_selector({"matchLabels": {"app": "web"}, "matchExpressions": [expression]}))
    'app=web,tier notin (back)'
    >>> label_selector(None).matches({}), label_selector({}).matches({})
    (False, True)

    An expression that is not valid selects nothing: ask `selector_problems` first.

    Source: kubernetes apimachinery pkg/apis/meta/v1 LabelSelectorAsSelector.
    """
    if not isinstance(selector, dict):
        return Selector((), everything=False)
    pairs = clean_labels(selector.get("matchLabels"))
    requirements = [Requirement(k, IN, (pairs[k],)) for k in sorted(pairs)]
    expressions = selector.get("matchExpressions") or ()
    for expression in expressions if isinstance(expressions, list | tuple) else (None,):
        requirement = _requirement(expression)
        if requirement is None:
            return Selector((), everything=False)
        requirements.append(requirement)
    return Selector(tuple(requirements))


def _requirement(expression: Any) -> Requirement | None:
    if not isinstance(expression, dict):
        return None
    key, operator, values = expression.get("key"), expression.get("operator"), expression.get("values") or []
    if not isinstance(key, str) or not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        return None
    if operator not in (IN, NOT_IN, EXISTS, DOES_NOT_EXIST) or bool(values) != (operator in (IN, NOT_IN)):
        return None
    return Requirement(key, operator, tuple(values))


def selector_problems(selector: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """What the API server says against a LabelSelector: (path inside it, kind of error, message).

    The kind is `invalid-value`, `required-value` or `forbidden-value`.

    >>> list(selector_problems({"matchExpressions": [{"key": "app", "operator": "In"}]}))[0][:2]
    (('matchExpressions', 0, 'values'), 'required-value')

    Source: kubernetes apimachinery pkg/apis/meta/v1/validation ValidateLabelSelector.
    """
    for key, value in clean_labels(selector.get("matchLabels")).items():
        for message in label_key_errors(key):
            yield ("matchLabels",), "invalid-value", message
        for message in label_value_errors(value):
            yield ("matchLabels",), "invalid-value", message
    expressions = selector.get("matchExpressions")
    for index, expression in enumerate(expressions if isinstance(expressions, list) else ()):
        if isinstance(expression, dict):
            for path, kind, message in _expression_problems(expression):
                yield ("matchExpressions", index, *path), kind, message


def _expression_problems(expression: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    operator, values = expression.get("operator"), expression.get("values")
    if operator in (IN, NOT_IN) and not values:
        yield ("values",), "required-value", "must be specified when `operator` is 'In' or 'NotIn'"
    elif operator in (EXISTS, DOES_NOT_EXIST) and values:
        yield ("values",), "forbidden-value", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
    elif operator not in (IN, NOT_IN, EXISTS, DOES_NOT_EXIST):
        yield ("operator",), "invalid-value", "not a valid selector operator"
    for message in label_key_errors(str(expression.get("key") or "")):
        yield ("key",), "invalid-value", message
    for index, value in enumerate(values if isinstance(values, list) else ()):
        for message in label_value_errors(value) if isinstance(value, str) else ():
            yield ("values", index), "invalid-value", message


def near_miss(wanted: Mapping[str, str], candidates: Iterable[Mapping[str, str]]) -> Mapping[str, str] | None:
    """The labels that come closest to carrying all of `wanted`, or None where none comes close.

    Close is: a wanted pair is there, or its value under another key, or a like value under its key.

    >>> near_miss({"app": "mi-pod"}, [{"run": "other"}, {"run": "mi-pod"}])
    {'run': 'mi-pod'}
    >>> near_miss({"app": "web"}, [{"app": "queue"}]) is None
    True
    """
    scored = [(cost, format_labels(c), c) for c in candidates if (cost := _distance(wanted, c)) is not None]
    return min(scored, key=lambda s: s[:2])[2] if scored else None


def _distance(wanted: Mapping[str, str], labels: Mapping[str, str]) -> int | None:
    """How far the labels are from the wanted ones: 0 is all there, None is nothing alike."""
    total, alike = 0, False
    values = set(labels.values())
    for key, value in wanted.items():
        have = labels.get(key)
        if have == value:
            cost = 0
        elif (have is not None and similar(value, have)) or (have is None and value and value in values):
            cost = 1
        else:
            cost = 3
        alike = alike or cost < 3
        total += cost
    return total if alike else None


def similar(one: str, other: str) -> bool:
    """Whether two words are likely meant to be the same: they differ in case, in separators, or in a few letters.

    >>> similar("frontend", "front-end"), similar("web", "wbe"), similar("web", "api"), similar("web", "web-app")
    (True, True, False, True)
    """
    if one.replace("_", "-").lower() == other.replace("_", "-").lower():
        return True
    short, long = sorted((one, other), key=len)
    if not short:
        return False
    if len(short) > 2 and (long.startswith(short) or long.endswith(short)):
        return True
    allowed = max(1, len(long) // 4)
    if len(long) - len(short) > allowed:
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return _edits(short[same:], long[same:]) <= allowed


def _edits(one: str, other: str) -> int:
    """The fewest letters to change, add, leave out or swap with the next to make one word of the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
