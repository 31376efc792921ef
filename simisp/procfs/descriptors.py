"""Which descriptors of a process are open on a port, in whichever table of open files they stand.

Threads of a process mostly share one table; unshare(2) or clone(2) give one a table of its own, and when the first
thread has ended, only the tables of the others are left. An io_uring keeps files of its own besides.
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
"""The device number behind an open terminal: ioctl_tty(2), as x86 and ARM have it."""
_PIDFD_GETFD = 438
"""The number of pidfd_getfd(2), on every machine."""
_PIDFD_THREAD = os.O_EXCL
_KCMP = {"x86_64": 312, "aarch64": 272, "riscv64": 272}.get(os.uname().machine)
_KCMP_FILE, _KCMP_FILES, _KCMP_EPOLL_TFD = 0, 2, 7
_WATCHED = re.compile(r"^tfd:\s*(\d+) .*?ino:([0-9a-f]+) sdev:([0-9a-f]+)", re.MULTILINE)
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One descriptor that a process has open on a port.

    Attributes:
        number: The descriptor; for a file that an io_uring keeps, the ring's.
        access: ``"read"``, ``"write"`` or ``"read and write"``; ``"unknown"`` when it can't be seen.
        flock: ``"exclusive"`` or ``"shared"`` when a flock(2) is held through it, else None.
        table: Where it stands when that is not the table which the process's threads share, in words; else empty.
    """

    number: int
    access: str
    flock: str | None = None
    table: str = ""


def descriptors_on(pid: int, device: PortDevice) -> tuple[Descriptor, ...]:
    """Return the descriptors that a process has open on a device, in order; none when the process is gone.

    A descriptor that only names the port (O_PATH) has nothing open and is not among them.

    Raises:
        OSError: We can't look at this process, for want of the right or of descriptors of our own.
    """
    found: list[Descriptor] = []
    for thread in tables(pid):
        own = "" if thread == pid else f"in the table of its thread {thread}"
        # Where tables can't be compared one is read several times.
        known = {replace(each, table="") for each in found}
        new = [each for each in _in_table(pid, thread, device) if each not in known]
        found += [replace(each, table=each.table or own) for each in new]
    return tuple(found)


def borrowed_descriptor(pid: int, number: int, *, thread: int | None = None) -> int:
    """Return a descriptor of ours for what a descriptor of another process stands for.

    Args:
        pid: The process.
        number: Its descriptor.
        thread: Whose table it stands in, when that is not the first thread's.

    Raises:
        OSError: It is gone, the kernel can't lend it, or we may not have it.

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
    """Return whether a descriptor of a process and one of ours are one open file, as after dup(2) or fork(2).

    Where the kernel does not compare them (kcmp(2)) only our own descriptor is the same as itself.
    """
    if pid == os.getpid() and number == own:
        return True
    return _KCMP is not None and _LIBC.syscall(_KCMP, os.getpid(), pid, _KCMP_FILE, own, number) == 0


def are_one_file(task: int, number: int, other: int, other_number: int) -> bool | None:
    """Return whether descriptors of two threads are one open file; None where the kernel does not compare them."""
    same = -1 if _KCMP is None else _LIBC.syscall(_KCMP, task, other, _KCMP_FILE, number, other_number)
    if same < 0 and _KCMP is not None and ctypes.get_errno() in {errno.ESRCH, errno.EBADF}:
        return False
    return None if same < 0 else same == 0


def tables(pid: int) -> Iterator[int]:
    """Yield one thread for each table of open files that a process has, its first thread to begin with."""
    yield pid
    try:
        # A directory's links count its folders: most processes have one thread, and need no further look.
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
    """Return the descriptors that an epoll of a process watches; None when that can't be told.

    An epoll watches open files, and only remembers by which numbers they came. A number that was closed since, is
    another file's, or is another process's, says nothing of what is watched.
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
    """Return whether a descriptor is the file that an epoll watches under its number; true where it can't be compared.

    Args:
        pid: The process.
        epoll: Its descriptor of the epoll.
        target: The descriptor.
        before: How many files were watched under the same number before.
    """
    if _KCMP is None:
        return True
    slot = (ctypes.c_uint32 * 3)(epoll, target, before)
    return bool(_LIBC.syscall(_KCMP, pid, pid, _KCMP_EPOLL_TFD, target, slot) <= 0)


