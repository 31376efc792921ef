"""Prints a tree as text in the usual spelling: keywords in lower case, system variables in upper case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from simisp.scp.syntax import (
    Alternative,
    Assign,
    Binary,
    BooleanLiteral,
    Declaration,
    Delay,
    Expression,
    GetIp,
    GetIpCommand,
    Goto,
    If,
    IntegerLiteral,
    Label,
    Missing,
    Procedure,
    Script,
    SetIpAddressCommand,
    SetPortCommand,
    SetScreenCommand,
    Statement,
    StringLiteral,
    SystemVariable,
    Transmit,
    Unary,
    Variable,
    Waitfor,
    While,
)

__all__ = ["INDENT", "expression_text", "print_tree", "statement_text"]

INDENT = "  "
"""One step of indentation."""

_TIGHTEST = 7  # above any infix operator


def print_tree(tree: Script) -> str:
    r"""Return a script's text. Parsing it gives an equal tree, provided the tree has no mistakes.

    Example:
        >>> from simisp.scp.parser import parse
        >>> print(print_tree(parse('PROC main IF $success THEN transmit "p" ENDIF endproc').tree), end="")
        proc main
          if $SUCCESS then
            transmit "p"
          endif
        endproc
    """
    return "\n".join("".join(f"{line}\n" for line in _procedure(procedure)) for procedure in tree.procedures)


def statement_text(node: Statement | Declaration) -> str:
    """Return a statement on one line; for an ``if`` or ``while``, the line that opens it."""
    match node:
        case Declaration(type_, name, initial):
            text = f"{type_.value} {name.text}" + (f" = {expression_text(initial)}" if initial else "")
        case If(condition):
            text = f"if {expression_text(condition)} then"
        case While(condition):
            text = f"while {expression_text(condition)} do"
        case Label(name):
            text = f"{name.text}:"
        case Assign(target, value):
            text = f"{expression_text(target)} = {expression_text(value)}"
        case SetPortCommand() | SetScreenCommand() | SetIpAddressCommand():
            text = f"set {_setting(node)}"
        case _:
            text = _command(node)
    return text


def expression_text(value: Expression) -> str:
    """Return an expression, with only the parentheses that it needs."""
    return _expression(value, 0)


def _procedure(procedure: Procedure) -> Iterator[str]:
    yield f"proc {procedure.name.text}"
    for declaration in procedure.declarations:
        yield INDENT + statement_text(declaration)
    yield from _body(procedure.body, INDENT)
    yield "endproc"


def _body(body: tuple[Statement, ...], indent: str) -> Iterator[str]:
    for statement in body:
        yield (indent.removesuffix(INDENT) if isinstance(statement, Label) else indent) + statement_text(statement)
        if isinstance(statement, If | While):
            yield from _body(statement.body, indent + INDENT)
            yield indent + ("endif" if isinstance(statement, If) else "endwhile")


def _command(node: Statement) -> str:
    match node:
        case Delay(seconds):
            text = f"delay {expression_text(seconds)}"
        case GetIpCommand(index):
            text = _getip(index)
        case Goto(label):
            text = f"goto {label.text}"
        case Transmit(value, raw):
            text = f"transmit {expression_text(value)}{', raw' if raw else ''}"
        case Waitfor(alternatives, until):
            listed = ", ".join(_alternative(alternative) for alternative in alternatives)
            text = f"waitfor {listed}" + (f" until {expression_text(until)}" if until else "")
        case _:
            text = "halt"
    return text


def _setting(node: SetPortCommand | SetScreenCommand | SetIpAddressCommand) -> str:
    match node:
        case SetPortCommand(setting, value):
            return f"port {setting.value} {value}"
        case SetScreenCommand(keyboard):
            return f"screen keyboard {'on' if keyboard else 'off'}"
        case _:
            return f"ipaddr {expression_text(node.address)}"


def _alternative(alternative: Alternative) -> str:
    matchcase = ", matchcase" if alternative.matchcase else ""
    label = f" then {alternative.label.text}" if alternative.label else ""
    return f"{expression_text(alternative.pattern)}{matchcase}{label}"


def _getip(index: Expression | None) -> str:
    return f"getip {_expression(index, 5)}" if index else "getip"


def _expression(value: Expression, tightness: int) -> str:
    """Return an expression, in parentheses if it binds less tightly than its context."""
    match value:
        case IntegerLiteral(number):
            return str(number)
        case StringLiteral(text):
            return f'"{text}"'
        case BooleanLiteral(truth):
            return "TRUE" if truth else "FALSE"
        case Variable(name):
            return name.text
        case SystemVariable(name):
            return name.value
        case _:
            return _operation(value, tightness)


def _operation(value: Unary | Binary | GetIp | Missing, tightness: int) -> str:
    match value:
        case Unary(operator, operand):
            return operator.value + _expression(operand, _TIGHTEST)
        case Binary(operator, left, right):
            own = operator.precedence
            text = f"{_expression(left, own)} {operator.value} {_expression(right, own + 1)}"
            return f"({text})" if own < tightness else text
        case GetIp(index):
            # its operand would extend over what follows
            return f"({_getip(index)})" if tightness else _getip(index)
        case Missing():
            return "?"
        case _:
            assert_never(value)
