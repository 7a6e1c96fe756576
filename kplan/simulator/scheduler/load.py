"""In which order nodes are tried: fewest pods of the namespace first, then by name."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator


class Load:
    """The number of pods on each node, by namespace."""

    def __init__(self, nodes: Iterable[str]) -> None:
        self._nodes = sorted(nodes)
        self._counts: dict[str, dict[str, int]] = {}
        self._order: dict[str, list[tuple[int, str]]] = {}

    def add(self, namespace: str, node: str, number: int) -> None:
        """Count so many pods more on a node; a node that is not among ours is passed over."""
        counts, order = self._of(namespace)
        before = counts.get(node)
        if before is None:
            return
        del order[bisect_left(order, (before, node))]
        counts[node] = before + number
        insort(order, (before + number, node))

    def order(self, namespace: str) -> Iterator[str]:
        """The nodes in the order in which they are tried."""
        return (node for _, node in self._of(namespace)[1])

    def _of(self, namespace: str) -> tuple[dict[str, int], list[tuple[int, str]]]:
        counts = self._counts.get(namespace)
        if counts is None:
            counts = self._counts[namespace] = dict.fromkeys(self._nodes, 0)
            self._order[namespace] = [(0, node) for node in self._nodes]
        return counts, self._order[namespace]
