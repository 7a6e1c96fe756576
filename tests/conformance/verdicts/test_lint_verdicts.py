"""`kplan lint --select syntax,schema,validation,deprecation` is the API server's verdict on each document by itself."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kplan.loader import load_text
from kplan.model import Finding, Severity, format_path
from kplan.pipeline import lint_manifest

ALONE = ("syntax", "schema", "validation", "deprecation")
OLDER = (26, 30, 33, 35)
OWN_IP_RANGE = "is not in the valid range. The range of valid IPs is"
STRICT = re.compile(r'(?:unknown|duplicate) field "([^"]*)"')


class Recorded(NamedTuple):
    id: str
    family: str
    mutation: str
    yaml: str
    verdict: dict[str, Any]
    versions: dict[str, dict[str, Any]]
    kubectl: int | None = None

    def said(self, minor: int) -> dict[str, Any]:
        return self.verdict if minor == 36 else self.versions[str(minor)]

    def accepted(self, minor: int) -> bool:
        said = self.said(minor)
        if said.get("by") == "client" and self.kubectl is not None:
            return self.kubectl == 0
        return bool(said["accepted"])

    def fields(self, minor: int) -> set[str]:
        """The paths that the server names; none where it says no more than that it cannot decode the document."""
        said = self.said(minor)
        causes = [field for _, field, _ in said.get("causes", ())]
        return {*causes, *said.get("fields", ()), *STRICT.findall(said.get("message", ""))}


class Judged(NamedTuple):
    document: Recorded
    agrees: bool
    errors: list[Finding]

    @property
    def paths(self) -> set[str]:
        return {format_path(found.path) or "[]" for found in self.errors}


@cache
def documents() -> list[Recorded]:
    text = gzip.decompress((Path(__file__).parent / "documents.jsonl.gz").read_bytes()).decode()
    rows = [Recorded(**json.loads(line)) for line in text.split("\n") if line]
    return [row for row in rows if OWN_IP_RANGE not in row.verdict.get("message", "")]


def errors(row: Recorded, minor: int, select: tuple[str, ...] = ALONE) -> list[Finding]:
    text = re.sub(r"@@(.)\*(\d+)@@", lambda match: match[1] * int(match[2]), row.yaml)
    found = lint_manifest(load_text(text, file="document.yaml"), minor=minor, select=select)
    return [finding for finding in found if finding.severity == Severity.ERROR]


@cache
def judged(minor: int) -> list[Judged]:
    found = [(row, errors(row, minor)) for row in documents()]
    return [Judged(row, row.accepted(minor) is (not faults), faults) for row, faults in found]


def table(found: list[Judged], key: Callable[[Recorded], str]) -> str:
    count, agreed = Counter[str](), Counter[str]()
    for each in found:
        count[key(each.document)] += 1
        agreed[key(each.document)] += each.agrees
    return "\n".join(f"  {name:22} {agreed[name]:5} of {count[name]:5}" for name in sorted(count))


def differing(found: list[Judged], minor: int) -> list[str]:
    return [
        f"{each.document.id}: the server {'accepts' if each.document.accepted(minor) else 'refuses'} it; "
        f"kplan: {sorted((f.rule, format_path(f.path), f.message) for f in each.errors)}; "
        f"server: {each.document.said(minor)}"
        for each in found
        if not each.agrees
    ]


def test_every_document_is_accepted_or_refused_as_by_the_server() -> None:
    found = judged(36)
    assert len(found) > 5_000
    print("agreement by family:", table(found, lambda row: row.family), sep="\n")
    print("agreement by mutation:", table(found, lambda row: row.mutation), sep="\n")
    wrong = differing(found, 36)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("minor", OLDER)
def test_older_servers_accept_and_refuse_the_same(minor: int) -> None:
    wrong = differing(judged(minor), minor)
    print(f"1.{minor}: {len(wrong)} of {len(documents())} differ", *wrong, sep="\n")
    assert len(wrong) <= 0.005 * len(documents()), "\n".join(wrong)


@pytest.mark.parametrize("minor", [36, *OLDER])
def test_refused_documents_have_the_paths_of_the_server(minor: int) -> None:
    refused = [each for each in judged(minor) if each.errors and each.document.fields(minor)]
    assert len(refused) > 1_400
    lacking = {each.document.id: gap for each in refused if (gap := each.document.fields(minor) - each.paths)}
    exact = sum(each.paths == each.document.fields(minor) for each in refused)
    print(f"1.{minor}: {len(refused) - len(lacking)} of {len(refused)} have all paths, {exact} exactly those")
    assert not lacking
    assert exact >= 0.98 * len(refused)


RULES = {
    "FieldValueRequired": "required-value",
    "FieldValueInvalid": "invalid-value",
    "FieldValueNotSupported": "unsupported-value",
    "FieldValueDuplicate": "duplicate-value",
    "FieldValueForbidden": "forbidden-value",
    "FieldValueTooLong": "too-long",
    "FieldValueTooMany": "too-many",
    "FieldValueNotFound": "not-found",
    "FieldValueTypeInvalid": "wrong-type",
}


def test_faults_have_the_rule_and_nearly_the_words_of_the_server() -> None:
    """Without the schema's own `missing-field`, which tells what is missing in words of its own."""
    other_rules, other_words, count = {}, {}, 0
    for row in documents():
        if causes := row.verdict.get("causes"):
            found = [(f.rule, format_path(f.path) or "[]", f.message) for f in errors(row, 36, ("validation",))]
            count += 1
            if {(RULES[reason], field) for reason, field, _ in causes} != {each[:2] for each in found}:
                other_rules[row.id] = found
            if {(field, message) for _, field, message in causes} != {each[1:] for each in found}:
                other_words[row.id] = found
    print(f"{count - len(other_rules)} of {count} have the same rules, {count - len(other_words)} the same words")
    print(*other_words, sep="\n")
    assert len(other_rules) <= 0.005 * count, other_rules
    assert len(other_words) <= 0.08 * count
