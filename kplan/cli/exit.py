"""Exit codes, the same for all commands but `diff`, which has kubectl's (0 same, 1 different, 2 failed)."""

from __future__ import annotations

CLEAN = 0
FOUND = 1
USAGE = 2
INTERNAL = 3
INCOMPLETE = 3
"""Something was not checked, and `--require-coverage` asks for all."""
