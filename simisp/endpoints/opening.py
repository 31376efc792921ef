"""Opens a port from its path, as a client would, and takes the path apart for commands that want it in parts."""

from __future__ import annotations

import os
import socket

from simisp.errors import EndpointError, reason_of

__all__ = ["address_of", "open_descriptor"]

_RAW = "socket://"


def address_of(path: str) -> tuple[str, str]:
    """Return the host and the port of a URL; both empty for a path that is no URL.

    Example:
        >>> address_of("rfc2217://[::1]:4001"), address_of("/dev/pts/3")
        (('::1', '4001'), ('', ''))
    """
    scheme, separator, rest = path.partition("://")
    host, _, port = rest.rpartition(":")
    return (host.removeprefix("[").removesuffix("]"), port) if separator and "/" not in scheme else ("", "")


def open_descriptor(path: str) -> int:
    """Return a descriptor that is open on a port, close-on-exec, for a command whose input and output are the port.

    Raises:
        EndpointError: It can't be opened, or what travels on it is more than octets.
    """
    try:
        if path.startswith("/"):
            return os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        if path.startswith("unix:"):
            name = path.removeprefix("unix:")
            client = socket.socket(socket.AF_UNIX)
            client.connect(f"\0{name[1:]}" if name.startswith("@") else name)
            return client.detach()
        if path.startswith(_RAW):
            host, port = address_of(path)
            return socket.create_connection((host, int(port))).detach()
    except OSError as error:
        raise EndpointError(f"the port can't be opened ({reason_of(error)})", path=path, errno=error.errno) from error
    parts = "{port}, {host} or {tcp_port}" if address_of(path)[0] else "{port}"
    raise EndpointError("a command's input and output can't be this port", path=path, remedy=f"write {parts} in it")
