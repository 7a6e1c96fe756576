"""Whatever a manifest holds, lint answers with findings, and each report can show them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kplan.loader import load_text, parse_documents
from kplan.pipeline import Lint, lint
from kplan.report import lint_concise, lint_json, lint_text

OK = Path(__file__).resolve().parents[1] / "ok"
TEXTS = [f.read_bytes() for f in sorted(OK.iterdir()) if f.suffix in (".yaml", ".json")]
OBJECTS = [o for text in TEXTS for o in parse_documents(text)]
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 2**70, 1.5, "", "a b", "\x00", "8080", [], {}, [None], [[]], {"": None}, {"a": {}}, "é\u2028"]
)
FUZZ = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def shown(result: Lint) -> None:
    for report in (lint_text, lint_concise, lint_json):
        assert report.report(result, verbose=True).endswith("\n")


@FUZZ
@given(st.data())
def test_bytes(data: st.DataObject) -> None:
    text = bytearray(data.draw(st.sampled_from(TEXTS)))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from(
                [b"", b"\t", b"\n", b"- ", b": ", b"{", b"*", b"&a ", b"\xff", b"'", b"|\n", b"---\n", b"\r"]
            )
        )
    shown(lint(load_text(bytes(text), file="a.yaml"), minor=37))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, child in below for p in _paths(child, (*path, key)))]


@FUZZ
@given(st.data())
def test_values(data: st.DataObject) -> None:
    chosen = json.loads(json.dumps(data.draw(st.sampled_from(OBJECTS))))
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from(_paths(chosen)))
        if path:
            parent = chosen
            for part in path[:-1]:
                parent = parent[part]
            parent[path[-1]] = copy.deepcopy(data.draw(ODD))
    text = "\n---\n".join(map(json.dumps, [chosen, *OBJECTS]))
    shown(lint(load_text(text, file="a.yaml"), minor=data.draw(st.integers(16, 37))))


@pytest.mark.parametrize("text", ["", "\n", "---\n---\n", "null", "[]", "''", "\ufeff", "# only\n", "%YAML 1.1\n---\n"])
def test_nothing(text: str) -> None:
    shown(lint(load_text(text), minor=37))
