"""What an ELF file says of itself: the machine that it is for, and the dynamic linker that starts it.

See Also:
    System V ABI, chapters 4 (ELF header) and 5 (program header).
"""

from __future__ import annotations

import platform
import struct

__all__ = ["MACHINES", "is_native", "linker_of"]

MACHINES = {"x86_64": 62, "aarch64": 183}
"""The machines whose system calls the clock library knows, and their numbers in an ELF header (e_machine)."""

_HEADER = 64
_CLASS_64_LITTLE_ENDIAN = b"\x7fELF\x02\x01"
_PT_INTERP = 3


def is_native(head: bytes) -> bool:
    """Whether a file is a 64-bit one for the running machine, told from its first octets."""
    if len(head) < _HEADER or not head.startswith(_CLASS_64_LITTLE_ENDIAN):
        return False
    (machine,) = struct.unpack_from("<H", head, 18)
    return bool(machine == MACHINES.get(platform.machine()))


def linker_of(head: bytes) -> str:
    """Return the path of the dynamic linker that a program names, or nothing for one that is linked statically.

    Args:
        head: The file's first octets, as many as hold the program header table; a native one's.
    """
    (start,) = struct.unpack_from("<Q", head, 32)
    size, count = struct.unpack_from("<HH", head, 54)
    if not size or start + size * count > len(head):
        return ""
    for row in range(start, start + size * count, size):
        (kind,) = struct.unpack_from("<I", head, row)
        if kind == _PT_INTERP:
            (offset,) = struct.unpack_from("<Q", head, row + 8)
            (length,) = struct.unpack_from("<Q", head, row + 32)
            return head[offset : offset + length].rstrip(b"\0").decode(errors="replace")
    return ""
