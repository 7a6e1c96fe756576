"""The tree of a Go template as a Jinja template."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from kplan.render.convert.expression import Expression, Name, NotConverted, Scope, constant, expression
from kplan.render.convert.known import Known
from kplan.render.convert.node import (
    Action,
    Assignment,
    Branch,
    Call,
    Comment,
    Define,
    Dot,
    Field,
    If,
    Jump,
    Literal,
    Node,
    Operand,
    Range,
    Tag,
    Text,
    Variable,
    With,
)
from kplan.render.convert.parser import parse
from kplan.render.convert.piece import COMMENT, EXPRESSION, STATEMENT, TEXT, Piece, Whitespace, settled, text
from kplan.render.convert.vocabulary import CONTEXT

_SPECIAL: Final = re.compile(r"\{\{|\{%|\{#")
_CHANGING: Final = frozenset(("set", "unset"))


@dataclass(frozen=True, slots=True)
class Marked:
    """What could not be converted: the line in the Go template, and why."""

    file: str
    line: int
    why: str


@dataclass(slots=True)
class Writing:
    """One template while it is written: `macros` are the named ones in it, which go to a file of their own."""

    file: str
    source: str
    macros: list[str] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)
    groups: Iterator[int] = field(default_factory=lambda: count(1))


@dataclass(frozen=True, slots=True)
class Converted:
    """A template for Jinja, the macros that were in it, and what could not be converted."""

    text: str
    macros: tuple[str, ...]
    marked: tuple[Marked, ...]


def convert(source: str, file: str, scope: Scope, whitespace: Whitespace = Whitespace.YAML) -> Converted:
    """The Go template in Jinja; what has no like there is left as a comment, and marked.

    Raises InputError, with file and line, for a template that Go refuses.

    >>> from kplan.render.convert.known import Known
    >>> source = "{{- if .Values.on }}\\na: {{ .Values.a | quote }}\\nb: {{ .Values.b }}\\n{{- end }}\\n"
    >>> scope = Scope(frozenset(("quote",)), values=Known(({"on": True, "a": 1},), True))
    >>> convert(source, "t", scope).text
    '{% if Values.on %}\\na: {{ Values.a | quote }}\\nb: {{ Values.b | optional }}\\n{% endif %}\\n'
    """
    nodes = parse(source, file)
    writing = Writing(file, source)
    pieces = _Block(scope, writing, frozenset(_reassigned(nodes))).write(nodes)
    return Converted(settled(pieces, whitespace), tuple(writing.macros), tuple(writing.marked))


def macro_name(name: str) -> str:
    """What a named template is called in Jinja.

    >>> macro_name("web.full-name")
    'web_full_name'
    """
    made = re.sub(r"\W", "_", name)
    return f"_{made}" if made[:1].isdigit() else made


def _reassigned(nodes: Sequence[Node]) -> Iterator[str]:
    """The variables that are given another value after they were set: a loop of Jinja's would lose it."""
    for node in nodes:
        if isinstance(node, Assignment) and not node.declares:
            yield node.name
        for body in _bodies(node):
            yield from _reassigned(body)


def _bodies(node: Node) -> Iterator[Sequence[Node]]:
    if isinstance(node, If | With):
        yield from (branch.body for branch in node.branches)
    elif isinstance(node, Range):
        yield node.body
        if node.otherwise:
            yield node.otherwise.body
    elif isinstance(node, Define):
        yield node.body


def defines(nodes: Sequence[Node]) -> Iterator[Define]:
    """The named templates among nodes, and in them."""
    for node in nodes:
        if isinstance(node, Define):
            yield node
        for body in _bodies(node):
            yield from defines(body)


