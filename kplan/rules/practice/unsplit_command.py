"""A command line where the name of a program belongs."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_COMMANDS: tuple[tuple[str, ...], ...] = (
    ("command",),
    *((probe, "exec", "command") for probe in ("livenessProbe", "readinessProbe", "startupProbe")),
    *(("lifecycle", hook, "exec", "command") for hook in ("postStart", "preStop")),
)


@rule(severity=Severity.ERROR, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for container in pods.containers if pods and not pods.is_windows else ():
        for path in _COMMANDS:
            command = container.get(*path)
            program = command[0] if isinstance(command, list) and len(command) == 1 else None
            if not isinstance(program, str) or " " not in program.strip():
                continue
            if path == ("command",) and container.data.get("args") and " -" not in program:
                continue  # a path may have a space in it
            words = ", ".join(f'"{word}"' for word in program.split())
            yield container.has(
                "the whole command line is taken for the name of a program",
                *path,
                0,
                help=f"write each word by itself: [{words}]"
                if _is_plain(program)
                else "let a shell run it: [sh, -c, ...]",
            )


def _is_plain(line: str) -> bool:
    """Whether a line has nothing that a shell would treat in a way of its own."""
    return "\n" not in line and not set(line) & set("\"'\\$`;&|<>*?()")
