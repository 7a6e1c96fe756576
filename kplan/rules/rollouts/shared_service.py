"""A Service whose connections go to the pods of several workloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk


@risk(severity=Severity.NOTE, kinds=("Service",), since="0.1")
def check(service: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    scene = outlook.scene(service)
    if not scene.states or len(scene.shares(-1, service.name)) < 2:
        return
    shares = [scene.shares(state, service.name) for state in range(len(scene.states))]
    several = [state for state, one in enumerate(shares) if len(one) > 1]
    if _is_renamed(shares[-1], outlook):
        return
    total = sum(shares[-1].values())
    parts = [f"{ref} {count}" for ref, count in sorted(shares[-1].items(), key=lambda item: str(item[0]))]
    yield Hazard(
        f"of its {total} endpoints {_listed(parts)}: each connection may go to any of them",
        step=several[0],
        path=("spec", "selector"),
    )


def _is_renamed(workloads: Iterable[ObjectRef], outlook: Outlook) -> bool:
    """Whether one is new and one is left behind: that is said of the new one."""
    refs = list(workloads)
    return any(map(outlook.is_left_behind, refs)) and any(outlook.verb(ref) == Verb.CREATE for ref in refs)


def _listed(parts: list[str]) -> str:
    shown = [part.replace(" ", " has ", 1) for part in parts[:4]]
    more = f" and {len(parts) - 4} more workloads the rest" if len(parts) > 4 else ""
    return ", ".join(shown) + more
