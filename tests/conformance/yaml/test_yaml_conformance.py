from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from kplan.loader import load_text
from kplan.loader.scalar import KEY, MERGE, PLAIN, ScalarError
from kplan.loader.stream import read

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, Any]]:
    with gzip.open(HERE / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def exactly(value: Any) -> str:
    """As text, in which 1, 1.0 and true differ."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def read_first(text: str) -> tuple[Any, bool]:
    """The data of a text's first document and whether it has a key twice; raises what kept it from being read."""
    stream = read(text.encode())
    if stream.faults:
        raise stream.faults[0].error
    if not stream.documents:
        return None, False
    return stream.documents[0].data, stream.documents[0].repeated_key


SEMANTICS = json.loads((HERE / "semantics.json").read_text(encoding="utf-8"))


def test_the_table_is_whole() -> None:
    assert len(SEMANTICS) == 45
    assert all(set(row) in ({"case", "text", "json", "strict"}, {"case", "text", "error"}) for row in SEMANTICS)


@pytest.mark.parametrize("row", SEMANTICS, ids=lambda row: row["case"])
def test_semantics(row: dict[str, Any]) -> None:
    stream = read(row["text"].encode())
    if "error" in row:
        assert stream.faults
        assert not stream.documents
    else:
        assert not stream.faults
        assert exactly(stream.documents[0].data) == exactly(row["json"])
        assert stream.documents[0].repeated_key is not row["strict"]


def test_scalars() -> None:
    wrong = []
    recorded = rows("scalars.jsonl.gz")
    for row in recorded:
        found: dict[str, Any] = {"text": row["text"]}
        for name, meaning in (("value", PLAIN), ("key", KEY)):
            try:
                found[name] = "<<" if meaning[row["text"]] is MERGE else meaning[row["text"]]
            except ScalarError:
                continue
        if row["text"] == "<<":
            found.pop("key")  # `<<: a` is an error, which no scalar alone can tell
        if exactly(found) != exactly(row):
            wrong.append((row, found))
    assert len(recorded) > 3000
    assert wrong == []


def test_documents() -> None:
    wrong = []
    recorded = rows("documents.jsonl.gz")
    for row in recorded:
        assert set(row) in ({"text", "error"}, {"text", "json", "repeated"}, {"text", "sha256", "repeated"})
        stream = read(row["text"].encode())
        if "error" in row:
            agrees = bool(stream.faults)
        elif stream.faults:
            agrees = False
        else:
            data, repeated = read_first(row["text"])
            agrees = repeated is row["repeated"] and (
                exactly(data) == exactly(row["json"])
                if "json" in row
                else hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest() == row["sha256"]
            )
        if not agrees:
            wrong.append((row, stream))
    assert len(recorded) > 200
    assert wrong == []


def test_streams() -> None:
    wrong = []
    recorded = rows("streams.jsonl.gz")
    for row in recorded:
        text = row["text"] if row["text"].endswith("\n") else row["text"] + "\n"
        stream = read(text.encode())
        found = [document.data for document in stream.documents if document.data is not None]
        expected = row["documents"]
        if "error" in row:  # kubectl stops; what stands before is the same, what follows is our bonus
            agrees = bool(stream.faults) and exactly(found[: len(expected)]) == exactly(expected)
        else:
            agrees = not stream.faults and exactly(found) == exactly(expected)
        if not agrees:
            wrong.append((row, found, [str(fault.error) for fault in stream.faults]))
    assert len(recorded) > 1000
    assert wrong == []


TRAPS = rows("traps.jsonl.gz")
UNREADABLE = "the object provided is unrecognized"


@pytest.mark.parametrize("row", TRAPS, ids=lambda row: row["id"].removeprefix("yaml-trap/raw/"))
def test_traps(row: dict[str, Any]) -> None:
    manifest = load_text(row["yaml"])
    rules = {finding.rule for finding in manifest.findings if finding.group == "syntax"}
    if UNREADABLE in row["message"]:
        assert rules == {"yaml-syntax"}
    elif "already set in map" in row["message"]:
        assert rules == {"duplicate-key"}
        assert len(manifest) == 1
    elif row["message"].startswith("apiVersion or kind not set"):
        assert not manifest.resources
        assert rules <= {"not-an-object"}
    else:
        assert manifest.findings == ()
        assert len(manifest) == 1


def test_all_traps_are_there() -> None:
    assert len(TRAPS) == 237
    assert all(set(row) == {"id", "yaml", "accepted", "message", "kubectl"} for row in TRAPS)


@pytest.mark.parametrize("row", [row for row in TRAPS if "yaml: line " in row["message"]], ids=lambda row: row["id"])
def test_a_syntax_error_is_shown_where_kubernetes_sees_it(row: dict[str, Any]) -> None:
    """Within a line: go-yaml counts some lines from 0 and some from 1."""
    line = int(row["message"].partition("yaml: line ")[2].partition(":")[0])
    spans = [finding.span for finding in load_text(row["yaml"]).findings]
    assert spans[0] is not None
    assert line <= spans[0].start.line <= line + 1