class _Block:
    """A sequence of nodes: what is set in it is known in the nodes after."""

    def __init__(self, scope: Scope, writing: Writing, changing: frozenset[str]) -> None:
        self.scope = scope
        self.writing = writing
        self.changing = changing

    def write(self, nodes: Sequence[Node]) -> list[Piece]:
        written: list[Piece] = []
        remark: Piece | None = None
        for node in nodes:
            before = len(self.writing.macros)
            pieces = self.node(node)
            if isinstance(node, Define) and remark and len(self.writing.macros) > before:
                written.remove(remark)
                self.writing.macros[-1] = f"{{# {remark.words[0]} #}}\n{self.writing.macros[-1]}"
            written += pieces
            if not (isinstance(node, Text) and not node.text.strip()):
                remark = pieces[0] if isinstance(node, Comment) else None
        return written

    def node(self, node: Node) -> list[Piece]:
        if isinstance(node, Text):
            return _raw(node.text)
        if isinstance(node, Comment):
            words = node.text.strip().replace("#}", "# }")
            return [Piece(COMMENT, (words,), node.tag.trims_left, node.tag.trims_right)]
        if isinstance(node, Jump):
            return [self.statement(node.tag, node.word)]
        scope = self.scope
        try:
            if isinstance(node, Action):
                return [self.action(node)]
            if isinstance(node, Assignment):
                return [self.assignment(node)]
            if isinstance(node, If):
                return self.branches(node.branches, node.end, is_with=False)
            if isinstance(node, With):
                return self.branches(node.branches, node.end, is_with=True)
            if isinstance(node, Range):
                return self.range(node)
            return self.define(node)
        except NotConverted as error:
            self.scope = scope
            return [self.marked(node, str(error))]

    def marked(self, node: Action | Assignment | If | With | Range | Define, why: str) -> Piece:
        """What could not be converted, from its first tag to its last, as a comment."""
        first = node.branches[0].tag if isinstance(node, If | With) else node.tag
        last = first if isinstance(node, Action | Assignment) else node.end
        self.writing.marked.append(Marked(self.writing.file, first.line, why))
        source = self.writing.source[first.start : last.end].replace("#}", "# }")
        return Piece(COMMENT, (f"kplan: not converted: {why}: {source}",), first.trims_left, last.trims_right)

    def statement(self, tag: Tag, *words: str, group: int = 0) -> Piece:
        return Piece(STATEMENT, words, tag.trims_left, tag.trims_right, group)

    def expression(self, value: Operand) -> Expression:
        return expression(value, self.scope)

    def action(self, node: Action) -> Piece:
        value = node.value
        if isinstance(value, Call) and value.name in _CHANGING:
            return self.statement(node.tag, f"do {self.expression(value).text}")
        made = self.expression(value).printed
        words = f"{made.tight} | raw" if _MOVED.search(made.text) or self.is_laid_out(value) else made.text
        return Piece(EXPRESSION, (words,), node.tag.trims_left, node.tag.trims_right)

    def is_laid_out(self, value: Operand) -> bool:
        """Whether it is a named template whose lines are indented by hand."""
        called = value.arguments[0] if isinstance(value, Call) and value.name == "include" and value.arguments else None
        return isinstance(called, Literal) and constant(called.text) in self.scope.calls.seen.laid_out

    def assignment(self, node: Assignment) -> Piece:
        value = self.expression(node.value)
        if node.name == "_":
            return self.statement(node.tag, f"do {value.text}")
        if not node.declares:
            if node.name not in self.scope.names:
                raise NotConverted(f"the variable ${node.name} is not set")
            return self.statement(node.tag, f"set {self.scope.names[node.name].text} = {value.text}")
        words = self.declare(node.name, self.scope.fresh(node.name), value)
        return self.statement(node.tag, words)

    def declare(self, name: str, jinja: str, value: Expression) -> str:
        """The tag that sets a variable, which is known from now on."""
        if name in self.changing:
            known = Known(is_sure=False, is_shared=value.known.is_shared)
            self.scope = replace(self.scope, names={**self.scope.names, name: Name(f"{jinja}.value", known)})
            return f"set {jinja} = namespace(value={value.text})"
        self.scope = replace(self.scope, names={**self.scope.names, name: Name(jinja, value.known)})
        return f"set {jinja} = {value.text}"

    def inner(self, nodes: Sequence[Node], scope: Scope) -> list[Piece]:
        return _Block(scope, self.writing, self.changing).write(nodes)

    def branches(self, branches: Sequence[Branch], end: Tag, *, is_with: bool) -> list[Piece]:
        """`if` or `with`; an arm that needs a variable of its own stands in the `else` of those before."""
        outer, group = self.scope, next(self.writing.groups)
        pieces: list[Piece] = []
        ends = 1
        for number, branch in enumerate(branches):
            if branch.value is None:
                pieces += [self.statement(branch.tag, "else", group=group), *self.inner(branch.body, self.scope)]
                continue
            value = self.expression(branch.value)
            before: tuple[str, ...] = ()
            if branch.name or (is_with and not isinstance(branch.value, Field | Variable | Dot)):
                jinja = self.scope.fresh(branch.name or "it")
                before = (self.declare(branch.name or "\0", jinja, value),)
                value = Expression(self.scope.names[branch.name or "\0"].text, known=value.known)
            words = (f"{'elif' if number and not before else 'if'} {value.text}",)
            if number and before:
                ends += 1
                before = ("else", *before)
            pieces.append(self.statement(branch.tag, *before, *words, group=group))
            there = Name(value.tight, value.known._replace(is_sure=True))
            scope = self.scope
            if branch.name:
                known = scope.names[branch.name].known._replace(is_sure=True)
                scope = replace(
                    scope, names={**scope.names, branch.name: scope.names[branch.name]._replace(known=known)}
                )
            pieces += self.inner(branch.body, scope.within(there) if is_with else scope)
        self.scope = outer
        return [*pieces, self.statement(end, *["endif"] * ends, group=group)]

    def range(self, node: Range) -> list[Piece]:
        value, scope, group = self.expression(node.value), self.scope, next(self.writing.groups)
        item = Name(scope.fresh(node.names[-1] if node.names else "item"), value.known.items())
        inside = _Block(scope.within(item), self.writing, self.changing)
        opened = [f"for {item.text} in each({value.text})"]
        if len(node.names) == 2:
            key = inside.scope.fresh(node.names[0])
            opened = [f"for {key}, {item.text} in entries({value.text})"]
            inside.bind(node.names[0], key, Known(is_sure=True), opened)
        if node.names:
            inside.bind(node.names[-1], item.text, item.known, opened)
        body = inside.write(node.body)
        if node.otherwise:
            body += [self.statement(node.otherwise.tag, "else", group=group), *self.inner(node.otherwise.body, scope)]
        return [self.statement(node.tag, *opened, group=group), *body, self.statement(node.end, "endfor", group=group)]

    def bind(self, name: str, jinja: str, known: Known, opened: list[str]) -> None:
        """Let a variable be one of the loop's; one that is changed later gets a place that the loop cannot lose."""
        own = Name(jinja, known)
        if name in self.changing:
            self.scope = replace(self.scope, names={**self.scope.names, "\0": own})
            opened.append(self.declare(name, self.scope.fresh(name), Expression(jinja, known=known)))
        else:
            self.scope = replace(self.scope, names={**self.scope.names, name: own})

    def define(self, node: Define) -> list[Piece]:
        calls = self.scope.calls
        dot = Name("dot", calls.known(node.name)) if node.name in calls.dotted else Name("ctx")
        scope = Scope(self.scope.functions, calls, self.scope.values, dot, dot)
        pieces = _Block(scope, self.writing, frozenset(_reassigned(node.body))).write(node.body)
        source = _source(pieces)
        is_below = re.match(r"\s*\n[ \t]+\S", source) is not None and not node.tag.trims_right
        if is_below or re.search(r"\S[^\n]*\n[ \t]+\S", source):
            calls.notes.laid_out.add(node.name)
        called = calls.names.get(node.name, macro_name(node.name))
        opened = f"{{% macro {called}({'dot' if dot.text == 'dot' else ''}) %}}\n"
        self.writing.macros.append(
            f"{opened}{settled(_stripped(pieces, is_below), Whitespace.LINES)}\n{{% endmacro %}}\n"
        )
        if node.value is None:
            return [text("")]
        call = Call("include", (Literal(json.dumps(node.name)), node.value))
        return [Piece(EXPRESSION, (self.expression(call).text,), node.tag.trims_left, node.tag.trims_right)]


