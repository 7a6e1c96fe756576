"""What-ifs of a plan: which are asked for, and whether all objects have to be simulated together for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kplan.model import ObjectRef
from kplan.model.change import Change, Verb
from kplan.planner.component import Component
from kplan.planner.model import WhatIf
from kplan.planner.simulation import Options, Simulation

TYPE_OF_CLUSTER = ("PersistentVolume", "Namespace")
"""Kinds that say where pods may go, beside those that move by themselves."""


def is_shared(options: Options) -> bool:
    """Whether pods of different components meet: on nodes that can be full, or are lost."""
    from kplan.simulator.node import is_modelled

    if options.lose_node is not None:
        return True
    return isinstance(options.nodes, Mapping) and is_modelled(options.nodes)


def replaced_in(refs: frozenset[ObjectRef], by_object: Mapping[ObjectRef, Change]) -> set[ObjectRef]:
    """The objects that are deleted and made anew."""
    return {ref for ref in refs if by_object[ref].verb == Verb.REPLACE}


def together(
    components: Sequence[Component], by_object: Mapping[ObjectRef, Change], options: Options
) -> tuple[list[Simulation], tuple[WhatIf, ...]]:
    """The simulations of all components in one cluster, and what comes of losing nodes where that is asked.

    Raises UsageError for nodes that are not there.
    """
    from kplan.planner.cluster import run, simulations
    from kplan.planner.node_loss import lose_node

    replaced = replaced_in(frozenset(ref for one in components for ref in one.refs), by_object)
    cluster = run(components, replaced, options)
    groups = [one.refs for one in components if all(by_object[ref].verb == Verb.KEEP for ref in one.refs)]
    found = simulations(cluster, components, frozenset().union(*groups))
    return found, () if options.lose_node is None else (lose_node(cluster, options.lose_node),)


def bad_images(
    simulations: Sequence[Simulation], by_object: Mapping[ObjectRef, Change], options: Options
) -> Iterator[WhatIf]:
    """What comes of images that never become ready, for each workload that is stuck for it."""
    if not options.never_ready:
        return
    from kplan.planner import bad_image

    for simulation in simulations:
        yield from bad_image.bad_images(simulation, replaced_in(simulation.component.refs, by_object), options)
