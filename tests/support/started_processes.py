"""Processes and pseudo-terminals that a test starts, and that are gone when it has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from simisp.forensics import Family
from support.polling import until

__all__ = ["Processes", "Terminal", "end_family", "processes", "pty", "run_unprivileged", "started", "terminal"]


@dataclass
class Processes:
    """Starts processes, each in a group of its own, and ends them with all that descends from them."""

    _started: list[tuple[subprocess.Popen[str], Family]] = field(default_factory=list)

    def start(self, command: Sequence[str | Path], **options: Any) -> subprocess.Popen[str]:
        """Start a command; ``options`` are those of :class:`subprocess.Popen`."""
        options = {"stdin": subprocess.DEVNULL, "text": True, "process_group": 0} | options
        process = subprocess.Popen([str(word) for word in command], **options)
        self._started.append((process, Family(process.pid)))
        return process

    def python(self, program: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        """Start a Python program; wait until it prints a line, which it does when it is where the test wants it."""
        command = [sys.executable, "-c", program, *map(str, arguments)]
        process = self.start(command, stdout=subprocess.PIPE, **options)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    def family(self, process: subprocess.Popen[str]) -> Family:
        """Return the family of a process that was started here."""
        return next(family for started, family in self._started if started is process)

    def end(self, process: subprocess.Popen[str]) -> None:
        """Kill a process and wait until it is gone; its descendants stay."""
        self.family(process).look()
        process.kill()
        process.wait()

    def end_family(self, process: subprocess.Popen[str]) -> None:
        """Kill a process and all that descends from it, and wait until they are gone."""
        end_family(self.family(process), what=f"the end of {process.args!r}")
        process.wait()

    def end_all(self) -> None:
        """Kill everything that was started here and all that descends from it."""
        for process, _ in self._started:
            self.end_family(process)
            for stream in filter(None, (process.stdin, process.stdout)):
                stream.close()
        self._started.clear()


def end_family(family: Family, *, what: str) -> None:
    """Kill a process and all that descends from it, and wait until nobody of them runs."""

    def ended() -> bool:
        living = [member for member in family.look() if not member.ended]
        for member in living:
            with suppress(ProcessLookupError):
                os.kill(member.pid, signal.SIGKILL)
        return not living

    until(ended, what=what)


_DROP_RIGHTS = """
import os, sys
import simisp.forensics, simisp.locks  # root's files may be out of reach afterwards
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
"""


def run_unprivileged(program: str, *arguments: object, cwd: Path | None = None) -> str:
    """Run a Python program as a user without rights, also in root's tests; return what it prints.

    A directory below root's temporary ones is out of its reach, except as its current directory.
    """
    command = [sys.executable, "-c", _DROP_RIGHTS + program, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, env=environment, cwd=cwd
    ).stdout.strip()


@dataclass(frozen=True)
class Terminal:
    """A pseudo-terminal in raw mode: the two descriptors, and the path by which others open it."""

    master: int
    slave: int
    path: str


@contextmanager
def terminal() -> Iterator[Terminal]:
    """Give a pseudo-terminal that is gone in the end."""
    master, slave = os.openpty()
    try:
        tty.setraw(slave)
        yield Terminal(master, slave, os.ttyname(slave))
    finally:
        os.close(slave)
        os.close(master)


@contextmanager
def started() -> Iterator[Processes]:
    """Give a place to start processes from; they and their descendants are gone in the end."""
    place = Processes()
    try:
        yield place
    finally:
        place.end_all()


@pytest.fixture
def processes() -> Iterator[Processes]:
    """A place to start processes from; they and their descendants are gone after the test."""
    with started() as place:
        yield place


@pytest.fixture
def pty() -> Iterator[Terminal]:
    """A pseudo-terminal in raw mode."""
    with terminal() as opened:
        yield opened
