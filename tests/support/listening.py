"""Whether a program listens already: some time after it has made its socket."""

from __future__ import annotations

from pathlib import Path

__all__ = ["is_listened_on"]

_LISTENS = "00010000"
"""The kernel's __SO_ACCEPTCON, in hexadecimal."""


def is_listened_on(path: Path) -> bool:
    """Return whether a Unix socket is listened on, so that a connection is not refused: proc_net(5), ``unix``."""
    sockets = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()]
    return any(row[-1] == str(path) and row[3] == _LISTENS for row in sockets)
