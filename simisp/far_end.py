"""The far end of a call: what answers behind the exchange, whether a dialogue, PPP or a program.

A far end is a machine (:mod:`simisp.machine`) whose peer is the caller. Besides the outputs of every machine it has
others, for its owner to act on: it asks to end the call, or it hands the call over to the next far end, with the octets
that it has not read. A log-in that leads to PPP and from there to a program is three far ends, one after the other, and
none of them knows the parts of the line.

It puts out something only because a method was called: its owner asks again when it has told it something, not before.

When the call is over, whichever side ended it, the carrier goes off (``set_circuit``): the last that a far end hears.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from simisp.client_deeds import ClientDeed
from simisp.machine import Machine, Output
from simisp.spans import Spans

__all__ = ["FarEnd", "HandedOver", "HangUpRequested", "ModemRestartRequested"]


@dataclass(frozen=True, slots=True)
class HangUpRequested(Output):
    """The far end asks to end the call, once everything it has sent has arrived."""


@dataclass(frozen=True, slots=True)
class ModemRestartRequested(Output):
    """The far end asks the caller's modem to start anew, in the middle of the call, as if its power had failed.

    It is what a far end plays that behaves badly; no far end has such a power.

    Attributes:
        banner: What the modem says when it has started.
    """

    banner: bytes


@dataclass(frozen=True, slots=True)
class HandedOver(Output):
    """The far end is done, and the call continues with another one. No output follows it.

    Attributes:
        to: The next far end. Its owner starts it.
        unread: Octets from the caller that the far end has not read: the next one receives them first.
    """

    to: FarEnd
    unread: bytes = b""


class FarEnd(Machine, Protocol):
    """The far end of a call. It takes the caller's octets, and its outputs are for the caller."""

    @property
    def name(self) -> str:
        """Its name in records."""

    @property
    def doing(self) -> str:
        """What it is doing, as the end of a sentence that begins with "the ISP"."""

    @property
    def waits_for_caller(self) -> bool:
        """Whether it does nothing more until the caller sends something."""

    @property
    def is_through(self) -> bool:
        """Whether it has completed and leaves the call up."""

    @property
    def reads_lines(self) -> bool:
        """Whether it reads lines now, so that octets after the end of a line may have another meaning."""

    @property
    def has_eight_bits(self) -> bool:
        """Whether its octets pass as they are, whatever character framing the log-in has: frames need all bits."""

    @property
    def unread(self) -> int:
        """How many of the caller's octets it has passed on, and what is behind it has not read them yet."""

    def secrets_in(self, data: bytes) -> Spans:
        """Return which of the caller's next octets are a secret, to be masked in transcripts.

        Called once for all octets in their order, before :meth:`receive_data`, which takes them then or later.
        """

    def see_deed(self, deed: ClientDeed, *, now: float) -> None:
        """Take what the caller did to its port; most far ends do nothing then."""

    def start(self, *, now: float) -> None:
        """Start: the call is connected, or was handed over. Called once, before anything else."""
