"""A port that clients reach by connecting to a socket: one has the line, and another one finds it busy.

A terminal server does the same: the line belongs to the client that came first, until that closes its connection.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterator

from simisp.circuits import Circuit
from simisp.endpoints.base import Ability, CallerTurnedAway, PortEvent, PortOpened, Reactor
from simisp.endpoints.coding import MakeCoding, RawCoding
from simisp.endpoints.connection import Connection, SocketTransport

__all__ = ["BUSY_TEXT", "SocketEndpoint"]

BUSY_TEXT = "the line is busy\r\n"
"""What a second client reads before its connection is closed."""
_MOST_ACCEPTED = 64
"""Connections taken at a time: a flood of them gets its turn like everything else."""
_MOST_LEAVING = 8
"""Clients that were turned away and have not closed yet. Of more the first is cut off."""
_BUFFER = 16 * 1024
"""Octets that the kernel may hold in each direction (it counts twice as many): what is more waits where it is seen."""
_RESET = struct.pack("ii", 1, 0)


class SocketEndpoint:
    """A line on a listening socket.

    Args:
        listener: The socket, bound and listening; it belongs to the endpoint.
        path: How a client names the port.
        coding: How a connection carries octets and circuits.
        busy: What a second client reads before it is turned away; empty for a reset of its connection.
        keep_alive: For how many seconds a silent client may be gone before its connection ends; None for no limit.
        admits: Whether a caller may have the line at all; others are reset.
        on_close: Called once when the endpoint has closed, for what else belongs to it.
    """

    def __init__(
        self,
        listener: socket.socket,
        path: str,
        *,
        coding: MakeCoding = RawCoding,
        busy: str = BUSY_TEXT,
        keep_alive: float | None = None,
        admits: Callable[[socket.socket], bool] = lambda _: True,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        listener.setblocking(False)
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):  # connections inherit it
            listener.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
        self.path = path
        self.abilities = coding().abilities | {Ability.HANG_UP_SEEN, Ability.NEXT_CLIENT}
        self._listener = listener
        self._make_coding = coding
        self._busy = busy.encode("utf-8", "replace")
        self._keep_alive = keep_alive
        self._admits = admits
        self._on_close = on_close
        self._spare = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        self._connection: Connection | None = None
        self._leaving: deque[socket.socket] = deque()
        self._circuits: dict[Circuit, bool] = {}
        self._held = False
        self.is_taken = False
        """Whether a client at another port has the line, so that every caller here finds it busy."""
        self._reactor: Reactor | None = None
        self._on_event: Callable[[PortEvent], None] | None = None

    @property
    def terminal(self) -> None:
        """A socket is no terminal."""

    @property
    def echo_rate(self) -> None:
        """None: a socket has no terminal that could echo."""

    @property
    def backlog(self) -> int:
        """How many octets are pending because the client does not read."""
        return 0 if self._connection is None else self._connection.backlog

    def attach(self, reactor: Reactor, on_event: Callable[[PortEvent], None]) -> None:
        """Report from now on what happens, in order, and soon what has happened already."""
        self._reactor, self._on_event = reactor, on_event
        reactor.add_reader(self._listener.fileno(), self._accept)
        if self._connection is not None:
            self._connection.attach(reactor, on_event)

    def detach(self) -> None:
        """Report nothing any more. Calling it again does nothing."""
        reactor, self._reactor, self._on_event = self._reactor, None, None
        if reactor is None:
            return
        reactor.remove_reader(self._listener.fileno())
        if self._connection is not None:
            self._connection.detach()
        while self._leaving:
            leaving = self._leaving.popleft()
            reactor.remove_reader(leaving.fileno())
            leaving.close()

    def look(self) -> None:
        """Report at once what has happened so far."""
        if self._connection is not None:
            self._connection.look()
        self._accept()

    def hold(self, on: bool) -> None:
        """Leave the client's octets where they are, or take them again."""
        self._held = on
        if self._connection is not None:
            self._connection.hold(on)

    def send(self, data: bytes) -> None:
        """Send octets; those that the client does not take now wait."""
        if self._connection is not None:
            self._connection.send(data)

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client a circuit, if the connection carries it; the next one finds it as it is then."""
        self._circuits[circuit] = on
        if self._connection is not None:
            self._connection.show(circuit, on)

    def close(self) -> None:
        """Release everything. Calling it again does nothing."""
        self.detach()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._spare >= 0:
            os.close(self._spare)
            self._spare = -1
            self._listener.close()
            self._on_close()

    def _accept(self) -> None:
        for caller in self._callers():
            if self._connection is not None and self._connection.has_left():
                self._connection.look()
            if self._reactor is None or not self._admits(caller):  # or what was reported has detached the port
                _reset(caller)
                continue
            if self._connection is not None or self.is_taken:
                self._turn_away(caller)
            else:
                self._serve(caller)

    def _callers(self) -> Iterator[socket.socket]:
        """Yield those that wait to be taken."""
        for _ in range(_MOST_ACCEPTED):
            if self._reactor is None:
                return
            try:
                caller, _address = self._listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    self._refuse_one()
                    return
                continue  # that caller has gone
            yield caller

    def _refuse_one(self) -> None:
        """Refuse a caller although no descriptor is left for it, or the listener would stay readable forever."""
        os.close(self._spare)
        with contextlib.suppress(OSError):
            _reset(self._listener.accept()[0])
        self._spare = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)

    def _serve(self, caller: socket.socket) -> None:
        assert self._reactor is not None
        assert self._on_event is not None
        if self._keep_alive is not None:
            _set_up_tcp(caller, self._keep_alive)
        transport = SocketTransport(caller, keep_alive=self._keep_alive)
        connection = self._connection = Connection(transport, self._make_coding(), self._left)
        connection.hold(self._held)
        for circuit, on in self._circuits.items():
            connection.coding.show(circuit, on)  # as they are; what shows them is sent with its beginning
        self._on_event(PortOpened(1))
        if self._reactor is not None and self._on_event is not None and self._connection is connection:
            connection.attach(self._reactor, self._on_event)
            connection.begin()

    def _left(self) -> None:
        self._connection = None

    def _turn_away(self, caller: socket.socket) -> None:
        """Give a caller the busy text and wait for its end, or reset its connection."""
        address = _address(caller)
        if not self._busy:
            _reset(caller)
        else:
            caller.setblocking(False)
            with contextlib.suppress(OSError):
                caller.send(self._busy, socket.MSG_NOSIGNAL)
                caller.shutdown(socket.SHUT_WR)
            # Closing it at once would reset it, as soon as the caller has sent anything, and the text would be lost.
            assert self._reactor is not None
            if len(self._leaving) >= _MOST_LEAVING:
                self._see_off(self._leaving[0])
            self._leaving.append(caller)
            self._reactor.add_reader(caller.fileno(), lambda: self._drain(caller))
        if self._on_event is not None:
            self._on_event(CallerTurnedAway(address, "busy text" if self._busy else "reset"))

    def _drain(self, caller: socket.socket) -> None:
        try:
            if caller.recv(_BUFFER):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self._see_off(caller)

    def _see_off(self, caller: socket.socket) -> None:
        if caller in self._leaving and self._reactor is not None:
            self._leaving.remove(caller)
            self._reactor.remove_reader(caller.fileno())
            caller.close()


def _reset(caller: socket.socket) -> None:
    """Close a connection so that its other end finds it reset and not ended."""
    with contextlib.suppress(OSError):
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    caller.close()


def _set_up_tcp(caller: socket.socket, seconds: float) -> None:
    """Send octets at once, and let the kernel end a silent connection whose other end does not answer any more.

    TCP_USER_TIMEOUT would also end one whose other end is lost with octets on the way, and with it each one whose
    client lives and does not read. So such a connection ends when the kernel gives up sending (tcp_retries2).

    See Also:
        tcp(7): TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, tcp_retries2.
    """
    probes = 3 if seconds >= 4 else 1
    between = max(1, round(seconds / (2 * probes)))
    idle = max(1, round(seconds - probes * between))
    with contextlib.suppress(OSError):  # the caller may have gone
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle)
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, between)
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, probes)
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Telnet's data mark is sent as urgent data, and must not be missing between the octets around it.
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)


def _address(caller: socket.socket) -> str:
    try:
        address = caller.getpeername()
    except OSError:
        return ""
    if isinstance(address, tuple):
        host, port = address[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return ""
