"""The client: a command in its own process group, whose whole family of processes can be ended."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from simisp.endpoints.opening import open_descriptor
from simisp.errors import ClientError, reason_of
from simisp.forensics.family import Family
from simisp.procfs.descent import descent
from simisp.procfs.process import ProcessStatus, all_processes, process_status
from simisp.procfs.program import environment_of
from simisp.runtime.placeholders import with_port
from simisp.runtime.process_end import EndWatch, process_descriptor

__all__ = ["RUN_MARK", "Child", "ChildEnd", "adopting_orphans"]

_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37
RUN_MARK = "SIMISP_RUN"
"""The environment variable by which a descendant of a run's command is known: it has a value of its own in each run."""
_MOSTLY = 0.5
"""The share of this process's environment variables that marks a process as started by other code in this process."""
_LOOK_AGAIN = 0.02
_BETWEEN_LOOKS = 0.25
"""Seconds between two looks for descendants while some of them end; while none ends there is no look."""
_PATIENCE = 2.0
_KILLED_WITHIN = 30.0
"""Seconds in which a process that was killed has to be gone: it goes when it gets a processor again."""

_marks: set[bytes] = set()
"""The marks of all runs in this process."""


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a process ended.

    Attributes:
        status: Its exit status, 0 to 255; None when a signal ended it.
        signal: The signal that ended it, such as ``"SIGTERM"``; None if it was not ended by a signal.
    """

    status: int | None
    signal: str | None

    @classmethod
    def of(cls, returncode: int) -> ChildEnd:
        """Return the end for a return code; negative numbers are signals."""
        if returncode >= 0:
            return cls(returncode, None)
        try:
            return cls(None, signal.Signals(-returncode).name)
        except ValueError:
            return cls(None, f"signal {-returncode}")

    def __str__(self) -> str:
        return f"exit status {self.status}" if self.signal is None else self.signal


_adopting = 0
"""How many runs of this process want it to adopt orphans."""
_adopted_before = False
"""Whether it did before the first of them."""


@contextlib.contextmanager
def adopting_orphans() -> Iterator[None]:
    """Make this process adopt orphaned descendants, so that no process of a run escapes.

    If the kernel refuses, orphans go to init and are found only by their process group.

    See Also:
        prctl(2), PR_SET_CHILD_SUBREAPER.
    """
    global _adopting, _adopted_before  # noqa: PLW0603 - it is a state of the process, which several runs may share
    if not _adopting:
        _adopted_before = _adopts()
    _adopting += 1
    _libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        _adopting -= 1
        if not _adopting:
            _libc().prctl(_PR_SET_CHILD_SUBREAPER, int(_adopted_before), 0, 0, 0)


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _adopts() -> bool:
    """Return whether this process adopts orphaned descendants."""
    adopts = ctypes.c_int(0)
    _libc().prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(adopts), 0, 0, 0)
    return bool(adopts.value)


def _has_members(group: int) -> bool:
    """Return whether a process group exists."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(
    argv: Sequence[str], variables: Mapping[str, str], *, port: str | None, quiet: bool
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own, with the port as its standard input and output if one is given."""
    line = -1 if port is None else open_descriptor(port)
    try:
        return subprocess.Popen(  # noqa: S603 - the command that the user gave
            argv,
            stdin=subprocess.DEVNULL if port is None else line,
            stdout=(subprocess.DEVNULL if quiet else None) if port is None else line,
            stderr=subprocess.DEVNULL if quiet else None,
            env=variables,
            process_group=0,
        )
    except (OSError, ValueError) as error:
        raise ClientError(f"the command can't be started: {argv[0]}: {reason_of(error)}") from error
    finally:
        if line >= 0:
            os.close(line)


class Child:
    """A started command. Create it inside a running event loop, and await it there.

    Attributes:
        argv: The arguments as started, with the port's path inserted.
        pid: The process id, which is also that of its process group.
        began: When it was started, in seconds since the Unix epoch.
    """

    def __init__(self, process: subprocess.Popen[bytes], argv: Sequence[str], mark: bytes, began: float) -> None:
        self.began = began
        self.argv = tuple(argv)
        self.pid = process.pid
        self._process = process
        self._mark = mark
        status = process_status(process.pid)
        self._started = status.started if status is not None else 0
        self._families = [Family(process.pid)]
        self._over = asyncio.Event()
        self._stirred = asyncio.Event()
        self._watched: dict[int, int] = {}
        self._is_awaited = False
        self._end_watch = EndWatch(process.pid, self._reap)

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        port: str,
        ports: Mapping[str, str] = MappingProxyType({}),
        environment: Mapping[str, str] | None = None,
        quiet: bool = False,
    ) -> Child:
        """Start a command in its own process group, not as a session's leader.

        ``{port}`` in its arguments is replaced by the port's path, and ``{host}`` and ``{tcp_port}`` by the parts of a
        TCP port's; ``{port:ppp}`` by the path of the port ``ppp``, where there are several. If none occurs, the
        command's standard input and output are the port, as pppd does it for chat.

        The event loop does not run during the call, so the start can be recorded before anything that the command does.

        Args:
            command: The program and its arguments.
            port: The port's path.
            ports: The paths of several ports by their names.
            environment: The command's environment variables; None for those of this process.
            quiet: Whether what the command prints is dropped.

        Raises:
            ClientError: There is no such program, or it cannot be started; or a placeholder in it is for no port.
            EndpointError: The port can't be opened for it.
        """
        argv, by_path = with_port(command, port, ports)
        mark = str(uuid.uuid4())
        variables = {**(os.environ if environment is None else environment), RUN_MARK: mark}
        began = time.time()
        process = _started(argv, variables, port=None if by_path else port, quiet=quiet)
        marked = f"{RUN_MARK}={mark}".encode()
        _marks.add(marked)
        return cls(process, argv, marked, began)

    @property
    def parents(self) -> Mapping[int, int]:
        """The parents of processes, as far as observed."""
        self._look()
        seen = {pid: parent for family in self._families for pid, parent in family.parents.items()}
        # We started only the command: any other child of ours had been adopted before it was first seen.
        return {pid: parent for pid, parent in seen.items() if pid == self.pid or parent != os.getpid()}

    @property
    def end(self) -> ChildEnd | None:
        """How the command itself ended; None while it runs."""
        return None if self._process.returncode is None else ChildEnd.of(self._process.returncode)

    async def wait(self) -> ChildEnd:
        """Wait until the command itself has ended; its descendants may live on.

        What descends from the command is looked for as it begins, and whenever one that was seen ends: then its
        children lose their parent, and come to this process (see :func:`adopting_orphans`).
        """
        self._is_awaited = True
        try:
            while not self._over.is_set():
                self._stirred.clear()
                self._look()
                await self._until_stirred()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._over.wait(), _BETWEEN_LOOKS)
            return ChildEnd.of(self._process.returncode)
        finally:
            self._is_awaited = False
            for pid in list(self._watched):
                self._unwatch(pid)

    async def _until_stirred(self) -> None:
        """Wait until one of the family has ended. If the kernel can't report that, look again at once."""
        if self._end_watch.is_told:
            await self._stirred.wait()

    def _watch(self, members: Iterable[ProcessStatus]) -> None:
        """Ask the kernel to report when one of these ends. It can't if there are no descriptors left."""
        for member in members:
            if member.pid == self.pid or member.pid in self._watched or member.ended:
                continue
            descriptor = process_descriptor(member.pid)
            if descriptor is not None:
                self._watched[member.pid] = descriptor
                asyncio.get_running_loop().add_reader(descriptor, self._member_ended, member.pid)

    def _member_ended(self, pid: int) -> None:
        self._unwatch(pid)
        self._stirred.set()

    def _unwatch(self, pid: int) -> None:
        descriptor = self._watched.pop(pid)
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)

    def _reap(self) -> None:
        """Take the command's exit status; called when it has ended."""
        self._look()  # until it is reaped its number is no other process's, nor its group's
        self._end_watch.close()
        self._process.wait()
        if _has_members(self.pid):
            self._look(everywhere=True)
        self._over.set()
        self._stirred.set()

    def send_signal(self, number: signal.Signals, *, group: bool) -> None:
        """Send a signal to the command, or to its whole process group."""
        self._look()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if group:
                os.killpg(self.pid, number)
            elif self._process.returncode is None:
                os.kill(self.pid, number)

    def _look(self, *, everywhere: bool = False) -> list[ProcessStatus]:
        """Return the command, its descendants, and their orphans, as far as they exist.

        A process that detached itself before it was ever seen becomes our child.

        Args:
            everywhere: Whether to look at all processes of the machine, whatever they descend from.
        """
        processes = self._processes(everywhere=everywhere)
        members = {member.pid: member for family in self._families for member in family.look(processes)}
        for process in processes.values():
            if process.parent == os.getpid() and process.pid not in members and self._is_adopted(process):
                family = Family(process.pid)
                self._families.append(family)
                members.update((member.pid, member) for member in family.look(processes))
        if self._is_awaited:
            self._watch(members.values())
        return list(members.values())

    def _processes(self, *, everywhere: bool) -> dict[int, ProcessStatus]:
        """Return the processes among which the family is.

        As long as this process adopts orphans, what descends from the command descends from this process too, and what
        was seen once is known by its number. That leaves an orphan that was never seen, in a PID namespace that it has
        joined and whose init adopts it: it is known by the command's process group.
        """
        processes = descent(os.getpid()) if _adopts() else None
        if processes is None:
            return all_processes()
        if everywhere:
            return {**all_processes(), **processes}
        absent = {pid for family in self._families for pid in family.known} - processes.keys()
        seen = ((pid, process_status(pid)) for pid in absent)
        return {**processes, **{pid: status for pid, status in seen if status is not None}}

    def _is_adopted(self, process: ProcessStatus) -> bool:
        """Return whether a child of ours is an orphaned descendant of the command.

        Usually the mark in its environment says so. If its environment is empty or cannot be read, it is distinguished
        from children that other code in this process has started: those have our process group, or our variables, or
        the mark of another run.
        """
        if process.ended or process.started < self._started:
            return False
        variables = environment_of(process.pid) or frozenset()
        if self._mark in variables:
            return True
        own = {name + b"=" + value for name, value in os.environb.items()}
        shared = len(own & variables) / max(1, len(own))
        return process.group != os.getpgrp() and shared < _MOSTLY and _marks.isdisjoint(variables)

    def living(self) -> tuple[int, ...]:
        """Return the living processes of the family; zombies are reaped."""
        living = []
        for member in self._look():
            if not member.ended:
                living.append(member.pid)
            elif member.pid != self.pid and member.parent == os.getpid():
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(member.pid, os.WNOHANG)
        return tuple(living)

    async def clean_up(self) -> tuple[int, ...]:
        """End the whole family: SIGTERM, then SIGKILL for those that stay. Return those that a signal ended."""
        signalled = await self._end_by(signal.SIGTERM, _PATIENCE)
        if self.living():
            signalled |= await self._end_by(signal.SIGKILL, _KILLED_WITHIN)
        if self._process.returncode is None and not self.living():
            await self._over.wait()
        return tuple(sorted(signalled))

    async def _end_by(self, number: signal.Signals, patience: float) -> set[int]:
        """Send a signal to all that live, and wait until none does; return those to which it was sent.

        Args:
            number: SIGTERM, which each gets once, or SIGKILL.
            patience: Seconds to wait; no longer than two for those to which this process may send nothing.
        """
        loop = asyncio.get_running_loop()
        began, signalled, refused = loop.time(), set[int](), set[int]()
        while living := self.living():
            if loop.time() >= began + (_PATIENCE if refused.issuperset(living) else patience):
                break
            for pid in living:
                if number is signal.SIGKILL or pid not in signalled:
                    try:
                        os.kill(pid, number)
                        # A stopped process does not act on SIGTERM until it continues.
                        os.kill(pid, signal.SIGCONT)
                    except ProcessLookupError:
                        pass
                    except PermissionError:
                        refused.add(pid)
                    signalled.add(pid)
            await asyncio.sleep(_LOOK_AGAIN)
        return signalled
