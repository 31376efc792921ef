"""Expressions in the form that the interpreter evaluates: names resolved, types known, without waits.

Two are equal if they compute the same thing in the same way.
"""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from simisp.errors import ScriptFaultError
from simisp.scp.environment import Environment, SecretText, Value
from simisp.scp.lexer import MAX_INTEGER
from simisp.scp.syntax import BinaryOperator, SystemName, UnaryOperator, ValueType

__all__ = [
    "MAX_STRING",
    "BinaryOperation",
    "Constant",
    "Evaluable",
    "Load",
    "LoadSystem",
    "UnaryOperation",
]

# A member of an Enum costs ten times as much to look up as a name of the module.
_NOT, _AND, _OR, _ADD = UnaryOperator.NOT, BinaryOperator.AND, BinaryOperator.OR, BinaryOperator.ADD

MAX_STRING = 65536
"""The longest string that a script can build, in characters; a longer one ends the script."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal."""

    type: ValueType
    value: Value

    def evaluate(self, environment: Environment) -> Value:
        """Return the value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Load:
    """The value of the variable in a slot."""

    type: ValueType
    slot: int

    def evaluate(self, environment: Environment) -> Value:
        """Return what the variable holds."""
        return environment.variables[self.slot]


@dataclass(frozen=True, slots=True)
class LoadSystem:
    """The value of a system variable."""

    name: SystemName

    @property
    def type(self) -> ValueType:
        """Its type."""
        return self.name.type

    def evaluate(self, environment: Environment) -> Value:
        """Return the value set by the dialler or the last ``waitfor``."""
        return environment.system(self.name)


@dataclass(frozen=True, slots=True)
class UnaryOperation:
    """A prefix operator with its operand, whose type is that of the result."""

    operator: UnaryOperator
    operand: Evaluable

    @property
    def type(self) -> ValueType:
        """The type of the operand."""
        return self.operand.type

    def evaluate(self, environment: Environment) -> Value:
        """Return the negated value."""
        value = self.operand.evaluate(environment)
        if isinstance(value, bool):
            return not value
        return _wrap(~int(value) if self.operator is _NOT else -int(value))


@dataclass(frozen=True, slots=True)
class BinaryOperation:
    """An infix operator with two operands of one type."""

    operator: BinaryOperator
    type: ValueType
    left: Evaluable
    right: Evaluable

    def evaluate(self, environment: Environment) -> Value:
        """Return the result; the right side of ``and`` and ``or`` is evaluated only if it matters."""
        left, operator = self.left.evaluate(environment), self.operator
        if operator is _AND:
            return left and self.right.evaluate(environment)
        if operator is _OR:
            return left or self.right.evaluate(environment)
        right = self.right.evaluate(environment)
        if isinstance(left, str) and isinstance(right, str):
            if operator is _ADD:
                return _concatenate(left, right)
            left, right = environment.comparable(left), environment.comparable(right)
        return _OPERATIONS[operator](left, right)


def _wrap(value: int) -> int:
    """Wrap an integer to 32 bits."""
    return (value + MAX_INTEGER + 1) % (2 * (MAX_INTEGER + 1)) - MAX_INTEGER - 1


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise ScriptFaultError("division by zero")
    quotient = abs(left) // abs(right)
    return _wrap(quotient if (left < 0) == (right < 0) else -quotient)


def _concatenate(left: str, right: str) -> str:
    if len(left) + len(right) > MAX_STRING:
        raise ScriptFaultError(f"the string grows beyond {MAX_STRING} characters")
    joined = left + right
    return SecretText(joined) if isinstance(left, SecretText) or isinstance(right, SecretText) else joined


_OPERATIONS: Mapping[BinaryOperator, Callable[..., Value]] = {
    BinaryOperator.EQUAL: python.eq,
    BinaryOperator.NOT_EQUAL: python.ne,
    BinaryOperator.LESS: python.lt,
    BinaryOperator.GREATER: python.gt,
    BinaryOperator.LESS_OR_EQUAL: python.le,
    BinaryOperator.GREATER_OR_EQUAL: python.ge,
    BinaryOperator.ADD: lambda left, right: _wrap(left + right),
    BinaryOperator.SUBTRACT: lambda left, right: _wrap(left - right),
    BinaryOperator.MULTIPLY: lambda left, right: _wrap(left * right),
    BinaryOperator.DIVIDE: _divide,
}


Evaluable: TypeAlias = Constant | Load | LoadSystem | UnaryOperation | BinaryOperation
"""An expression. Each kind has the ``type`` of its value, and ``evaluate``, which raises :class:`ScriptFaultError` if
there is none, as after a division by zero."""
