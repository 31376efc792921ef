"""Finds the descriptors that a process has open on a port, in all its tables of open files.

The threads of a process usually share one table. unshare(2) or clone(2) can give a thread a separate one, and once the
first thread has ended, only the other threads' tables are left. An io_uring keeps further files.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import re
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from simisp.procfs.device import STAND_INS, PortDevice, device_number
from simisp.procfs.fdinfo import descriptor_information, descriptor_status
from simisp.procfs.files import read_bounded
from simisp.procfs.kcmp import Resource, compared
from simisp.procfs.process import process_status, thread_ids

__all__ = [
    "Descriptor",
    "are_one_file",
    "borrowed_descriptor",
    "descriptors_on",
    "epoll_watches",
    "has_own_table",
    "is_one_file",
    "tables",
]

_ACCESS = {os.O_RDONLY: "read", os.O_WRONLY: "write", os.O_RDWR: "read and write"}
_IO_URING = "anon_inode:[io_uring]"
_REGISTERED = re.compile(r" *([0-9]+): (.+)")
_LONGEST_RING = 1 << 20
_MOST_THREADS = 4096

_TIOCGDEV = 0x80045432
"""The ioctl for the device number behind an open terminal: ioctl_tty(2), value for x86 and ARM."""
_PIDFD_GETFD = 438
"""The number of the system call pidfd_getfd(2), the same on every architecture."""
_PIDFD_THREAD = os.O_EXCL
_WATCHED = re.compile(r"^tfd:\s*(\d+) .*?ino:([0-9a-f]+) sdev:([0-9a-f]+)", re.MULTILINE)
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One descriptor that a process has open on a port.

    Attributes:
        number: The descriptor; for a file that an io_uring keeps, the descriptor of the ring.
        access: ``"read"``, ``"write"`` or ``"read and write"``; ``"unknown"`` if not visible.
        flock: ``"exclusive"`` or ``"shared"`` when a flock(2) is held through it, else None.
        table: In words, the table that holds it, if that is not the one the process's threads share; else empty.
    """

    number: int
    access: str
    flock: str | None = None
    table: str = ""


def descriptors_on(pid: int, device: PortDevice) -> tuple[Descriptor, ...]:
    """Return the descriptors that a process has open on a device, in order; empty if the process is gone.

    Descriptors opened with O_PATH are left out: they name the port without opening it.

    Raises:
        OSError: This process may not be inspected, or we have run out of descriptors.
    """
    found: list[Descriptor] = []
    for thread in tables(pid):
        own = "" if thread == pid else f"in the table of its thread {thread}"
        # Where the kernel cannot compare tables, the same table is read several times.
        known = {replace(each, table="") for each in found}
        new = [each for each in _in_table(pid, thread, device) if each not in known]
        found += [replace(each, table=each.table or own) for each in new]
    return tuple(found)


def borrowed_descriptor(pid: int, number: int, *, thread: int | None = None) -> int:
    """Return a duplicate, in this process, of a descriptor of another process.

    Args:
        pid: The process.
        number: Its descriptor.
        thread: The thread whose table holds it, if not the first thread's.

    Raises:
        OSError: It is gone, the kernel cannot duplicate it, or we lack the permission.

    See Also:
        pidfd_getfd(2).
    """
    process = os.pidfd_open(pid) if thread in {None, pid} else os.pidfd_open(thread or pid, _PIDFD_THREAD)
    try:
        borrowed = _LIBC.syscall(_PIDFD_GETFD, process, number, 0)
    finally:
        os.close(process)
    if borrowed < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return int(borrowed)


def is_one_file(pid: int, number: int, own: int) -> bool:
    """Return whether a descriptor of a process and one of ours refer to one open file, as after dup(2) or fork(2).

    Where the kernel cannot compare them (kcmp(2)), only our own descriptor counts as the same.
    """
    if pid == os.getpid() and number == own:
        return True
    return compared(os.getpid(), pid, Resource.FILE, own, number) == 0


