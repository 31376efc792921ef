"""The memory of a process: its mappings, and its content."""

from __future__ import annotations

import os
from pathlib import Path

from simisp.procfs.files import read_bounded

__all__ = ["auxiliary_vector", "memory_map", "read_memory"]


def memory_map(pid: int) -> str:
    """Return the mappings of a process, a line each: proc_pid_maps(5).

    Raises:
        OSError: It is gone, or cannot be inspected.
    """
    return Path(f"/proc/{pid}/maps").read_text(errors="replace")


def read_memory(pid: int, address: int, length: int) -> bytes | None:
    """Return octets of a process's memory, or None if they cannot all be read."""
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
        OSError: It is gone, or cannot be inspected.
    """
    return read_bounded(f"/proc/{pid}/auxv", 8)
