"""Syntax trees to Python code, as Jinja writes it, but for what rendering needs to know and to survive.

- What an expression writes goes through `environment.emit`, which says where it came from.
- An expression that fails is reported, and rendering goes on behind it: `environment.failed`.
- Conditions and loops note which way they went, and count their turns.
- Attributes, subscripts, calls and operators go through the environment, which allows what a chart may do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TextIO

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

if TYPE_CHECKING:
    from kplan.render.engine import Engine

Write = Callable[[], object]
CONTEXT: Final = ("Values", "Release", "Chart", "Capabilities", "Files", "Template", "Subcharts", "ctx")


class Generator(CodeGenerator):
    """Compiles one template; a node's `lineno` is its index in the text."""

    environment: Engine

    def __init__(
        self,
        environment: Engine,
        name: str | None,
        filename: str | None,
        stream: TextIO | None = None,
        defer_init: bool = False,
        optimized: bool = True,
    ) -> None:
        # Nothing is computed ahead: constants too are computed under the budget.
        super().__init__(environment, name, filename, stream, defer_init, optimized=False)
        self.environment = environment
        self._callee: nodes.Node | None = None
        self._assigned: set[str] = set()

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """Note which names the template gives values of its own."""
        self._assigned = {each.name for each in node.find_all(nodes.Name) if each.ctx != "load"}
        super().visit_Template(node, frame)

    # What is written

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        """Literal text as it is, expressions through `emit`."""
        if frame.require_output_check:
            if self.has_known_extends:
                return
            self.writeline("if parent_template is None:")
            self.indent()
            self.writeline("pass")
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                if child.data:
                    self.simple_write(f"environment.literals[{self._literal(child)}]", frame, child)
            else:
                self.simple_write(self._guarded("emit", child, partial(self.visit, child, frame)), frame)
        if frame.require_output_check:
            self.outdent()

    def visit_CallBlock(self, node: nodes.CallBlock, frame: Frame) -> None:
        """`{% call %}`: what the macro makes of the block."""
        call_frame, macro_ref = self.macro_body(node, frame)
        self.writeline("caller = ")
        self.macro_def(macro_ref, call_frame)
        self.simple_write(
            self._guarded("emit_block", node, lambda: self.visit_Call(node.call, frame, forward_caller=True)), frame
        )

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:
        """`{% filter %}`: what the filter makes of the block."""
        filter_frame = frame.inner()
        filter_frame.symbols.analyze_node(node)
        self.enter_frame(filter_frame)
        self.buffer(filter_frame)
        self.blockvisit(node.body, filter_frame)
        self.simple_write(
            self._guarded("emit_block", node, lambda: self.visit_Filter(node.filter, filter_frame)), frame
        )
        self.leave_frame(filter_frame)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        """`{% include %}`: the whole text of another template."""

        def write() -> None:
            self.write("environment.included(")
            self.visit(node.template, frame)
            context = "context" if node.with_context else "None"
            self.write(f", {self.name!r}, {context}, {self.dump_local_context(frame)}, {node.ignore_missing!r})")

        self.simple_write(self._guarded("emit_block", node, write), frame)

    def _import_common(self, node: nodes.Import | nodes.FromImport, frame: Frame) -> None:
        self.write("environment.module(")
        self.visit(node.template, frame)
        context = "context" if node.with_context else "None"
        self.write(f", {self.name!r}, {context}, {self.dump_local_context(frame)})")

    # Ways that may be taken or not

    def visit_If(self, node: nodes.If, frame: Frame) -> None:
        """Each condition is computed once, and only if those before it are false; one that fails ends them all."""
        soft = frame.soft()
        branches = [(node.test, node.body), *((each.test, each.body) for each in node.elif_)]
        result = ""
        for number, (test, body) in enumerate(branches):
            if number:
                before, result = result, self.temporary_identifier()
                self.writeline(f"{result} = None")
                self.writeline(f"if {before} is False:")
                self.indent()
            self._branch(test)
            inner = self._guarded("truth", test, partial(self.visit, test, soft))
            if number:
                self.writeline(f"{result} = {inner}")
                self.outdent()
            else:
                result = inner
            self.writeline(f"if {result}:", test)
            self.indent()
            self.blockvisit(body, soft)
            self.outdent()
        if node.else_:
            self.writeline(f"if {result} is False:")
            self.indent()
            self.blockvisit(node.else_, soft)
            self.outdent()

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        """What is looped over is counted."""
        self._branch(node.iter)
        name = self._guarded("turns", node.iter, lambda: self.visit(node.iter, frame))
        node.iter = _internal(name, node.iter)
        super().visit_For(node, frame)

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:
        """Without `else`, an empty text."""
        frame = frame.soft()
        self._branch(node.test)
        self.write("(")
        self.visit(node.expr1, frame)
        self.write(f" if environment.truth({self._site(node.test)}, 0, ")
        self.visit(node.test, frame)
        self.write(") else ")
        if node.expr2 is None:
            self.write("''")
        else:
            self.visit(node.expr2, frame)
        self.write(")")

    def _branch(self, test: nodes.Node) -> None:
        self.environment.branches.append(self._site(test))

    # What is kept

    def visit_Assign(self, node: nodes.Assign, frame: Frame) -> None:
        """`{% set %}`."""
        name = self._guarded("kept", node, lambda: self.visit(node.node, frame))
        node.node = _internal(name, node.node)
        super().visit_Assign(node, frame)

    def visit_ExprStmt(self, node: nodes.ExprStmt, frame: Frame) -> None:
        """`{% do %}`."""
        self._guarded("kept", node, lambda: self.visit(node.node, frame))

    # Expressions

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        """The objects of the chart whose template is rendered are the same in all macros."""
        if node.ctx != "load":
            super().visit_Name(node, frame)
        elif node.name in CONTEXT and node.name not in self._assigned:
            self.write(f"environment.scope[{node.name!r}]")
        else:
            ref = frame.symbols.ref(node.name)
            site = self.environment.site(self.name or "", node.lineno, node.lineno + len(node.name))
            self.write(f"(environment.unknown({node.name!r}, {site}) if {ref} is missing else {ref})")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """`value.name`."""
        function = "method" if node is self._callee else "attribute"
        self.write(f"environment.{function}(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, {self._access(node, len(node.attr) + 1)})")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """`value[key]`, `value[start:end]`."""
        self.write("environment.item(")
        self.visit(node.node, frame)
        self.write(", ")
        if isinstance(node.arg, nodes.Slice):
            self.write("slice(")
            for part in (node.arg.start, node.arg.stop, node.arg.step):
                if part is None:
                    self.write("None, ")
                else:
                    self.visit(part, frame)
                    self.write(", ")
            self.write(")")
        else:
            self.visit(node.arg, frame)
        width = _bracketed(self.environment.sheets[self.name or ""].text, node.lineno)
        self.write(f", {self._access(node, width)})")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A call: methods are looked for here only, so that they hide no key."""
        self._callee = node.node
        super().visit_Call(node, frame, forward_caller=forward_caller)

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        """`a < b`, `a in b`."""
        self.write("environment.compare(")
        self.visit(node.expr, frame)
        for each in node.ops:
            self.write(f", ({each.op!r}, ")
            self.visit(each.expr, frame)
            self.write(")")
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        """`a ~ b`."""
        self.write("environment.glue((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:
        """Python has no word for a number that is too large to be one."""
        if isinstance(node.value, float) and node.value == float("inf"):
            self.write("1e999")
        else:
            super().visit_Const(node, frame)

    # Positions

    def _guarded(self, function: str, node: nodes.Node, write: Write) -> str:
        """Compute what `write` writes, hand it to the environment, and return the name of the result."""
        site, name = self._site(node), self.temporary_identifier()
        self.writeline("try:")
        self.indent()
        self.writeline(f"{name} = environment.{function}({site}, environment.mark(), ", node)
        write()
        self.write(")")
        self.outdent()
        self.writeline("except Exception as error:")
        self.indent()
        self.writeline(f"{name} = environment.failed_{function}({site}, error)")
        self.outdent()
        return name

    def _site(self, node: nodes.Node) -> int:
        """The number of the tag around a node."""
        sheet = self.environment.sheets[self.name or ""]
        return self.environment.site(sheet.name, *sheet.tag(node.lineno))

    def _access(self, node: nodes.Getattr | nodes.Getitem, width: int) -> int:
        """The number of the place of `a.b.c`, from its first name on; notes what it reads."""
        inner: Any = node
        keys: list[Any] = []
        while isinstance(inner, nodes.Getattr | nodes.Getitem):
            arg = inner.attr if isinstance(inner, nodes.Getattr) else getattr(inner.arg, "value", None)
            keys.append(arg)
            inner = inner.node
        first = inner
        while isinstance(getattr(first, "node", None), nodes.Node):
            first = first.node
        start = first.lineno if isinstance(first, nodes.Name | nodes.Const) else node.lineno
        site = self.environment.site(self.name or "", min(start, node.lineno), node.lineno + width)
        root = inner.name if isinstance(inner, nodes.Name) else ""
        self.environment.accesses.append((site, root, tuple(reversed(keys))))
        return site

    def _literal(self, node: nodes.TemplateData) -> int:
        return self.environment.literal(self.name or "", node.lineno, node.data)


def _bracketed(source: str, start: int) -> int:
    """How long `[...]` is."""
    depth, quote = 0, ""
    for index in range(start, len(source)):
        character = source[index]
        if quote:
            quote = "" if character == quote and source[index - 1] != "\\" else quote
        elif character in "'\"":
            quote = character
        else:
            depth += (character == "[") - (character == "]")
            if depth == 0:
                return index + 1 - start
    return 1


def _internal(name: str, near: nodes.Node) -> nodes.InternalName:
    """A node that stands for a Python name."""
    node: nodes.InternalName = object.__new__(nodes.InternalName)
    nodes.Node.__init__(node, name, lineno=near.lineno)
    return node
