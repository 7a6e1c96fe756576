"""Makes docs/answers.md: the checks of other linters, each with the rule that answers it or the reason why none does.

    python scripts/build_answers.py > docs/answers.md

The checks are in scripts/answers.toml; which rules answer them is at the heads of the rules' pages.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from kplan.rules.catalog import find_head, groups_by_rule

_SOURCE = Path(__file__).with_name("answers.toml")
_HEAD = """\
# Answers

Every check of kube-linter, kube-score, polaris and popeye, with the rules of kplan that answer it, or why none does.
The profile is the mildest one that has the rule: `kplan lint --profile recommended`, or `--select RULE`. What only a
running cluster knows is no matter for manifests. This page is made by `scripts/build_answers.py`.
"""


class Answer(NamedTuple):
    """A check of a peer: the rules that answer it, and how, or why there are none."""

    peer: str
    check: str
    rules: tuple[str, ...]
    remark: str


def answers() -> Iterator[Answer]:
    """All checks, in the order of the source. Raises ValueError for one that nothing is said of, or too much."""
    by_pages = _by_pages()
    source: dict[str, dict[str, str | dict[str, str]]] = tomllib.loads(_SOURCE.read_text(encoding="utf-8"))
    known = {f"{peer}/{check}" for peer, checks in source.items() for check in checks}
    if strange := sorted(by_pages.keys() - known):
        raise ValueError(f"pages answer to checks that are not in {_SOURCE.name}: {', '.join(strange)}")
    for peer, checks in source.items():
        for check, written in checks.items():
            yield _answer(peer, check, written, by_pages.get(f"{peer}/{check}", ()))


def _by_pages() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for rule in groups_by_rule():
        for check in find_head(rule).answers:
            found[check] = (*found.get(check, ()), rule)
    return found


def _answer(peer: str, check: str, written: str | dict[str, str], by_pages: tuple[str, ...]) -> Answer:
    said = written if isinstance(written, dict) else {}
    rules = (*by_pages, *(name for name in said.get("rules", "").split(", ") if name))
    remark = said.get("how") or said.get("no") or ""
    is_clear = said.keys() in ({"rules", "how"}, {"no"}, set()) and ("no" in said) != bool(rules)
    if not is_clear:
        raise ValueError(f"{peer}/{check}: it wants a rule whose page answers it, or a reason, and not both")
    if unknown := set(rules) - groups_by_rule().keys():
        raise ValueError(f"{peer}/{check}: there is no rule {', '.join(sorted(unknown))}")
    return Answer(peer, check, rules, remark)


def page() -> str:
    """The page, Markdown."""
    every = list(answers())
    blocks = [_HEAD]
    for peer in dict.fromkeys(answer.peer for answer in every):
        mine = [answer for answer in every if answer.peer == peer]
        count = sum(bool(answer.rules) for answer in mine)
        rows = "".join(map(_row, mine))
        blocks.append(
            f"## {peer}\n\n{count} of {len(mine)} checks have an answer.\n\n"
            f"| check | rules | profile | remark |\n|---|---|---|---|\n{rows}"
        )
    return "\n".join(blocks)


def _row(answer: Answer) -> str:
    groups = groups_by_rule()
    links = ", ".join(f"[`{rule}`](../kplan/rules/{groups[rule]}/{rule.replace('-', '_')}.md)" for rule in answer.rules)
    profiles = ", ".join(dict.fromkeys(find_head(rule).profile for rule in answer.rules))
    return f"| {answer.check} | {links or 'none'} | {profiles} | {answer.remark} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
