"""The facts of the faults on a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = ["FaultBegan", "FaultOver"]


@dataclass(frozen=True, slots=True)
class FaultBegan(Fact):
    """A fault of the scenario began.

    Attributes:
        fault: The kind of fault, as a scenario has it.
        place: Where it is: the value of a :class:`~simisp.line.channel.ChannelPlace`.
    """

    kind: ClassVar = "fault began"
    source: ClassVar = Source.EXCHANGE

    fault: str
    place: str


@dataclass(frozen=True, slots=True)
class FaultOver(Fact):
    """A fault of the scenario is over; it may come again.

    Attributes:
        fault: The kind of fault, as a scenario has it.
        place: Where it is: the value of a :class:`~simisp.line.channel.ChannelPlace`.
    """

    kind: ClassVar = "fault over"
    source: ClassVar = Source.EXCHANGE

    fault: str
    place: str
