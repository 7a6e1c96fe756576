from __future__ import annotations

import subprocess
import sys

import pytest

from kplan.errors import UsageError
from kplan.rules.catalog import GROUPS, find_rule, groups_by_rule, rules_of, select_rules


def test_nothing_selected_is_everything() -> None:
    assert select_rules() == set(groups_by_rule())


def test_groups_and_rules_may_be_mixed() -> None:
    chosen = select_rules(("syntax", "removed-api"), ("duplicate-key",))
    assert chosen == {"yaml-syntax", "not-an-object", "removed-api"}


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
