"""Keywords of JSON Schema as Helm checks them: patterns are Go's, and no schema makes more work than a limit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from kplan.render.limit import Budget, Limits

Keyword = Callable[[Any, Any, Any, Any], Iterable[Any] | None]
_STEPS: Final = 200_000
_REPLACED: Final = ("pattern", "patternProperties", "additionalProperties", "uniqueItems")


def bounded(checker: Any) -> Any:
    """A checker of `jsonschema` that raises Exhausted after too many steps, ValueError for a pattern that is none."""
    from jsonschema import validators

    budget = Budget(Limits(steps=_STEPS))
    own = _Own(budget, checker.VALIDATORS)
    replaced = {name: getattr(own, name) for name in _REPLACED if name in checker.VALIDATORS}
    counted = {n: _counted(each, budget) for n, each in {**checker.VALIDATORS, **replaced}.items()}
    make: Any = validators.extend
    return make(checker, counted)


def _counted(keyword: Keyword, budget: Budget) -> Keyword:
    def apply(checker: Any, wanted: Any, instance: Any, schema: Any) -> Iterable[Any] | None:
        budget.step()
        return keyword(checker, wanted, instance, schema)

    return apply


class _Own:
    """The keywords that would take too long, under their own names."""

    def __init__(self, budget: Budget, others: Any) -> None:
        self._budget = budget
        self._others = others

    def _matches(self, source: str, text: str) -> bool:
        from kplan.render.regex import pattern

        return pattern(source).search(text, 0, self._budget.step) is not None

    def pattern(self, checker: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """The text matches."""
        from jsonschema import ValidationError

        if isinstance(instance, str) and not self._matches(wanted, instance):
            yield ValidationError(f"{_short(instance)} does not match {_short(wanted)}")

    def patternProperties(self, checker: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """The values of keys that match are as they should be."""
        if isinstance(instance, dict):
            for source, inner in wanted.items():
                for key in [key for key in instance if self._matches(source, key)]:
                    yield from checker.descend(instance[key], inner, path=key, schema_path=source)

    def additionalProperties(self, checker: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """The values of keys that no other keyword is about are as they should be."""
        if isinstance(instance, dict):
            patterns = schema.get("patternProperties", {})
            named = {key: value for key, value in instance.items() if not any(self._matches(p, key) for p in patterns)}
            plain = {key: value for key, value in schema.items() if key != "patternProperties"}
            yield from self._others["additionalProperties"](checker, wanted, named, plain) or ()

    def uniqueItems(self, checker: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """No item is there twice."""
        from jsonschema import ValidationError

        if wanted and isinstance(instance, list):
            self._budget.weigh(instance)
            if len({json.dumps(_same(each), sort_keys=True) for each in instance}) < len(instance):
                yield ValidationError("an item of the list is there twice")


def _same(value: Any) -> Any:
    """The value with one way to write each number."""
    if isinstance(value, dict):
        return {key: _same(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_same(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _short(text: str) -> str:
    return repr(text) if len(text) <= 200 else f"{text[:200]!r}..."
