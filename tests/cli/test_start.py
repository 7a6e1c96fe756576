"""What starting a command imports: the start is what people wait for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import json, sys
from kplan.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def modules(*args: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", SCRIPT, *args], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_version_imports_nothing_but_click_and_the_command_line() -> None:
    ours = {name for name in modules("--version") if name.startswith("kplan.")}
    assert ours <= {"kplan.cli", "kplan.cli.exit", "kplan.cli.write", "kplan.errors"}


@pytest.mark.parametrize("heavy", ["jsonschema", "importlib.metadata", "kplan.controllers.state"])
def test_the_schema_check_imports_nothing_heavy(heavy: str) -> None:
    assert heavy not in modules("lint", "--select", "syntax,schema", "examples/first-service")


def test_syntax_and_schema_run_no_other_rules() -> None:
    ours = modules("lint", "--select", "syntax,schema", "examples/first-service")
    assert not {name for name in ours if name.startswith(("kplan.rules.references", "kplan.validation"))}
