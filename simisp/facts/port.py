"""The facts of the port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = ["LineStopped", "LineWentOn", "PortClosed", "PortLinkGone", "PortOpened", "PortRecounted", "PortSettings"]


@dataclass(frozen=True, slots=True)
class PortOpened(Fact):
    """A process opened the port.

    Attributes:
        openings: How many times it is open now.
    """

    kind: ClassVar = "opened"
    source: ClassVar = Source.PORT

    openings: int


@dataclass(frozen=True, slots=True)
class PortClosed(Fact):
    """A process closed the port, or ended.

    Attributes:
        openings: How many times it is still open; at 0 the port is free.
        hangs_up: Whether the last closing drops DTR (HUPCL, see termios(3)).
    """

    kind: ClassVar = "closed"
    source: ClassVar = Source.PORT

    openings: int
    hangs_up: bool = True


@dataclass(frozen=True, slots=True)
class PortRecounted(Fact):
    """The kernel's list of open files said that the port is free, although not every closing had been reported.

    Attributes:
        openings: How many times it is open: 0.
        counted: How many times it was open by our count.
    """

    kind: ClassVar = "recounted"
    source: ClassVar = Source.PORT

    openings: int
    counted: int


@dataclass(frozen=True, slots=True)
class PortSettings(Fact):
    """The client changed the port's settings.

    Attributes:
        speed: In bit/s; 0 is B0, which drops DTR.
        stop_bits: 1 or 2.
        flow_control: ``"none"``, ``"XON/XOFF"``, ``"RTS/CTS"`` or ``"XON/XOFF and RTS/CTS"``.
        data_bits: 5 to 8; None if the port can't know: the kernel forces a pseudo-terminal to eight bits without
            parity, and what the client asked for is known only if the circuits are provided to it.
        parity: ``"none"``, ``"odd"``, ``"even"``, ``"mark"`` or ``"space"``; None if the port can't know.
    """

    kind: ClassVar = "settings"
    source: ClassVar = Source.PORT

    speed: int
    stop_bits: int = 1
    flow_control: str = "none"
    data_bits: int | None = None
    parity: str | None = None


@dataclass(frozen=True, slots=True)
class PortLinkGone(Fact):
    """The link by which clients open the port was removed or renamed.

    Attributes:
        path: Where it was.
    """

    kind: ClassVar = "link gone"
    source: ClassVar = Source.PORT
    passing: ClassVar = frozenset({"path"})

    path: str


@dataclass(frozen=True, slots=True)
class LineStopped(Fact):
    """The client does not read: the line is stopped."""

    kind: ClassVar = "not read from"
    source: ClassVar = Source.PORT


@dataclass(frozen=True, slots=True)
class LineWentOn(Fact):
    """The client reads again, and the line continues."""

    kind: ClassVar = "the client reads"
    source: ClassVar = Source.PORT
