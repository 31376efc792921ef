"""What is known of a value before a script runs.

Expressions are computed with the interpreter's own operators, as far as their operands are known; a value that depends
on the user, on the remote or on too many paths is :class:`Unknown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from simisp.errors import ScriptFaultError
from simisp.scp.environment import Environment, Value
from simisp.scp.options import Options
from simisp.scp.syntax import BinaryOperator, SystemName, ValueType
from simisp.scp.values import BinaryOperation, Constant, Evaluable, Load, LoadSystem, UnaryOperation

__all__ = ["Knowledge", "Unknown", "known_value", "loaded_slots", "reads"]

_DOMINANT = {BinaryOperator.AND: False, BinaryOperator.OR: True}
"""The operand that decides the result, whatever the other operand is."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An unknown value.

    Attributes:
        origins: The credentials from which it may have been made.
    """

    origins: frozenset[SystemName] = frozenset()


Knowledge: TypeAlias = Value | Unknown


def known_value(expression: Evaluable, variables: Sequence[Knowledge], success: bool | None) -> Knowledge:
    """Return what is known of an expression's value.

    Args:
        expression: The expression.
        variables: What is known of each variable, by slot; nothing is known of slots beyond its end.
        success: The value of ``$SUCCESS``; None if unknown.
    """
    match expression:
        case Constant(value=value):
            return value
        case Load(slot=slot):
            return variables[slot] if slot < len(variables) else Unknown()
        case LoadSystem(name):
            if name.type is ValueType.STRING:
                return Unknown(frozenset({name}))
            return Unknown() if success is None else success == (name is SystemName.SUCCESS)
        case UnaryOperation(operand=operand):
            return _unary(expression, known_value(operand, variables, success))
        case BinaryOperation():
            left, right = (known_value(each, variables, success) for each in (expression.left, expression.right))
            return _binary(expression, left, right)
        case _:
            assert_never(expression)


def loaded_slots(expression: Evaluable) -> set[int]:
    """Return the variables that an expression reads, by slot."""
    return {each.slot for each in _leaves(expression) if isinstance(each, Load)}


def reads(expression: Evaluable, names: frozenset[SystemName]) -> bool:
    """Return whether an expression itself reads one of these system variables."""
    return any(isinstance(each, LoadSystem) and each.name in names for each in _leaves(expression))


def _unary(operation: UnaryOperation, operand: Knowledge) -> Knowledge:
    if isinstance(operand, Unknown):
        return operand
    return _computed(replace(operation, operand=_constant(operation.operand, operand)))


def _binary(operation: BinaryOperation, left: Knowledge, right: Knowledge) -> Knowledge:
    dominant = _DOMINANT.get(operation.operator)
    if dominant is not None and (left is dominant or right is dominant):
        return dominant
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return Unknown(_origins(left) | _origins(right))
    return _computed(replace(operation, left=_constant(operation.left, left), right=_constant(operation.right, right)))


def _computed(operation: Evaluable) -> Knowledge:
    try:
        return operation.evaluate(Environment([], "", "", Options()))
    except ScriptFaultError:
        return Unknown()  # the script ends here, so no path that continues is concerned


def _constant(expression: Evaluable, value: Value) -> Constant:
    return Constant(expression.type, value)


def _origins(value: Knowledge) -> frozenset[SystemName]:
    return value.origins if isinstance(value, Unknown) else frozenset()


def _leaves(expression: Evaluable) -> list[Evaluable]:
    match expression:
        case UnaryOperation(operand=operand):
            return _leaves(operand)
        case BinaryOperation(left=left, right=right):
            return _leaves(left) + _leaves(right)
        case _:
            return [expression]