def are_one_file(task: int, number: int, other: int, other_number: int) -> bool | None:
    """Return whether descriptors of two threads are one open file; None where the kernel does not compare them."""
    same = compared(task, other, Resource.FILE, number, other_number)
    if same in {-errno.ESRCH, -errno.EBADF}:
        return False
    return None if same < 0 else same == 0


def tables(pid: int) -> Iterator[int]:
    """Yield one thread for each table of open files that a process has, beginning with its first thread."""
    yield pid
    try:
        # The link count of a directory counts its subdirectories: most processes have one thread, and are done here.
        if os.stat(f"/proc/{pid}/task").st_nlink <= 3:  # noqa: PTH116 - one call, of many
            return
        threads = sorted(thread_ids(pid))[:_MOST_THREADS]
    except OSError:
        return
    seen = [pid]
    for thread in threads:
        if not any(thread == other or _share_table(other, thread) for other in seen):
            seen.append(thread)
            yield thread


def epoll_watches(pid: int, number: int) -> tuple[int, ...] | None:
    """Return the descriptors that an epoll instance of a process watches; None if unknown.

    An epoll instance watches open files and only remembers the number under which each was added. A number that has
    been closed since, or now belongs to another file or another process, says nothing about what is watched.
    """
    try:
        lines = descriptor_information(pid, number).splitlines()
    except OSError:
        return None
    watched: list[int] = []
    for line in (one for one in lines if one.startswith("tfd:")):
        found = _WATCHED.match(line)
        if found is None:
            return None
        target, inode, device = int(found[1]), int(found[2], 16), int(found[3], 16)
        if not _is_watched(pid, number, target, watched.count(target)) or not _is_inode(pid, target, inode, device):
            return None
        watched.append(target)
    return tuple(watched)


def _is_watched(pid: int, epoll: int, target: int, before: int) -> bool:
    """Return whether a descriptor is the file that an epoll watches under its number; True if it cannot be compared.

    Args:
        pid: The process.
        epoll: Its descriptor of the epoll.
        target: The descriptor.
        before: How many earlier entries of the epoll have the same number.
    """
    slot = (ctypes.c_uint32 * 3)(epoll, target, before)
    return compared(pid, pid, Resource.EPOLL_TARGET, target, slot) <= 0


def _is_inode(pid: int, number: int, inode: int, device: int) -> bool:
    try:
        status = descriptor_status(pid, number)
    except OSError:
        return False
    # The kernel's internal encoding of a device number: 12 bits major, 20 bits minor.
    return status.st_ino == inode and status.st_dev == os.makedev(device >> 20, device & 0xFFFFF)


def has_own_table(pid: int, thread: int) -> bool:
    """Return whether a thread uses another table of open files than its process's first thread, or the first thread
    has ended and has no table any more.
    """
    if thread == pid:
        return False
    same = compared(pid, thread, Resource.FILES)
    if same >= 0:
        return same != 0
    try:
        return not os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208 - read often
    except OSError:
        return True


def _share_table(thread: int, other: int) -> bool:
    """Return whether two threads use one table of open files; False where the kernel cannot compare them (kcmp(2))."""
    return compared(thread, other, Resource.FILES) == 0