def _is_inode(pid: int, number: int, inode: int, device: int) -> bool:
    try:
        status = descriptor_status(pid, number)
    except OSError:
        return False
    # The kernel writes its own form of a device's number: 12 bits and 20.
    return status.st_ino == inode and status.st_dev == os.makedev(device >> 20, device & 0xFFFFF)


def has_own_table(pid: int, thread: int) -> bool:
    """Return whether a thread has another table of open files than its process's first thread, or that one has ended
    and has none any more.
    """
    if thread == pid:
        return False
    same = -1 if _KCMP is None else _LIBC.syscall(_KCMP, pid, thread, _KCMP_FILES, 0, 0)
    if same >= 0:
        return same != 0
    try:
        return not os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208 - read often
    except OSError:
        return True


def _share_table(thread: int, other: int) -> bool:
    """Return whether two threads have one table of open files; no where the kernel does not compare (kcmp(2))."""
    return _KCMP is not None and _LIBC.syscall(_KCMP, thread, other, _KCMP_FILES, 0, 0) == 0


def _in_table(pid: int, thread: int, device: PortDevice) -> list[Descriptor]:
    path = f"/proc/{pid}" if thread == pid else f"/proc/{pid}/task/{thread}"
    try:
        # All later look-ups start from this directory: they can't end up at another process with the same number.
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
    """A look at one table of open files.

    Attributes:
        pid: The process.
        thread: The thread whose table it is.
        directory: Open on its list of descriptors in /proc.
        path: The thread's directory there.
        device: The port.
    """

    pid: int
    thread: int
    directory: int
    path: str
    device: PortDevice

    def at(self, number: int) -> Iterator[Descriptor]:
        """Yield what a descriptor has open on the port: nothing, itself, or files that an io_uring keeps."""
        try:
            # The link's text is looked at first: to ask after a file on a dead network file system could hang.
            text = os.readlink(str(number), dir_fd=self.directory)
            if text == _IO_URING:
                yield from self._registered(number)
            elif _may_be(text, self.device) and self._is_port(number):
                found = self._described(number)
                if found is not None:
                    yield found
        except PermissionError:
            raise  # the list of descriptors can be open to us when what they lead to is not
        except OSError:
            return

    def _is_port(self, number: int) -> bool:
        node = os.stat(str(number), dir_fd=self.directory)
        if not stat.S_ISCHR(node.st_mode) or node.st_rdev not in STAND_INS:
            return self.device.is_node(node)
        return self._terminal_behind(number) == self.device.number

    def _terminal_behind(self, number: int) -> int | None:
        """Return the device number of the terminal that a stand-in was opened for."""
        try:
            borrowed = borrowed_descriptor(self.pid, number, thread=self.thread)
        except OSError:
            # Where it isn't lent: the terminal that controls the process is mostly what it was at the opening.
            status = process_status(self.pid)
            return status.terminal if status is not None else None
        try:
            (answer,) = struct.unpack("I", fcntl.ioctl(borrowed, _TIOCGDEV, bytes(4)))
        except OSError:
            return None  # O_PATH, or a terminal that hung up
        finally:
            os.close(borrowed)
        return device_number(answer)

    def _registered(self, number: int) -> Iterator[Descriptor]:
        """Yield the files on the port that an io_uring keeps (io_uring_register(2), IORING_REGISTER_FILES)."""
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
        """Return a descriptor on the port, or None when it only names it."""
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
    # From another mount namespace the text lacks the path of the mount: "/3" stands for /dev/pts/3.
    name = text.removesuffix(" (deleted)")
    if name != text and device.is_pty:
        # What a pseudo-terminal that is gone has left open; its number may be that of a new one by now. The node of a
        # real device, on the contrary, may be made anew while the device lasts.
        return False
    return name.startswith("/dev/") or name.rpartition("/")[2] == device.path.rpartition("/")[2]
