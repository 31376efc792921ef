"""Searches for the processes that hold a port."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from simisp.errors import EndpointError
from simisp.forensics.report import Holder, PortReport, Thread
from simisp.forensics.waits import wait_of
from simisp.locks.holders import find_locks, flocks_on
from simisp.locks.inspection import LockFound
from simisp.locks.names import lock_directories
from simisp.locks.terminal import is_exclusive
from simisp.procfs.descriptors import Descriptor, descriptors_on, is_one_file
from simisp.procfs.device import PortDevice, terminal_name
from simisp.procfs.process import ProcessStatus, command_line, process_ids, process_status, thread_ids
from simisp.procfs.threads import switches_of

__all__ = ["holders_of", "pids_on"]

_INIT = 1
_USER_MANAGER = "systemd"
"""The name of the process that adopts the orphans of its user's session."""
_MOST_THREADS = 256


def holders_of(
    port: str,
    *,
    directories: Iterable[str | Path] = (),
    descriptor: int | None = None,
    ignore: Collection[int] = (),
    parents: Mapping[int, int] | None = None,
    reapers: Collection[int] = (),
    secrets: Collection[bytes] = (),
    earlier: PortReport | None = None,
    quiet_since: float | None = None,
) -> PortReport:
    """Return the processes that hold a port, where each is blocked, and the port's locks.

    It opens no port, never blocks and never raises because of what it finds: what has vanished, or cannot be inspected,
    is reported as such. A holder in another PID namespace, or one that has the port only in flight over a socket, is
    not visible.

    Args:
        port: The port's path.
        directories: The lock directories; those of :func:`simisp.locks.names.lock_directories` if empty.
        descriptor: The simulator's own descriptor of the port, to ask for TIOCEXCL, which is otherwise unknown. It
            does not count as a holder, nor does the same open file elsewhere: a copy, or one that a forked child has
            inherited.
        ignore: Processes to leave out.
        parents: The parents of processes, as :class:`simisp.forensics.Family` knows them.
        reapers: Processes besides init that adopt orphans, such as a "child subreaper".
        secrets: Known secrets, to be masked in command lines.
        earlier: A report on the same port; a thread that has not run since is reported as asleep at least since then.
        quiet_since: When the last octet passed the port, in seconds since the Unix epoch; used only in the report.

    Example:
        >>> master, slave = os.openpty()
        >>> report = holders_of(os.ttyname(slave))
        >>> [(holder.pid == os.getpid(), len(holder.descriptors)) for holder in report.holders]
        [(True, 1)]
        >>> os.close(master), os.close(slave)
        (None, None)
    """
    remarks: list[str] = []
    device, locks = None, []
    look = _Look({_INIT, *reapers}, parents or {}, secrets, earlier, descriptor)
    try:
        device = PortDevice.at(port)
        look.search(device, ignore)
    except (EndpointError, OSError) as error:
        remarks.append(str(error))
    try:
        where = lock_directories(directories)
        locks = find_locks(port, where, holders={holder.pid for holder in look.holders}, device=device)
    except EndpointError as error:
        remarks.append(str(error))
    return PortReport(
        port=port,
        device=device.path if device else "",
        taken=time.time(),
        holders=tuple(look.holders),
        locks=tuple(_masked(lock, secrets) for lock in locks),
        flocks=tuple(flocks_on(device)) if device else (),
        exclusive=None if descriptor is None else is_exclusive(descriptor),
        unseen=look.unseen,
        quiet_since=quiet_since,
        remarks=tuple(remarks),
    )


def pids_on(device: PortDevice, *, own: int, openings: int) -> Iterator[int]:
    """Yield the processes that have a device open, the newest first, as far as they can be inspected.

    The search ends when as many descriptors are found as there are openings: a program that has just opened a port is
    usually among the newest, and a look at all processes takes milliseconds.

    Args:
        device: The device.
        own: The simulator's own descriptor of it; see ``descriptor`` of :func:`holders_of`.
        openings: How many times it is open.
    """
    for pid in sorted(process_ids(), reverse=True):
        if openings <= 0:
            return
        try:
            found = [each for each in descriptors_on(pid, device) if not _is_own(pid, each, own)]
        except OSError:
            continue
        if found:
            openings -= len(found)
            yield pid


