"""The facts of a run and of its client's processes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = [
    "CleanUpBegan",
    "CleanedUp",
    "ClientEnded",
    "ClientGaveUp",
    "ClientStarted",
    "ClientWaited",
    "DeadlineReached",
    "ExpectationJudged",
    "HolderSeen",
    "LockFilePlaced",
    "LockFileRemoved",
    "RunBegan",
    "TimeFellBack",
    "TimePaced",
    "VerdictKind",
    "VerdictReached",
]


class VerdictKind(Enum):
    """The possible outcomes of a run."""

    RELEASED = "released"
    """The port became free and every expectation held."""
    FAILED = "failed"
    """The port became free, but an expectation did not hold, or the command has not even tried."""
    HANG = "hang"
    """The port is still held."""
    CUT_SHORT = "cut short"
    """No verdict is possible: the client never waits, so virtual time can't pass, or the run was interrupted."""


@dataclass(frozen=True, slots=True)
class RunBegan(Fact):
    """The port is ready.

    Attributes:
        scenario: The scenario's name.
        port: The path that a client opens.
    """

    kind: ClassVar = "run began"
    source: ClassVar = Source.RUN
    passing: ClassVar = frozenset({"port"})

    scenario: str
    port: str


@dataclass(frozen=True, slots=True)
class LockFilePlaced(Fact):
    """The lock file of the scenario was put on the port.

    Attributes:
        holder: ``"stale"`` or ``"foreign"``.
    """

    kind: ClassVar = "lock file placed"
    source: ClassVar = Source.RUN

    holder: str


@dataclass(frozen=True, slots=True)
class TimePaced(Fact):
    """From here on virtual time passes no faster than real time, since a process outside the run can end a wait.

    Attributes:
        pid: The process that waits.
        reason: What it waits for, in words.
    """

    kind: ClassVar = "real pace"
    source: ClassVar = Source.RUN
    passing: ClassVar = frozenset({"pid", "reason"})

    pid: int
    reason: str


@dataclass(frozen=True, slots=True)
class TimeFellBack(Fact):
    """The run can't share virtual time any longer: the clock is real from here on.

    Attributes:
        pid: The process that can't share it; 0 if it is not due to one process.
        reason: Why not, in words.
    """

    kind: ClassVar = "real time"
    source: ClassVar = Source.RUN
    passing: ClassVar = frozenset({"pid", "reason"})

    pid: int
    reason: str


@dataclass(frozen=True, slots=True)
class DeadlineReached(Fact):
    """The run's deadline came before the client ended.

    Attributes:
        after: The deadline, in seconds of the run.
    """

    kind: ClassVar = "deadline"
    source: ClassVar = Source.RUN

    after: float


@dataclass(frozen=True, slots=True)
class VerdictReached(Fact):
    """The run was judged.

    Attributes:
        verdict: The outcome.
        reason: Why, in words.
    """

    kind: ClassVar = "verdict"
    source: ClassVar = Source.RUN

    verdict: VerdictKind
    reason: str


@dataclass(frozen=True, slots=True)
class ExpectationJudged(Fact):
    """An expectation of the scenario was judged.

    Attributes:
        expectation: As written in the scenario.
        held: Whether it held; None if it can't be judged in this run.
        found: What was found instead, or why it can't be judged; empty if it held.
    """

    kind: ClassVar = "expectation"
    source: ClassVar = Source.RUN
    passing: ClassVar = frozenset({"found"})

    expectation: str
    held: bool | None
    found: str = ""


@dataclass(frozen=True, slots=True)
class HolderSeen(Fact):
    """A process had the port open when the run was judged. Recorded after the verdict.

    Attributes:
        pid: The process.
        command: Its command line, quoted as for a shell.
        descriptors: Its descriptors on the port, in words.
        blocked_in: Where it was blocked, in words.
        seen_at: When, in seconds of the run.
    """

    kind: ClassVar = "held by"
    source: ClassVar = Source.PORT
    passing: ClassVar = frozenset({"pid", "command", "descriptors", "blocked_in", "seen_at"})

    pid: int
    command: str
    descriptors: str
    blocked_in: str
    seen_at: float


@dataclass(frozen=True, slots=True)
class ClientWaited(Fact):
    """A thread of the client waited when a hang was found in virtual time. Recorded after the verdict.

    Attributes:
        pid: Its process.
        thread: Its thread id.
        call: The call that it waited in, and the descriptor, such as ``"read(0)"``.
        since: When the wait began, in seconds of the run; None if unknown.
        until: When it ends by itself, in seconds of the run; None for never.
        on_line: Whether it waited for the line.
    """

    kind: ClassVar = "waited"
    source: ClassVar = Source.CLIENT
    passing: ClassVar = frozenset({"pid", "thread", "call", "since", "until"})

    pid: int
    thread: int
    call: str
    since: float | None
    until: float | None
    on_line: bool = False


@dataclass(frozen=True, slots=True)
class CleanUpBegan(Fact):
    """The verdict is reached, and simisp ends what the client left behind."""

    kind: ClassVar = "cleaning up"
    source: ClassVar = Source.RUN


@dataclass(frozen=True, slots=True)
class CleanedUp(Fact):
    """simisp has ended what the client left behind.

    Attributes:
        pids: The processes.
    """

    kind: ClassVar = "cleaned up"
    source: ClassVar = Source.RUN
    passing: ClassVar = frozenset({"pids"})

    pids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LockFileRemoved(Fact):
    """simisp has removed a lock file that the client left behind.

    Attributes:
        path: The file.
    """

    kind: ClassVar = "removed a lock file"
    source: ClassVar = Source.RUN
    passing: ClassVar = frozenset({"path"})

    path: str


@dataclass(frozen=True, slots=True)
class ClientStarted(Fact):
    """The command was started.

    Attributes:
        pid: Its process id.
        command: Its arguments, quoted for a shell.
    """

    kind: ClassVar = "started"
    source: ClassVar = Source.CLIENT
    passing: ClassVar = frozenset({"pid", "command"})

    pid: int
    command: str


@dataclass(frozen=True, slots=True)
class ClientEnded(Fact):
    """The command ended.

    Attributes:
        exit_status: Its exit status; None if a signal ended it.
        signal: The signal's name; None if it exited.
    """

    kind: ClassVar = "ended"
    source: ClassVar = Source.CLIENT

    exit_status: int | None
    signal: str | None


@dataclass(frozen=True, slots=True)
class ClientGaveUp(Fact):
    """The dialler ran out of patience.

    Attributes:
        kills: What it ends: ``"parent"`` for only its child, ``"group"`` for the child's whole process group.
        pid: The child.
    """

    kind: ClassVar = "gave up"
    source: ClassVar = Source.CLIENT
    passing: ClassVar = frozenset({"pid"})

    kills: str
    pid: int
