"""The compiler: checked tree in, flat code out.

It relies on the checker: every name is declared, and every type is correct.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from simisp.diagnostics import Place
from simisp.errors import ScriptError
from simisp.scp import code, syntax
from simisp.scp.checker import Checked, Scope, check
from simisp.scp.environment import Value
from simisp.scp.parser import parse
from simisp.scp.types import result_type
from simisp.scp.values import BinaryOperation, Constant, Evaluable, Load, LoadSystem, UnaryOperation

__all__ = ["compile_checked", "compile_script"]

_INITIAL: Mapping[syntax.ValueType, Value] = {
    syntax.ValueType.INTEGER: 0,
    syntax.ValueType.STRING: "",
    syntax.ValueType.BOOLEAN: False,
}


def compile_script(text: str | bytes, name: str = "<script>") -> code.Program:
    r"""Compile a script.

    Args:
        text: The script, as text or as the octets of its file.
        name: The name that users know it by, usually its path.

    Raises:
        ScriptError: The script has mistakes, all of which the error lists. RAS calls this error 752.

    Example:
        >>> program = compile_script('proc main\n  transmit "p^M"\nendproc')
        >>> [type(instruction).__name__ for instruction in program.instructions]
        ['Transmit', 'End']
    """
    return compile_checked(check(parse(text, name)))


def compile_checked(checked: Checked) -> code.Program:
    """Compile a script that has been checked.

    Raises:
        ScriptError: It has mistakes.
    """
    scope = checked.main
    if checked.has_errors or scope is None:
        raise ScriptError(checked.parsed.source, checked.diagnostics)
    compiler = _Compiler(scope)
    compiler.compile()
    main = scope.procedure
    return code.Program(tuple(compiler.instructions), tuple(compiler.slots), checked.parsed.source, main)


class _Compiler:
    """Compiles one procedure. Jumps to labels further down are resolved at the end."""

    def __init__(self, scope: Scope) -> None:
        self.instructions: list[code.Instruction] = []
        self.slots: list[code.Slot] = []
        self._scope = scope
        self._slot_of: dict[str, int] = {}
        self._labels: dict[str, int] = {}
        self._jumps: list[tuple[int, syntax.Name]] = []
        self._waits: list[tuple[int, syntax.Waitfor]] = []
        self._statement: syntax.Statement | None = None
        self._first = True

    def compile(self) -> None:
        main = self._scope.procedure
        for declaration in main.declarations:
            self._declaration(declaration)
        self._body(main.body)
        self._statement = None
        self._emit(code.End(place=main.end or main.place))
        self._aim_at_labels()

    def _declaration(self, declaration: syntax.Declaration) -> None:
        name, type_ = declaration.name, declaration.type
        value = self._value(declaration.initial) if declaration.initial else None
        self._slot_of[name.key] = self._slot(name.text, type_)
        if value is not None:
            self._emit(code.Assign(self._slot_of[name.key], value, place=declaration.place))

    def _slot(self, name: str, type_: syntax.ValueType) -> int:
        self.slots.append(code.Slot(name, type_, _INITIAL[type_]))
        return len(self.slots) - 1

    def _body(self, statements: tuple[syntax.Statement, ...]) -> None:
        for statement in statements:
            self._statement, self._first = statement, True
            match statement:
                case syntax.Label(name):
                    self._labels[name.key] = len(self.instructions)
                case syntax.If():
                    self._if(statement)
                case syntax.While():
                    self._while(statement)
                case _:
                    self._command(statement)

    def _if(self, statement: syntax.If) -> None:
        test = self._emit(code.JumpUnless(self._value(statement.condition), 0, place=statement.place))
        self._body(statement.body)
        self._aim(test)

    def _while(self, statement: syntax.While) -> None:
        top = len(self.instructions)
        test = self._emit(code.JumpUnless(self._value(statement.condition), 0, place=statement.place))
        self._body(statement.body)
        self._statement = None
        self._emit(code.Jump(top, place=statement.end or statement.place))
        self._aim(test)

    def _aim(self, test: int) -> None:
        """Let the conditional jump at ``test`` lead to the next instruction."""
        self._change(test, target=len(self.instructions))

    def _aim_at_labels(self) -> None:
        """Resolve the labels of all jumps and waits."""
        for index, label in self._jumps:
            self._change(index, target=self._labels[label.key])
        for index, statement in self._waits:
            labels = [alternative.label for alternative in statement.alternatives]
            targets = [self._labels[label.key] if label else None for label in labels]
            wait = self.instructions[index]
            assert isinstance(wait, code.Waitfor)
            patterns = zip(wait.patterns, targets, strict=True)
            self._change(index, patterns=tuple(replace(pattern, target=target) for pattern, target in patterns))

    def _change(self, index: int, **changes: object) -> None:
        self.instructions[index] = replace(self.instructions[index], **changes)  # type: ignore[arg-type]

    def _command(self, statement: syntax.Statement) -> None:
        place = statement.place
        match statement:
            case syntax.Assign(syntax.Variable(name), value):
                self._emit(code.Assign(self._slot_of[name.key], self._value(value), place=place))
            case syntax.Delay(seconds):
                self._emit(code.Delay(self._value(seconds), place=place))
            case syntax.GetIpCommand(index):
                self._emit(code.GetIp(self._value(index) if index else None, None, place=place))
            case syntax.SetIpAddressCommand(address):
                self._emit(code.SetIpAddress(self._value(address), place=place))
            case syntax.Transmit(text, raw):
                self._emit(code.Transmit(self._value(text), raw, place=place))
            case syntax.Goto(label):
                self._jumps.append((self._emit(code.Jump(0, place=place)), label))
            case syntax.Waitfor():
                self._waitfor(statement)
            case _:
                self._setting(statement, place)

    def _setting(self, statement: syntax.Statement, place: Place) -> None:
        match statement:
            case syntax.SetPortCommand(setting, value):
                self._emit(code.SetPort(setting, value, place=place))
            case syntax.SetScreenCommand(keyboard):
                self._emit(code.SetScreenKeyboard(keyboard, place=place))
            case _:
                self._emit(code.Halt(place=place))

    def _waitfor(self, statement: syntax.Waitfor) -> None:
        patterns = tuple(
            code.Pattern(self._value(alternative.pattern), alternative.matchcase, None)
            for alternative in statement.alternatives
        )
        until = self._value(statement.until) if statement.until else None
        self._waits.append((self._emit(code.Waitfor(patterns, until, place=statement.place)), statement))

    def _emit(self, instruction: code.Instruction) -> int:
        """Append an instruction for the current statement, and return its index."""
        self.instructions.append(
            replace(instruction, statement=self._statement, first=self._first or self._statement is None)
        )
        self._first = False
        return len(self.instructions) - 1

    def _value(self, expression: syntax.Expression) -> Evaluable:
        """Return an expression ready to evaluate; waits inside it are emitted first."""
        match expression:
            case syntax.IntegerLiteral(value):
                return Constant(syntax.ValueType.INTEGER, value)
            case syntax.StringLiteral(text):
                return Constant(syntax.ValueType.STRING, text)
            case syntax.BooleanLiteral(truth):
                return Constant(syntax.ValueType.BOOLEAN, truth)
            case syntax.Variable(name):
                slot = self._slot_of[name.key]
                return Load(self.slots[slot].type, slot)
            case syntax.SystemVariable(system):
                return LoadSystem(system)
            case _:
                return self._operation(expression)

    def _operation(self, expression: syntax.GetIp | syntax.Unary | syntax.Binary | syntax.Missing) -> Evaluable:
        match expression:
            case syntax.GetIp(index):
                which = self._value(index) if index else None
                slot = self._slot("", syntax.ValueType.STRING)
                self._emit(code.GetIp(which, slot, place=expression.place))
                return Load(syntax.ValueType.STRING, slot)
            case syntax.Unary(prefix, operand):
                return UnaryOperation(prefix, self._value(operand))
            case syntax.Binary():
                left, right = self._value(expression.left), self._value(expression.right)
                return BinaryOperation(expression.operator, result_type(expression.operator, left.type), left, right)
            case syntax.Missing():
                raise AssertionError("the checker lets no script through in which an expression is missing")
            case _:
                assert_never(expression)
