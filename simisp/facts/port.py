"""The facts of the port."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source
from simisp.framing import Parity

__all__ = [
    "BreakSeen",
    "CallerNamed",
    "CallerTurnedAway",
    "ConnectionLost",
    "FlowControl",
    "LineStopped",
    "LineWentOn",
    "LockFileSeen",
    "PortClosed",
    "PortClosedBy",
    "PortExclusive",
    "PortFlushed",
    "PortLinkGone",
    "PortOpened",
    "PortOpenedBy",
    "PortPluggedIn",
    "PortQueue",
    "PortRecounted",
    "PortSettings",
    "PortUnplugged",
]


class PortQueue(Enum):
    """Octets that wait at a port, as its client has them."""

    INPUT = "input"
    """What it has not read."""
    OUTPUT = "output"
    """What it has written and the line has not taken."""
    BOTH = "both"


class FlowControl(Enum):
    """What holds octets back at a port, in either direction."""

    NONE = "none"
    XON_XOFF = "XON/XOFF"
    RTS_CTS = "RTS/CTS"
    BOTH = "XON/XOFF and RTS/CTS"

    @classmethod
    def of(cls, *, xon_xoff: bool, rts_cts: bool) -> FlowControl:
        """Return the flow control that has these two parts.

        Example:
            >>> FlowControl.of(xon_xoff=False, rts_cts=True)
            <FlowControl.RTS_CTS: 'RTS/CTS'>
        """
        if xon_xoff:
            return cls.BOTH if rts_cts else cls.XON_XOFF
        return cls.RTS_CTS if rts_cts else cls.NONE


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
        flow_control: What holds octets back.
        data_bits: 5 to 8; None if the port can't know: the kernel forces a pseudo-terminal to eight bits without
            parity, and what the client asked for is known only if the circuits are provided to it.
        parity: The parity bit; None if the port can't know.
        canonical: Whether the client reads whole lines only (ICANON).
        echo: Whether the port echoes what it is sent (ECHO).
        hangs_up: Whether the last closing drops DTR (HUPCL).
        minds_carrier: Whether the port heeds DCD (CLOCAL is off).
    """

    kind: ClassVar = "settings"
    source: ClassVar = Source.PORT

    speed: int
    stop_bits: int = 1
    flow_control: FlowControl = FlowControl.NONE
    data_bits: int | None = None
    parity: Parity | None = None
    canonical: bool = False
    echo: bool = False
    hangs_up: bool = True
    minds_carrier: bool = False

    @property
    def modes(self) -> str:
        """How the settings differ from those of a raw port, in words; empty for a raw one."""
        return ", ".join(word for word, on in (("canonical", self.canonical), ("echo", self.echo)) if on)


@dataclass(frozen=True, slots=True)
class PortOpenedBy(Fact):
    """A process was found to have the port open.

    Attributes:
        pid: The process.
        program: The name of its program.
    """

    kind: ClassVar = "opened by"
    source: ClassVar = Source.PORT
    passing: ClassVar = frozenset({"pid", "program"})

    pid: int
    program: str


@dataclass(frozen=True, slots=True)
class PortClosedBy(Fact):
    """A process that had the port open has it no longer, while another one still has.

    Attributes:
        pid: The process.
        program: The name of its program.
    """

    kind: ClassVar = "closed by"
    source: ClassVar = Source.PORT
    passing: ClassVar = frozenset({"pid", "program"})

    pid: int
    program: str


@dataclass(frozen=True, slots=True)
class PortFlushed(Fact):
    """The client discarded octets that were under way (tcflush(3), and tcsetattr(3) with TCSAFLUSH).

    The kernel does not say when. The record is at the next look, before the octets that came since the last one, and
    stands for all flushes between the two.

    Attributes:
        queue: Which octets.
    """

    kind: ClassVar = "flushed"
    source: ClassVar = Source.PORT

    queue: PortQueue


@dataclass(frozen=True, slots=True)
class PortExclusive(Fact):
    """The port was found to be used exclusively (TIOCEXCL), so that only root can open it too; or no longer so.

    This is looked for when the port is opened and closed, at the first octets since it was opened, and when its
    settings change.

    Attributes:
        on: Whether it is.
    """

    kind: ClassVar = "exclusive"
    source: ClassVar = Source.PORT

    on: bool


@dataclass(frozen=True, slots=True)
class LockFileSeen(Fact):
    """A lock file was there when the client opened the port, or sent something: one that the scenario expects.

    Where that is not there, the port's other lock files are recorded in its place.

    Attributes:
        name: Its name, without its folder.
    """

    kind: ClassVar = "lock file seen"
    source: ClassVar = Source.PORT

    name: str


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
class BreakSeen(Fact):
    """The client sent a break."""

    kind: ClassVar = "break"
    source: ClassVar = Source.PORT


@dataclass(frozen=True, slots=True)
class CallerNamed(Fact):
    """The client named its terminal, or itself.

    Attributes:
        what: ``"terminal type"`` (RFC 1091) or ``"signature"`` (RFC 2217).
        name: What it said.
    """

    kind: ClassVar = "client named"
    source: ClassVar = Source.PORT

    what: str
    name: str


@dataclass(frozen=True, slots=True)
class CallerTurnedAway(Fact):
    """A client found the line busy: another one has it.

    Attributes:
        caller: The address that it came from, as far as it has one.
        how: What it was given: ``"busy text"`` or ``"reset"``.
    """

    kind: ClassVar = "turned away"
    source: ClassVar = Source.PORT
    passing: ClassVar = frozenset({"caller"})

    caller: str
    how: str


@dataclass(frozen=True, slots=True)
class ConnectionLost(Fact):
    """The client's connection ended in another way than by its closing; the port is closed then.

    Attributes:
        reason: Why, in words.
    """

    kind: ClassVar = "connection lost"
    source: ClassVar = Source.PORT

    reason: str


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


@dataclass(frozen=True, slots=True)
class PortUnplugged(Fact):
    """The port was unplugged: what its clients have open is dead.

    Attributes:
        path: The path that it had.
    """

    kind: ClassVar = "unplugged"
    source: ClassVar = Source.PORT
    passing: ClassVar = frozenset({"path"})

    path: str


@dataclass(frozen=True, slots=True)
class PortPluggedIn(Fact):
    """The port is there again.

    Attributes:
        path: The path that it has now.
    """

    kind: ClassVar = "plugged in"
    source: ClassVar = Source.PORT
    passing: ClassVar = frozenset({"path"})

    path: str
