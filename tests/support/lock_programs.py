"""The real programs that lock a port, and a room in which they find one."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from simisp.locks import PortDevice, PortLock, find_locks, flocks_on
from support.polling import until
from support.private_namespace import in_private_namespace, needs_private_namespace
from support.started_processes import Processes, Terminal, terminal

__all__ = ["PROGRAMS", "WITH_LOCK_FILES", "Program", "Room", "Running", "room"]


@dataclass(frozen=True)
class Program:
    """A program that locks the port it is given.

    Attributes:
        command: How it is called so that it holds the port until it is ended; ``{port}`` is the port.
        refusal: What it says when another has the port; ``{pid}`` is the holder.
        status: Its exit status then.
    """

    command: tuple[str, ...]
    refusal: str
    status: int


_PPPD = ["pppd", "{port}", "115200", "nodetach", "noauth", "local", "lock", "connect"]
_KERMIT = "set modem type none, set carrier-watch off, set flow none, set line {port}, if fail exit 7, pause 1000"
PROGRAMS = {
    "pppd": Program((*_PPPD, "sleep 1000"), "is locked by pid {pid}", 6),
    "minicom": Program(("minicom", "-D", "{port}"), "is locked", 1),
    "kermit": Program(("kermit", "-Y", "-C", _KERMIT), "Locked by process {pid}", 7),
    "cu": Program(("cu", "--nostop", "-l", "{port}", "-s", "115200", "dir"), "Line in use", 1),
    "picocom": Program(("picocom", "--quiet", "{port}"), "cannot lock", 1),
}
WITH_LOCK_FILES = [pytest.param(name, marks=pytest.mark.runner(name)) for name in ("pppd", "minicom", "kermit", "cu")]


class Running:
    """A program that was started, and the terminal that it talks to its user on."""

    def __init__(self, process: subprocess.Popen[str], console: Terminal) -> None:
        self.process = process
        self.pid = process.pid
        self._console = console
        self._said = b""

    def said(self) -> str:
        """Return what the program has told its user so far."""
        with suppress(BlockingIOError):
            while data := os.read(self._console.master, 4096):
                self._said += data
        return self._said.decode("utf-8", "replace")

    def refusal(self) -> tuple[int, str]:
        """Wait until the program has ended; return its exit status and what it said."""

        def ended() -> bool:
            self.said()  # a program that nobody reads from would wait for us
            return self.process.poll() is not None

        until(ended, what=f"the end of a program that said {self.said()!r}")
        return self.process.returncode, self.said()


class Room:
    """A port under two names, a lock directory, and programs that find both."""

    def __init__(self, port: str, scratch: Path, processes: Processes, consoles: ExitStack) -> None:
        self.scratch = scratch
        self.locks = scratch / "locks"
        self.locks.mkdir()
        self.locks.chmod(0o1777)
        self.link = str(scratch / "modem0")
        Path(self.link).symlink_to(port)
        # cu goes on as the user uucp: it has to reach the port.
        scratch.chmod(0o755)
        Path(port).chmod(0o666)
        self.names = {"link": self.link, "device": port}
        self.processes = processes
        self._consoles = consoles

    def start(self, name: str, port: str) -> Running:
        """Start a program on a port."""
        console = self._consoles.enter_context(terminal())
        os.set_blocking(console.master, False)
        command = [word.replace("{port}", port) for word in PROGRAMS[name].command]
        process = self.processes.start(
            in_private_namespace(command, locks=self.locks, scratch=self.scratch),
            stdin=console.slave,
            stdout=console.slave,
            stderr=console.slave,
            cwd=self.scratch,
            env=os.environ | {"TERM": "vt100", "HOME": str(self.scratch)},
        )
        return Running(process, console)

    def ours(self, port: str) -> PortLock:
        """Return our own lock of a port."""
        return PortLock(port, directories=[self.locks])

    def locked_by(self, running: Running) -> bool:
        """Return whether the program has made its lock file."""
        running.said()
        return any(lock.pid == running.pid for lock in find_locks(self.link, [self.locks]))

    def flocked_by(self, running: Running) -> bool:
        """Return whether the program has taken its flock."""
        running.said()
        return any(lock.pid == running.pid for lock in flocks_on(PortDevice.at(self.link)))


@pytest.fixture
def room(pty: Terminal, processes: Processes) -> Iterator[Room]:
    needs_private_namespace()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as consoles:
        yield Room(pty.path, Path(scratch), processes, consoles)
        processes.end_all()
