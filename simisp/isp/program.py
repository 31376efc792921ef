"""A program as the far end of a call: what a log-in hands over to, as getty does."""

from __future__ import annotations

from collections.abc import Callable

from simisp.circuits import Circuit
from simisp.client_deeds import ClientDeed
from simisp.far_end import HangUpRequested
from simisp.joined_program import JoinedProgram, ProgramCommand, ProgramJoined, ProgramLeft
from simisp.machine import Output, SendData
from simisp.spans import Spans

__all__ = ["ProgramFarEnd"]


def _no_secrets(_data: bytes) -> Spans:
    """Return that no octets are a secret."""
    return ()


class ProgramFarEnd:
    """A program that has the line. It is a :class:`~simisp.far_end.FarEnd`, and ends the call when the program ends.

    What it asks for is not known, but where a protocol that passes here has passwords in it, they are to be masked.

    Args:
        command: The program.
        to_program: Finds the secrets in the caller's next octets.
        to_caller: Finds those in the program's.

    Example:
        >>> end = ProgramFarEnd(ProgramCommand(("cat",)))
        >>> end.start(now=0.0)
        >>> end.take_outputs() == [ProgramJoined(end.program)]
        True
        >>> end.program.take(b"hello", now=1.0)
        >>> end.handle_timer(now=end.next_timer())
        >>> end.take_outputs()
        [SendData(data=b'hello', secrets=(), relayed=False)]
    """

    reads_lines = False
    has_eight_bits = True
    waits_for_caller = False
    is_through = True

    def __init__(
        self,
        command: ProgramCommand,
        *,
        to_program: Callable[[bytes], Spans] = _no_secrets,
        to_caller: Callable[[bytes], Spans] = _no_secrets,
    ) -> None:
        self.program = JoinedProgram(command)
        self._to_program = to_program
        self._to_caller = to_caller
        self._is_over = False
        self._outputs: list[Output] = []

    @property
    def name(self) -> str:
        """The program's name."""
        return self.program.command.name

    @property
    def doing(self) -> str:
        """What it is doing, as the end of a sentence that begins with "the ISP"."""
        return f"has left the line to {self.name}"

    @property
    def unread(self) -> int:
        """How many of the caller's octets the program has not read yet."""
        return self.program.unread

    def secrets_in(self, data: bytes) -> Spans:
        """Return which of the caller's next octets are a secret."""
        return self._to_program(data)

    def start(self, *, now: float) -> None:
        """Ask for the program."""
        self._outputs.append(ProgramJoined(self.program))

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the caller, for the program."""
        self._outputs.append(self.program.feed(data))

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take the end of the call: the program is to end."""
        if circuit is Circuit.DCD and not on and not self._is_over:
            self._is_over = True
            self.program.leave()
            self._outputs.append(ProgramLeft(self.program))

    def see_deed(self, deed: ClientDeed, *, now: float) -> None:
        """Do nothing: a program sees octets alone."""

    def handle_timer(self, *, now: float) -> None:
        """Send what the program said, and hang up when it has ended."""
        if self._is_over or self.program.due is None:
            return
        if said := self.program.say():
            self._outputs.append(SendData(said, self._to_caller(said)))
        if self.program.is_over:
            self._is_over = True
            self._outputs.append(HangUpRequested())

    def next_timer(self) -> float | None:
        """Return since when the program has said something; None if it has not."""
        return None if self._is_over else self.program.due

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs, self._outputs = self._outputs, []
        return outputs
