"""Syntax trees to programs of a machine that follows all ways at once."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from kplan.render.regex.syntax import Assert, Char, Choice, Group, Node, Parser, Repeat, Sequence

LARGEST: Final = 20_000
"""Instructions: what a pattern with counted repeats inside each other may come to."""


class Program(NamedTuple):
    """What the machine runs: (char, test), (split, first, second), (jump, to), (save, slot), (assert, kind), (match,).

    `names` are the numbers of named groups.
    """

    code: list[tuple[Any, ...]]
    groups: int
    names: dict[str, int]


def compiled(source: str) -> Program:
    """The program of a pattern. Raises ValueError."""
    if len(source) > LARGEST:
        raise ValueError("the pattern is too large")
    parser = Parser(source)
    try:
        tree = parser.parse()
        writer = _Writer()
        writer.write(Group(tree, 0))
    except RecursionError:
        raise ValueError("the pattern nests too deep") from None
    writer.put("match")
    return Program(writer.code, parser.groups, parser.names)


class _Writer:
    def __init__(self) -> None:
        self.code: list[tuple[Any, ...]] = []

    def put(self, *instruction: Any) -> int:
        if len(self.code) >= LARGEST:
            raise ValueError("the pattern is too large")
        self.code.append(instruction)
        return len(self.code) - 1

    def write(self, node: Node) -> None:
        if isinstance(node, Char):
            self.put("char", node.test)
        elif isinstance(node, Assert):
            self.put("assert", node.kind)
        elif isinstance(node, Sequence):
            for each in node.nodes:
                self.write(each)
        elif isinstance(node, Choice):
            self._choice(node)
        elif isinstance(node, Repeat):
            self._repeat(node)
        elif node.number is None:
            self.write(node.node)
        else:
            self.put("save", 2 * node.number)
            self.write(node.node)
            self.put("save", 2 * node.number + 1)

    def _choice(self, node: Choice) -> None:
        ends: list[int] = []
        for each in node.nodes[:-1]:
            split = self.put("split")
            self.write(each)
            ends.append(self.put("jump"))
            self.code[split] = ("split", split + 1, len(self.code))
        self.write(node.nodes[-1])
        for end in ends:
            self.code[end] = ("jump", len(self.code))

    def _repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            self.write(node.node)
        if node.most is None:
            split = self.put("split")
            self.write(node.node)
            self.put("jump", split)
            self._split(split, split + 1, len(self.code), node.greedy)
            return
        splits: list[int] = []
        for _ in range(node.most - node.least):
            splits.append(self.put("split"))
            self.write(node.node)
        for split in splits:
            self._split(split, split + 1, len(self.code), node.greedy)

    def _split(self, at: int, inside: int, behind: int, greedy: bool) -> None:
        self.code[at] = ("split", inside, behind) if greedy else ("split", behind, inside)
