"""Every path through a compiled script, with what is known on it.

The script is played in all ways at once. Where the remote or the user decides, both ways are followed; where the script
itself decides, as with a counter, it is computed, so a loop that counts to three is three rounds and no more. A
variable that no command ever changes is a switch for the author to set: a condition on it is followed both ways, and
what it guards is no dead code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from simisp.scp import code
from simisp.scp.analysis.knowledge import Knowledge, Unknown, known_value, loaded_slots, reads
from simisp.scp.flow import ControlFlow, Edge, Point
from simisp.scp.syntax import BinaryOperator, PortSetting, SystemName, UnaryOperator, ValueType
from simisp.scp.text import interpret
from simisp.scp.values import BinaryOperation, Constant, Evaluable, Load, UnaryOperation

__all__ = ["MAX_STATES", "MAX_VARIABLES", "Outcome", "Paths", "Sent", "State"]

MAX_STATES = 5_000
"""How many states are told apart with the values of variables. Real scripts have some hundreds."""

_COARSE = 4
"""How many times as many are told apart without the values."""

MAX_VARIABLES = 200
"""How many variables are followed."""

_SENT_KEPT = 8

_SYSTEM_NAMES = frozenset(SystemName)


class Outcome(NamedTuple):
    """What the last ``waitfor`` came to.

    Attributes:
        wait: The index of its instruction.
        prompt: The string that came, interpreted; empty when it is not known or the time ran out.
        came: Whether a string came.
    """

    wait: int
    prompt: str
    came: bool


class Sent(NamedTuple):
    """What one ``transmit`` sent.

    Attributes:
        at: Its instruction.
        text: The characters as they go out; None when they are not known.
        origins: The credentials that are in it.
        ends_line: Whether a carriage return or line feed is in it, for all that is known.
    """

    at: int
    text: str | None
    origins: frozenset[SystemName]
    ends_line: bool


class State(NamedTuple):
    """A stage of a path: an instruction that is about to run, and all that is known then.

    Attributes:
        at: The instruction.
        variables: What is known of each variable, by slot; empty when values are left out of account.
        outcome: What the last ``waitfor`` came to; None before the first.
        sent: What was sent since then, the last few.
        framing: The instruction that set each :class:`~simisp.scp.syntax.PortSetting` last, in their order; None
            while it is the connection's own.
    """

    at: int
    variables: tuple[Knowledge, ...]
    outcome: Outcome | None = None
    sent: tuple[Sent, ...] = ()
    framing: tuple[int | None, ...] = (None,) * len(PortSetting)

    @property
    def success(self) -> bool | None:
        """What ``$SUCCESS`` is; None before the first ``waitfor``."""
        return None if self.outcome is None else self.outcome.came


class Paths:
    r"""The states that a program can come to, and what follows each.

    When there are more than ``limit``, or more than :data:`MAX_VARIABLES` variables, the values of variables are left
    out of account; when there are more than four times as many even so, exploring stops.

    Args:
        program: The program; None for a script that can't be compiled, which has no paths.
        limit: How many states to tell apart with the values of variables.

    Attributes:
        states: The states, in the order in which they were found; the first is the start.
        following: For each of them, which can follow, by their positions in ``states``.
        exact: Whether the values of variables were followed.
        complete: Whether every state was found.

    Example:
        >>> from simisp.scp.compiler import compile_script
        >>> paths = Paths(compile_script('proc main\n  waitfor "ogin:" until 30\nendproc'))
        >>> [(type(instruction).__name__, state.success) for instruction, state in paths.steps()]
        [('Waitfor', None), ('End', True), ('End', False)]
    """

    def __init__(self, program: code.Program | None, limit: int = MAX_STATES) -> None:
        self.states: Sequence[State] = ()
        self.following: Sequence[Sequence[int]] = ()
        self.exact = self.complete = True
        self._program = program
        if program is not None:
            self.exact = len(program.slots) <= MAX_VARIABLES
            if self.exact:
                self.exact = self._explore(_Player(program, exact=True), limit)
            if not self.exact:
                self.complete = self._explore(_Player(program, exact=False), _COARSE * limit)

    def steps(self) -> Iterator[tuple[code.Instruction, State]]:
        """Yield every state with its instruction."""
        for state in self.states:
            yield self.instruction(state.at), state

    def instruction(self, index: int) -> code.Instruction:
        """Return an instruction of the program.

        Raises:
            ValueError: There is no program.
        """
        if self._program is None:
            raise ValueError("a script without a program has no instructions")
        return self._program.instructions[index]

    def value(self, expression: Evaluable, state: State) -> Knowledge:
        """Return what is known of an expression's value in a state."""
        return known_value(expression, state.variables, state.success)

    def _explore(self, player: _Player, limit: int) -> bool:
        """Find the states and what follows each, and return whether these are all."""
        position = {player.start: 0}
        states = [player.start]
        following: list[list[int]] = []
        complete = True
        for state in states:  # which grows meanwhile
            ways = []
            for after in player.play(state):
                if after not in position and len(states) >= limit:
                    complete = False
                    continue
                if after not in position:
                    position[after] = len(states)
                    states.append(after)
                ways.append(position[after])
            following.append(ways)
        self.states, self.following = states, following
        return complete


