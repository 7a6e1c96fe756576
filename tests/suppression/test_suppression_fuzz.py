"""Whatever stands in a text or a configuration, it gives findings or a message, never a traceback."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kplan.config import read_config
from kplan.errors import KplanError
from kplan.loader import load_text
from kplan.loader.ignore import file_matcher
from kplan.pipeline import lint
from kplan.suppression.comment import comments
from kplan.suppression.model import read_words

WORDS = ("# kplan: allow", " latest-tag", ",", " until ", "2027-01-31", " -- ", "kplan.dev/allow: ")
YAML = ("\n", "  ", "- ", "a: ", "|", ">", "---\n", "'", '"', "\t", "é", "metadata:\n", "annotations:\n")
PIECES = st.sampled_from((*WORDS, *YAML, "{{ x }}", "${x}", "ENC[AES256_GCM,"))
TEXTS = st.lists(PIECES, max_size=25).map("".join)
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"


@given(TEXTS)
def test_comments_cover_lines_of_the_text(text: str) -> None:
    for comment in comments("a.yaml", text):
        assert comment.last == 0 or 1 <= comment.first <= comment.last <= text.count("\n") + 1
        assert "kplan" in text.split("\n")[comment.span.start.line - 1]


@given(TEXTS)
def test_lint_says_something(text: str) -> None:
    plain = lint(load_text(HEAD + text, file="a.yaml"), minor=36)
    assert plain.findings == lint(load_text(HEAD + text, file="a.yaml"), minor=36).findings


@given(st.text(max_size=60))
def test_words(text: str) -> None:
    words = read_words(text)
    assert words.rules or words.fault or words.until


TABLES = ("[[allow]]\n", "[severity]\n", "[tool.kplan]\n", "[[group]]\n", "[", "]", "{", "}", "\n", " = ", ".", "#")
NAMES = (
    "namespace",
    "allow",
    "rule",
    "latest-tag",
    "expires",
    "files",
    "name",
    "é",
    "2027-01-31",
    "'x'",
    "'!'",
    "1",
    '"',
)
TOML = st.sampled_from((*TABLES, *NAMES))


@given(text=st.lists(TOML, max_size=20).map("".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_configurations(tmp_path: Path, text: str) -> None:
    file = tmp_path / "kplan.toml"
    file.write_text(text, encoding="utf-8")
    with suppress(KplanError):
        assert read_config(str(file)).text == text


@given(st.text(max_size=20), st.text(max_size=20))
def test_patterns(pattern: str, file: str) -> None:
    with suppress(KplanError):
        assert file_matcher([pattern])(file) in (True, False)
