"""A port, identified by its device number.

A port has many names (a symlink, ``/dev/pts/3``, another node in another mount namespace) and one device number.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from simisp.errors import EndpointError, reason_of

__all__ = ["NEVER_BLOCKING", "PTY_MASTER", "STAND_INS", "PortDevice", "device_number", "pty_index", "terminal_name"]

_PTY_SLAVES = range(136, 144)
"""The major device numbers of PTY slaves (the kernel's devices.txt)."""
_PTYS_PER_MAJOR = 256
PTY_MASTER = os.makedev(5, 2)
"""The device number of ``/dev/ptmx``, which every PTY's master has: ``tty-index`` in its fdinfo says which PTY."""
NEVER_BLOCKING = frozenset(os.makedev(1, minor) for minor in (3, 5, 7, 8, 9))
"""null, zero, full, random and urandom."""
STAND_INS = frozenset({os.makedev(5, 0), os.makedev(5, 1), os.makedev(4, 0)})
"""/dev/tty, /dev/console and /dev/tty0: nodes that open a terminal with another device number than theirs."""
_SERIAL_MAJOR, _FIRST_SERIAL_MINOR = 4, 64


@dataclass(frozen=True, slots=True)
class PortDevice:
    """One character device.

    Attributes:
        path: Its path with symlinks resolved.
        number: Its device number, as in ``st_rdev``.
        filesystem: The device number of the file system that holds its node.
        inode: The node's inode number.

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
        """Return the device at a path.

        Raises:
            EndpointError: There is no such file, or it is not a character device.
        """
        try:
            found = Path(port).stat()
        except OSError as error:
            raise EndpointError(f"no port here, {reason_of(error).lower()}", path=port, errno=error.errno) from None
        if not stat.S_ISCHR(found.st_mode):
            raise EndpointError("this is not a port but some other kind of file", path=port)
        return cls(os.path.realpath(port), found.st_rdev, found.st_dev, found.st_ino)

    @classmethod
    def find(cls, port: str) -> PortDevice | None:
        """Return the device at a path, or None if there is none."""
        try:
            return cls.at(port)
        except EndpointError:
            return None

    @property
    def is_pty(self) -> bool:
        """Whether it is the slave of a pseudo-terminal."""
        return pty_index(self.number) is not None

    def is_node(self, node: os.stat_result) -> bool:
        """Return whether a file is this device, possibly under another name."""
        if not stat.S_ISCHR(node.st_mode) or node.st_rdev != self.number:
            return False
        # Each instance of devpts has its own number 3, while a serial port is the same in every /dev.
        return not self.is_pty or node.st_dev == self.filesystem


def device_number(number: int) -> int:
    """Convert a terminal's device number from the form in which the kernel shows it elsewhere to that of ``st_rdev``.

    See Also:
        "tty_nr" in proc_pid_stat(5), and TIOCGDEV in ioctl_tty(2).
    """
    return os.makedev(number >> 8 & 0xFFF, number & 0xFF | number >> 12 & 0xFFF00)


def pty_index(number: int) -> int | None:
    """Return the index of the pseudo-terminal whose slave has this device number, or None for any other device.

    Example:
        >>> pty_index(os.makedev(137, 3)), pty_index(os.makedev(4, 65))
        (259, None)
    """
    major = os.major(number)
    if major not in _PTY_SLAVES:
        return None
    return (major - _PTY_SLAVES.start) * _PTYS_PER_MAJOR + os.minor(number)


def terminal_name(number: int) -> str:
    """Return the conventional path for a terminal's device number; empty for 0, which stands for "no terminal".

    Example:
        >>> terminal_name(os.makedev(136, 3)), terminal_name(os.makedev(4, 65)), terminal_name(os.makedev(188, 0))
        ('/dev/pts/3', '/dev/ttyS1', 'device 188:0')
    """
    major, minor = os.major(number), os.minor(number)
    if number == 0:
        return ""
    if (index := pty_index(number)) is not None:
        return f"/dev/pts/{index}"
    if major == _SERIAL_MAJOR and minor >= _FIRST_SERIAL_MINOR:
        return f"/dev/ttyS{minor - _FIRST_SERIAL_MINOR}"
    return f"device {major}:{minor}"
