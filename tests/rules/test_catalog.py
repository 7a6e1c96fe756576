from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kplan.errors import UsageError
from kplan.rules.catalog import GROUPS, find_head, find_rule, groups_by_rule, rules_of, select_rules
from kplan.rules.page import PROFILES, split_page


def in_profile(*names: str) -> set[str]:
    return {rule for rule in groups_by_rule() if find_head(rule).profile in names}


@pytest.mark.parametrize(
    ("profile", "parts"),
    [
        ("default", ["default"]),
        ("recommended", ["default", "recommended"]),
        ("strict", ["default", "recommended", "strict"]),
        ("pss-baseline", ["default", "pss-baseline"]),
        ("pss-restricted", ["default", "pss-restricted"]),
    ],
)
def test_nothing_selected_is_the_profile(profile: str, parts: list[str]) -> None:
    assert select_rules(profile=profile) == in_profile(*parts)
    assert select_rules(GROUPS, profile=profile) == in_profile(*parts)


def test_every_profile_has_rules_of_its_own() -> None:
    assert {find_head(rule).profile for rule in groups_by_rule()} == set(PROFILES)


def test_a_rule_is_taken_whatever_the_profile() -> None:
    assert select_rules(("latest-tag",)) == {"latest-tag"}
    assert "latest-tag" not in select_rules(("practice",))
    assert "latest-tag" in select_rules(("practice",), profile="recommended")
    assert "latest-tag" in select_rules(("latest-tag", "practice"))


def test_unknown_profile_is_refused_with_the_one_meant() -> None:
    with pytest.raises(UsageError, match=r"there is no profile `restricted`; did you mean `pss-restricted`\?"):
        select_rules(profile="restricted")


def test_the_verdict_of_the_server_is_in_every_profile() -> None:
    for group in ("syntax", "schema", "validation", "updates", "deprecation"):
        assert rules_of(group) <= in_profile("default")


@pytest.mark.parametrize("rule", groups_by_rule())
def test_the_head_is_read_from_the_first_bytes_as_from_all(rule: str) -> None:
    page = Path(__file__).resolve().parents[2] / "kplan/rules" / groups_by_rule()[rule] / f"{rule.replace('-', '_')}.md"
    assert split_page(page.read_text(encoding="utf-8"))[0] == find_head(rule)


@pytest.mark.parametrize(
    "head",
    [
        "severity: error",
        "profile: loud",
        "profile:",
        "profile: strict\nprofile: strict",
        "answers: ",
        "# comment",
        "profile: strict\n\nanswers: a/b",
    ],
)
def test_a_head_with_anything_else_is_refused(head: str) -> None:
    with pytest.raises(ValueError, match=r"there is no profile|has no such line"):
        split_page(f"---\n{head}\n---\n# a-rule\n")


def test_a_head_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no end"):
        split_page("---\nprofile: strict\n# a-rule\n")


def test_groups_and_rules_may_be_mixed() -> None:
    chosen = select_rules(("syntax", "removed-api"), ("duplicate-key",))
    assert chosen == (rules_of("syntax") - {"duplicate-key"}) | {"removed-api"}


def test_a_group_selects_its_rules() -> None:
    assert "immutable-field" in rules_of("updates")
    assert select_rules(("updates",)) == rules_of("updates")


def test_ignore_alone_leaves_the_rest() -> None:
    assert select_rules((), tuple(GROUPS)) == frozenset()


@pytest.mark.parametrize(
    ("name", "meant"), [("sintax", "syntax"), ("removed-apis", "removed-api"), ("service-without-endpoint", "service-")]
)
def test_unknown_name_is_refused_with_the_one_meant(name: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"`{name}` is neither a rule nor a group; did you mean `{meant}"):
        select_rules((name,))
    with pytest.raises(UsageError):
        select_rules((), (name,))


def test_unknown_rule_has_no_page() -> None:
    with pytest.raises(UsageError, match="no rule `nonsense`; `kplan rules` lists them all"):
        find_rule("nonsense")


def test_rules_that_are_not_selected_are_not_imported() -> None:
    program = """
import sys
from kplan.loader import load_text
from kplan.pipeline import lint_manifest
manifest = load_text("apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\n")
assert len(manifest) == 1 and not lint_manifest(manifest, minor=37, select=["syntax", "schema"])
checks = [m for m in sys.modules if m.startswith("kplan.rules.") and m.count(".") == 3]
print(checks, "kplan.rules.context" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[] False\n"
