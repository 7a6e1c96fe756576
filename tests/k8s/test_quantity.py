"""Quantities, beside what apimachinery v0.36.0 made of the same texts."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kplan.k8s.quantity import add, compare, is_quantity, negate, number_text, parse_quantity, round_up

ROWS = [
    json.loads(line)
    for line in gzip.decompress((Path(__file__).parent / "quantity.jsonl.gz").read_bytes()).decode().split("\n")
    if line
]
WRAPS = 2**63


def facts(text: str) -> dict[str, Any]:
    try:
        # JSON values lose their spaces before they are parsed; these texts were parsed as they are.
        quantity = parse_quantity(text if text == text.strip() else "x")
    except ValueError as error:
        return {"text": text, "error": str(error)}
    rounded = round_up(quantity)
    return {
        "text": text,
        "canonical": str(quantity),
        "format": quantity.format,
        "rounded": str(rounded),
        "exact": rounded == quantity,
        "value": str(quantity.value()),
        "milli": str(quantity.milli()),
        "plus_1Gi": str(add(quantity, parse_quantity("1Gi"))),
    }


def comparable(row: dict[str, Any]) -> dict[str, Any]:
    """Without the numbers that Kubernetes computes with a wrong carry: those of negative big decimals."""
    negative_big = row["text"].startswith("-") and parse_quantity(row["text"]).big
    return {name: item for name, item in row.items() if not (negative_big and name in ("value", "milli"))}


@pytest.mark.parametrize("row", [row for row in ROWS if "error" in row], ids=lambda row: repr(row["text"]))
def test_refused(row: dict[str, Any]) -> None:
    assert facts(row["text"]) == row


def test_accepted() -> None:
    expected = [row for row in ROWS if "error" not in row]
    found = [facts(row["text"]) for row in expected]
    for want, got in zip(expected, found, strict=True):
        for name in ("value", "milli"):
            # Kubernetes overflows here; kplan does not.
            if abs(int(got[name])) >= WRAPS:
                del want[name], got[name]
    assert [comparable(row) for row in found] == [comparable(row) for row in expected]
    assert len(found) > 1000


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.5, "500m"),
        (1000.0, "1k"),
        (1e21, "1e+21"),
        (1e-7, "100e-9"),
        (3, "3"),
        (0, "0"),
        (-0.0, "0"),
        (123.456, "123.456"),
    ],
)
def test_numbers(number: float, text: str) -> None:
    assert str(parse_quantity(number)) == text


@pytest.mark.parametrize("value", [True, None, [], {}, float("nan"), float("inf"), "9" * 2000])
def test_no_quantities(value: object) -> None:
    assert not is_quantity(value)


def test_astronomic_exponents_cost_nothing() -> None:
    huge, tiny = parse_quantity("1e999999999"), parse_quantity("1e-999999999")
    assert compare(huge, tiny) == 1
    assert tiny.milli() == 1
    assert huge > parse_quantity("1000E")
    assert len(str(huge.value())) == 1001


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_text_reads_back(number: float) -> None:
    assert float(number_text(number)) == number


@given(st.from_regex(r"[+-]?[0-9]{1,20}(\.[0-9]{1,10})?(n|u|m|k|M|G|T|Ki|Mi|Gi|e[0-9])?", fullmatch=True))
def test_laws(text: str) -> None:
    quantity = parse_quantity(text)
    assert negate(negate(quantity)) == quantity
    assert not add(quantity, negate(quantity)).sign
    assert str(parse_quantity(str(quantity))) == str(quantity)
    assert quantity <= round_up(quantity) or quantity.sign < 0
