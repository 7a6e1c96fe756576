"""Runs a program over a text, all ways at once: no pattern takes longer than its size times the text's.

Source: go regexp exec.go.
"""

from __future__ import annotations

from collections.abc import Callable

from kplan.render.regex.program import Program

Saved = tuple[int, ...]


def run(program: Program, text: str, start: int, step: Callable[[int], None]) -> Saved | None:
    """The bounds of the leftmost match and its groups; None where there is no match."""
    code, size = program.code, len(text)
    empty: Saved = (-1,) * (2 * program.groups + 2)
    current: list[tuple[int, Saved]] = []
    best: Saved | None = None
    reached, weight = 0, 1 + program.groups // 16
    for at in range(start, size + 1):
        if best is None:
            _follow(program, current, {pc for pc, _ in current}, 0, empty, text, at)
        if not current:
            if best is not None:
                return best
            continue
        step(1 + len(current) + reached * weight // 4)
        following: list[tuple[int, Saved]] = []
        seen: set[int] = set()
        character = text[at] if at < size else ""
        for pc, saved in current:
            instruction = code[pc]
            if instruction[0] == "match":
                best = saved
                break
            if character and instruction[1](character):
                _follow(program, following, seen, pc + 1, saved, text, at + 1)
        current, reached = following, len(seen)
    return best


def _follow(
    program: Program, threads: list[tuple[int, Saved]], seen: set[int], pc: int, saved: Saved, text: str, at: int
) -> None:
    """Add the instructions that are reached from `pc` without a further character, those that are preferred first."""
    todo = [(pc, saved)]
    while todo:
        pc, saved = todo.pop()
        if pc in seen:
            continue
        seen.add(pc)
        instruction = program.code[pc]
        kind = instruction[0]
        if kind == "jump":
            todo.append((instruction[1], saved))
        elif kind == "split":
            todo.append((instruction[2], saved))
            todo.append((instruction[1], saved))
        elif kind == "save":
            slot = instruction[1]
            todo.append((pc + 1, (*saved[:slot], at, *saved[slot + 1 :])))
        elif kind == "assert":
            if _holds(instruction[1], text, at):
                todo.append((pc + 1, saved))
        else:
            threads.append((pc, saved))


def _holds(kind: str, text: str, at: int) -> bool:
    if kind in "A^":
        return at == 0 or (kind == "^" and text[at - 1] == "\n")
    if kind in "z$":
        return at == len(text) or (kind == "$" and text[at] == "\n")
    inside = _is_word(text[at - 1 : at]) != _is_word(text[at : at + 1])
    return inside == (kind == "b")


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")
