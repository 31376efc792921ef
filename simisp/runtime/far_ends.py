"""Whether anything outside of a run can make one of its descriptors ready.

A wait on a descriptor ends when the other end acts. The table says how that end is found for each kind; a kind that
has no row is open, for nothing can be told of it.

=====================  =========================================================================================
what is waited for     outside of the run it is ended by
=====================  =========================================================================================
the line               nothing: its other end is the simulator
regular file, null     nothing: it never blocks
pipe, FIFO             a process outside that has it open; for a FIFO also one that may, when nobody has
pseudo-terminal        a process outside that has its other end open
TCP socket             its peer's holder; a socket that listens or connects: anything
UNIX socket            its peer's holder; a socket without a peer: anything
eventfd                a process outside that has the same one
timerfd                the kernel, when it was set without libc
signalfd               nothing but a signal
pidfd                  a process outside
epoll                  whatever ends a wait on one of the descriptors that it watches
everything else        anything
=====================  =========================================================================================
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Container, Iterator

from simisp.locks.device import pty_index
from simisp.locks.process import named, process_ids
from simisp.runtime.armed import timerfd_is_armed
from simisp.runtime.kernel_sockets import CONNECTING, LISTENING, tcp_sockets, unix_peer
from simisp.runtime.processes import has_time_limit

__all__ = ["CANNOT_TELL", "FarEnds"]

CANNOT_TELL = "something that simisp can't see"

_DEEPEST = 8
_NEVER_BLOCK = {os.makedev(1, 3), os.makedev(1, 5), os.makedev(1, 7), os.makedev(1, 8), os.makedev(1, 9)}
"""null, zero, full, random and urandom."""


class FarEnds:
    """Finds who is at the other ends of descriptors, at the moment at which it is made.

    Args:
        inside: The process numbers of the run's participants.
        line_device: The device number of the line's slave; 0 without a line.
        heirs: Those that were forked while their parent had set a timer behind a descriptor.
    """

    def __init__(self, inside: Container[int], line_device: int, heirs: Container[int] = ()) -> None:
        self._inside = inside
        self._heirs = heirs
        self._line = line_device
        self._outside: dict[str, list[tuple[int, int]]] | None = None

    def who(self, pid: int, descriptor: int, *, depth: int = 0) -> str:
        """Return what outside of the run can end a wait on a descriptor, in words; empty when nothing can.

        Args:
            pid: The process that waits.
            descriptor: Its descriptor.
            depth: How many epoll descriptors lie above it.
        """
        path = f"/proc/{pid}/fd/{descriptor}"
        try:
            status = os.stat(path)  # noqa: PTH116 - a magic link, not a path
            link = os.readlink(path)  # noqa: PTH115
        except FileNotFoundError:
            return ""  # a closed descriptor is an error at once, or is never ready
        except OSError:
            return CANNOT_TELL
        match stat.S_IFMT(status.st_mode):
            case stat.S_IFCHR:
                ender = self._device(status.st_rdev, pid, descriptor)
            case stat.S_IFREG | stat.S_IFDIR:
                ender = ""
            case stat.S_IFIFO:
                ender = self._pipe(link, pid, descriptor)
            case stat.S_IFSOCK:
                ender = self._socket(pid, descriptor, status.st_ino)
            case _:
                ender = self._anonymous(link, pid, descriptor, depth)
        return ender

    def holder_of(self, link: str) -> str:
        """Return a process outside that has open what ``link`` names, in words; empty when none has.

        Args:
            link: What /proc/PID/fd/N shows: a path, or such as ``pipe:[7]``.
        """
        return next((named(pid) for pid, _ in self._openings(link)), "")

    def _device(self, device: int, pid: int, descriptor: int) -> str:
        if device in _NEVER_BLOCK or (self._line and device == self._line):
            return ""
        if (pty := pty_index(device)) is not None:
            return self._master(pty)
        if device == os.makedev(5, 2):
            index = self._field(pid, descriptor, "tty-index")
            return CANNOT_TELL if index is None else self.holder_of(f"/dev/pts/{index}")
        return CANNOT_TELL

    def _master(self, index: int) -> str:
        """Return who outside holds the master of a pseudo-terminal. A slave whose master nobody has is at its end."""
        for pid, descriptor in (*self._openings("/dev/ptmx"), *self._openings("/dev/pts/ptmx")):
            if self._field(pid, descriptor, "tty-index") == str(index):
                return named(pid)
        # The masters of another mount namespace, or of a process that may not be looked at, are not among these.
        return "" if self._is_mastered_inside(index) else CANNOT_TELL

    def _is_mastered_inside(self, index: int) -> bool:
        return any(
            self._field(pid, descriptor, "tty-index") == str(index)
            for pid in process_ids()
            if pid in self._inside
            for descriptor, link in _descriptors(pid)
            if link.endswith("/ptmx")
        )

    def _pipe(self, link: str, pid: int, descriptor: int) -> str:
        holder = self.holder_of(link)
        if holder or link.startswith("pipe:"):
            return holder
        ends = sum(open_ == link for each in process_ids() if each in self._inside for _, open_ in _descriptors(each))
        return "" if ends > 1 else "a process that may open the other end of its FIFO"

    def _socket(self, pid: int, descriptor: int, inode: int) -> str:
        if has_time_limit(pid, descriptor):
            return "a time limit that the kernel keeps for its socket"
        peer = unix_peer(inode)
        if peer is not None:
            return self._far_socket(peer)
        rows = list(tcp_sockets(pid))
        own = next((row for row in rows if row.inode == inode), None)
        if own is None or own.state in (LISTENING, CONNECTING):
            return "any process that may connect to it" if own else CANNOT_TELL
        other = next((row for row in rows if (row.local, row.remote) == (own.remote, own.local)), None)
        if other is None:
            return "the other end of its TCP connection"
        if own.under_way or other.under_way:
            return "octets on their way between two sockets"
        return self._far_socket(other.inode)

    def _far_socket(self, inode: int) -> str:
        if not inode:
            return "a process that has yet to accept its connection"
        holder = self.holder_of(f"socket:[{inode}]")
        return f"{holder} at the other end of its socket" if holder else ""

    def _anonymous(self, link: str, pid: int, descriptor: int, depth: int) -> str:
        kinds: dict[str, Callable[[int, int, int], str]] = {
            "anon_inode:[eventpoll]": self._epoll,
            "anon_inode:[eventfd]": self._eventfd,
            "anon_inode:[timerfd]": self._timerfd,
            "anon_inode:[pidfd]": self._pidfd,
            "anon_inode:[signalfd]": lambda *_: "",
        }
        kind = kinds.get(link)
        return CANNOT_TELL if kind is None else kind(pid, descriptor, depth)

    def _epoll(self, pid: int, descriptor: int, depth: int) -> str:
        if depth >= _DEEPEST:
            return CANNOT_TELL
        watched = re.findall(r"^tfd:\s*(\d+)", _fdinfo(pid, descriptor), re.MULTILINE)
        return next(filter(None, (self.who(pid, int(each), depth=depth + 1) for each in watched)), "")

    def _eventfd(self, pid: int, descriptor: int, _: int) -> str:
        own = self._field(pid, descriptor, "eventfd-id")
        if own is None:
            return CANNOT_TELL
        for other, number in self._openings("anon_inode:[eventfd]"):
            if self._field(other, number, "eventfd-id") == own:
                return named(other)
        return ""

    def _timerfd(self, pid: int, descriptor: int, _: int) -> str:
        armed = timerfd_is_armed(pid, descriptor)
        if armed is None:
            return CANNOT_TELL
        if armed:
            return "a timer that the kernel keeps for it"
        return "a timer that another process may have set" if pid in self._heirs else ""

    def _pidfd(self, pid: int, descriptor: int, _: int) -> str:
        other = self._field(pid, descriptor, "Pid")
        if other is None:
            return CANNOT_TELL
        return "" if int(other) in self._inside or int(other) <= 0 else named(int(other))

    def _openings(self, link: str) -> list[tuple[int, int]]:
        """Return the processes outside that have something open, each with its descriptor."""
        if self._outside is None:
            self._outside = {}
            for pid in process_ids():
                if pid not in self._inside:
                    for descriptor, target in _descriptors(pid):
                        self._outside.setdefault(target, []).append((pid, descriptor))
        return self._outside.get(link, [])

    @staticmethod
    def _field(pid: int, descriptor: int, name: str) -> str | None:
        found = re.search(rf"^{name}:\s*(-?\d+)", _fdinfo(pid, descriptor), re.MULTILINE)
        return found[1] if found else None


def _fdinfo(pid: int, descriptor: int) -> str:
    try:
        with open(f"/proc/{pid}/fdinfo/{descriptor}", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return ""


def _descriptors(pid: int) -> Iterator[tuple[int, str]]:
    """Yield a process's descriptors, each with what it leads to; nothing of a process that may not be looked at."""
    folder = f"/proc/{pid}/fd"
    try:
        names = os.listdir(folder)  # noqa: PTH208 - read often
    except OSError:
        return
    for name in names:
        try:
            yield int(name), os.readlink(f"{folder}/{name}")  # noqa: PTH115
        except OSError:
            continue
