"""Every path through a compiled script, with what is known on it.

The script is executed symbolically. Where the remote or the user decides, both ways are followed; where the script
itself decides, as with a counter, the decision is computed, so a loop that counts to three has exactly three rounds. A
variable that is never assigned after its declaration is a switch for the author to set: a condition on it is followed
both ways, and the code that it guards is not dead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simisp.scp import code
from simisp.scp.analysis.knowledge import Knowledge, known_value
from simisp.scp.analysis.states import PathState
from simisp.scp.analysis.steps import Stepper
from simisp.scp.values import Evaluable

__all__ = ["MAX_STATES", "MAX_VARIABLES", "Paths"]

MAX_STATES = 5_000
"""How many states are distinguished by the values of variables. Real scripts have a few hundred."""

_COARSE = 4
"""How many times as many states are distinguished without the values."""

MAX_VARIABLES = 200
"""How many variables are followed."""


class Paths:
    r"""The states that a program can reach, and what follows each.

    If there are more than ``limit`` states, or more than :data:`MAX_VARIABLES` variables, the values of variables are
    ignored; if there are more than four times as many even so, exploring stops.

    Args:
        program: The program; None for a script that can't be compiled, which has no paths.
        limit: How many states to distinguish by the values of variables.

    Attributes:
        states: The states, in the order in which they were found; the first is the start.
        following: For each state, the states that can follow, as indices into ``states``.
        exact: Whether the values of variables were followed.
        complete: Whether every state was found.

    Example:
        >>> from simisp.scp.compiler import compile_script
        >>> paths = Paths(compile_script('proc main\n  waitfor "ogin:" until 30\nendproc'))
        >>> [(type(instruction).__name__, state.success) for instruction, state in paths.steps()]
        [('Waitfor', None), ('End', True), ('End', False)]
    """

    def __init__(self, program: code.Program | None, limit: int = MAX_STATES) -> None:
        self.states: Sequence[PathState] = ()
        self.following: Sequence[Sequence[int]] = ()
        self.exact = self.complete = True
        self._program = program
        if program is not None:
            self.exact = len(program.slots) <= MAX_VARIABLES
            if self.exact:
                self.exact = self._explore(Stepper(program, exact=True), limit)
            if not self.exact:
                self.complete = self._explore(Stepper(program, exact=False), _COARSE * limit)

    def steps(self) -> Iterator[tuple[code.Instruction, PathState]]:
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

    def value(self, expression: Evaluable, state: PathState) -> Knowledge:
        """Return what is known of an expression's value in a state."""
        return known_value(expression, state.variables, state.success)

    def _explore(self, stepper: Stepper, limit: int) -> bool:
        """Find the states and what follows each; return whether all states were found."""
        position = {stepper.start: 0}
        states = [stepper.start]
        following: list[list[int]] = []
        complete = True
        for state in states:  # the list grows meanwhile
            ways = []
            for after in stepper.play(state):
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
