"""Whether anything outside a run can make one of its descriptors ready.

A wait on a descriptor ends when the other end acts. The table says how that end is found for each kind; a kind without
a row is open, since nothing is known about it.

=====================  =========================================================================================
what is waited for     outside the run it can be ended by
=====================  =========================================================================================
a line                 nothing: its other end is the simulator
regular file, null     nothing where it never blocks; one that can (a message queue, a file of /proc): anything
pipe                   a process outside that has it open, and when no process inside has its other end: anything
FIFO                   as a pipe; as long as it has a name any process may open it
pseudo-terminal        a process outside that has either of its ends open
TCP socket             a process outside that has either end; a socket that listens or connects: anything
UNIX socket            a process outside that has either end; a socket without a peer: anything
eventfd                a process outside that has the same one; the kernel, when a process inside uses aio, a ring or a
                       device that can signal one (KVM, vhost), or when control groups of version 1 can
timerfd                the kernel, when it was set without libc; a process outside that has the same one
signalfd               nothing but a signal
pidfd                  a process outside
epoll                  whatever ends a wait on one that it watches; a process outside that has the same epoll
everything else        anything
=====================  =========================================================================================

A descriptor that is on its way to a process outside, in a message not received yet (SCM_RIGHTS), is in no table of open
files. So a far end has to be found inside, and while such messages wait outside, copies of it may be among them.
"""

from __future__ import annotations

import os
import select
import socket
import stat
from collections.abc import Callable, Container

from simisp.procfs.cgroups import EventfdRegistrations
from simisp.procfs.descriptors import borrowed_descriptor, epoll_watches
from simisp.procfs.device import NEVER_BLOCKING, PTY_MASTER, STAND_INS, pty_index
from simisp.procfs.fdinfo import descriptor_link, descriptor_status, field_of
from simisp.procfs.file_locks import file_locks
from simisp.procfs.kernel_sockets import CONNECTING, LISTENING, tcp_sockets, unix_peer
from simisp.procfs.memory import memory_map
from simisp.procfs.message_queues import notifies
from simisp.procfs.open_files import IO_URING, OpenFile, OpenFiles, open_files
from simisp.procfs.process import is_alive, named, process_ids
from simisp.procfs.threads import has_time_limit, tracers_of
from simisp.procfs.timers import timerfd_is_armed

__all__ = ["CANNOT_TELL", "FarEnds", "may_be_over_soon"]

CANNOT_TELL = "something that simisp can't see"
_ON_THEIR_WAY = "on their way"

_DEEPEST = 8
_MUTE = {f"anon_inode:{name}" for name in ("[eventpoll]", "[eventfd]", "[timerfd]", "[signalfd]", "[pidfd]", "inotify")}
_MUTE_DEVICES = {*NEVER_BLOCKING, *STAND_INS, PTY_MASTER}
_FAR_ACCESS = {os.O_RDONLY: {os.O_WRONLY, os.O_RDWR}, os.O_WRONLY: {os.O_RDONLY, os.O_RDWR}}


def may_be_over_soon(ender: str) -> bool:
    """Return whether what can end a wait, in the words of :meth:`FarEnds.who`, lasts only a moment as a rule.

    Descriptors are on their way to a process until that reads again, and any program of the machine may pass some,
    which have nothing to do with the run.
    """
    return _ON_THEIR_WAY in ender


