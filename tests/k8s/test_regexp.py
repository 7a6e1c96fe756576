"""Go's regular expressions: which it takes, and what its errors say."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kplan.k8s.regexp import RegexpError, UnknownScript, compile_go


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"^a+$", "aaa", True),
        (r"^a$", "a\n", False),
        (r"\d+", "\u0663", False),
        (r"[[:alpha:]]+\z", "ab", True),
        (r"\pL\p{Lu}\P{L}", "\u00e9\u00c91", True),
        (r"(?i)ABC", "abc", True),
        (r"(?s)a.b", "a\nb", True),
        (r"a.b", "a\nb", False),
        (r"(?P<n>a)(?:b)", "ab", True),
        (r"\Qa.b\E", "axb", False),
        (r"\x{41}\x41\101", "AAA", True),
        (r"a{2}", "a", False),
        (r"a{,2}", "a{,2}", True),
        (r"[^\n]", "\n", False),
        (r"\bword\b", "a word", True),
        (r"x*?y", "xxy", True),
    ],
)
def test_what_matches(pattern: str, text: str, found: bool) -> None:
    assert (compile_go(pattern).search(text) is not None) is found


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", "error parsing regexp: missing closing ): `(`"),
        (")", "error parsing regexp: unexpected ): `)`"),
        ("[a", "error parsing regexp: missing closing ]: `[a`"),
        ("*", "error parsing regexp: missing argument to repetition operator: `*`"),
        ("a**", "error parsing regexp: invalid nested repetition operator: `**`"),
        ("a{2,1}", "error parsing regexp: invalid repeat count: `{2,1}`"),
        ("a{1001}", "error parsing regexp: invalid repeat count: `{1001}`"),
        ("(?=a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?=`"),
        (r"\q", r"error parsing regexp: invalid escape sequence: `\q`"),
        ("[b-a]", "error parsing regexp: invalid character class range: `b-a`"),
        ("a\\", "error parsing regexp: trailing backslash at end of expression: ``"),
    ],
)
def test_what_go_does_not_take(pattern: str, message: str) -> None:
    with pytest.raises(RegexpError, match="error parsing regexp") as caught:
        compile_go(pattern)
    assert str(caught.value) == message


@given(st.text(alphabet="ab()[]{}*+?|^$.\\-:=!<>P,0123dwsQEzpLi\u00e9", max_size=16))
def test_any_pattern(pattern: str) -> None:
    with suppress(RegexpError, UnknownScript):
        compile_go(pattern).search("ab1")
