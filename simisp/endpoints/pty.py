"""A virtual serial port: a pseudo-terminal whose slave a client opens like any other tty.

What a PTY does and does not tell is described in ``docs/architecture.md``. Three things follow here: one slave
descriptor stays open in the simulator, so that nobody's having the port open costs nothing; inotify tells who opens and
closes; packet mode with EXTPROC tells every change of settings.

See Also:
    pty(7), ioctl_tty(2), termios(3).
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import termios
import tty
from collections.abc import Iterable, Iterator
from pathlib import Path

from simisp.circuits import Circuit
from simisp.endpoints.base import (
    DataArrived,
    LentCircuits,
    PortCircuit,
    PortClosed,
    PortEvent,
    PortOpened,
    PortSettings,
)
from simisp.endpoints.inotify import FileEvent, Watch
from simisp.endpoints.link import Link
from simisp.endpoints.openings import open_descriptors
from simisp.errors import EndpointError

__all__ = ["PtyEndpoint"]

_EXTPROC = 0o200000
_TIOCPKT_DATA = 0
_TIOCPKT_IOCTL = 0x40
_READ_SIZE = 4096
_MOST_READS = 8  # a client that floods the port is served in turns with everything else
_ALL = -1
_LFLAG, _OSPEED = 3, 5
_SPEEDS = {
    getattr(termios, name): int(name[1:])
    for name in dir(termios)
    if name.startswith("B") and name[1:].isdigit()
}  # fmt: skip


class PtyEndpoint:
    """A pseudo-terminal with a stable name.

    It survives the client's close and re-open, SIGHUP and B0, and serves any number of clients. What one client left
    unread never reaches the next.

    Args:
        link: Where its symbolic link shall lie; None takes a free name in the user's private folder.

    Raises:
        EndpointError: No PTY is left, or the link can't be made.
    """

    def __init__(self, link: str | Path | None = None) -> None:
        self._master = self._kept = -1
        self._watch: Watch | None = None
        self._link: Link | None = None
        self._circuits: LentCircuits | None = None
        self._backlog = bytearray()
        self._openings = 0
        self._counted = True  # until events are lost
        self._speed = -1
        try:
            self._master, self._kept = os.openpty()
        except OSError as error:
            raise EndpointError(
                f"no pseudo-terminal is to be had ({error.strerror})", path="/dev/ptmx", errno=error.errno,
                remedy="end programs that hold some, or raise the sysctl kernel.pty.max",
            ) from error  # fmt: skip
        try:
            self._set_up(link)
        except BaseException:
            self.close()
            raise

    def _set_up(self, link: str | Path | None) -> None:
        os.set_blocking(self._master, False)
        self.node = os.ttyname(self._kept)
        """The slave's own path, such as ``/dev/pts/7``."""
        os.fchmod(self._kept, 0o600)
        fcntl.ioctl(self._master, termios.TIOCPKT, struct.pack("i", 1))
        self._make_raw()
        self._speed = self._settings()
        try:
            self._watch = Watch(self.node)
        except OSError as error:
            raise EndpointError(
                f"the port can't be watched ({error.strerror})", path=self.node, errno=error.errno,
                remedy="raise the sysctl fs.inotify.max_user_instances, or the limit of open files (ulimit -n)",
            ) from error  # fmt: skip
        self._link = Link(self.node, link)

    @property
    def path(self) -> str:
        """The symbolic link that a client opens."""
        return self._link.path if self._link is not None else self.node

    @property
    def openings(self) -> int:
        """How many open file descriptions of the port clients hold, as far as :meth:`receive` has told."""
        return self._openings

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The master, the watch, and that of the circuits where they are lent."""
        assert self._watch is not None
        circuits = () if self._circuits is None else (self._circuits.descriptor,)
        return (self._master, self._watch.fileno, *circuits)

    @property
    def write_descriptor(self) -> int:
        """The master."""
        return self._master

    @property
    def slave(self) -> int:
        """The slave descriptor that the simulator keeps open."""
        return self._kept

    @property
    def backlog(self) -> int:
        """How many octets wait because the client does not read."""
        return len(self._backlog)

    def receive(self, *, data: bool = True) -> Iterable[PortEvent]:
        """Return what happened, in order; never waits. Each event is to be acted upon before the next is asked for."""
        assert self._watch is not None
        if self._circuits is None:
            arrived = self._read(_MOST_READS) if data else []
        else:
            changes = self._circuits.take_changes()
            arrived = _around(self._read(_MOST_READS) if data else [], changes)
        # Looked at only now, the watch knows of every opening that came before these octets.
        happened = self._watch.events()
        return self._in_order(happened, arrived) if happened else arrived

    def _in_order(self, happened: list[FileEvent], arrived: list[PortEvent]) -> Iterator[PortEvent]:
        """Yield openings, closings and what has arrived meanwhile."""
        for index, event in enumerate(happened):
            if event is FileEvent.OPENED and self._counted:
                self._openings += 1
                yield PortOpened(self._openings)
            elif event is FileEvent.CLOSED and self._openings and self._counted:
                another = FileEvent.OPENED in happened[index:]
                yield from self._closed(self._openings - 1, arrived, another=another)
            elif event is FileEvent.OVERFLOWN:
                self._counted = False
        if not self._counted:
            yield from self._count_again(arrived)
        yield from arrived

    def _closed(self, left: int, arrived: list[PortEvent], *, another: bool) -> Iterator[PortEvent]:
        """Tell that somebody closed the port, and after the last one make it ready for the next.

        Args:
            left: How many openings are left.
            arrived: What was read and not yet told.
            another: Whether the port was opened again since.
        """
        if not left and not another:
            # What the client wrote before it closed comes before its closing. Where another has opened the port since,
            # nobody can tell whose the octets are: they go to the newcomer, who speaks first, and whose modem takes a
            # line of rubbish for nothing worse than an unknown command.
            yield from (*arrived, *self._read(_ALL))
            arrived.clear()
        self._openings = left
        yield PortClosed(left)
        if not left:
            # Only now: the last client's octets were answered just above.
            self._forget_client(another=another)

    def _count_again(self, arrived: list[PortEvent]) -> Iterator[PortEvent]:
        """Look who has the port open, after events were lost: more came at once than the kernel keeps.

        A descriptor that was passed on counts as often as it was, so events are counted again only from nought.
        """
        left = open_descriptors(self.node, without=self._kept)
        self._counted = not left
        if left < self._openings:
            yield from self._closed(left, arrived, another=False)
        while left > self._openings:
            self._openings += 1
            yield PortOpened(self._openings)

    def send(self, data: bytes) -> None:
        """Send octets; those that the client does not take now wait in the backlog."""
        sent = 0 if self._backlog else self._write(data)
        if sent < len(data):
            self._backlog += data[sent:]
            self.flush()

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client a circuit that the DCE drives. A pseudo-terminal has none, but circuits may be lent to it."""
        if self._circuits is not None:
            self._circuits.set_circuit(circuit, on)

    def lend(self, circuits: LentCircuits) -> None:
        """Give the port circuits. Call it before the port is driven."""
        self._circuits = circuits

    def flush(self) -> None:
        """Send of the backlog what the client takes now."""
        while self._backlog and (sent := self._write(self._backlog)):
            del self._backlog[:sent]

    def _write(self, data: bytes | bytearray) -> int:
        """Return how many octets the client takes now."""
        try:
            return os.write(self._master, data)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EIO):
                raise
            return 0

    def close(self) -> None:
        """Remove the link and give the PTY back. Calling it again does nothing."""
        link, self._link = self._link, None
        try:
            if link is not None:
                link.remove()
        finally:
            if self._watch is not None:
                self._watch.close()
                self._watch = None
            for descriptor in (self._kept, self._master):
                if descriptor >= 0:
                    os.close(descriptor)
            self._kept = self._master = -1

    def _read(self, most: int) -> list[PortEvent]:
        """Read what the client wrote, and what packet mode tells of its settings: so many packets, or all."""
        events: list[PortEvent] = []
        received = b""
        while most:
            try:
                packet = os.read(self._master, _READ_SIZE)
            except OSError:
                break  # nothing there; EIO can't happen while a slave descriptor is open
            if packet[0] == _TIOCPKT_DATA:
                received = received + packet[1:] if received else packet[1:]
                if len(packet) < _READ_SIZE and most > 0:
                    break  # all that there was; the master turns readable again for what comes from now on
            elif packet[0] & _TIOCPKT_IOCTL:
                events += self._settings_changed()
            most -= 1
        if received:
            events.append(DataArrived(received))
        return events

    def _settings_changed(self) -> list[PortEvent]:
        speed = self._settings()
        if speed == self._speed:
            return []
        self._speed = speed
        return [PortSettings(speed)]

    def _settings(self) -> int:
        """Return the speed in bit/s, and see to it that the next change is told too."""
        settings = termios.tcgetattr(self._master)
        if not settings[_LFLAG] & _EXTPROC:
            # A client that writes its settings from scratch clears EXTPROC.
            settings[_LFLAG] |= _EXTPROC
            termios.tcsetattr(self._master, termios.TCSANOW, settings)
        speed: int = settings[_OSPEED]
        return _SPEEDS.get(speed, speed)

    def _make_raw(self) -> None:
        tty.setraw(self._master)
        settings = termios.tcgetattr(self._master)
        settings[_LFLAG] |= _EXTPROC
        termios.tcsetattr(self._master, termios.TCSANOW, settings)

    def _forget_client(self, *, another: bool) -> None:
        """See to it that the next client meets the port as the first one did."""
        self._backlog.clear()
        fcntl.ioctl(self._kept, termios.TIOCNXCL)
        termios.tcflush(self._kept, termios.TCIFLUSH)
        if self._circuits is not None and not (another and self._circuits.changed):
            self._circuits.renew()
        if not another:  # who has the port open by now has made its settings
            self._make_raw()
            self._read(1)
            self._speed = self._settings()


def _around(arrived: list[PortEvent], changes: Iterable[tuple[Circuit, bool]]) -> list[PortEvent]:
    """Return what has arrived with the changes of circuits: who raises DTR speaks then, who lowers it has spoken."""
    events = [PortCircuit(circuit, on) for circuit, on in changes]
    return [*(event for event in events if event.on), *arrived, *(event for event in events if not event.on)]
