"""Whatever stands where an expression should: an outcome, never an exception."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kplan.cel.environment import Outcome, evaluate, expression_type
from kplan.cel.value import Mismatch, defaulted, typed

_WORDS = "self . a [ ] ( ) ' \" , 0 1.5 == && ! ? : has all variables indexOf quantity ip in null // ` { }"
WORDS = _WORDS.split(" ")


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_words_in_any_order(words: list[str]) -> None:
    assert isinstance(evaluate(" ".join(words), {"self": {"a": [1]}}, variables={"a": "1"}), Outcome)


@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    assert isinstance(evaluate(text, {"self": text}), Outcome)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "!" * 5000 + "true",
        "[" * 2000,
        "self" + ".a" * 5000,
        "1 + " * 5000 + "1",
        "'" + "x" * 100_000 + "'",
        "\x00",
        "self == " + "9" * 400,
        "\ud800",
        "self.find('(((((')",
        "'a'.find('" + "(a*)*" * 20 + "')",
        "[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, "
        "[1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, a+b+c+d+e > 0)))))",
    ],
)
def test_monsters(text: str) -> None:
    assert isinstance(evaluate(text, {"self": "x"}), Outcome)
    with suppress(ValueError):
        assert expression_type(text)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
WORDS_OF_SCHEMAS = st.sampled_from(
    ["type", "properties", "items", "additionalProperties", "nullable", "default", "format", "x-kubernetes-list-type"]
)
SCHEMAS = st.dictionaries(
    WORDS_OF_SCHEMAS, VALUES | st.sampled_from(["object", "array", "string", "integer"]), max_size=4
)


@pytest.mark.parametrize("number", [float("inf"), float("nan"), 10**400, -(10**400), 1e308])
@pytest.mark.parametrize("type_", ["integer", "number", "string"])
def test_numbers_of_any_size(number: float, type_: str) -> None:
    with suppress(Mismatch):
        assert isinstance(evaluate("self == self", {"self": typed(number, {"type": type_})}), Outcome)


@given(VALUES, SCHEMAS)
def test_values_of_any_schema(value: Any, schema: dict[str, Any]) -> None:
    try:
        seen = typed(defaulted(value, schema), schema, root=True)
    except Mismatch:
        return
    assert isinstance(evaluate("self == self", {"self": seen}), Outcome)