def _is_own(pid: int, found: Descriptor, own: int | None) -> bool:
    return own is not None and not found.table and is_one_file(pid, found.number, own)


def _masked(lock: LockFound, secrets: Collection[bytes]) -> LockFound:
    if lock.pid is None or not lock.command:
        return lock
    return replace(lock, command=command_line(lock.pid, secrets=secrets))


class _Look:
    """One scan of all processes, with its parameters."""

    def __init__(
        self,
        reapers: Collection[int],
        parents: Mapping[int, int],
        secrets: Collection[bytes],
        earlier: PortReport | None,
        own: int | None,
    ) -> None:
        self._own = own
        self.holders: list[Holder] = []
        self.unseen = 0
        self._reapers = reapers
        self._parents = parents
        self._secrets = secrets
        self._earlier_taken = earlier.taken if earlier else 0.0
        self._earlier = {
            (holder.pid, holder.started, thread.number): thread
            for holder in (earlier.holders if earlier else ())
            for thread in holder.threads
        }

    def search(self, device: PortDevice, ignore: Collection[int]) -> None:
        """Find the processes that have the device open, and count those that cannot be inspected."""
        for pid in sorted(process_ids()):
            if pid in ignore:
                continue
            try:
                descriptors = tuple(each for each in descriptors_on(pid, device) if not _is_own(pid, each, self._own))
            except OSError:
                self.unseen += 1
                continue
            status = process_status(pid) if descriptors else None
            if status is not None:
                self.holders.append(self._holder(status, descriptors))

    def _holder(self, status: ProcessStatus, descriptors: tuple[Descriptor, ...]) -> Holder:
        parent = process_status(status.parent)
        return Holder(
            pid=status.pid,
            command=command_line(status.pid, secrets=self._secrets),
            state=status.state,
            started=status.started,
            started_at=status.started_at,
            parent=status.parent,
            parent_name=parent.name if parent else "",
            parent_gone=self._is_orphan(status, parent),
            group=status.group,
            session=status.session,
            terminal=terminal_name(status.terminal),
            descriptors=descriptors,
            threads=tuple(self._threads(status, {each.number for each in descriptors})),
            ours=status.pid == os.getpid(),
        )

    def _is_orphan(self, status: ProcessStatus, parent: ProcessStatus | None) -> bool | None:
        original = self._parents.get(status.pid)
        if original is not None:
            return status.parent != original
        if status.parent == 0:
            return None  # it is outside this PID namespace
        if status.parent in self._reapers:
            return True
        return parent is not None and parent.name == _USER_MANAGER

    def _threads(self, status: ProcessStatus, on_port: Collection[int]) -> Iterator[Thread]:
        for number in _thread_numbers(status.pid):
            found = process_status(status.pid, number)
            if found is None:
                continue
            switches = switches_of(status.pid, number)
            wait = wait_of(status.pid, number)
            thread = Thread(
                number=number,
                name=found.name,
                state=found.state,
                wait=wait,
                on_port=None if wait.descriptors is None else not set(on_port).isdisjoint(wait.descriptors),
                started=found.started,
                switches=switches,
            )
            earlier = self._earlier.get((status.pid, status.started, number))
            if earlier is not None and thread.slept_since(earlier):
                since = self._earlier_taken if earlier.asleep_since is None else earlier.asleep_since
                thread = replace(thread, asleep_since=since)
            yield thread


def _thread_numbers(pid: int) -> list[int]:
    try:
        numbers = sorted(thread_ids(pid))
    except OSError:
        return []
    # Pids wrap around: the first thread, whose number is the pid, need not have the lowest number.
    return sorted(numbers, key=lambda number: number != pid)[:_MOST_THREADS]
