"""The undisturbed run: what was said, asked and waited for. Plans make their cases from it and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simisp.facts.isp import Asking
from simisp.facts.line import ModemState, ModemStateEntered, Octets
from simisp.facts.port import PortClosed
from simisp.facts.sources import Source
from simisp.spans import Spans, masked
from simisp.sweep.outcome import CaseOutcome
from simisp.transcript import Record

__all__ = ["PromptSeen", "Said", "Undisturbed", "WaitSeen", "undisturbed_of"]


@dataclass(frozen=True, slots=True)
class Said:
    """Octets that went one way at one instant.

    Attributes:
        at: When, in seconds since the run began.
        sender: The client, the modem or the ISP; the modem hands on to the client what the ISP has sent.
        data: The octets.
        in_call: Whether a call was up: what the client sends then goes on to the ISP.
        position: How many octets have passed before it, in both directions together.
        before: How many of these went the same way, between client and modem.
        before_on_line: How many of these went the same way between modem and ISP.
        secrets: Which of them answer a question for a secret, or repeat such an answer.
    """

    at: float
    sender: Source
    data: bytes
    in_call: bool
    position: int
    before: int
    before_on_line: int
    secrets: Spans = ()

    @property
    def shown(self) -> bytes:
        """The octets, with an asterisk for each that is secret."""
        return masked(self.data, self.secrets)

    @property
    def from_client(self) -> bool:
        """Whether the client sent it."""
        return self.sender is Source.CLIENT

    @property
    def is_on_line(self) -> bool:
        """Whether it passes between modem and ISP."""
        return self.sender is Source.ISP or (self.from_client and self.in_call)


@dataclass(frozen=True, slots=True)
class PromptSeen:
    """A question of the ISP.

    Attributes:
        text: The prompt.
        at: When it began to wait for the answer.
        position: How many octets had passed then, in both directions together.
    """

    text: str
    at: float
    position: int


@dataclass(frozen=True, slots=True)
class WaitSeen:
    """A wait of the client that had a limit.

    Attributes:
        began: When, in seconds since the run began.
        limit: How many seconds it would have waited.
    """

    began: float
    limit: float


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The run in which nothing goes wrong.

    Attributes:
        outcome: What came of it.
        pieces: All octets, in order.
        prompts: The questions of the ISP, in order.
        waits: The waits of the client that had a limit, as far as they are known.
    """

    outcome: CaseOutcome
    pieces: tuple[Said, ...] = ()
    prompts: tuple[PromptSeen, ...] = ()
    waits: tuple[WaitSeen, ...] = ()

    def pieces_of(self, *senders: Source) -> Iterator[Said]:
        """Yield the pieces of these senders."""
        return (piece for piece in self.pieces if piece.sender in senders)

    @property
    def length(self) -> int:
        """How many octets passed, in both directions together."""
        return self.pieces[-1].position + len(self.pieces[-1].data) if self.pieces else 0


def undisturbed_of(records: Iterable[Record], outcome: CaseOutcome, waits: Iterable[WaitSeen] = ()) -> Undisturbed:
    """Return what a transcript shows of the undisturbed run.

    Args:
        records: The records of the run, in order.
        outcome: What came of it.
        waits: The client's waits, in order.
    """
    pieces: list[Said] = []
    prompts: list[PromptSeen] = []
    position = 0
    before = {True: 0, False: 0}
    on_line = {True: 0, False: 0}
    in_call = False
    for record in records:
        if isinstance(record.fact, Octets):
            sender, data, secrets = record.source, record.fact.data, record.fact.secrets
            client = sender is Source.CLIENT
            piece = Said(record.at, sender, data, in_call, position, before[client], on_line[client], secrets)
            pieces.append(piece)
            position += len(record.data)
            before[piece.from_client] += len(record.data)
            on_line[piece.from_client] += len(record.data) * piece.is_on_line
        elif isinstance(record.fact, Asking):
            prompts.append(PromptSeen(record.fact.prompt, record.at, position))
        elif isinstance(record.fact, ModemStateEntered):
            in_call = record.fact.state is ModemState.ONLINE_DATA
        elif isinstance(record.fact, PortClosed):
            break  # what the modem says to a port that nobody has open any more
    return Undisturbed(outcome, tuple(pieces), tuple(prompts), tuple(waits))
