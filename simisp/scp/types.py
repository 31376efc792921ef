"""The types of expressions: three types, and no conversion between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from simisp.diagnostics import Place, nearest
from simisp.scp.faults import Fault, Findings
from simisp.scp.syntax import (
    Binary,
    BinaryOperator,
    BooleanLiteral,
    Declaration,
    Expression,
    GetIp,
    IntegerLiteral,
    Missing,
    Name,
    StringLiteral,
    SystemVariable,
    Unary,
    UnaryOperator,
    ValueType,
    Variable,
)

__all__ = ["TypeChecker", "result_type", "suggestion"]

_INTEGER, _STRING, _BOOLEAN = ValueType.INTEGER, ValueType.STRING, ValueType.BOOLEAN
_ARTICLE = {_INTEGER: "an integer", _STRING: "a string", _BOOLEAN: "a boolean"}

_OPERANDS = {
    BinaryOperator.OR: (_BOOLEAN,),
    BinaryOperator.AND: (_BOOLEAN,),
    BinaryOperator.EQUAL: (_INTEGER, _STRING, _BOOLEAN),
    BinaryOperator.NOT_EQUAL: (_INTEGER, _STRING, _BOOLEAN),
    BinaryOperator.LESS: (_INTEGER,),
    BinaryOperator.GREATER: (_INTEGER,),
    BinaryOperator.LESS_OR_EQUAL: (_INTEGER,),
    BinaryOperator.GREATER_OR_EQUAL: (_INTEGER,),
    BinaryOperator.ADD: (_INTEGER, _STRING),
    BinaryOperator.SUBTRACT: (_INTEGER,),
    BinaryOperator.MULTIPLY: (_INTEGER,),
    BinaryOperator.DIVIDE: (_INTEGER,),
}
"""The types that each binary operator accepts."""

_ARITHMETIC = BinaryOperator.ADD.precedence
"""From this precedence up the result has the type of the operands; below, it is a boolean."""

_NAMES_COMPARED = 100  # with more names, the search for the nearest takes long and says little

_PLURAL = {_INTEGER: "integers", _STRING: "strings", _BOOLEAN: "booleans"}


def result_type(operator: BinaryOperator, operands: ValueType) -> ValueType:
    """Return the result type of an operator on two values of one type."""
    return operands if operator.precedence >= _ARITHMETIC else _BOOLEAN


def suggestion(name: Name, known: Sequence[str], otherwise: str) -> str:
    """Return a hint at the known name that was probably meant, or another hint if no name is near."""
    near = nearest(name.text, known[:_NAMES_COMPARED])
    return f"did you mean '{near}'?" if near else otherwise


class TypeChecker:
    """Determines the types of expressions, and reports type errors.

    Args:
        variables: The declared variables by key; it may grow while the checker is in use.
        findings: Where to report.
    """

    def __init__(self, variables: Mapping[str, Declaration], findings: Findings) -> None:
        self._variables = variables
        self._findings = findings
        self._later: Mapping[str, Declaration] = {}

    def require(
        self, value: Expression, type_: ValueType, user: str, later: Mapping[str, Declaration] | None = None
    ) -> None:
        """Report ``value`` unless it has the type that its user needs.

        Args:
            value: The expression.
            type_: The type that it must have.
            user: The name of its user in the message: ``"'delay'"``.
            later: Variables that are declared only further down, by key, for the message.
        """
        self._later = later or {}
        found = self.type_of(value)
        if found not in {None, type_}:
            message = f"{user} needs {_ARTICLE[type_]}, not {_ARTICLE[found or type_]}"
            self._findings.add(Fault.TYPE_MISMATCH, value.place, message, _hint(found, type_))

    def type_of(self, value: Expression) -> ValueType | None:
        """Return the type of ``value``, or None after reporting that it has no type."""
        match value:
            case IntegerLiteral():
                return _INTEGER
            case StringLiteral():
                return _STRING
            case BooleanLiteral():
                return _BOOLEAN
            case SystemVariable(name):
                return name.type
            case Variable(name):
                return self._variable(name)
            case _:
                return self._compound(value)

    def _compound(self, value: GetIp | Unary | Binary | Missing) -> ValueType | None:
        match value:
            case GetIp(index):
                if index is not None:
                    self.require(index, _INTEGER, "'getip'", self._later)
                return _STRING
            case Unary(operator, operand):
                return self._unary(value.place, operator, self.type_of(operand))
            case Binary(operator, left, right):
                return self._binary(value.place, operator, self.type_of(left), self.type_of(right))
            case Missing():
                return None
            case _:
                assert_never(value)

    def _variable(self, name: Name) -> ValueType | None:
        declaration = self._variables.get(name.key)
        if declaration is not None:
            return declaration.type
        if name.key in self._later:
            hint = f"it is declared only in line {self._later[name.key].place.line}"
        else:
            known = [each.name.text for each in self._variables.values()]
            hint = suggestion(name, known, "declare it after 'proc', before the first command")
        message = f"there is no variable '{name.text}'"
        self._findings.add(Fault.UNDECLARED_VARIABLE, name.place, message, hint)
        return None

    def _unary(self, place: Place, operator: UnaryOperator, operand: ValueType | None) -> ValueType | None:
        wanted = (_INTEGER,) if operator is UnaryOperator.MINUS else (_BOOLEAN, _INTEGER)
        if operand is None or operand in wanted:
            return operand
        message = (
            f"'{operator.value}' needs {' or '.join(_ARTICLE[type_] for type_ in wanted)}, not {_ARTICLE[operand]}"
        )
        self._findings.add(Fault.TYPE_MISMATCH, place, message)
        return None

    def _binary(
        self, place: Place, operator: BinaryOperator, left: ValueType | None, right: ValueType | None
    ) -> ValueType | None:
        if left is None or right is None:
            return None if operator.precedence >= _ARITHMETIC else _BOOLEAN
        wanted = _OPERANDS[operator]
        if left is right and left in wanted:
            return result_type(operator, left)
        kinds = " or ".join(f"two {_PLURAL[type_]}" for type_ in wanted)
        message = f"'{operator.value}' needs {kinds}, not {_ARTICLE[left]} and {_ARTICLE[right]}"
        self._findings.add(Fault.TYPE_MISMATCH, place, message, _hint(left, right))
        return None if operator.precedence >= _ARITHMETIC else _BOOLEAN


def _hint(one: ValueType | None, other: ValueType) -> str:
    """Return the reason why a value of one type can't be used as another."""
    if {one, other} == {_INTEGER, _STRING}:
        return "the language has no conversion between integers and strings"
    if {one, other} == {_BOOLEAN, _INTEGER}:
        return "compare the integer with another one"
    return ""