class _Player:
    """Takes one step at a time, in all ways that are possible."""

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
        self.start = State(0, tuple(initial) if exact else ())

    def play(self, state: State) -> Iterator[State]:
        """Yield what can follow a state."""
        instruction = self._instructions[state.at]
        if isinstance(instruction, code.JumpUnless):
            yield from self._branches(state, instruction)
            return
        for edge in self._flow.edges(Point(state.at, state.success)):
            yield self._after(state, instruction, edge)._replace(at=edge.target.index)

    def _branches(self, state: State, jump: code.JumpUnless) -> Iterator[State]:
        met = known_value(jump.condition, state.variables, state.success)
        loaded = loaded_slots(jump.condition)
        if loaded - self._flags and loaded <= self._switches and not reads(jump.condition, _SYSTEM_NAMES):
            met = Unknown()
        for truth, target in ((True, state.at + 1), (False, jump.target)):
            if isinstance(met, Unknown) or met is truth:
                yield state._replace(at=target, variables=_assuming(jump.condition, truth, state.variables))

    def _after(self, state: State, instruction: code.Instruction, edge: Edge) -> State:
        """Return what is known after an instruction that is no branch."""
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

    def _outcome(self, state: State, wait: code.Waitfor, edge: Edge) -> Outcome:
        if edge.alternative is None:
            return Outcome(state.at, "", came=False)
        prompt = known_value(wait.patterns[edge.alternative].text, state.variables, state.success)
        return Outcome(state.at, interpret(prompt) if isinstance(prompt, str) else "", came=True)


def _with_value(state: State, slot: int | None, value: Knowledge) -> State:
    return state._replace(variables=_replaced(state.variables, slot, value))


def _replaced(variables: tuple[Knowledge, ...], slot: int | None, value: Knowledge) -> tuple[Knowledge, ...]:
    """Return the variables with another value in one of them, if that one is followed."""
    if slot is None or slot >= len(variables):
        return variables
    return (*variables[:slot], value, *variables[slot + 1 :])


def _sent(state: State, transmit: code.Transmit) -> Sent:
    value = known_value(transmit.text, state.variables, state.success)
    if isinstance(value, Unknown):
        parts = [part if transmit.raw else interpret(part) for part in _written_parts(transmit.text)]
        return Sent(state.at, None, value.origins, any(map(_ends_line, parts)))
    text = str(value) if transmit.raw else interpret(str(value))
    return Sent(state.at, text, frozenset(), _ends_line(text))


def _ends_line(text: str) -> bool:
    return "\r" in text or "\n" in text


def _written_parts(expression: Evaluable) -> Iterator[str]:
    """Yield the strings that are written in an expression."""
    match expression:
        case Constant(value=str() as text):
            yield text
        case BinaryOperation(left=left, right=right):
            yield from _written_parts(left)
            yield from _written_parts(right)


def _assuming(condition: Evaluable, truth: bool, variables: tuple[Knowledge, ...]) -> tuple[Knowledge, ...]:
    """Return what is known of the variables once a condition has turned out TRUE or FALSE."""
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
"""The operator whose result tells both of its operands."""
