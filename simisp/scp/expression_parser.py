"""Parses expressions by operator precedence.

An expression has at most :data:`MAX_OPERATORS` operators and parentheses. This bounds the depth of its tree, and so the
recursion of all code that visits the tree.
"""

from __future__ import annotations

from simisp.scp.faults import Fault
from simisp.scp.lexer import Token, TokenKind
from simisp.scp.syntax import (
    SYSTEM_NAMES,
    Binary,
    BinaryOperator,
    BooleanLiteral,
    Expression,
    GetIp,
    IntegerLiteral,
    Missing,
    Name,
    StringLiteral,
    SystemVariable,
    Unary,
    UnaryOperator,
    Variable,
)
from simisp.scp.token_stream import TokenStream, described

__all__ = ["MAX_OPERATORS", "ExpressionParser"]

MAX_OPERATORS = 100
"""How many operators and parentheses one expression may have."""

_INDEX = "the number of an address"
_INDEX_PRECEDENCE = BinaryOperator.ADD.precedence  # a comparison after it applies to the address, not to the index

_VALUES = {TokenKind.INTEGER, TokenKind.STRING, TokenKind.SYSTEM, TokenKind.NAME}
_VALUE_STARTS = {"true", "false", "getip", "(", "-", "!"}
_BINARY = {operator.value: operator for operator in BinaryOperator}
_UNARY = {operator.value: operator for operator in UnaryOperator}


class _TooLong(Exception):  # noqa: N818, it never leaves this module
    """The expression has more operators than any real one."""


class ExpressionParser:
    """Parses expressions from a stream of tokens. What can't be parsed is reported and becomes :class:`Missing`."""

    def __init__(self, stream: TokenStream) -> None:
        self._stream = stream
        self._operators = 0

    def expression(self, what: str) -> Expression:
        """Parse an expression.

        Args:
            what: What the value is for, for the message if there is no value: ``"a number of seconds"``.
        """
        return self._bounded(1, what)

    def getip_index(self, getip: Token) -> Expression | None:
        """Parse the operand of a ``getip`` that has just been read, if it has one."""
        return self._bounded(_INDEX_PRECEDENCE, _INDEX) if self._has_index(getip) else None

    def _bounded(self, precedence: int, what: str) -> Expression:
        self._operators = 0
        start = self._stream.next
        try:
            return self._binary(precedence, what)
        except _TooLong:
            message = f"an expression has at most {MAX_OPERATORS} operators and parentheses"
            self._stream.findings.add(Fault.TOO_DEEP, start.place, message, "split it over several assignments")
            self._stream.skip_statement()
            return Missing(place=start.place)

    def _binary(self, precedence: int, what: str) -> Expression:
        left = self._operand(what)
        while (operator := self._next_operator()) is not None and operator.precedence >= precedence:
            sign = self._take_operator()
            if sign.text == "=":
                message = "'=' gives a variable its value; '==' compares"
                self._stream.findings.add(Fault.UNEXPECTED, sign.place, message, "write '=='")
            right = self._binary(operator.precedence + 1, f"a value after '{sign.text}'")
            left = Binary(operator, left, right, place=sign.place)
        return left

    def _next_operator(self) -> BinaryOperator | None:
        key = self._stream.next.key
        return BinaryOperator.EQUAL if key == "=" else _BINARY.get(key)

    def _take_operator(self) -> Token:
        self._operators += 1
        if self._operators > MAX_OPERATORS:
            raise _TooLong
        return self._stream.take()

    def _operand(self, what: str) -> Expression:
        prefixes: list[Token] = []
        while self._stream.next.key in _UNARY:
            prefixes.append(self._take_operator())
        value = self._primary(what)
        for prefix in reversed(prefixes):
            value = Unary(_UNARY[prefix.key], value, place=prefix.place)
        return value

    def _primary(self, what: str) -> Expression:
        token = self._stream.next
        on_new_line = token.line > self._stream.previous.last_line
        if token.kind not in _VALUES or (on_new_line and self._begins_a_statement(token)):
            return self._compound(token, what)
        self._stream.take()
        place = token.place
        match token.kind:
            case TokenKind.INTEGER:
                return IntegerLiteral(int(token.text), place=place)
            case TokenKind.STRING:
                return StringLiteral(token.text, place=place)
            case TokenKind.NAME:
                return Variable(Name(token.text, place=place), place=place)
            case _:
                name = SYSTEM_NAMES.get(token.key)
                return SystemVariable(name, place=place) if name else Missing(place=place)

    def _compound(self, token: Token, what: str) -> Expression:
        match token.key:
            case "true" | "false":
                return BooleanLiteral(self._stream.take().key == "true", place=token.place)
            case "getip":
                self._take_operator()
                index = self._binary(_INDEX_PRECEDENCE, _INDEX) if self._has_index(token) else None
                return GetIp(index, place=token.place)
            case "(":
                return self._parenthesized(what)
            case _:
                message = f"expected {what}, not {described(token)}"
                self._stream.findings.add(Fault.EXPECTED_EXPRESSION, self._stream.place_of_next(), message)
                return Missing(place=token.place)

    def _parenthesized(self, what: str) -> Expression:
        opening = self._take_operator()
        value = self._binary(1, what)
        if not self._stream.accept(")"):
            hint = f"')' was expected before {described(self._stream.next)}"
            message = "this parenthesis is never closed"
            self._stream.findings.add(Fault.UNEXPECTED, opening.place, message, hint)
        return value

    def _has_index(self, getip: Token) -> bool:
        """Return whether an operand follows on the line of ``getip``; on the next line a new statement would begin."""
        token = self._stream.next
        if token.line != getip.line or self._begins_a_statement(token):
            return False
        return token.kind in _VALUES or token.key in _VALUE_STARTS

    def _begins_a_statement(self, token: Token) -> bool:
        """Return whether a name is a label or the target of an assignment, and so not a value."""
        return token.kind is TokenKind.NAME and self._stream.after_next.key in {":", "="}
