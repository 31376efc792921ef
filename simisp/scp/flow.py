"""The paths through a compiled script: what can follow each instruction, where each wait leads, and the ends.

A :class:`Point` is an instruction together with the outcome of the last ``waitfor``, as far as the path determines it.
So the ``if $SUCCESS then`` after a wait is not a branch: the path on which the string arrived goes one way, the path on
which the time ran out goes the other. A condition that is always the same has one way out.

The flow chart draws this, and lint rules use it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from simisp.errors import ScriptFaultError
from simisp.scp import code
from simisp.scp.address import getip_in
from simisp.scp.environment import Environment, Value
from simisp.scp.options import Options
from simisp.scp.syntax import ValueType
from simisp.scp.values import BinaryOperation, Constant, Evaluable, Load, LoadSystem, UnaryOperation

__all__ = ["ControlFlow", "Edge", "EdgeKind", "Point", "WaitingInstruction"]


class EdgeKind(Enum):
    """Why one instruction follows another."""

    NEXT = "next"
    """It is the only way."""
    TRUE = "TRUE"
    """A condition is TRUE."""
    FALSE = "FALSE"
    """A condition is FALSE."""
    CAME = "came"
    """A string of a ``waitfor`` arrived."""
    TIMED_OUT = "time ran out"
    """The time of a ``waitfor`` ran out."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a path.

    Attributes:
        index: The instruction.
        success: The value of ``$SUCCESS`` there; None if both are possible, or if it no longer matters, as at the next
            ``waitfor``.
    """

    index: int
    success: bool | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A step of a path.

    Attributes:
        target: Where it leads.
        kind: Why it is taken.
        alternative: For :attr:`EdgeKind.CAME`, the index of the string that arrived, counted from 0.
    """

    target: Point
    kind: EdgeKind = EdgeKind.NEXT
    alternative: int | None = None


@dataclass(frozen=True, slots=True)
class WaitingInstruction:
    """An instruction that takes time.

    Attributes:
        index: The index of the instruction.
        instruction: The ``Waitfor``, ``Delay``, ``GetIp`` or ``SetIpAddress``.
        bounded: Whether it ends by itself if nothing arrives.
        seconds: Its maximum, if known; None if it is not bounded or depends on a variable.
    """

    index: int
    instruction: code.Instruction
    bounded: bool
    seconds: int | None


