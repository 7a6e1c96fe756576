"""The JSON Schema and the documentation say what the checks say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
from test_config_read import FULL

from kplan.config.option import OPTIONS, TABLES
from kplan.config.schema import markdown, schema

PAGE = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"


def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def plain(text: str) -> object:
    """TOML as the editors' schema checks see it: dates are texts."""
    return tomllib.loads(re.sub(r"(= )(\d{4}-\d{2}-\d{2})$", r'\1"\2"', text, flags=re.M))


def test_a_good_file_is_valid() -> None:
    validator().validate(plain(FULL))


@pytest.mark.parametrize(
    "text",
    [
        "namespac = 'x'",
        "namespace = 3",
        "color = 'red'",
        "[severity]\nx = 'bad'",
        "[[allow]]\nreason = 'x'",
        "[[allow]]\nrule = 'x'\nkinds = 'y'",
        "[[group]]\nname = 'x'",
        "kube-version = '2'",
    ],
)
def test_a_bad_file_is_not(text: str) -> None:
    assert not validator().is_valid(plain(text))


def test_the_page_has_every_option(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, options in {"options": OPTIONS, **TABLES}.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        assert text.count(begin) == text.count(end) == 1
        before, rest = text.split(begin)
        old, after = rest.split(end)
        new = markdown(options)
        if request.config.getoption("--update"):
            text = before + begin + new + end + after
            PAGE.write_text(text, encoding="utf-8")
        else:
            assert old == new


def test_defaults_are_what_they_may_be() -> None:
    for option in OPTIONS:
        if option.default not in (None, ()):
            given = list(option.default) if isinstance(option.default, tuple) else option.default
            assert option.type.read(given) == option.default


def test_examples_of_the_page_are_valid(tmp_path: Path) -> None:
    from kplan.config import read_config

    examples = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert examples
    for number, example in enumerate(examples):
        file = tmp_path / f"{number}" / "kplan.toml"
        file.parent.mkdir()
        file.write_text(example, encoding="utf-8")
        read_config(str(file))
        validator().validate(plain(example))