def _in_table(pid: int, thread: int, device: PortDevice) -> list[Descriptor]:
    path = f"/proc/{pid}" if thread == pid else f"/proc/{pid}/task/{thread}"
    try:
        # All later look-ups start from this directory, so they cannot reach another process that reuses the pid.
        directory = os.open(f"{path}/fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, ProcessLookupError):
        return []
    look = _TableLook(pid, thread, directory, path, device)
    try:
        with os.scandir(directory) as entries:
            numbers = sorted(int(entry.name) for entry in entries)
        return [found for number in numbers for found in look.at(number)]
    except (FileNotFoundError, ProcessLookupError):
        return []
    finally:
        os.close(directory)


@dataclass(frozen=True, slots=True)
class _TableLook:
    """One scan of one table of open files.

    Attributes:
        pid: The process.
        thread: The thread whose table it is.
        directory: A descriptor for the table's directory in /proc.
        path: The path of the thread's directory in /proc.
        device: The port.
    """

    pid: int
    thread: int
    directory: int
    path: str
    device: PortDevice

    def at(self, number: int) -> Iterator[Descriptor]:
        """Yield what a descriptor has open on the port: nothing, the port itself, or files that an io_uring keeps."""
        try:
            # The link's text is checked first: stat on a file of a dead network file system could hang.
            text = os.readlink(str(number), dir_fd=self.directory)
            if text == _IO_URING:
                yield from self._registered(number)
            elif _may_be(text, self.device) and self._is_port(number):
                found = self._described(number)
                if found is not None:
                    yield found
        except PermissionError:
            raise  # we may be allowed to list the descriptors but not to follow them
        except OSError:
            return

    def _is_port(self, number: int) -> bool:
        node = os.stat(str(number), dir_fd=self.directory)
        if not stat.S_ISCHR(node.st_mode) or node.st_rdev not in STAND_INS:
            return self.device.is_node(node)
        return self._terminal_behind(number) == self.device.number

    def _terminal_behind(self, number: int) -> int | None:
        """Return the device number of the terminal that a node such as /dev/tty was opened for."""
        try:
            borrowed = borrowed_descriptor(self.pid, number, thread=self.thread)
        except OSError:
            # If it cannot be duplicated: the controlling terminal is usually the same as when it was opened.
            status = process_status(self.pid)
            return status.terminal if status is not None else None
        try:
            (answer,) = struct.unpack("I", fcntl.ioctl(borrowed, _TIOCGDEV, bytes(4)))
        except OSError:
            return None  # O_PATH, or a terminal that has hung up
        finally:
            os.close(borrowed)
        return device_number(answer)

    def _registered(self, number: int) -> Iterator[Descriptor]:
        """Yield the files on the port that an io_uring has registered (io_uring_register(2), IORING_REGISTER_FILES)."""
        try:
            text = read_bounded(f"{self.path}/fdinfo/{number}", _LONGEST_RING).decode("utf-8", "replace")
        except OSError:
            return
        for slot, name in _REGISTERED.findall(text.partition("UserFiles:")[2].partition("UserBufs:")[0]):
            try:
                is_port = _may_be(name, self.device) and self.device.is_node(os.stat(name))  # noqa: PTH116
            except OSError:
                continue
            if is_port:
                yield Descriptor(number, "unknown", table=f"file {slot} of its io_uring")

    def _described(self, number: int) -> Descriptor | None:
        """Return a descriptor on the port, or None if it was opened with O_PATH."""
        try:
            lines = read_bounded(f"{self.path}/fdinfo/{number}").decode("ascii", "replace").splitlines()
        except OSError:
            return Descriptor(number, "unknown")
        access, flock = "unknown", None
        for line in lines:
            key, _, value = line.partition(":")
            if key == "flags":
                flags = int(value, 8)
                if flags & os.O_PATH:
                    return None
                access = _ACCESS.get(flags & os.O_ACCMODE, "unknown")
            elif key == "lock" and " FLOCK " in value:
                flock = "exclusive" if " WRITE " in value else "shared"
        return Descriptor(number, access, flock)


def _may_be(text: str, device: PortDevice) -> bool:
    # Seen from another mount namespace, the text lacks the path of the mount: "/3" stands for /dev/pts/3.
    name = text.removesuffix(" (deleted)")
    if name != text and device.is_pty:
        # A deleted pseudo-terminal that is still open: its number may belong to a new one by now. The node of a real
        # device, by contrast, may be deleted and made again while the device remains.
        return False
    return name.startswith("/dev/") or name.rpartition("/")[2] == device.path.rpartition("/")[2]
