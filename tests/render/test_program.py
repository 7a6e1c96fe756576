from __future__ import annotations

import sys

import pytest

from kplan.render import program
from kplan.render.program import ProgramError, find_program, output_of


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output() -> None:
    assert output_of(_python("import os; print(os.environ['A'])"), {"A": "b"}) == b"b\n"


def test_failure_is_told_in_the_programs_words() -> None:
    code = "import sys; print('note', file=sys.stderr); print('Error: no such thing', file=sys.stderr); sys.exit(4)"
    with pytest.raises(ProgramError, match=r"^no such thing$"):
        output_of(_python(code))


def test_silent_failure() -> None:
    with pytest.raises(ProgramError, match="code 7"):
        output_of(_python("raise SystemExit(7)"))


def test_endless_output_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_LARGEST_B", 100_000)
    with pytest.raises(ProgramError, match="printed"):
        output_of(_python("while True: print('x' * 1000)"))


def test_endless_run_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_LONGEST_S", 0.05)
    with pytest.raises(ProgramError, match="ran longer"):
        output_of(_python("import time; time.sleep(30)"))


def test_absent() -> None:
    assert find_program("no-such-program-anywhere") is None
    with pytest.raises(ProgramError, match="cannot be run"):
        output_of(["/no/such/program"])
