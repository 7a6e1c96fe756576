"""What if nodes are lost once all is rolled out: who stops serving, what comes back, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kplan.planner.cluster import Cluster, named_ref
from kplan.planner.duration import duration
from kplan.planner.model import WhatIf, WhatIfStep
from kplan.planner.sentence import plural
from kplan.simulator.whatif import Loss, Moment, Named, chosen_nodes, left, lose, single_points


def lose_node(cluster: Cluster, text: str) -> WhatIf:
    """The nodes that `text` means are lost at the end. Raises UsageError where there are no such nodes."""
    world = cluster.world
    names = chosen_nodes(world, text)
    points = tuple(single_points(world))
    middle = tuple(_worst_moment(cluster, names))
    total = len(world.store.nodes)
    loss = lose(world, names)
    down = tuple(dict.fromkeys(_down(loss.moments)))
    return WhatIf(
        "lose-node",
        _title(loss, text, total),
        (*_summary(loss), *middle, *_points(points)),
        tuple(_steps(loss)),
        tuple(named_ref(named) for named in down),
        tuple(_help(loss, bool(points or down))),
    )


def _title(loss: Loss, text: str, total: int) -> str:
    one = len(loss.nodes) == 1
    names = f"{', '.join(loss.nodes[:-1])} and {loss.nodes[-1]}" if not one else loss.nodes[0]
    worst = "the worst " if text.isdecimal() and len(loss.nodes) < total else ""
    which = f"{worst}one" if one else f"{worst}{len(loss.nodes)}"
    holds = f"with {'its' if one else 'their'} {plural(loss.pods, 'pod')}"
    return f"{names} {'is' if one else 'are'} lost, {which} of {plural(total, 'node')}, {holds}"


def _steps(loss: Loss) -> Iterator[WhatIfStep]:
    before = loss.moments[0]
    for index, moment in enumerate(loss.moments[1:]):
        what = "; ".join(_what(loss, moment, before, first=index == 0))
        changed = [(named, before.up.get(named, 0), count) for named, count in moment.up.items()]
        counts = tuple((named_ref(named), old, new) for named, old, new in changed if old != new)
        yield WhatIfStep(moment.at_s, what, counts)
        before = moment


def _what(loss: Loss, moment: Moment, before: Moment, *, first: bool) -> Iterator[str]:
    if first:
        node, its = ("the node is", "its") if len(loss.nodes) == 1 else ("the nodes are", "their")
        yield f"{node} NotReady: {its} pods serve no more"
    if evicted := moment.evicted - before.evicted:
        yield f"{plural(evicted, 'pod')} evicted" if evicted > 0 else f"{plural(-evicted, 'pod')} gone"
    if made := moment.fresh - before.fresh:
        yield f"{made} new ready on other nodes"
    for name in moment.kept:
        if name not in before.kept:
            yield f"{name} stays Terminating, and nothing takes its place"
    waited = {(one.owner, one.why): one.pods for one in before.waiting}
    for one in moment.waiting:
        if one.pods > waited.get((one.owner, one.why), 0):
            verb = "waits" if one.pods == 1 else "wait"
            yield f"{plural(one.pods, 'pod')} of {named_ref(one.owner)} {verb}: {one.message}"


def _down(moments: Sequence[Moment]) -> Iterator[Named]:
    """What had something ready before, and has nothing at some moment."""
    for named, count in moments[0].up.items():
        if count and any(not moment.up.get(named) for moment in moments[1:]):
            yield named


def _summary(loss: Loss) -> Iterator[str]:
    first, last = loss.moments[0], loss.moments[-1]
    for named in _down(loss.moments):
        since = next(moment for moment in loss.moments[1:] if not moment.up.get(named))
        back = next((m for m in loss.moments[1:] if m.at_s > since.at_s and m.up.get(named)), None)
        how_long = f"for {duration(back.at_s - since.at_s)}" if back else "until a node is back"
        yield f"{named_ref(named)} has nothing ready {how_long}"
    for named, count in first.up.items():
        if last.up.get(named, 0) < count and last.up.get(named):
            yield f"{named_ref(named)} stays at {last.up[named]} of {count}"
    if loss.spared:
        yield "no pod is evicted: so many nodes are lost that the control plane takes the network to be at fault"
    elif all(last.up.get(named, 0) >= count for named, count in first.up.items()):
        yield "all is as before in the end" if loss.pods else "nothing runs there"


def _worst_moment(cluster: Cluster, names: Sequence[str]) -> Iterator[str]:
    """What the same loss would leave in the middle of the rollout, where that is worse than at its end."""
    last = cluster.reaches[-1]
    for service in sorted(last):
        at_end = left(last[service], names)
        shares = [(left(nodes.get(service, {}), names), number) for number, nodes in enumerate(cluster.reaches)]
        fewest, number = min(shares[1:-1], default=(at_end, 0))
        if fewest < min(at_end, shares[0][0]):
            what = "nothing" if not fewest else f"{fewest}"
            yield f"in the middle of the rollout (step {number}) it would leave {named_ref(service)} {what} ready"


def _points(points: Sequence[tuple[Named, str, int]]) -> Iterator[str]:
    for service, node, number in points:
        what = "its only endpoint" if number == 1 else f"all of its {number} endpoints"
        yield f"single point of failure: {named_ref(service)} has {what} on {node}"


def _help(loss: Loss, fragile: bool) -> Iterator[str]:
    if fragile:
        yield "two replicas or more, kept apart by a topologySpreadConstraint or podAntiAffinity, outlive a node"
    for name in loss.moments[-1].kept:
        yield f"{name}: kubectl delete node {' '.join(loss.nodes)} once it is sure that the machine is off"
        return
