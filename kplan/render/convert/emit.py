"""The tree of a Go template as a Jinja template."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from kplan.render.convert.expression import NotConverted, Scope, expression
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

_SPECIAL: Final = re.compile(r"\{\{|\{%|\{#")
_CHANGED: Final = frozenset(("set", "unset", "mergeOverwrite", "merge", "fail"))


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
    functions: frozenset[str]
    values: Mapping[str, Any]
    macros: list[str] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Converted:
    """A template for Jinja, the macros that were in it, and what could not be converted."""

    text: str
    macros: tuple[str, ...]
    marked: tuple[Marked, ...]


def convert(
    nodes: Sequence[Node], file: str, functions: frozenset[str], values: Mapping[str, Any] | None = None
) -> Converted:
    """The template in Jinja; what has no like there is left as a comment, and marked.

    `values` are those of the chart: what they have is sure to be there when it is printed.

    >>> from kplan.render.convert.parser import parse
    >>> source = "{{- if .Values.on }}\\na: {{ .Values.a | quote }}\\n{{- end }}\\n"
    >>> convert(parse(source, "t"), "t", frozenset(("quote",)), {"on": True}).text
    '{% if Values.on %}\\na: {{ Values.a | quote }}\\n{% endif %}\\n'
    """
    writing = Writing(file, functions, values or {})
    reassigned = frozenset(_reassigned(nodes))
    text = _block(nodes, Scope(functions), writing, reassigned)
    macros = tuple(settled(macro) for macro in writing.macros)
    return Converted(settled(text), macros, tuple(writing.marked))


def macro_name(name: str) -> str:
    """What a named template is called in Jinja.

    >>> macro_name("web.full-name")
    'web_full_name'
    """
    return re.sub(r"\W", "_", name)


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


def _block(nodes: Sequence[Node], scope: Scope, writing: Writing, changing: frozenset[str]) -> str:
    return _Block(scope, writing, changing).write(nodes)


class _Block:
    """A sequence of nodes: what is set in it is known in the nodes after."""

    def __init__(self, scope: Scope, writing: Writing, changing: frozenset[str]) -> None:
        self.scope = scope
        self.writing = writing
        self.changing = changing

    def write(self, nodes: Sequence[Node]) -> str:
        written: list[str] = []
        remark = ""
        for node in nodes:
            if isinstance(node, Define) and remark:
                written[written.index(remark)] = ""
                before = len(self.writing.macros)
                written.append(self.node(node))
                if len(self.writing.macros) > before:
                    self.writing.macros[-1] = f"{remark}\n{self.writing.macros[-1]}"
            else:
                written.append(self.node(node))
            if not (isinstance(node, Text) and not node.text.strip()):
                remark = written[-1] if isinstance(node, Comment) else ""
        return "".join(written)

    def node(self, node: Node) -> str:
        if isinstance(node, Text):
            return _SPECIAL.sub(lambda found: '{{ "' + found[0] + '" }}', node.text)
        if isinstance(node, Comment):
            return "{# " + node.text.strip().replace("#}", "# }") + " #}"
        if isinstance(node, Jump):
            return _statement(node.word, node.tag)
        try:
            if isinstance(node, Action):
                return self.action(node)
            if isinstance(node, Assignment):
                return self.assignment(node)
            if isinstance(node, If):
                return self.branches(node.branches, node.end)
            if isinstance(node, With):
                return self.with_(node)
            if isinstance(node, Range):
                return self.range(node)
            return self.define(node)
        except NotConverted as error:
            tag = node.branches[0].tag if isinstance(node, If | With) else node.tag
            self.writing.marked.append(Marked(self.writing.file, tag.line, str(error)))
            return _tagged("{#", f" kplan: not converted, line {tag.line}: {error} ", "#}", tag)

    def text(self, value: Operand) -> str:
        return expression(value, self.scope).text

    def action(self, node: Action) -> str:
        if isinstance(node.value, Call) and node.value.name in _CHANGED and node.value.name != "fail":
            return _statement(f"do {self.text(node.value)}", node.tag)
        text = self.text(node.value)
        if isinstance(node.value, Field | Variable | Dot):
            text = self.printed(text)
        return _tagged("{{", f" {text} ", "}}", node.tag)

    def printed(self, text: str) -> str:
        """What Helm prints of a value that is not there is nothing; a chart for Jinja says so where it means it."""
        if not text.startswith("Values."):
            return text
        known: Any = self.writing.values
        for key in text.split(".")[1:]:
            known = known.get(key) if isinstance(known, Mapping) else None
        return text if known is not None else f"{text} | optional"

    def assignment(self, node: Assignment) -> str:
        value = self.text(node.value)
        if node.name == "_":
            return _statement(f"do {value}", node.tag)
        if not node.declares:
            if node.name not in self.scope.names:
                raise NotConverted(f"the variable ${node.name} is not set")
            return _statement(f"set {self.scope.names[node.name]} = {value}", node.tag)
        name = self.scope.fresh(node.name)
        if node.name in self.changing:
            self.declare(node.name, f"{name}.value")
            return _statement(f"set {name} = namespace(value={value})", node.tag)
        self.declare(node.name, name)
        return _statement(f"set {name} = {value}", node.tag)

    def declare(self, name: str, text: str) -> None:
        self.scope = replace(self.scope, names={**self.scope.names, name: text})

    def inner(self, nodes: Sequence[Node], scope: Scope) -> str:
        return _block(nodes, scope, self.writing, self.changing)

    def branches(self, branches: Sequence[Branch], end: Tag) -> str:
        written = []
        for number, branch in enumerate(branches):
            scope = self.scope
            if branch.value is None:
                written.append(_statement("else", branch.tag))
            elif branch.name:
                raise NotConverted(f"`if ${branch.name} := …`")
            else:
                written.append(_statement(f"{'elif' if number else 'if'} {self.text(branch.value)}", branch.tag))
            written.append(self.inner(branch.body, scope))
        return "".join(written) + _statement("endif", end)

    def with_(self, node: With) -> str:
        first, *others = node.branches
        assert first.value is not None
        if len(others) > 1 or (others and others[0].value is not None):
            raise NotConverted("`else with`")
        before = ""
        if isinstance(first.value, Field | Variable) and not first.name:
            dot = self.text(first.value)
        else:
            dot = self.scope.fresh(first.name or "it")
            before = _statement(f"set {dot} = {self.text(first.value)}", _left(first.tag))
        names = {first.name: dot} if first.name else {}
        body = self.inner(first.body, self.scope.within(dot, names))
        otherwise = "".join(_statement("else", one.tag) + self.inner(one.body, self.scope) for one in others)
        opened = _statement(f"if {dot}", first.tag)
        return before + opened + body + otherwise + _statement("endif", node.end)

    def range(self, node: Range) -> str:
        value = self.text(node.value)
        scope = self.scope
        item = scope.fresh(node.names[-1] if node.names else "item")
        names = {node.names[-1]: item} if node.names else {}
        if len(node.names) == 2:
            key = scope.within(item).fresh(node.names[0])
            names[node.names[0]] = key
            opened = f"for {key}, {item} in entries({value})"
        else:
            opened = f"for {item} in each({value})"
        body = self.inner(node.body, scope.within(item, names))
        if node.otherwise:
            body += _statement("else", node.otherwise.tag) + self.inner(node.otherwise.body, scope)
        return _statement(opened, node.tag) + body + _statement("endfor", node.end)

    def define(self, node: Define) -> str:
        functions = self.writing.functions
        needs_dot = _uses_dot(node.body)
        scope = Scope(functions, dot="dot" if needs_dot else "ctx", root="dot" if needs_dot else "ctx")
        body = _block(node.body, scope, self.writing, frozenset(_reassigned(node.body)))
        opened = f"{{% macro {macro_name(node.name)}({'dot' if needs_dot else ''}) %}}\n"
        self.writing.macros.append(f"{opened}{body.strip()}\n{{% endmacro %}}\n")
        if node.value is None:
            return ""
        call = Call("include", (Literal(json.dumps(node.name)), node.value))
        return _tagged("{{", f" {self.text(call)} ", "}}", node.tag)


def _left(tag: Tag) -> Tag:
    """A tag that stands before another one in its place."""
    return replace(tag, trims_right=False)


def _uses_dot(nodes: Sequence[Node]) -> bool:
    """Whether a named template looks at what it is given, beyond the objects of the chart."""
    return any(_operand_uses_dot(value) for node in nodes for value in _operands(node)) or any(
        _uses_dot(body) for node in nodes for body in _bodies(node)
    )


def _operands(node: Node) -> Iterator[Operand]:
    if isinstance(node, Action | Assignment):
        yield node.value
    elif isinstance(node, If | With):
        yield from (branch.value for branch in node.branches if branch.value is not None)
    elif isinstance(node, Range):
        yield node.value


def _operand_uses_dot(value: Operand) -> bool:
    from kplan.render.convert.expression import CONTEXT

    if isinstance(value, Field):
        of_given = isinstance(value.of, Dot) or (isinstance(value.of, Variable) and value.of.name == "")
        return value.names[0] not in CONTEXT if of_given else _operand_uses_dot(value.of)
    if isinstance(value, Call):
        passed = value.arguments
        if value.name in ("include", "tpl") and len(passed) > 1 and isinstance(passed[-1], Dot | Variable):
            passed = passed[:-1]  # the objects of the chart are handed on
        return any(_operand_uses_dot(each) for each in passed)
    return isinstance(value, Dot) or (isinstance(value, Variable) and value.name == "")


def _tagged(start: str, inside: str, end: str, tag: Tag) -> str:
    return f"{start}{'-' if tag.trims_left else ''}{inside}{'-' if tag.trims_right else ''}{end}"


def _statement(words: str, tag: Tag) -> str:
    """A tag of Jinja's, marked for `settled`, which knows what stands around it."""
    return f"\0{'-' if tag.trims_left else '+'}{words}\0{'-' if tag.trims_right else '+'}"


