"""`kplan simulate`: play scenarios on a simulated cluster."""

from __future__ import annotations

import json
from typing import Any, Literal

import click

from kplan.cli.configured import configured
from kplan.cli.exit import CLEAN
from kplan.cli.option import kube_version


@click.command(name="simulate", short_help="Play scenarios on a simulated cluster.")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option(
    "--policy",
    type=click.Choice(("seq", "batch", "both")),
    default="batch",
    show_default=True,
    help="One kubelet act a step, all that are due at once, or both in turn.",
)
@click.option(
    "-o", "--output", type=click.Choice(("text", "json")), default="text", show_default=True, help="The form."
)
@configured
@kube_version
def command(scenarios: tuple[str, ...], policy: str, output: str, minor: int) -> int:
    """Play scenarios and show every step until nothing is left to do.

    \b
    A scenario is a YAML or JSON file:
      manifests: {before.yaml: ..., after.yaml: ...}   # texts or paths
      events:                                          # default: apply each
      - apply: before.yaml
      - apply: after.yaml
      - kubectl: scale deployment/web --replicas=4     # also rollout, set image, delete
        after_acts: 3                                  # in the middle of the rollout
      - lose_node: node-2                              # also restore_node, delete_node
    and, optionally, name, nodes (a number, names, or maps of name, cpu, memory,
    labels, taints), never_ready (parts of images), job_fail, namespace, and
    server (v1.36.3), which counts where no --kube-version is given.

    \b
    Examples:
      kplan simulate rollout.yaml
      kplan simulate rollout.yaml --policy both -o json
    """
    from click.core import ParameterSource

    from kplan.errors import UsageError
    from kplan.simulator.scenario import play
    from kplan.simulator.scenario_file import read_scenario

    policies: tuple[Literal["seq", "batch"], ...] = ("seq", "batch") if policy == "both" else (_policy(policy),)
    is_given = click.get_current_context().get_parameter_source("minor") is ParameterSource.COMMANDLINE
    results = []
    for path in scenarios:
        scenario = read_scenario(path)
        version = minor if is_given or scenario.minor is None else scenario.minor
        try:
            results += [(scenario.name, one, list(play(scenario, one, version))) for one in policies]
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from None
    _show(results, output)
    return CLEAN


def _policy(text: str) -> Literal["seq", "batch"]:
    return "seq" if text == "seq" else "batch"


def _show(results: list[tuple[str, Literal["seq", "batch"], list[Any]]], output: str) -> None:
    from kplan.cli.write import shown, write

    if output == "json":
        played = [
            {"name": name, "policy": policy, "steps": [step.as_dict() for step in steps]}
            for name, policy, steps in results
        ]
        write(json.dumps({"scenarios": played}, indent=1, ensure_ascii=False) + "\n")
        return
    from kplan.simulator.table import heading, table

    write(shown("\n".join(f"{heading(name, policy, steps)}\n{table(steps)}\n" for name, policy, steps in results)))
