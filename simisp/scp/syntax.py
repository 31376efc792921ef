"""The syntax tree of a dial-up script: one frozen class for each construct, each with its place in the text.

Two trees are equal if they mean the same: places are not compared, so a script and its reprint have equal trees. Names
keep their author's spelling; compare them by :attr:`Name.key`, because the language ignores case.

Statements nest in the bodies of :class:`If` and :class:`While`; :func:`walk_statements` visits them in the order of
the text, and :func:`walk_expressions` visits the expressions that a statement evaluates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import TypeAlias

from simisp.diagnostics import Place
from simisp.scp.vocabulary import (
    SYSTEM_NAMES,
    BinaryOperator,
    PortSetting,
    SystemName,
    UnaryOperator,
    ValueType,
)

__all__ = [
    "SYSTEM_NAMES",
    "Alternative",
    "Assign",
    "Binary",
    "BinaryOperator",
    "BooleanLiteral",
    "Declaration",
    "Delay",
    "Expression",
    "GetIp",
    "GetIpCommand",
    "Goto",
    "Halt",
    "If",
    "IntegerLiteral",
    "Label",
    "Missing",
    "Name",
    "Node",
    "PortSetting",
    "Procedure",
    "Script",
    "SetIpAddressCommand",
    "SetPortCommand",
    "SetScreenCommand",
    "Statement",
    "StringLiteral",
    "SystemName",
    "SystemVariable",
    "Transmit",
    "Unary",
    "UnaryOperator",
    "ValueType",
    "Variable",
    "Waitfor",
    "While",
    "walk_expressions",
    "walk_statements",
]


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree.

    Attributes:
        place: The place of the construct's first token; for an infix operator, the place of the operator.
    """

    place: Place = field(compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """An identifier as its author spelt it."""

    text: str

    @property
    def key(self) -> str:
        """The spelling to compare by."""
        return self.text.lower()


# Expressions


@dataclass(frozen=True, slots=True)
class ExpressionNode(Node):
    """A construct with a value."""


@dataclass(frozen=True, slots=True)
class IntegerLiteral(ExpressionNode):
    """A whole number, 0 to 2147483647. A negative one is a :class:`Unary` minus before it."""

    value: int


@dataclass(frozen=True, slots=True)
class StringLiteral(ExpressionNode):
    r"""A string as between its quotes, with its sequences (``^M``, ``<cr>``, ``\"``) not yet interpreted."""

    text: str


@dataclass(frozen=True, slots=True)
class BooleanLiteral(ExpressionNode):
    """``TRUE`` or ``FALSE``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Variable(ExpressionNode):
    """The value of a declared variable."""

    name: Name


@dataclass(frozen=True, slots=True)
class SystemVariable(ExpressionNode):
    """The value of ``$USERID``, ``$PASSWORD``, ``$SUCCESS`` or ``$FAILURE``."""

    name: SystemName


@dataclass(frozen=True, slots=True)
class GetIp(ExpressionNode):
    """``getip`` as an operand: the n-th address that the remote sends, the first if ``index`` is None."""

    index: Expression | None = None


@dataclass(frozen=True, slots=True)
class Unary(ExpressionNode):
    """A prefix operator and its operand."""

    operator: UnaryOperator
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(ExpressionNode):
    """An infix operator and its operands."""

    operator: BinaryOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Missing(ExpressionNode):
    """A missing or unparsable expression, which a diagnostic reports."""


Expression: TypeAlias = (
    IntegerLiteral | StringLiteral | BooleanLiteral | Variable | SystemVariable | GetIp | Unary | Binary | Missing
)
"""Any construct with a value."""


# Statements


@dataclass(frozen=True, slots=True)
class Statement(Node):
    """One command, assignment, block or label."""


@dataclass(frozen=True, slots=True)
class Label(Statement):
    """A destination for ``goto`` and ``waitfor … then``, anywhere in the procedure."""

    name: Name


@dataclass(frozen=True, slots=True)
class Assign(Statement):
    """An assignment to a variable. A system variable as the target is kept in the tree, and is a mistake."""

    target: Variable | SystemVariable
    value: Expression


@dataclass(frozen=True, slots=True)
class Delay(Statement):
    """A pause, in seconds."""

    seconds: Expression


@dataclass(frozen=True, slots=True)
class GetIpCommand(Statement):
    """``getip`` as a command: wait for the n-th address and drop it."""

    index: Expression | None = None


@dataclass(frozen=True, slots=True)
class Goto(Statement):
    """A jump to a label of the same procedure."""

    label: Name


@dataclass(frozen=True, slots=True)
class Halt(Statement):
    """The script stops, and waits for the user to press Continue."""


@dataclass(frozen=True, slots=True)
class If(Statement):
    """A block that runs when its condition is TRUE.

    Attributes:
        end: The place of ``endif``, or None if it is missing.
    """

    condition: Expression
    body: tuple[Statement, ...]
    end: Place | None = field(compare=False, kw_only=True, default=None)


@dataclass(frozen=True, slots=True)
class While(Statement):
    """A block that repeats while its condition is TRUE.

    Attributes:
        end: The place of ``endwhile``, or None if it is missing.
    """

    condition: Expression
    body: tuple[Statement, ...]
    end: Place | None = field(compare=False, kw_only=True, default=None)


@dataclass(frozen=True, slots=True)
class SetPortCommand(Statement):
    """``set port``: the value is a digit for data and stop bits, a word in lower case for the parity."""

    setting: PortSetting
    value: str


@dataclass(frozen=True, slots=True)
class SetScreenCommand(Statement):
    """``set screen keyboard``: whether the user may type in the script's window."""

    keyboard: bool


@dataclass(frozen=True, slots=True)
class SetIpAddressCommand(Statement):
    """``set ipaddr``: the workstation's address for the session."""

    address: Expression


@dataclass(frozen=True, slots=True)
class Transmit(Statement):
    """Text for the remote; with ``raw`` its sequences are sent as written."""

    text: Expression
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Alternative(Node):
    """One string that a ``waitfor`` waits for, and the label to go to when it arrives."""

    pattern: Expression
    matchcase: bool = False
    label: Name | None = None


@dataclass(frozen=True, slots=True)
class Waitfor(Statement):
    """A wait for one of several strings, for at most ``until`` seconds or, if that is None, forever."""

    alternatives: tuple[Alternative, ...]
    until: Expression | None = None


@dataclass(frozen=True, slots=True)
class Declaration(Node):
    """A variable of a procedure, with its initial value if given."""

    type: ValueType
    name: Name
    initial: Expression | None = None


@dataclass(frozen=True, slots=True)
class Procedure(Node):
    """A ``proc``. One without a name holds the text outside all procedures, which is a mistake.

    Attributes:
        end: The place of ``endproc``, or None if it is missing.
    """

    name: Name
    declarations: tuple[Declaration, ...]
    body: tuple[Statement, ...]
    end: Place | None = field(compare=False, kw_only=True, default=None)


@dataclass(frozen=True, slots=True)
class Script(Node):
    """A whole script. Only ``proc main`` runs."""

    procedures: tuple[Procedure, ...]

    @property
    def main(self) -> Procedure | None:
        """The procedure that runs."""
        return next((procedure for procedure in self.procedures if procedure.name.key == "main"), None)


def walk_statements(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the statements and those nested in them, in the order of the text."""
    for statement in statements:
        yield statement
        if isinstance(statement, If | While):
            yield from walk_statements(statement.body)


def walk_expressions(node: Node) -> Iterator[Expression]:
    """Yield every expression in ``node``, outer before inner, left before right, without those of nested statements."""
    if isinstance(node, Expression):
        yield node
    for value in (getattr(node, each.name) for each in fields(node)):
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Expression | Alternative):
                yield from walk_expressions(child)
