"""A port by its identity, and which descriptors of a process are open on it.

A port has many names (a symlink, ``/dev/pts/3``, another node in another mount namespace) and one device number.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from simisp.errors import EndpointError
from simisp.locks.process import process_status, read_bounded

__all__ = ["Descriptor", "PortDevice", "descriptors_on", "terminal_name"]

_CONTROLLING_TERMINAL = os.makedev(5, 0)
"""/dev/tty, which stands for the terminal that controls whoever opens it."""
_FIRST_PTY_MAJOR, _LAST_PTY_MAJOR = 136, 143
_PTYS_PER_MAJOR = 256
_SERIAL_MAJOR, _FIRST_SERIAL_MINOR = 4, 64
_ACCESS = {os.O_RDONLY: "read", os.O_WRONLY: "write", os.O_RDWR: "read and write"}


@dataclass(frozen=True, slots=True)
class PortDevice:
    """One character device.

    Attributes:
        path: Its path without symlinks.
        number: Its device number, as ``st_rdev`` has it.
        filesystem: The device number of the file system that its node is in.
        inode: The node's number there.

    Example:
        >>> null = PortDevice.at("/dev/null")
        >>> null.path, (os.major(null.number), os.minor(null.number))
        ('/dev/null', (1, 3))
    """

    path: str
    number: int
    filesystem: int
    inode: int

    @classmethod
    def at(cls, port: str) -> PortDevice:
        """Return the device that a path leads to.

        Raises:
            EndpointError: There is none, or it is no character device.
        """
        try:
            found = Path(port).stat()
        except OSError as error:
            raise EndpointError(
                f"no port to look at, {(error.strerror or 'unknown error').lower()}", path=port, errno=error.errno
            ) from None
        if not stat.S_ISCHR(found.st_mode):
            raise EndpointError("this is not a port but some other kind of file", path=port)
        return cls(os.path.realpath(port), found.st_rdev, found.st_dev, found.st_ino)

    @classmethod
    def find(cls, port: str) -> PortDevice | None:
        """Return the device that a path leads to, or None when there is none."""
        try:
            return cls.at(port)
        except EndpointError:
            return None

    def is_node(self, node: os.stat_result) -> bool:
        """Return whether a file is this device, perhaps under another name."""
        if not stat.S_ISCHR(node.st_mode) or node.st_rdev != self.number:
            return False
        # Each instance of devpts has a number 3 of its own, while a serial port is the same in every /dev.
        is_pty = _FIRST_PTY_MAJOR <= os.major(self.number) <= _LAST_PTY_MAJOR
        return not is_pty or node.st_dev == self.filesystem


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One descriptor that a process has open on a port.

    Attributes:
        number: The descriptor.
        access: ``"read"``, ``"write"`` or ``"read and write"``; ``"unknown"`` when it can't be seen.
        flock: ``"exclusive"`` or ``"shared"`` when a flock(2) is held through it, else None.
    """

    number: int
    access: str
    flock: str | None = None


def descriptors_on(pid: int, device: PortDevice) -> tuple[Descriptor, ...]:
    """Return the descriptors that a process has open on a device, in order; none when the process is gone.

    Raises:
        OSError: We can't look at this process, for want of the right or of descriptors of our own.
    """
    try:
        # All later look-ups start from this directory: they can't end up at another process with the same number.
        directory = os.open(f"/proc/{pid}/fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, ProcessLookupError):
        return ()
    try:
        numbers = sorted(_leading_to(pid, directory, device))
    except (FileNotFoundError, ProcessLookupError):
        return ()
    finally:
        os.close(directory)
    return tuple(_descriptor(pid, number) for number in numbers)


def _leading_to(pid: int, directory: int, device: PortDevice) -> list[int]:
    with os.scandir(directory) as entries:
        return [int(entry.name) for entry in entries if _leads_to(pid, directory, entry.name, device)]


def _leads_to(pid: int, directory: int, number: str, device: PortDevice) -> bool:
    try:
        # The link's text is looked at first: to ask after a file on a dead network file system could hang.
        if not _may_be(os.readlink(number, dir_fd=directory), device):
            return False
        node = os.stat(number, dir_fd=directory)
    except PermissionError:
        raise  # the list of descriptors can be open to us when what they lead to is not
    except OSError:
        return False
    if node.st_rdev == _CONTROLLING_TERMINAL and stat.S_ISCHR(node.st_mode):
        status = process_status(pid)
        return status is not None and status.terminal == device.number
    return device.is_node(node)


def _may_be(text: str, device: PortDevice) -> bool:
    # From another mount namespace the text lacks the path of the mount: "/3" stands for /dev/pts/3.
    name = text.removesuffix(" (deleted)")
    if name != text and _is_pty(device.number):
        # What a pseudo-terminal that is gone has left open; its number may be that of a new one by now. The node of a
        # real device, on the contrary, may be made anew while the device lasts.
        return False
    return name.startswith("/dev/") or name.rpartition("/")[2] == device.path.rpartition("/")[2]


def _is_pty(number: int) -> bool:
    """Return whether a device number is that of a pseudo-terminal's slave (Documentation/admin-guide/devices.txt)."""
    return 136 <= os.major(number) <= 143


def _descriptor(pid: int, number: int) -> Descriptor:
    try:
        lines = read_bounded(f"/proc/{pid}/fdinfo/{number}").decode("ascii", "replace").splitlines()
    except OSError:
        return Descriptor(number, "unknown")
    access, flock = "unknown", None
    for line in lines:
        key, _, value = line.partition(":")
        if key == "flags":
            access = _ACCESS.get(int(value, 8) & os.O_ACCMODE, "unknown")
        elif key == "lock" and " FLOCK " in value:
            flock = "exclusive" if " WRITE " in value else "shared"
    return Descriptor(number, access, flock)


def terminal_name(number: int) -> str:
    """Return the path that a terminal's device number has by custom; empty for 0, which stands for no terminal.

    Example:
        >>> terminal_name(os.makedev(136, 3)), terminal_name(os.makedev(4, 65)), terminal_name(os.makedev(188, 0))
        ('/dev/pts/3', '/dev/ttyS1', 'device 188:0')
    """
    major, minor = os.major(number), os.minor(number)
    if number == 0:
        return ""
    if _FIRST_PTY_MAJOR <= major <= _LAST_PTY_MAJOR:
        return f"/dev/pts/{(major - _FIRST_PTY_MAJOR) * _PTYS_PER_MAJOR + minor}"
    if major == _SERIAL_MAJOR and minor >= _FIRST_SERIAL_MINOR:
        return f"/dev/ttyS{minor - _FIRST_SERIAL_MINOR}"
    return f"device {major}:{minor}"
