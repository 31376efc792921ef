"""The words and signs of the language that occur in a tree: types, operators, system variables, port settings."""

from __future__ import annotations

from enum import Enum

__all__ = ["SYSTEM_NAMES", "BinaryOperator", "PortSetting", "SystemName", "UnaryOperator", "ValueType"]


class ValueType(Enum):
    """The type of a variable or expression. The value is the word that declares it."""

    INTEGER = "integer"
    STRING = "string"
    BOOLEAN = "boolean"


class UnaryOperator(Enum):
    """A prefix operator. The value is its spelling."""

    MINUS = "-"
    NOT = "!"
    """Logical NOT of a boolean, one's complement of an integer."""


class BinaryOperator(Enum):
    """An infix operator. The value is its spelling."""

    __hash__ = object.__hash__  # it is looked up for each operation, and Enum hashes the name each time

    OR = "or"
    AND = "and"
    EQUAL = "=="
    NOT_EQUAL = "!="
    LESS = "<"
    GREATER = ">"
    LESS_OR_EQUAL = "<="
    GREATER_OR_EQUAL = ">="
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"

    @property
    def precedence(self) -> int:
        """How tightly it binds: 1 for ``or`` up to 6 for ``*`` and ``/``. All associate to the left."""
        return _PRECEDENCE[self]


_PRECEDENCE = {
    BinaryOperator.OR: 1,
    BinaryOperator.AND: 2,
    BinaryOperator.EQUAL: 3,
    BinaryOperator.NOT_EQUAL: 3,
    BinaryOperator.LESS: 4,
    BinaryOperator.GREATER: 4,
    BinaryOperator.LESS_OR_EQUAL: 4,
    BinaryOperator.GREATER_OR_EQUAL: 4,
    BinaryOperator.ADD: 5,
    BinaryOperator.SUBTRACT: 5,
    BinaryOperator.MULTIPLY: 6,
    BinaryOperator.DIVIDE: 6,
}


class SystemName(Enum):
    """A read-only variable that the dialler provides. The value is its usual spelling."""

    __hash__ = object.__hash__  # it is looked up for each wait, and Enum hashes the name each time

    USERID = "$USERID"
    PASSWORD = "$PASSWORD"  # noqa: S105, the name of the variable
    SUCCESS = "$SUCCESS"
    FAILURE = "$FAILURE"

    @property
    def type(self) -> ValueType:
        """Strings for the credentials, booleans for the outcome of the last ``waitfor``."""
        return ValueType.STRING if self in {SystemName.USERID, SystemName.PASSWORD} else ValueType.BOOLEAN


SYSTEM_NAMES = {name.value.lower(): name for name in SystemName}
"""The system variables by their spelling in lower case."""


class PortSetting(Enum):
    """A setting of ``set port``. The value is the word in the script."""

    DATABITS = "databits"
    PARITY = "parity"
    STOPBITS = "stopbits"
