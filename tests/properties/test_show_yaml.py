from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kplan.loader import load_text
from kplan.report import show_json, show_yaml

WORDS = """y n Y yes on off NO true null ~ 1e3 0644 0o17 0b1 0x1F 1_000 12:30 -1 +1 .5 . .inf NaN = << | > - ? : # & * !
% @ ` a:b a: :a a#b nginx:1.27 {} [] 2001-01-01 --- ..."""
SPACED = [
    "",
    " ",
    "a b",
    " a",
    "a ",
    "a\n",
    "a\nb",
    "\na",
    "a\n\n",
    "a\tb\nc",
    "a: b",
    "a #b",
    "\u2028",
    "\x85",
    "é",
    "😀",
]
TRICKY = [*WORDS.split(), *SPACED]

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(TRICKY),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.sampled_from(["a", "  b", "", "c: d", "- e"]), min_size=2).map("\n".join),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(TRICKY) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=15,
)


def loaded(value: Any) -> dict[str, Any]:
    """An object that holds the value as Kubernetes reads it."""
    data = {"apiVersion": "example.com/v1", "kind": "Any", "metadata": {"name": "any"}, "spec": value}
    return load_text(json.dumps(data), file="any.json").resources[0].data


@given(VALUES)
def test_yaml_reads_back_as_the_same(value: Any) -> None:
    data = loaded(value)
    text = show_yaml.report([data])
    assert [resource.data for resource in load_text(text)] == [data], text


@given(VALUES)
def test_json_reads_back_as_the_same(value: Any) -> None:
    data = loaded(value)
    assert [resource.data for resource in load_text(show_json.report([data, data]))] == [data] * 2


@pytest.mark.parametrize("text", TRICKY)
def test_strings_are_strings_to_other_readers_too(text: str) -> None:
    shown = show_yaml.report([{"a": text, text or "b": "c"}])
    assert yaml.safe_load(shown) == {"a": text, text or "b": "c"}