class FarEnds:
    """Finds the other ends of descriptors, as of the moment of its creation.

    Args:
        inside: The pids of the run's participants.
        lines: The device numbers of the lines' slaves.
        heirs: Processes that were forked while their parent had set a timer behind a descriptor.
        registrations: Notices eventfds that the kernel is to signal; None where there can be none.

    Attributes:
        signalled: Whether one of the descriptors asked about waits for a signal.
    """

    def __init__(
        self,
        inside: Container[int],
        lines: Container[int] = (),
        heirs: Container[int] = (),
        registrations: EventfdRegistrations | None = None,
    ) -> None:
        self._inside = inside
        self._registrations = registrations
        self._heirs = heirs
        self._lines = lines
        self._outer = OpenFiles(lambda pid: pid not in inside)
        self._inner = OpenFiles(lambda pid: pid in inside)
        self._in_flight: str | None = None
        self.signalled = False

    def who(self, pid: int, descriptor: int, *, depth: int = 0) -> str:
        """Return what outside the run can end a wait on a descriptor, in words; empty if nothing can.

        Args:
            pid: The process that waits.
            descriptor: Its descriptor, in the table that its threads share.
            depth: The depth of nesting in epoll descriptors.
        """
        try:
            status, link = descriptor_status(pid, descriptor), descriptor_link(pid, descriptor)
        except OSError:
            return CANNOT_TELL  # also for a descriptor closed during the wait: the wait still has the file
        match stat.S_IFMT(status.st_mode):
            case stat.S_IFCHR:
                ender = self._device(status.st_rdev, pid, descriptor)
            case stat.S_IFREG | stat.S_IFDIR:
                ender = CANNOT_TELL if _may_block(pid, descriptor) else ""
            case stat.S_IFIFO:
                ender = self._pipe(OpenFile(pid, pid, descriptor, link), status) or self.in_flight()
            case stat.S_IFSOCK:
                # Any process that has the same end can shut it down: shutdown(2).
                same = self._holder_of(link)
                ender = f"{same}, which has its socket too" if same else self._socket(pid, descriptor, status.st_ino)
                ender = ender or self.in_flight()
            case _:
                ender = self._anonymous(link, pid, descriptor, depth)
        return ender

    def holder_of_lock(self, pid: int, descriptor: int) -> str:
        """Return what outside the run may hold a lock on the file behind a descriptor; empty if nothing does.

        A file on which no lock is seen can be locked at once: another process has just let go of it. Or one that this
        process can't see holds it.
        """
        try:
            status = descriptor_status(pid, descriptor)
        except OSError:
            return CANNOT_TELL
        holders = [one.pid for one in file_locks() if one.inode == status.st_ino and not one.waiting]
        holder = next((one for one in holders if one not in self._inside and is_alive(one)), None)
        if not holders:
            return CANNOT_TELL
        if holder is None:
            opening = self._outer.on_file(status)
            holder = None if opening is None else opening.pid
        return "" if holder is None else named(holder)

    def holder_of_deleted(self, inode: str) -> str:
        """Return a process outside that has a file without a name open, such as a memfd; empty if there is none."""
        nameless = (one for one in self._outer if one.link.endswith("(deleted)"))
        return next((named(one.pid) for one in nameless if one.field("ino") == inode), "")

    def signals_of(self, pid: int) -> str:
        """Return what outside can make one of a process's descriptors send it a signal; empty if nothing can.

        See Also:
            fcntl(2): F_SETOWN and F_SETSIG with O_ASYNC, and F_SETLEASE.
        """
        # The locks are read from each descriptor: reading /proc/locks makes the kernel synchronise all its processors.
        own = [(one, one.information()) for one in open_files(pid)]
        if any(information.has_lease for _, information in own):
            return "a process that may open a file on which it has a lease"
        if any(one.link == IO_URING for one, _ in own):
            return "what its io_uring does by itself"
        asking = (one.number for one, information in own if one.thread == pid and information.sends_signals)
        found = next(filter(None, (self.who(pid, each) for each in asking)), "")
        return found or next(filter(None, (self._sender(one) for one, _ in own if notifies(one))), "")

    def traced(self) -> str:
        """Return a process outside that a process inside traces, by any of its threads; may be empty: ptrace(2)."""
        for pid in process_ids():
            if pid not in self._inside and any(one in self._inside for one in tracers_of(pid)):
                return f"{named(pid)}, which it traces"
        return ""

    def _sender(self, queue: OpenFile) -> str:
        """Return what outside can send to a message queue that notifies a process: mq_notify(3)."""
        try:
            status = descriptor_status(queue.pid, queue.number, thread=queue.thread)
        except OSError:
            return CANNOT_TELL
        if (opening := self._outer.on_file(status)) is not None:
            return f"{named(opening.pid)}, which has its message queue open"
        return "a process that may send to its message queue" if status.st_nlink else self.in_flight()

    def _device(self, device: int, pid: int, descriptor: int) -> str:
        if device in NEVER_BLOCKING or device in self._lines:
            return ""
        if (pty := pty_index(device)) is not None:
            return self._master(pty) or self._holder_of(f"/dev/pts/{pty}")
        if device == PTY_MASTER:
            index = field_of(pid, descriptor, "tty-index")
            return CANNOT_TELL if index is None else self._holder_of(f"/dev/pts/{index}")
        return CANNOT_TELL

    def _holder_of(self, link: str) -> str:
        return next((named(one.pid) for one in self._outer.on(link)), "")

    def _master(self, index: int) -> str:
        """Return the process outside that has a pseudo-terminal's master open. A slave without a master has hung up."""
        for one in (*self._outer.on("/dev/ptmx"), *self._outer.on("/dev/pts/ptmx")):
            if one.field("tty-index") == str(index):
                return named(one.pid)
        # The masters of another mount namespace, or of a process that cannot be inspected, are not found here.
        inside = (one for one in self._inner if one.link.endswith("/ptmx"))
        return "" if any(one.field("tty-index") == str(index) for one in inside) else CANNOT_TELL

    def _pipe(self, own: OpenFile, status: os.stat_result) -> str:
        if own.link.startswith("/"):
            if (opening := self._outer.on_file(status)) is not None:
                return named(opening.pid)
            if status.st_nlink:
                return "a process that may open its FIFO"
        elif holder := self._holder_of(own.link):
            return holder
        wanted = _FAR_ACCESS.get((own.information().flags or 0) & os.O_ACCMODE)
        if wanted is None or any(
            (one.information().flags or 0) & os.O_ACCMODE in wanted for one in self._inner.on(own.link)
        ):
            return ""
        return "the other end of its pipe, which no process of the run has"

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
            return f"octets {_ON_THEIR_WAY} between two sockets"
        return self._far_socket(other.inode)

    def _far_socket(self, inode: int) -> str:
        if not inode:
            return "a process that has yet to accept its connection"
        link = f"socket:[{inode}]"
        if holder := self._holder_of(link):
            return f"{holder} at the other end of its socket"
        return "" if self._inner.on(link) else "the other end of its socket, which no process of the run has"

    def in_flight(self) -> str:
        """Return a process outside to which descriptors are on their way: unix(7), SCM_RIGHTS.

        They are looked for once, as soon as it is known what every process has open: what is sent after that was open
        in the process that sends it, for those inside all wait. Each look reads about every socket of the machine.
        """
        if self._in_flight is None:
            self._in_flight = next(
                (
                    f"{named(one.pid)}, to which descriptors are {_ON_THEIR_WAY}"
                    for one in self._outer
                    if one.link.startswith("socket:") and one.field("scm_fds") not in {None, "0"}
                ),
                "",
            )
        return self._in_flight

    def _anonymous(self, link: str, pid: int, descriptor: int, depth: int) -> str:
        kinds: dict[str, Callable[[int, int, int], str]] = {
            "anon_inode:[eventpoll]": self._epoll,
            "anon_inode:[eventfd]": self._eventfd,
            "anon_inode:[timerfd]": self._timerfd,
            "anon_inode:[pidfd]": self._pidfd,
            "anon_inode:[signalfd]": self._signalfd,
        }
        kind = kinds.get(link)
        return CANNOT_TELL if kind is None else kind(pid, descriptor, depth)

    def _epoll(self, pid: int, descriptor: int, depth: int) -> str:
        watched = epoll_watches(pid, descriptor)
        if watched is None or depth >= _DEEPEST:
            return CANNOT_TELL
        self.signalled |= not watched
        found = next(filter(None, (self.who(pid, each, depth=depth + 1) for each in watched)), "")
        return found or self._sharer_of(OpenFile(pid, pid, descriptor, "anon_inode:[eventpoll]"))

    def _sharer_of(self, own: OpenFile) -> str:
        """Return a process outside that has the same open file, although the kernel has no name for it."""
        sharer = next((one for one in self._outer.on(own.link) if one.is_same(own)), None)
        return self.in_flight() if sharer is None else named(sharer.pid)

    def _eventfd(self, pid: int, descriptor: int, _: int) -> str:
        own = field_of(pid, descriptor, "eventfd-id")
        if own is None or _uses_aio(pid):
            return CANNOT_TELL
        if self._registrations is not None and self._registrations.may_exist:
            return "the kernel, with which an eventfd may be registered (control groups, version 1)"
        if (signaller := next(filter(_may_signal, self._inner), None)) is not None:
            return f"{signaller.link}, with which an eventfd may be registered"
        for one in self._outer.on("anon_inode:[eventfd]"):
            if one.field("eventfd-id") == own:
                return named(one.pid)
        return self.in_flight()

    def _timerfd(self, pid: int, descriptor: int, _: int) -> str:
        armed = timerfd_is_armed(pid, descriptor)
        if armed is None:
            return CANNOT_TELL
        if armed:
            return "a timer that the kernel keeps for it"
        if pid in self._heirs:
            return "a timer that another process may have set"
        return self._sharer_of(OpenFile(pid, pid, descriptor, "anon_inode:[timerfd]"))

    def _pidfd(self, pid: int, descriptor: int, _: int) -> str:
        other = field_of(pid, descriptor, "Pid")
        if other is None:
            return CANNOT_TELL
        return "" if int(other) in self._inside or int(other) <= 0 else named(int(other))

    def is_for_its_peer_alone(self, pid: int, descriptor: int) -> bool:
        """Return whether data sent by a socket goes to its peer, whatever address is given: not so for datagrams."""
        try:
            with socket.socket(fileno=borrowed_descriptor(pid, descriptor)) as one:
                return one.type in {socket.SOCK_STREAM, socket.SOCK_SEQPACKET}
        except OSError:
            return False

    def _signalfd(self, *_: int) -> str:
        self.signalled = True
        return ""


def _may_block(pid: int, descriptor: int) -> bool:
    """Return whether a file may block: the kernel refuses to watch one that is always ready (epoll_ctl(2), EPERM)."""
    try:
        file = borrowed_descriptor(pid, descriptor)
    except OSError:
        return True
    try:
        with select.epoll() as watch:
            watch.register(file, 0)
    except PermissionError:
        return False
    finally:
        os.close(file)
    return True


def _may_signal(one: OpenFile) -> bool:
    """Return whether an eventfd may be registered with an open file, so that the kernel adds to it."""
    if one.link.startswith("anon_inode:"):
        return one.link not in _MUTE
    if not one.link.startswith("/dev/"):
        return False
    device = one.device
    return bool(device) and device not in _MUTE_DEVICES and pty_index(device) is None


def _uses_aio(pid: int) -> bool:
    """Return whether a process has asked the kernel for operations that may add to an eventfd: io_submit(2)."""
    try:
        return "/[aio]" in memory_map(pid)
    except OSError:
        return True
