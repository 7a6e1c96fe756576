"""Counts of pods by topology domain, kept up to date while pods come and go."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kplan.simulator.scheduler.ask import Ask


class Tally:
    """The pods that `takes` takes, counted by the domain of their node; nodes without a domain do not count.

    `with_ending` says whether pods that are being deleted count.
    """

    __slots__ = ("counts", "domains", "takes", "total", "with_ending")

    def __init__(self, takes: Callable[[Ask], bool], domains: Mapping[str, str], with_ending: bool) -> None:
        self.takes = takes
        self.domains = domains
        self.with_ending = with_ending
        self.counts = dict.fromkeys(domains.values(), 0)
        self.total = 0

    def add(self, node: str, number: int) -> None:
        """Count so many pods more on a node."""
        domain = self.domains.get(node)
        if domain is not None:
            self.counts[domain] += number
            self.total += number

    def near(self, node: str) -> int:
        """How many there are in the node's domain; 0 where it has none."""
        return self.counts.get(self.domains.get(node, ""), 0)
