"""The contract of every protocol machine: octets, circuits and time in, one ordered list of outputs out.

A machine does no I/O and reads no clock. Its owner passes ``now``, in seconds since the run began, 0.0 or more and
never decreasing. The property tests hold every machine to five rules:

1. Deadlines are kept as absolute times and compared with ``now >= deadline``. Nothing is subtracted, so virtual time
   meets a deadline exactly.
2. Splitting the input differently changes nothing.
3. No input from the peer makes the machine raise, hang, or grow without bound.
4. Equal inputs at equal times give equal outputs.
5. A machine never logs. Anything worth recording is an output: a :class:`~simisp.facts.fact.Fact`.

There is one list of outputs because their order is behaviour: a DTE sees DCD go on before CONNECT, or after it.

Outputs are immutable. The most frequent kinds say so with ``Final`` fields, which the type checker enforces, because
building a frozen dataclass takes three times as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from simisp.circuits import Circuit
from simisp.spans import Spans, within

__all__ = [
    "CircuitTaken",
    "Machine",
    "OnLine",
    "Output",
    "Received",
    "SendData",
    "SendUnrecorded",
    "SetCircuit",
    "earlier",
    "earliest",
]


class Output:
    """A request to the machine's owner, or a report to it. Machines add kinds of their own."""

    __slots__ = ()


@dataclass(slots=True, unsafe_hash=True)
class SendData(Output):
    """Octets for the machine's peer."""

    data: Final[bytes]
    secrets: Final[Spans] = ()
    """Which of the octets repeat a secret (the echo of a password): a transcript masks them."""
    relayed: Final[bool] = False
    """Whether the octets come from beyond the machine, such as a modem passing on what the far end sent."""

    def part(self, start: int, end: int) -> SendData:
        """Return the octets from index ``start`` to before ``end``, with all that is known of them.

        Example:
            >>> SendData(b"word: secret", ((6, 12),)).part(3, 8)
            SendData(data=b'd: se', secrets=((3, 5),), relayed=False)
        """
        return SendData(self.data[start:end], within(self.secrets, start, end), self.relayed)


@dataclass(slots=True, unsafe_hash=True)
class SendUnrecorded(Output):
    """Octets for the machine's peer that a transcript does not show: other outputs say what they carry."""

    data: Final[bytes]


@dataclass(frozen=True, slots=True)
class OnLine(Output):
    """What happened on one of several lines that the machine has behind one port. Nothing in it is for the peer.

    Attributes:
        line: The line's name.
        output: What happened there.
    """

    line: str
    output: Output


@dataclass(slots=True, unsafe_hash=True)
class Received(Output):
    """Octets from the machine's peer, as consumed: what a transcript shows of the other side."""

    data: Final[bytes]
    secrets: Final[Spans] = ()
    """Which of the octets answer a prompt for a secret: a transcript masks them."""


@dataclass(frozen=True, slots=True)
class SetCircuit(Output):
    """A circuit that this side drives goes on or off."""

    circuit: Circuit
    on: bool


@dataclass(frozen=True, slots=True)
class CircuitTaken(Output):
    """A circuit that the machine's peer drives went on or off: DTR or RTS of the DTE."""

    circuit: Circuit
    on: bool


class Machine(Protocol):
    """The five methods of a machine. The module's docstring has the rules that go with them."""

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the peer."""

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take the new state of a circuit that the peer drives. A machine without circuits ignores it."""

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines. Does nothing before the time of :meth:`next_timer`."""

    def next_timer(self) -> float | None:
        """Return the time at which :meth:`handle_timer` should be called, or None if no deadline is pending."""

    def take_outputs(self) -> Sequence[Output]:
        """Return what has come up since the last call, in order, and forget it."""


def earlier(one: float | None, other: float | None) -> float | None:
    """Return the smaller of two times, where None stands for "never".

    Example:
        >>> earlier(4.0, 2.5), earlier(None, 4.0)
        (2.5, 4.0)
    """
    return other if one is None or (other is not None and other < one) else one


def earliest(times: Iterable[float | None]) -> float | None:
    """Return the smallest of the given times, where None stands for "never".

    Example:
        >>> earliest([None, 4.0, 2.5])
        2.5
        >>> earliest([None]) is None
        True
    """
    first: float | None = None
    for time in times:
        if time is not None and (first is None or time < first):
            first = time
    return first
