"""Reads an ELF file: its machine, the dynamic linker that starts it, and its sections.

See Also:
    System V ABI, chapters 4 (ELF header, sections) and 5 (program header).
"""

from __future__ import annotations

import os
import platform
import struct
from pathlib import Path
from typing import BinaryIO

__all__ = ["MACHINES", "has_section", "is_native", "linker_of"]

MACHINES = {"x86_64": 62, "aarch64": 183}
"""The machines whose system calls the clock library knows, and their numbers in an ELF header (e_machine)."""

_HEADER = 64
_CLASS_64_LITTLE_ENDIAN = b"\x7fELF\x02\x01"
_PT_INTERP = 3
_SECTION = 64
"""Octets of an entry in the section header table of a 64-bit file."""
_MOST_NAMES = 1024 * 1024
"""How many octets of section names are read at most."""


def is_native(head: bytes) -> bool:
    """Return whether a file is a 64-bit one for the running machine, judged from its first octets."""
    if len(head) < _HEADER or not head.startswith(_CLASS_64_LITTLE_ENDIAN):
        return False
    (machine,) = struct.unpack_from("<H", head, 18)
    return bool(machine == MACHINES.get(platform.machine()))


def linker_of(head: bytes) -> str:
    """Return the path of the dynamic linker that a program names; empty if it is linked statically.

    Args:
        head: The first octets of a native file, including the program header table.
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


def has_section(program: Path, name: str) -> bool:
    """Return whether a native file has a section of this name. A file without a section header table has none.

    Raises:
        OSError: The file cannot be read.
    """
    with program.open("rb") as file:
        head = file.read(_HEADER)
        (start,) = struct.unpack_from("<Q", head, 40)
        size, count, names = struct.unpack_from("<HHH", head, 58)
        if size != _SECTION or names >= count:
            return False
        offset, length = struct.unpack_from("<QQ", _read(file, start + names * size, size).ljust(size, b"\0"), 24)
        return b"\0" + name.encode() + b"\0" in _read(file, offset, min(length, _MOST_NAMES))


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    """Return a part of the file; nothing beyond its end, since the offset comes from the file itself."""
    if offset >= os.fstat(file.fileno()).st_size:
        return b""
    file.seek(offset)
    return file.read(length)
