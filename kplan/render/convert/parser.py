"""Go templates to their tree.

Source: Go text/template/parse parse.go.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, NoReturn

from kplan.errors import InputError
from kplan.render.convert.lexer import Token, Word, number_of, text_of, tokens
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

_CONSTANTS: Final = {"true": "true", "false": "false", "nil": "none"}


def parse(source: str, file: str) -> tuple[Node, ...]:
    """The tree of a template. Raises InputError, with the line, for one that Go refuses."""
    parser = _Parser(list(tokens(source, file)), file)
    nodes, end = parser.block(())
    if end is not None:
        parser.fail(end, f"`{end.words[0].text}` ends nothing")
    return nodes


def _tag(token: Token) -> Tag:
    return Tag(token.line, token.trims_left, token.trims_right, token.start, token.end)


class _Parser:
    def __init__(self, found: list[Token], file: str) -> None:
        self.tokens = found
        self.file = file
        self.index = 0

    def fail(self, token: Token, why: str) -> NoReturn:
        raise InputError(f"{self.file}:{token.line}: {why}")

    def block(self, ends: Sequence[str]) -> tuple[tuple[Node, ...], Token | None]:
        """The nodes up to `else` or `end`, and that token; None at the end of the text."""
        nodes: list[Node] = []
        while self.index < len(self.tokens):
            token = self.tokens[self.index]
            self.index += 1
            if token.kind == "text":
                nodes.append(Text(token.text))
            elif token.kind == "comment":
                nodes.append(Comment(_tag(token), token.text))
            elif token.words and token.words[0].text in ("else", "end"):
                return tuple(nodes), token
            elif token.words:
                nodes.append(self.node(token))
        if ends:
            raise InputError(f"{self.file}: the template ends before `end`")
        return tuple(nodes), None

    def node(self, token: Token) -> Node:
        word = token.words[0]
        if word.kind == "name":
            if word.text in ("if", "with"):
                branches, end = self.branches(token, word.text)
                return If(branches, end) if word.text == "if" else With(branches, end)
            if word.text == "range":
                return self.range(token)
            if word.text in ("define", "block"):
                return self.define(token)
            if word.text == "template":
                return Action(_tag(token), self.template(token))
            if word.text in ("break", "continue") and len(token.words) == 1:
                return Jump(_tag(token), word.text)
        return self.action(token)

    def action(self, token: Token) -> Node:
        words = token.words
        if len(words) > 2 and words[0].kind == "variable" and words[1].text in (":=", "="):
            value = self.pipeline(words[2:], token)
            return Assignment(_tag(token), words[0].text[1:], value, words[1].text == ":=")
        return Action(_tag(token), self.pipeline(words, token))

    def branches(self, token: Token, word: str) -> tuple[tuple[Branch, ...], Tag]:
        branches: list[Branch] = []
        words = token.words[1:]
        while True:
            name, value = self.named(words, token)
            body, end = self.block((word,))
            branches.append(Branch(_tag(token), value, body, name))
            assert end is not None
            if end.words[0].text == "end":
                return tuple(branches), _tag(end)
            token, words = end, end.words[1:]
            if words and words[0].text == word:
                words = words[1:]
            elif words:
                self.fail(end, f"after `else` comes nothing, or `{word}`")
            else:
                body, last = self.block((word,))
                assert last is not None
                branches.append(Branch(_tag(end), None, body))
                return tuple(branches), _tag(last)

    def named(self, words: Sequence[Word], token: Token) -> tuple[str, Operand]:
        """The pipeline of an `if` or `with`, and the variable that it is given to."""
        if len(words) > 2 and words[0].kind == "variable" and words[1].text in (":=", "="):
            return words[0].text[1:], self.pipeline(words[2:], token)
        return "", self.pipeline(words, token)

    def range(self, token: Token) -> Range:
        words = token.words[1:]
        sign = next((n for n, word in enumerate(words) if word.text in (":=", "=")), -1)
        names = tuple(word.text[1:] for word in words[: max(sign, 0)] if word.kind == "variable")
        value = self.pipeline(words[sign + 1 :], token)
        body, end = self.block(("range",))
        assert end is not None
        if end.words[0].text == "end":
            return Range(_tag(token), names, value, body, None, _tag(end))
        other, last = self.block(("range",))
        assert last is not None
        return Range(_tag(token), names, value, body, Branch(_tag(end), None, other), _tag(last))

    def define(self, token: Token) -> Define:
        if len(token.words) < 2 or token.words[1].kind != "text":
            self.fail(token, f"`{token.words[0].text}` needs a name in quotes")
        value = self.pipeline(token.words[2:], token) if token.words[0].text == "block" else None
        body, end = self.block(("define",))
        assert end is not None
        return Define(_tag(token), text_of(token.words[1].text), body, _tag(end), value)

    def template(self, token: Token) -> Call:
        if len(token.words) < 2 or token.words[1].kind != "text":
            self.fail(token, "`template` needs a name in quotes")
        name = Literal(json.dumps(text_of(token.words[1].text), ensure_ascii=False))
        given = token.words[2:]
        return Call("include", (name, self.pipeline(given, token) if given else Literal("none")))

    def pipeline(self, words: Sequence[Word], token: Token) -> Operand:
        reader = _Words(words, lambda why: self.fail(token, why))
        value = reader.pipeline()
        if reader.index < len(words):
            self.fail(token, f"`{words[reader.index].text}` is not expected here")
        return value


class _Words:
    """The words of one pipeline, read from left to right."""

    def __init__(self, words: Sequence[Word], fail: object) -> None:
        self.words = words
        self.index = 0
        self._fail = fail

    def fail(self, why: str) -> NoReturn:
        assert callable(self._fail)
        self._fail(why)
        raise AssertionError

    def peek(self) -> Word | None:
        return self.words[self.index] if self.index < len(self.words) else None

    def take(self) -> Word:
        word = self.peek()
        if word is None:
            self.fail("a value is missing")
        self.index += 1
        return word

    def pipeline(self) -> Operand:
        value = self.command(None)
        while (word := self.peek()) is not None and word.text == "|":
            self.index += 1
            value = self.command(value)
        return value

    def command(self, piped: Operand | None) -> Operand:
        word = self.peek()
        operands: list[Operand] = []
        name = ""
        if word is not None and word.kind == "name" and word.text not in _CONSTANTS:
            name = self.take().text
            if (after := self.peek()) is not None and after.kind == "field" and not after.is_apart:
                operands.append(Field(Call(name, ()), self.fields()))
                name = ""
        while (word := self.peek()) is not None and word.text not in ("|", ")"):
            operands.append(self.operand())
        if piped is not None:
            operands.append(piped)
        if name:
            return Call(name, tuple(operands))
        if not operands:
            self.fail("a value is missing")
        return operands[0] if len(operands) == 1 else Call("call", tuple(operands))

    def operand(self) -> Operand:
        value = self.term()
        names = self.fields()
        return _field(value, names) if names else value

    def fields(self) -> tuple[str, ...]:
        names: list[str] = []
        while (word := self.peek()) is not None and word.kind == "field" and not word.is_apart:
            names.append(self.take().text[1:])
        return tuple(names)

    def term(self) -> Operand:
        word = self.take()
        if word.text == "(":
            value = self.pipeline()
            if self.take().text != ")":
                self.fail("a parenthesis is not closed")
            return value
        if word.kind == "name":
            return Literal(_CONSTANTS[word.text]) if word.text in _CONSTANTS else Call(word.text, ())
        if word.kind == "field":
            return Field(Dot(), (word.text[1:],))
        if word.kind == "dot":
            return Dot()
        if word.kind == "variable":
            return Variable(word.text[1:])
        if word.kind not in ("text", "rune", "number"):
            self.fail(f"`{word.text}` is not expected here")
        return Literal(_constant(word))


def _field(value: Operand, names: tuple[str, ...]) -> Operand:
    return Field(value.of, (*value.names, *names)) if isinstance(value, Field) else Field(value, names)


def _constant(word: Word) -> str:
    if word.kind == "text":
        return json.dumps(text_of(word.text), ensure_ascii=False)
    return str(ord(text_of(word.text))) if word.kind == "rune" else number_of(word.text)
