"""A command line where the name of a program belongs."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.ERROR, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for container in pods.containers if pods and not pods.is_windows else ():
        command = container.data.get("command")
        program = command[0] if isinstance(command, list) and len(command) == 1 else None
        if isinstance(program, str) and " " in program.strip() and not container.data.get("args"):
            words = ", ".join(f'"{word}"' for word in program.split())
            yield container.has(
                "the whole command line is taken for the name of a program",
                *("command", 0),
                help=f"write each word by itself: [{words}]"
                if _is_plain(program)
                else "let a shell run it: [sh, -c, ...]",
            )


def _is_plain(line: str) -> bool:
    """Whether a line has nothing that a shell would treat in a way of its own."""
    return "\n" not in line and not set(line) & set("\"'\\$`;&|<>*?()")
