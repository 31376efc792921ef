"""Looks at the machine when a client opens the port or begins to send: which process is it, and what has it locked?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from simisp.endpoints.base import Terminal
from simisp.errors import EndpointError
from simisp.facts.fact import Fact
from simisp.facts.port import LockFileSeen, PortClosedBy, PortExclusive, PortOpenedBy
from simisp.forensics.holders import pids_on
from simisp.locks.holders import find_locks
from simisp.locks.names import lock_directories
from simisp.locks.terminal import is_exclusive
from simisp.procfs.device import PortDevice
from simisp.procfs.process import process_status

__all__ = ["Witness"]


class Witness:
    """Finds out what the port itself does not report.

    A process that has closed the port again before the look is not found.

    Args:
        terminal: The port.
        names: The lock files that the scenario expects.
        path: The path by which clients open the port, of which programs make the names of their lock files.
    """

    def __init__(self, terminal: Terminal, names: Iterable[str] = (), path: str = "") -> None:
        self._terminal = terminal
        self._names = tuple(names)
        self._path = path or terminal.node
        self._known: dict[int, str] = {}
        self._is_exclusive = False
        self.directories: tuple[str | Path, ...] = ()
        """The lock directories; the system's if empty."""

    def opened(self, openings: int) -> Iterator[Fact]:
        """Yield which processes have the port open that did not have it at the last look, and which locks are there."""
        found = dict(self._programs(openings))
        for pid, program in found.items():
            if pid not in self._known:
                yield PortOpenedBy(pid, program)
        if openings == 1:
            self._known.clear()
            self._is_exclusive = False
        self._known |= found
        yield from self.began()

    def began(self) -> Iterator[Fact]:
        """Yield which of the expected lock files are there, now that the client is about to be heard.

        If one of them is not, the port's other lock files are yielded too: the client may have made one of these.
        """
        yield from self.changed()
        there = self.locks_there()
        yield from map(LockFileSeen, there)
        if len(there) < len(self._names):
            yield from map(LockFileSeen, self._other_locks())

    def changed(self) -> Iterator[Fact]:
        """Yield whether the port is used exclusively, if that is not known yet."""
        slave = self._terminal.slave
        now = slave >= 0 and bool(is_exclusive(slave))  # a port that is unplugged has none
        if now is not self._is_exclusive:
            self._is_exclusive = now
            yield PortExclusive(now)

    def closed(self, openings: int) -> Iterator[Fact]:
        """Yield which processes do not have the port open any more while others have; the last one is no question."""
        yield from self.changed()
        if openings and len(self._known) > 1:
            found = dict(self._programs(openings))
            for pid in [pid for pid in self._known if pid not in found]:
                yield PortClosedBy(pid, self._known.pop(pid))
            self._known |= found

    def locks_there(self) -> list[str]:
        """Return the names of the expected lock files that are there."""
        if not self._names:
            return []
        try:
            folders = lock_directories(self.directories)
        except EndpointError:
            return []
        return [name for name in self._names if any((folder / name).exists() for folder in folders)]

    def _other_locks(self) -> list[str]:
        try:
            found = find_locks(self._path, lock_directories(self.directories), holders=self._known)
        except EndpointError:
            return []
        return [name for lock in found if (name := Path(lock.path).name) not in self._names]

    def _programs(self, openings: int) -> Iterator[tuple[int, str]]:
        try:
            device = PortDevice.at(self._terminal.node)
        except EndpointError:
            return
        for pid in pids_on(device, own=self._terminal.slave, openings=openings):
            if (status := process_status(pid)) is not None:
                yield pid, status.name
