"""`kplan lint --baseline`: findings that are known, read and written."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from kplan.errors import UsageError

if TYPE_CHECKING:
    from kplan.pipeline import Lint
    from kplan.suppression import Known


def without_baseline(found: Lint, file: str | None, update: bool, name_of: Callable[[str], str], root: str) -> Lint:
    """What is found and is not in the baseline; with `update` all of it is, and the file is written first.

    Raises UsageError where there is nothing to update, and what reading and writing the file raises.
    """
    from kplan.cli.write import note, write_file
    from kplan.pipeline import forget_known
    from kplan.suppression import Baseline, baseline_text, read_baseline, updated

    if file is None:
        raise UsageError("--update-baseline needs --baseline FILE, or a `baseline` in the configuration")
    known = read_baseline(file) if not update or os.path.lexists(file) else Baseline()
    if update:
        before, known = known, updated(known, found.findings, name_of, _is_judged(found, name_of, root))
        write_file(file, baseline_text(known))
        gone = len(set(before.known) - set(known.known))
        note(f"`{file}` has {len(known.known)} findings{f', {gone} fewer that are fixed' if gone else ''}")
    return forget_known(found, known, name_of)


def _is_judged(found: Lint, name_of: Callable[[str], str], root: str) -> Callable[[Known], bool]:
    """Whether a finding of the baseline would have been found now, or is of a file that is gone."""
    rules = {name_of(file): found.rules_in.get(file, found.rules) for file in found.manifest.files}

    def is_judged(known: Known) -> bool:
        if known.file in rules:
            return known.rule in rules[known.file]
        return not os.path.exists(os.path.join(root, known.file))

    return is_judged