class ControlFlow:
    r"""The paths through a program.

    Args:
        program: The program.

    Attributes:
        program: As given.
        start: The point at which every path begins.

    Example:
        >>> from simisp.scp.compiler import compile_script
        >>> flow = ControlFlow(compile_script('proc main\n  waitfor "ogin:"\n  transmit "p^M"\nendproc'))
        >>> [(wait.instruction.place.line, wait.bounded) for wait in flow.waits]
        [(2, False)]
        >>> [(edge.kind.value, edge.target.index) for edge in flow.edges(flow.start)]
        [('came', 1)]
    """

    def __init__(self, program: code.Program) -> None:
        self.program = program
        self._instructions = program.instructions
        self._constants = dict(_constant_slots(program))
        self._edges: dict[Point, tuple[Edge, ...]] = {}
        self.start = self._point(0, None)

    def edges(self, point: Point) -> tuple[Edge, ...]:
        """Return the ways on from a point; empty for ``halt`` and the end."""
        if point not in self._edges:
            self._edges[point] = tuple(self._ways_on(point))
        return self._edges[point]

    @cached_property
    def reachable(self) -> tuple[Point, ...]:
        """Every point that some path reaches, nearest to the start first."""
        found = {self.start: None}
        queue = deque([self.start])
        while queue:
            for edge in self.edges(queue.popleft()):
                if edge.target not in found:
                    found[edge.target] = None
                    queue.append(edge.target)
        return tuple(found)

    @cached_property
    def waits(self) -> tuple[WaitingInstruction, ...]:
        """Every instruction that takes time, in the order of the text."""
        waits = (self.wait(index) for index in range(len(self._instructions)))
        return tuple(wait for wait in waits if wait is not None)

    def wait(self, index: int) -> WaitingInstruction | None:
        """Return an instruction as a wait, or None if it takes no time."""
        instruction = self._instructions[index]
        match instruction:
            case code.Waitfor(until=limit) | code.Delay(seconds=limit):
                return WaitingInstruction(index, instruction, limit is not None, self._seconds(limit))
            case code.GetIp():
                return WaitingInstruction(index, instruction, bounded=False, seconds=None)
            case code.SetIpAddress(address):
                text = self.constant(address)
                waits = isinstance(text, str) and getip_in(text) is not None
                return WaitingInstruction(index, instruction, bounded=False, seconds=None) if waits else None
            case _:
                return None

    @cached_property
    def success_matters(self) -> frozenset[int]:
        """The instructions from which some path reads ``$SUCCESS`` or ``$FAILURE`` before a ``waitfor`` sets it."""
        before: dict[int, list[int]] = {}
        for index in range(len(self._instructions)):
            for edge in self._ways_on(Point(index)):
                before.setdefault(edge.target.index, []).append(index)
        pending = [index for index, each in enumerate(self._instructions) if any(map(_reads_success, _values(each)))]
        found: set[int] = set()
        while pending:
            index = pending.pop()
            if index not in found and not isinstance(self._instructions[index], code.Waitfor):
                found.add(index)
                pending.extend(before.get(index, ()))
        return frozenset(found)

    def constant(self, value: Evaluable, success: bool | None = None) -> Value | None:
        """Return the value that an expression always has, or None if it can vary.

        Args:
            value: The expression.
            success: The value of ``$SUCCESS``, if known.
        """
        if not self._is_constant(value, success is not None):
            return None
        variables = [self._constants.get(slot, 0) for slot in range(len(self.program.slots))]
        environment = Environment(variables, "", "", Options())
        environment.success = success is True
        try:
            return value.evaluate(environment)
        except ScriptFaultError:
            return None

    def _ways_on(self, point: Point) -> Iterator[Edge]:
        instruction, success = self._instructions[point.index], point.success
        match instruction:
            case code.End() | code.Halt():
                return
            case code.Jump(target):
                yield Edge(self._point(target, success))
            case code.JumpUnless(condition, target):
                yield from self._branches(point, condition, target)
            case code.Waitfor(patterns, until):
                for number, pattern in enumerate(patterns):
                    after = point.index + 1 if pattern.target is None else pattern.target
                    yield Edge(self._point(after, True), EdgeKind.CAME, number)
                if until is not None:
                    yield Edge(self._point(point.index + 1, False), EdgeKind.TIMED_OUT)
            case _:
                yield Edge(self._point(point.index + 1, success))

    def _branches(self, point: Point, condition: Evaluable, target: int) -> Iterator[Edge]:
        """Yield the ways on from a conditional jump; if its condition is decided there is only one."""
        met = self.constant(condition, point.success)
        on, over = self._point(point.index + 1, point.success), self._point(target, point.success)
        if met is None:
            yield Edge(on, EdgeKind.TRUE)
            yield Edge(over, EdgeKind.FALSE)
        else:
            yield Edge(on if met else over)

    def _point(self, index: int, success: bool | None) -> Point:
        """Return the point at an instruction; at a ``waitfor`` the outcome of the one before is dropped."""
        return Point(index, None if isinstance(self._instructions[index], code.Waitfor) else success)

    def _seconds(self, limit: Evaluable | None) -> int | None:
        value = None if limit is None else self.constant(limit)
        return max(0, value) if isinstance(value, int) else None

    def _is_constant(self, value: Evaluable, success_known: bool) -> bool:
        match value:
            case Constant():
                return True
            case Load(slot=slot):
                return slot in self._constants
            case LoadSystem(name):
                return success_known and name.type is ValueType.BOOLEAN
            case _:
                return all(self._is_constant(operand, success_known) for operand in _operands(value))


def _constant_slots(program: code.Program) -> Iterator[tuple[int, Value]]:
    """Yield the variables that never change after their declaration, with their values, if these are literals."""
    assignments: dict[int, list[code.Instruction]] = {}
    for instruction in program.instructions:
        if isinstance(instruction, code.Assign | code.GetIp) and instruction.slot is not None:
            assignments.setdefault(instruction.slot, []).append(instruction)
    for slot, variable in enumerate(program.slots):
        match assignments.get(slot, []):
            case []:
                yield slot, variable.initial
            case [code.Assign(value=Constant(value=value), statement=None)]:
                yield slot, value


def _operands(value: Evaluable) -> tuple[Evaluable, ...]:
    match value:
        case UnaryOperation(operand=operand):
            return (operand,)
        case BinaryOperation(left=left, right=right):
            return (left, right)
        case _:
            return ()


def _values(instruction: code.Instruction) -> tuple[Evaluable, ...]:
    """Return the booleans that an instruction evaluates, the only expressions that can contain ``$SUCCESS``."""
    match instruction:
        case code.Assign(value=value) | code.JumpUnless(condition=value):
            return (value,)
        case _:
            return ()


def _reads_success(value: Evaluable) -> bool:
    if isinstance(value, LoadSystem):
        return value.type is ValueType.BOOLEAN
    return any(map(_reads_success, _operands(value)))
