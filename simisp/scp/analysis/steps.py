"""Executes one step of a script at a time, in all possible ways."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.scp import code
from simisp.scp.analysis.knowledge import Knowledge, Unknown, known_value, loaded_slots, reads
from simisp.scp.analysis.states import Outcome, PathState, Sent
from simisp.scp.flow import ControlFlow, Edge, Point
from simisp.scp.syntax import BinaryOperator, PortSetting, SystemName, UnaryOperator, ValueType
from simisp.scp.text import interpret
from simisp.scp.values import BinaryOperation, Constant, Evaluable, Load, UnaryOperation

__all__ = ["Stepper"]

_SENT_KEPT = 8

_SYSTEM_NAMES = frozenset(SystemName)


class Stepper:
    """Executes a program symbolically, step by step.

    Args:
        program: The program.
        exact: Whether to follow the values of variables, the texts sent and the framing; otherwise only the outcome
            of the last wait is known.

    Attributes:
        start: The state in which every path begins.
    """

    def __init__(self, program: code.Program, *, exact: bool) -> None:
        self._exact = exact
        self._instructions = program.instructions
        self._flow = ControlFlow(program)
        changed = {each.slot for each in program.instructions if isinstance(each, code.Assign) and each.statement}
        self._switches = {slot for slot, each in enumerate(program.slots) if each.name and slot not in changed}
        self._flags = {slot for slot in self._switches if program.slots[slot].type is ValueType.BOOLEAN}
        initial: list[Knowledge] = [
            Unknown() if slot in self._flags else each.initial for slot, each in enumerate(program.slots)
        ]
        self.start = PathState(0, tuple(initial) if exact else ())

    def play(self, state: PathState) -> Iterator[PathState]:
        """Yield the states that can follow a state."""
        instruction = self._instructions[state.at]
        if isinstance(instruction, code.JumpUnless):
            yield from self._branches(state, instruction)
            return
        for edge in self._flow.edges(Point(state.at, state.success)):
            yield self._after(state, instruction, edge)._replace(at=edge.target.index)

    def _branches(self, state: PathState, jump: code.JumpUnless) -> Iterator[PathState]:
        met = known_value(jump.condition, state.variables, state.success)
        loaded = loaded_slots(jump.condition)
        if loaded - self._flags and loaded <= self._switches and not reads(jump.condition, _SYSTEM_NAMES):
            met = Unknown()
        for truth, target in ((True, state.at + 1), (False, jump.target)):
            if isinstance(met, Unknown) or met is truth:
                yield state._replace(at=target, variables=_assuming(jump.condition, truth, state.variables))

    def _after(self, state: PathState, instruction: code.Instruction, edge: Edge) -> PathState:
        """Return the state after an instruction other than a branch."""
        match instruction:
            case code.Assign(slot=slot, value=value) if slot not in self._flags:
                return _with_value(state, slot, known_value(value, state.variables, state.success))
            case code.GetIp(slot=slot):
                return _with_value(state, slot, Unknown())._replace(sent=())
            case code.Waitfor():
                return state._replace(outcome=self._outcome(state, instruction, edge), sent=())
            case code.Transmit() if self._exact:
                return state._replace(sent=(*state.sent, _sent(state, instruction))[-_SENT_KEPT:])
            case code.SetPort(setting=setting) if self._exact:
                position = list(PortSetting).index(setting)
                framing = (*state.framing[:position], state.at, *state.framing[position + 1 :])
                return state._replace(framing=framing)
            case _:
                return state

    def _outcome(self, state: PathState, wait: code.Waitfor, edge: Edge) -> Outcome:
        if edge.alternative is None:
            return Outcome(state.at, "", came=False)
        prompt = known_value(wait.patterns[edge.alternative].text, state.variables, state.success)
        return Outcome(state.at, interpret(prompt) if isinstance(prompt, str) else "", came=True)


def _with_value(state: PathState, slot: int | None, value: Knowledge) -> PathState:
    return state._replace(variables=_replaced(state.variables, slot, value))


def _replaced(variables: tuple[Knowledge, ...], slot: int | None, value: Knowledge) -> tuple[Knowledge, ...]:
    """Return the variables with a new value for one of them, if that one is followed."""
    if slot is None or slot >= len(variables):
        return variables
    return (*variables[:slot], value, *variables[slot + 1 :])


def _sent(state: PathState, transmit: code.Transmit) -> Sent:
    value = known_value(transmit.text, state.variables, state.success)
    if isinstance(value, Unknown):
        parts = [part if transmit.raw else interpret(part) for part in _written_parts(transmit.text)]
        return Sent(state.at, None, value.origins, any(map(_ends_line, parts)))
    text = str(value) if transmit.raw else interpret(str(value))
    return Sent(state.at, text, frozenset(), _ends_line(text))


def _ends_line(text: str) -> bool:
    return "\r" in text or "\n" in text


def _written_parts(expression: Evaluable) -> Iterator[str]:
    """Yield the string literals in an expression."""
    match expression:
        case Constant(value=str() as text):
            yield text
        case BinaryOperation(left=left, right=right):
            yield from _written_parts(left)
            yield from _written_parts(right)


def _assuming(condition: Evaluable, truth: bool, variables: tuple[Knowledge, ...]) -> tuple[Knowledge, ...]:
    """Return what is known of the variables once a condition has been TRUE or FALSE."""
    match condition:
        case Load(slot=slot):
            return _replaced(variables, slot, truth)
        case UnaryOperation(operator=UnaryOperator.NOT, operand=operand):
            return _assuming(operand, not truth, variables)
        case BinaryOperation(operator=operator, left=left, right=right) if operator is _DECIDES_BOTH[truth]:
            return _assuming(right, truth, _assuming(left, truth, variables))
        case _:
            return variables


_DECIDES_BOTH = {True: BinaryOperator.AND, False: BinaryOperator.OR}
"""The operator whose result determines both of its operands."""
