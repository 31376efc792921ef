"""A port on a Unix socket, in the file system or in Linux's abstract namespace.

An emulator's serial line is often one (QEMU's ``-serial unix:``), and test ports of modem daemons are abstract ones.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import socket
import stat
import struct

from simisp.endpoints.access import PortAccess
from simisp.endpoints.link import private_folder
from simisp.endpoints.socket_port import BUSY_TEXT, SocketEndpoint
from simisp.errors import EndpointError, reason_of

__all__ = ["unix_endpoint"]

_BACKLOG = 1024
"""Connections that the kernel keeps until they are taken; it may keep fewer (net.core.somaxconn)."""
_CREDENTIALS = struct.Struct("3i")
_MOST_TRIES = 50
_PRIVATE = 0o600
"""The mode of a socket's file until it has been given the one that was asked for."""


def unix_endpoint(
    name: str | None = None,
    *,
    busy: str = BUSY_TEXT,
    access: PortAccess = PortAccess(),  # noqa: B008 - frozen
) -> SocketEndpoint:
    """Return a line on a Unix socket. Its path is ``unix:`` and the name.

    A socket's file goes with the endpoint. One that a killed process has left is replaced; any other file is not.
    An abstract name has no mode, so unless the mode was widened only this user and root are let in, and it has no owner
    and no group.

    Args:
        name: A path, or ``@`` and an abstract name, which is taken as it is; None for a free path in the user's
            private folder.
        busy: What a second client reads before it is turned away; empty for an end of its connection at once.
        access: Who may connect; by default only the user of this process.

    Raises:
        EndpointError: The socket can't be made, or can't have this access.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        os.fchmod(listener.fileno(), _PRIVATE)  # Linux gives the file the mode that the socket has when it is bound
        if name is None:
            name = _bind_to_free_path(listener)
        else:
            _bind(listener, name)
        return _endpoint_on(listener, name, busy, access)
    except BaseException:
        listener.close()
        raise


def _endpoint_on(listener: socket.socket, name: str, busy: str, access: PortAccess) -> SocketEndpoint:
    """Return a line on a socket that is bound. If it can't be had, the socket's file is removed."""
    is_abstract = name.startswith("@")
    made = None if is_abstract else _identity(name)
    try:
        if is_abstract:
            access.check_abstract(f"unix:{name}")
        else:
            access.grant(name, name)  # nobody can connect before it listens
        listener.listen(_BACKLOG)
        return SocketEndpoint(
            listener,
            f"unix:{name}",
            busy=busy,
            admits=_is_of_this_user if is_abstract and access.is_private else lambda _: True,
            on_close=lambda: _remove(name, made),
        )
    except BaseException:
        _remove(name, made)
        raise


def _bind(listener: socket.socket, name: str) -> None:
    if "\0" in name:  # the system would take what stands before it for the whole name
        raise _refused(name, ValueError("a name has no NUL"))
    address = f"\0{name[1:]}" if name.startswith("@") else name
    try:
        try:
            listener.bind(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not _is_left_over(name):
                raise
            os.unlink(name)  # noqa: PTH108 - a text as it was given
            listener.bind(address)
    except (OSError, ValueError) as error:
        raise _refused(name, error) from error


def _refused(name: str, error: Exception) -> EndpointError:
    number = error.errno if isinstance(error, OSError) else None
    return EndpointError(
        f"no socket can be made ({_what_is_there(name) if number == errno.EADDRINUSE else reason_of(error)})",
        path=f"unix:{name}",
        errno=number,
        remedy="name a file that does not exist, in a folder of yours, in at most 107 octets",
    )


def _what_is_there(name: str) -> str:
    """Return in words what has a name already."""
    try:
        is_socket = name.startswith("@") or stat.S_ISSOCK(os.lstat(name).st_mode)
    except OSError:
        is_socket = True  # it has gone meanwhile
    return "another process has this socket" if is_socket else "a file is there that is no socket"


def _bind_to_free_path(listener: socket.socket) -> str:
    folder = private_folder()
    for number in itertools.count():
        name = str(folder / f"line{number}.socket")
        try:
            _bind(listener, name)
        except EndpointError as error:
            if error.errno != errno.EADDRINUSE or number >= _MOST_TRIES:
                raise
        else:
            return name
    raise AssertionError("it counts forever")


def _is_left_over(name: str) -> bool:
    """Whether a path is a socket at which nothing listens any more."""
    if name.startswith("@"):
        return False
    try:
        if not stat.S_ISSOCK(os.lstat(name).st_mode):
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.setblocking(False)
            probe.connect(name)
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def _identity(name: str) -> tuple[int, int]:
    status = os.lstat(name)
    return status.st_dev, status.st_ino


def _remove(name: str, made: tuple[int, int] | None) -> None:
    """Remove a socket's file, if it is still the one that was made."""
    with contextlib.suppress(OSError):
        if made is not None and _identity(name) == made:
            os.unlink(name)  # noqa: PTH108 - a text as it was given


def _is_of_this_user(caller: socket.socket) -> bool:
    credentials = caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _pid, uid, _gid = _CREDENTIALS.unpack(credentials)
    return uid in (0, os.getuid())
