"""The memory of a process: what is mapped into it, and what stands in it."""

from __future__ import annotations

import os
from pathlib import Path

from simisp.procfs.files import read_bounded

__all__ = ["auxiliary_vector", "memory_map", "read_memory"]


def memory_map(pid: int) -> str:
    """Return what a process has in its memory, one line for each mapping: proc_pid_maps(5).

    Raises:
        OSError: It is gone, or may not be looked at.
    """
    return Path(f"/proc/{pid}/maps").read_text(errors="replace")


def read_memory(pid: int, address: int, length: int) -> bytes | None:
    """Return octets of a process's memory, or None when they can't all be read."""
    if length == 0:
        return b""
    try:
        memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        octets = os.pread(memory, length, address)
    except (OSError, OverflowError):
        return None
    finally:
        os.close(memory)
    return octets if len(octets) == length else None


def auxiliary_vector(pid: int) -> bytes:
    """Return the first 8 octets of a process's auxiliary vector: proc_pid_auxv(5).

    Raises:
        OSError: It is gone, or may not be looked at.
    """
    return read_bounded(f"/proc/{pid}/auxv", 8)
