"""The far end of a call: what answers behind the exchange, whether a dialogue, PPP or a program.

A far end is a machine (:mod:`simisp.machine`) whose peer is the caller. Besides the outputs of every machine it has two
of its own, which its owner acts on: it asks to have the call ended, and it hands the call over to the next far end,
with the octets that it has not read. A log-in that leads to PPP and from there to a program is three far ends, one
after the other, and none of them knows what the line is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from simisp.machine import Machine, Output

__all__ = ["FarEnd", "HandedOver", "HangUpRequested"]


@dataclass(frozen=True, slots=True)
class HangUpRequested(Output):
    """The far end wants the call ended, once what it has sent has come through."""


@dataclass(frozen=True, slots=True)
class HandedOver(Output):
    """The far end is done, and the call goes on with another one. No output follows it.

    Attributes:
        to: The next far end. Its owner starts it.
        unread: What the caller has sent and the far end has not read: the next one gets it, first of all.
    """

    to: FarEnd
    unread: bytes = b""


class FarEnd(Machine, Protocol):
    """What a call leads to. The caller's octets come in, and what the caller is sent comes out."""

    @property
    def name(self) -> str:
        """What records call it."""

    @property
    def doing(self) -> str:
        """What it does now, as the end of a sentence that begins with "the ISP"."""

    @property
    def waits_for_caller(self) -> bool:
        """Whether nothing more comes of it until the caller sends something."""

    @property
    def is_through(self) -> bool:
        """Whether it has come to its end and leaves the call up."""

    @property
    def reads_lines(self) -> bool:
        """Whether it reads a line now, so that what stands behind the line's end may mean something else."""

    @property
    def reads_secret(self) -> bool:
        """Whether what the caller sends now is a secret, and masked in transcripts."""

    def start(self, *, now: float) -> None:
        """Begin: the call is connected, or was handed over. It comes once, before anything else."""
