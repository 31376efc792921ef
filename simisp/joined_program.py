"""A program that a call is joined to: the machine's half of it.

A machine does no I/O, so it starts no program. A far end puts out what is to be done, and the owner of the whole line,
which has an event loop, does it and reports back:

=============  ==========================  ============================================================================
state          input                       next state, and effect
=============  ==========================  ============================================================================
wanted         ``ProgramJoined`` put out   joined: the owner starts the program
joined         the caller's octets         joined, ``ProgramFed``: the owner writes them to the program, and reports how
                                           many it could write (:meth:`note_read`)
joined         :meth:`take`                full: the octets are held, and the far end has a deadline at once
full           the far end's timer         joined: the octets are the caller's
joined, full   :meth:`end`                 ended, as soon as what it said is the caller's
any            :meth:`leave`               left, ``ProgramLeft``: the owner ends the program
=============  ==========================  ============================================================================

The owner reads nothing from a program that is full. A far end's timers do not run while the line to the caller is full,
so a program that says more than the caller reads has to wait, and nothing grows. In the other direction the line stops
the caller while much is unread (:attr:`JoinedProgram.unread`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from simisp.machine import Output

__all__ = ["JoinedProgram", "ProgramCommand", "ProgramFed", "ProgramJoined", "ProgramLeft", "ProgramTerminal"]


class ProgramTerminal(Enum):
    """What a program has for its standard input and output. The value is its word in a scenario."""

    __hash__ = object.__hash__

    LINES = "lines"
    """A terminal that edits lines and echoes, as getty leaves it to a log-in program or a shell."""
    RAW = "raw"
    """A terminal that changes no octet, as a program that speaks a protocol wants it."""
    NONE = "none"
    """A socket."""


@dataclass(frozen=True, slots=True)
class ProgramCommand:
    """A program, and in what surroundings it runs.

    Attributes:
        argv: The program and its arguments. No shell is between.
        environment: Variables besides those of this process.
        folder: Its working folder, from ``beside`` on; None for that of this process.
        beside: The folder of the scenario's file.
        terminal: What its standard input and output are.
        errors_to_caller: Whether its standard error goes to the caller too; otherwise it is recorded.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None
    beside: Path = field(default_factory=Path, compare=False)
    terminal: ProgramTerminal = ProgramTerminal.LINES
    errors_to_caller: bool = False

    @property
    def working_folder(self) -> Path | None:
        """Its working folder; None for that of this process."""
        return None if self.folder is None else self.beside / self.folder

    @property
    def name(self) -> str:
        """The program's name, without its folder.

        Example:
            >>> ProgramCommand(("/usr/bin/slirp", "-P")).name
            'slirp'
        """
        return Path(self.argv[0]).name


class JoinedProgram:
    """A program that a call is, or is to be, joined to. The module's docstring has its states.

    Args:
        command: The program.

    Attributes:
        command: The program.
    """

    def __init__(self, command: ProgramCommand) -> None:
        self.command = command
        self._said = b""
        self._due: float | None = None
        self._ended = False
        self._left = False
        self._unread = 0

    @property
    def has_room(self) -> bool:
        """Whether the owner may read from the program, and report it."""
        return not self._said and not self._left and not self._ended

    @property
    def is_over(self) -> bool:
        """Whether the program has ended, and all that it said is the caller's."""
        return self._ended and not self._said

    @property
    def due(self) -> float | None:
        """Since when the far end has something to pass on; None where it has nothing."""
        return self._due

    @property
    def unread(self) -> int:
        """How many octets of the caller's wait until the program reads; none once it is over."""
        return 0 if self._left or self._ended else self._unread

    def feed(self, data: bytes) -> ProgramFed:
        """Return the output that gives the program octets of the caller's. They are unread until the owner says so."""
        self._unread += len(data)
        return ProgramFed(self, data)

    def note_read(self, count: int) -> None:
        """Take note that the program has taken this many octets. Called by the owner."""
        self._unread -= count

    def take(self, data: bytes, *, now: float) -> None:
        """Take what the program said. Called by the owner, only while there is room."""
        if self.has_room:
            self._said, self._due = data, now

    def end(self, *, now: float) -> None:
        """Take note that the program has ended, and has said all. Called by the owner."""
        if not self._left and not self._ended:
            self._ended = True
            self._due = now if self._due is None else self._due

    def say(self) -> bytes:
        """Return what the program said, and forget it: it is the caller's now."""
        said, self._said, self._due = self._said, b"", None
        return said

    def leave(self) -> None:
        """Take note that the call is over: nothing more is taken."""
        self._left, self._said, self._due = True, b"", None


@dataclass(frozen=True, slots=True)
class ProgramJoined(Output):
    """The program is to be started."""

    program: JoinedProgram


@dataclass(frozen=True, slots=True)
class ProgramFed(Output):
    """The program gets octets from the caller."""

    program: JoinedProgram
    data: bytes


@dataclass(frozen=True, slots=True)
class ProgramLeft(Output):
    """The call is over, and the program is to end."""

    program: JoinedProgram
