"""A port as the Remote Access Service keeps it: its state, its owner, its other holders, and its history."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from simisp.facts.dial_up import PortState
from simisp.machine import Output

__all__ = ["MOST_CHANGES", "Port", "PortChanged", "PortHolder"]

MOST_CHANGES = 1000
"""How many changes a port remembers; the oldest are dropped first."""


@dataclass(frozen=True, slots=True)
class PortHolder:
    """A process that has a port open.

    Attributes:
        pid: Its process id.
        command: Its command line.
    """

    pid: int
    command: str

    def __str__(self) -> str:
        return f"pid {self.pid} ({self.command})" if self.command else f"pid {self.pid}"


@dataclass(frozen=True, slots=True)
class PortChanged(Output):
    """One change in a port's history, and the output that reports it.

    Attributes:
        at: When, in seconds since the run began.
        port: The port.
        state: Its new state.
        owner: Its new owner.
        holders: All its new holders, the owner first.
        why: The reason, in a few words.
    """

    at: float
    port: str
    state: PortState
    owner: PortHolder | None
    holders: tuple[PortHolder, ...]
    why: str


class Port:
    """A port and the processes that hold it.

    It has one owner, which opened it to dial. A process that the owner starts on the port, the post-connect script,
    holds
    it too. The port is closed only when the last of them has let go: if the owner goes while its script is left
    running,
    the port is locked, and no process can open it.

    Args:
        name: The port's name.

    Example:
        >>> service, script = PortHolder(101, "msexcimc"), PortHolder(102, "script ozemail.scp")
        >>> port = Port("COM1")
        >>> _ = port.open(service, now=0.0), port.join(script, now=30.0), port.leave(service, now=150.0)
        >>> port.state, port.open(service, now=900.0)
        (<PortState.LOCKED: 'locked'>, None)
        >>> _ = port.leave(script, now=1000.0)
        >>> port.state
        <PortState.CLOSED: 'closed'>
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = PortState.CLOSED
        self.owner: PortHolder | None = None
        self.holders: tuple[PortHolder, ...] = ()
        self.history: deque[PortChanged] = deque(maxlen=MOST_CHANGES)

    def open(self, holder: PortHolder, *, now: float) -> PortChanged | None:
        """Make ``holder`` the owner; return None, and change nothing, if the port is held (RAS error 633)."""
        if self.holders:
            return None
        self.owner = holder
        self.holders = (holder,)
        return self.enter(PortState.OPENING, now=now)

    def enter(self, state: PortState, *, now: float, why: str = "") -> PortChanged:
        """Change to another state."""
        self.state = state
        change = PortChanged(now, self.name, state, self.owner, self.holders, why)
        self.history.append(change)
        return change

    def join(self, holder: PortHolder, *, now: float) -> PortChanged:
        """Let a process that the owner started hold the port too."""
        self.holders = (*self.holders, holder)
        return self.enter(self.state, now=now, why=f"held by {holder} too")

    def leave(self, holder: PortHolder, *, now: float) -> PortChanged | None:
        """Record that a process has let go of the port; return None if it did not hold it."""
        if holder not in self.holders:
            return None
        self.holders = tuple(other for other in self.holders if other != holder)
        if holder == self.owner:
            self.owner = None
        state = self.state if self.owner else PortState.LOCKED if self.holders else PortState.CLOSED
        return self.enter(state, now=now, why=f"{holder} let go")
