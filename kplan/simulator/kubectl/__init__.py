"""kubectl commands that a scenario may use."""

from __future__ import annotations

from collections.abc import Callable

from kplan.errors import UsageError
from kplan.simulator.kubectl import change, rollout
from kplan.simulator.kubectl.command import Command, Outcome, check_options, parse
from kplan.simulator.world import World

__all__ = ["VERBS", "Command", "Outcome", "parse", "run"]

VERBS: dict[tuple[str, ...], Callable[[World, Command], Outcome]] = {
    ("scale",): change.scale,
    ("set", "image"): change.set_image,
    ("label",): change.label,
    ("delete",): change.delete,
    ("create", "job"): change.create_job,
    ("rollout", "pause"): rollout.pause,
    ("rollout", "resume"): rollout.resume,
    ("rollout", "restart"): rollout.restart,
    ("rollout", "undo"): rollout.undo,
}
"""What each command does, by its first words."""


def run(world: World, line: str) -> Outcome:
    """Run a command against the world and let the controllers settle.

    Raises UsageError for a command that the simulator does not know.
    """
    command = parse(line)
    for length in (2, 1):
        verb = VERBS.get(command.words[:length])
        if verb is not None:
            check_options(line, command.options)
            outcome = verb(world, Command(command.words[length:], command.options))
            world.settle()
            return outcome
    known = ", ".join(sorted(" ".join(words) for words in VERBS))
    raise UsageError(f"`kubectl {line}` is not simulated; the commands are {known}")