def _raw(words: str) -> list[Piece]:
    """A text; what would begin a tag of Jinja's is written as a constant."""
    made: list[Piece] = []
    at = 0
    for found in _SPECIAL.finditer(words):
        made += [text(words[at : found.start()]), Piece(EXPRESSION, (f'"{found[0]}"',))]
        at = found.end()
    return [*made, text(words[at:])]


_MOVED: Final = re.compile(r"indent\(\d+\) \||(?<!\\)\\n +")
"""In an expression that indents lines by hand."""


def _source(pieces: Sequence[Piece]) -> str:
    """The text of a template as Go sees it, with `x` for its tags."""
    made = ""
    for index, piece in enumerate(pieces):
        words = piece.words[0] if piece.kind == TEXT else "x" if piece.kind == EXPRESSION else ""
        words = words.lstrip() if piece.kind == TEXT and index and pieces[index - 1].right else words
        made = (made.rstrip() if piece.left else made) + words
    return made


def _stripped(pieces: list[Piece], is_below: bool) -> list[Piece]:
    """The pieces without white space at both ends; where the text begins below its tag, that stays."""
    pieces = [piece for piece in pieces if piece.kind != TEXT or piece.words[0]]
    while pieces and pieces[-1].kind == TEXT and not pieces[-1].words[0].strip():
        pieces = pieces[:-1]
    while pieces and not is_below and pieces[0].kind == TEXT and not pieces[0].words[0].strip():
        pieces = pieces[1:]
    if pieces and pieces[-1].kind == TEXT:
        pieces[-1] = text(pieces[-1].words[0].rstrip())
    if pieces and pieces[0].kind == TEXT and not is_below:
        pieces[0] = text(pieces[0].words[0].lstrip())
    return pieces


