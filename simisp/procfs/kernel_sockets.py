"""The other ends of sockets, from the kernel's tables.

See Also:
    proc_pid_net(5) for the tables of TCP; sock_diag(7) for UNIX sockets, whose peers no table in /proc shows.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["CONNECTING", "LISTENING", "TcpSocket", "tcp_sockets", "unix_peer"]

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST = 1
_UDIAG_SHOW_PEER = 4
_UNIX_DIAG_PEER = 2
_HEADER = struct.Struct("=LHHLL")
_REQUEST = struct.Struct("=BBHLLLLL")
_MESSAGE = struct.Struct("=BBBBLLL")
_ATTRIBUTE = struct.Struct("=HH")
_ANY = 0xFFFFFFFF
LISTENING, CONNECTING = 10, 2
"""States of a TCP socket; a listening UNIX socket has the former too."""


@dataclass(frozen=True, slots=True)
class TcpSocket:
    """A row of /proc/PID/net/tcp or tcp6.

    Attributes:
        local: Its address and port, as the kernel writes them.
        remote: Address and port of its peer.
        state: The kernel's number: 1 established, 2 SYN sent, 10 listening.
        inode: Its inode; 0 once no process has it open.
        under_way: Octets sent and not yet acknowledged.
    """

    local: str
    remote: str
    state: int
    inode: int
    under_way: int = 0


def tcp_sockets(pid: int) -> Iterator[TcpSocket]:
    """Yield every TCP socket in a process's network namespace; none if that cannot be read."""
    for table in ("tcp", "tcp6"):
        try:
            with open(f"/proc/{pid}/net/{table}", encoding="ascii") as file:  # noqa: PTH123 - read often
                rows = file.readlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            queued = int(fields[4].partition(":")[0], 16)
            yield TcpSocket(fields[1], fields[2], int(fields[3], 16), int(fields[9]), queued)


def unix_peer(inode: int) -> int | None:
    """Return the inode of a UNIX socket's peer, or None if it has none, listens, or is not visible.

    It looks into this process's network namespace.
    """
    body = _REQUEST.pack(socket.AF_UNIX, 0, 0, _ANY, inode, _UDIAG_SHOW_PEER, _ANY, _ANY)
    header = _HEADER.pack(_HEADER.size + len(body), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 1, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_SOCK_DIAG) as link:
            link.settimeout(1.0)
            link.send(header + body)
            answer = link.recv(8192)
    except OSError:
        return None
    return _peer_in(answer)


def _peer_in(answer: bytes) -> int | None:
    """Return the peer in a sock_diag answer."""
    length, kind, *_ = _HEADER.unpack_from(answer)
    if kind != _SOCK_DIAG_BY_FAMILY or length < _HEADER.size + _MESSAGE.size:
        return None
    _, _, state, *_ = _MESSAGE.unpack_from(answer, _HEADER.size)
    at = _HEADER.size + _MESSAGE.size
    while state != LISTENING and at + _ATTRIBUTE.size <= min(length, len(answer)):
        size, name = _ATTRIBUTE.unpack_from(answer, at)
        if name == _UNIX_DIAG_PEER:
            return int(struct.unpack_from("=L", answer, at + _ATTRIBUTE.size)[0])
        at += max((size + 3) & ~3, _ATTRIBUTE.size)
    return None