_STATEMENT: Final = re.compile(r"\0([-+])(.*?)\0([-+])", re.DOTALL)
_ALONE: Final = re.compile(r"(^|(?<=\n))([ \t]*)\0[-+]([^\0]*)\0\+[ \t]*(\n|$)")


_NINDENT: Final = re.compile(r"(?m)(?:\n|(?<=:))()[ \t]*\{\{- ([^\n]*) \| nindent\((\d+)\) \}\}$")
_INDENT: Final = re.compile(r"(?m)^\{\{-? ([^\n]*) \| indent\((\d+)\) \}\}$")


def settled(text: str) -> str:
    """The template with its statements as tags.

    A tag alone in its line leaves no line behind in Jinja, so it needs no dash; beside other text, white space is kept
    or eaten just as in the Go template. A text put on a line of its own by `nindent` stands where it comes out.
    """
    text = _ALONE.sub(r"\2{% \3 %}\4", text)
    text = _STATEMENT.sub(lambda found: _beside(text, found), text)
    text = _NINDENT.sub(lambda found: f"{found[1]}\n{' ' * int(found[3])}{{{{ {found[2]} }}}}", text)
    return _INDENT.sub(lambda found: f"{' ' * int(found[2])}{{{{ {found[1]} }}}}", text)


def _beside(text: str, found: re.Match[str]) -> str:
    before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
    left = "-" if found[1] == "-" else "+" if not before.strip() else ""
    right = "-" if found[3] == "-" else "+" if text[found.end() : found.end() + 1] == "\n" else ""
    return f"{{%{left} {found[2]} {right}%}}"