def uses_dot(nodes: Sequence[Node], dotted: Container[str]) -> bool:
    """Whether a named template looks at what it is given, beyond the objects of the chart.

    `dotted` are those that do: to hand it on to one of them is to look at it.
    """
    return any(_operand_uses_dot(value, dotted) for node in nodes for value in _operands(node)) or any(
        uses_dot(body, dotted) for node in nodes for body in _bodies(node)
    )


def _operands(node: Node) -> Iterator[Operand]:
    if isinstance(node, Action | Assignment):
        yield node.value
    elif isinstance(node, If | With):
        yield from (branch.value for branch in node.branches if branch.value is not None)
    elif isinstance(node, Range | Define) and node.value is not None:
        yield node.value


def _operand_uses_dot(value: Operand, dotted: Container[str]) -> bool:
    if isinstance(value, Field):
        return value.names[0] not in CONTEXT if _is_dot(value.of) else _operand_uses_dot(value.of, dotted)
    if isinstance(value, Call):
        given = value.arguments
        if value.name in ("include", "tpl") and len(given) > 1 and _is_dot(given[-1]):
            name = constant(given[0].text) if isinstance(given[0], Literal) else None
            if value.name == "tpl" or name is None or name not in dotted:
                given = given[:-1]
        return any(_operand_uses_dot(each, dotted) for each in given)
    return _is_dot(value)


def _is_dot(value: Operand) -> bool:
    return isinstance(value, Dot) or (isinstance(value, Variable) and value.name == "")
