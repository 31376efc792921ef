"""A port on TCP: what serial device servers call a raw socket, and pyserial ``socket://``."""

from __future__ import annotations

import ipaddress
import socket

from simisp.endpoints.coding import MakeCoding, RawCoding
from simisp.endpoints.socket_port import BUSY_TEXT, SocketEndpoint
from simisp.errors import EndpointError, reason_of

__all__ = ["KEEP_ALIVE", "is_loopback", "tcp_endpoint"]

KEEP_ALIVE = 60.0
"""Seconds after which a connection ends whose other end is gone without a word."""
_BACKLOG = 1024
"""Connections that the kernel keeps until they are taken; it may keep fewer (net.core.somaxconn)."""


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone.

    Example:
        >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
        (True, True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def tcp_endpoint(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    coding: MakeCoding = RawCoding,
    scheme: str = "socket",
    busy: str = BUSY_TEXT,
    keep_alive: float = KEEP_ALIVE,
) -> SocketEndpoint:
    """Return a line on a TCP port. Its path is a URL that pyserial opens, such as ``socket://127.0.0.1:4001``.

    Args:
        host: The address to listen at.
        port: 0 to 65535; 0 for a free one.
        coding: How a connection carries octets and circuits.
        scheme: How its URL begins.
        busy: What a second client reads before it is turned away; empty for a reset of its connection.
        keep_alive: For how many seconds a silent client may be gone before its connection ends; 2 or more.

    Raises:
        EndpointError: The address can't be listened at.
    """
    written = f"{scheme}://{f'[{host}]' if ':' in host else host}:"
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # An address or localhost needs no name server; another name may. What is found has the zone of fe80::1%eth0.
        address = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)[0][4]
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        raise EndpointError(
            f"no port can be opened ({reason_of(error)})", path=f"{written}{port}", errno=error.errno,
            remedy="choose another address, or port 0 for a free one",
        ) from error  # fmt: skip
    path = f"{written}{listener.getsockname()[1]}"
    return SocketEndpoint(listener, path, coding=coding, busy=busy, keep_alive=keep_alive)
