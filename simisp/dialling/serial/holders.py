"""Finds the processes that have a port open, except the simulator at the other side of a pseudo-terminal."""

from __future__ import annotations

import os

from simisp.errors import EndpointError
from simisp.locks import PortDevice, descriptors_on
from simisp.procfs.device import PTY_MASTER, pty_index
from simisp.procfs.open_files import open_files
from simisp.procfs.process import command_line, process_ids, process_status
from simisp.ras.port import PortHolder

__all__ = ["holders"]


def holders(port: str) -> tuple[PortHolder, ...]:
    """Return the processes that have a port open, in order of pid; empty if there is no such port.

    Left out are processes that cannot be inspected, this process, and the process on the other side of a
    pseudo-terminal: a simulator keeps its port open.
    """
    try:
        device = PortDevice.at(port)
    except EndpointError:
        return ()
    found = []
    for pid in sorted(process_ids()):
        if pid == os.getpid() or not _has_open(pid, device) or _is_other_side(pid, device):
            continue
        status = process_status(pid)
        if status is not None and not status.ended:
            found.append(PortHolder(pid, command_line(pid)))
    return tuple(found)


def _has_open(pid: int, device: PortDevice) -> bool:
    try:
        return bool(descriptors_on(pid, device))
    except OSError:
        return False


def _is_other_side(pid: int, device: PortDevice) -> bool:
    """Return whether a process has the master of this pseudo-terminal (proc(5): ``tty-index`` in fdinfo)."""
    index = pty_index(device.number)
    if index is None:
        return False
    masters = (one for one in open_files(pid) if one.device == PTY_MASTER)
    return any(one.field("tty-index") == str(index) for one in masters)
