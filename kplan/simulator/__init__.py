"""The cluster in virtual time: controllers to rest, kubelet act, and again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kplan.simulator.scenario import Scenario
    from kplan.simulator.step import Step


def simulate(
    scenario: str | os.PathLike[str] | Scenario,
    *,
    policy: Literal["seq", "batch"] = "batch",
    kube_version: str | None = None,
) -> list[Step]:
    """The steps of a scenario, or of the scenario in a file, under a kubelet policy.

    `seq` is one kubelet act a step, `batch` all that are due. `kube_version` is as "1.36"; where None,
    that of the scenario's `server`, or the newest.
    Raises UsageError for a scenario or an event that makes no sense, InputError for a file that cannot be read.
    """
    from kplan.k8s.version import NEWEST, parse_version
    from kplan.simulator.scenario import Scenario, play
    from kplan.simulator.scenario_file import read_scenario

    found = scenario if isinstance(scenario, Scenario) else read_scenario(os.fspath(scenario))
    minor = (found.minor or NEWEST) if kube_version is None else parse_version(kube_version)
    return list(play(found, policy, minor))
