"""A virtual serial port: a pseudo-terminal whose slave a client opens like any other tty.

``docs/architecture.md`` describes what a PTY shows and what it does not. It follows that one slave descriptor stays
open in the simulator, so that the port may be closed by all clients at no cost; inotify reports openings and closings;
and an edge of the slave means that its settings may have changed. The line discipline is the kernel's: what the modem
sends is echoed, translated and held back according to the port's settings, as on a wire.

See Also:
    pty(7), ioctl_tty(2), termios(3).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import struct
import termios
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from simisp.circuits import Circuit
from simisp.endpoints.access import PortAccess
from simisp.endpoints.base import (
    Ability,
    BreakSeen,
    DataArrived,
    LentCircuits,
    PortCircuit,
    PortClosed,
    PortEvent,
    PortLinkGone,
    PortOpened,
    PortSettings,
    Reactor,
    RoomMade,
)
from simisp.endpoints.inotify import FileEvent, Watch
from simisp.endpoints.link import Link
from simisp.endpoints.terminal import (
    SettingsLook,
    make_booted,
    raw_settings,
    read_settings,
    restart_output,
    stop_output,
)
from simisp.errors import EndpointError
from simisp.framing import Parity
from simisp.procfs.open_files import open_descriptors

__all__ = ["PtyEndpoint"]

_TIOCPKT_DATA = 0
_READ_SIZE = 4096
_MOST_READS = 8  # a client that floods the port gets its turn like everything else
_ALL = -1
_BITS_A_CHARACTER = 10
_ABILITIES = frozenset({Ability.SPEED, Ability.HANG_UP_SEEN, Ability.NEXT_CLIENT, Ability.SEVERAL_CLIENTS})


class PtyEndpoint:
    """A pseudo-terminal with a stable name.

    It survives the client's close and re-open, SIGHUP and B0, and serves any number of clients. Octets that one client
    left unread never reach the next.

    Args:
        link: The path of its symbolic link; None for a free name in the user's private folder.
        raw: Whether the port is initially raw. Otherwise it is as a serial port is after boot: canonical, with echo.
            Each client finds it as the one before has left it.
        access: Who may open it; by default only the user of this process.

    Raises:
        EndpointError: No PTY is left, the link can't be made, or the owner can't be changed.
    """

    def __init__(
        self,
        link: str | Path | None = None,
        *,
        raw: bool = False,
        access: PortAccess = PortAccess(),  # noqa: B008 - frozen
    ) -> None:
        self._master = self._kept = -1
        self._watch: Watch | None = None
        self._link: Link | None = None
        self._circuits: LentCircuits | None = None
        self._backlog = bytearray()
        self._delivery = select.poll()
        self._clear_to_send = True
        self._held_back = False
        self._reactor: Reactor | None = None
        self._on_event: Callable[[PortEvent], None] | None = None
        self._left_alone = False  # the client's octets are to stay where they are
        self._awaits_room = False
        self._openings = 0
        self._counted = True  # until events are lost
        try:
            self._master, self._kept = os.openpty()
        except OSError as error:
            raise EndpointError(
                f"no pseudo-terminal is available ({error.strerror})", path="/dev/ptmx", errno=error.errno,
                remedy="end programs that hold some, or raise the sysctl kernel.pty.max",
            ) from error  # fmt: skip
        try:
            self._set_up(link, raw=raw, access=access)
        except BaseException:
            self.close()
            raise

    def _set_up(self, link: str | Path | None, *, raw: bool, access: PortAccess) -> None:
        os.set_blocking(self._master, False)
        self.node = os.ttyname(self._kept)
        """The path of the slave, such as ``/dev/pts/7``."""
        access.grant(self._kept, self.node)
        fcntl.ioctl(self._master, termios.TIOCPKT, struct.pack("i", 1))
        make_booted(self._kept, raw=raw)
        self._settings_look = SettingsLook(self._kept)
        self._raw_settings = raw_settings(self._kept)
        self._settings = read_settings(self._raw_settings)
        self._last_characters: tuple[int, Parity] | None = None
        self._delivery.register(self._kept, select.POLLIN)
        try:
            self._watch = Watch(self.node, terminal=self._kept)
        except OSError as error:
            raise EndpointError(
                f"the port can't be watched ({error.strerror})", path=self.node, errno=error.errno,
                remedy="raise the sysctl fs.inotify.max_user_instances, or the limit of open files (ulimit -n)",
            ) from error  # fmt: skip
        self._take_notes()
        self._watch.events()
        self._watch.stirred = False
        self._link = Link(self.node, link)
        self._watch.watch_link(self._link.path)

    @property
    def path(self) -> str:
        """The symbolic link that a client opens."""
        return self._link.path if self._link is not None else self.node

    @property
    def openings(self) -> int:
        """How many open file descriptions of the port clients hold, as far as :meth:`receive` has reported."""
        return self._openings

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The master, the watch, and the watch of the circuits if they are provided."""
        assert self._watch is not None
        circuits = () if self._circuits is None else (self._circuits.descriptor,)
        return (self._master, self._watch.fileno, *circuits)

    @property
    def master(self) -> int:
        """The descriptor of the simulator's side."""
        return self._master

    @property
    def abilities(self) -> frozenset[Ability]:
        """Circuits and breaks only where circuits are lent."""
        return _ABILITIES if self._circuits is None else _ABILITIES | {Ability.CIRCUITS, Ability.BREAK}

    @property
    def terminal(self) -> PtyEndpoint:
        """The port is one itself."""
        return self

    @property
    def has_news(self) -> bool:
        """Whether a look at another port of this process has brought something for this one."""
        return self._watch is not None and bool(self._watch.news or self._watch.stirred)

    @property
    def slave(self) -> int:
        """The slave descriptor that the simulator keeps open."""
        return self._kept

    @property
    def backlog(self) -> int:
        """How many octets are pending because the client does not read."""
        return len(self._backlog)

    @property
    def echo_rate(self) -> float | None:
        """How many octets a second the port can echo; None if it does not echo by itself."""
        return self._settings.speed / _BITS_A_CHARACTER if self._settings.echoes else None

    def attach(self, reactor: Reactor, on_event: Callable[[PortEvent], None]) -> None:
        """Report from now on what happens, in order, and soon what has happened already."""
        assert self._watch is not None
        self._reactor, self._on_event = reactor, on_event
        self._watch.follow(reactor, self.look)
        if self._circuits is not None:
            reactor.add_reader(self._circuits.descriptor, self.look)
        if not self._left_alone:
            reactor.add_reader(self._master, self._readable)

    def detach(self) -> None:
        """Report nothing any more. Calling it again does nothing."""
        reactor, self._reactor, self._on_event = self._reactor, None, None
        if reactor is None:
            return
        if self._watch is not None:
            self._watch.unfollow()
        if self._circuits is not None:
            reactor.remove_reader(self._circuits.descriptor)
        reactor.remove_reader(self._master)
        if self._awaits_room:
            self._awaits_room = False
            reactor.remove_writer(self._master)

    def hold(self, on: bool) -> None:
        """Leave the client's octets where they are, or take them again."""
        if on is not self._left_alone:
            self._left_alone = on
            if self._reactor is not None and on:
                self._reactor.remove_reader(self._master)
            elif self._reactor is not None:
                self._reactor.add_reader(self._master, self._readable)

    def _readable(self) -> None:
        """Report octets. Nearly always there is nothing else to report: that is the short way."""
        if self._circuits is not None or self._settings.echoes or self._held_back or self._on_event is None:
            self._report(self.receive(data=not self._left_alone, octets_first=True))
            return
        if self._settings_look.differs_from(self._raw_settings):
            self.look()
            return
        try:
            packet = os.read(self._master, _READ_SIZE)
        except OSError:
            packet = b""
        watch = self._watch
        assert watch is not None
        if packet and packet[0] == _TIOCPKT_DATA and len(packet) < _READ_SIZE and not watch.has_news():
            self._on_event(DataArrived(packet[1:]))
        else:
            self._report(self._with_the_rest(self._read(_MOST_READS, packet), octets_first=True))

    def look(self) -> None:
        """Report what has happened so far."""
        self._report(self.receive(data=not self._left_alone))

    def _report(self, events: Iterable[PortEvent]) -> None:
        if self._on_event is None:
            return
        for event in events:
            self._on_event(event)
            if self._on_event is None:
                return

    def receive(self, *, data: bool = True, octets_first: bool = False) -> Iterable[PortEvent]:
        """Return what happened, in order; never waits. Each event is to be acted upon before the next is asked for.

        Args:
            data: Whether to take the client's octets; otherwise they are left where they are.
            octets_first: The master turned readable before the watch did: octets came before settings.
        """
        circuits, watch = self._circuits, self._watch
        assert watch is not None
        changes = _changes(circuits) if circuits is not None else ()
        if data and self._settings_now() != (self._raw_settings, self._last_characters):
            # What is different before the octets are read was set before they were written. The watch may not say so:
            # while a client is in write() the kernel calls its side not writable, and the watch's edge is lost.
            watch.stirred, octets_first = True, False
        arrived = self._read(_MOST_READS) if data else []
        return self._with_the_rest(arrived, changes, octets_first=octets_first)

    def _with_the_rest(
        self, arrived: list[PortEvent], changes: Iterable[PortCircuit | BreakSeen] = (), *, octets_first: bool = False
    ) -> Iterable[PortEvent]:
        """Return what has arrived with what else has happened, in order."""
        watch = self._watch
        assert watch is not None
        # Looked at only now, the watch knows of every opening, and of settings, that came before these octets.
        happened = watch.events()
        if watch.stirred or self._held_back:  # the settings of a terminal that may not send stir nothing
            if octets_first and not happened and not changes and self._settings.speed:
                return self._before_settings(arrived)
            arrived = self._with_settings(arrived)
        if changes:
            arrived = _around(arrived, changes)
        return self._in_order(happened, arrived) if happened else arrived

    def _before_settings(self, arrived: list[PortEvent]) -> Iterator[PortEvent]:
        """Yield what has arrived; only then look at the settings, which may have changed since it was read."""
        yield from arrived
        yield from self._with_settings([])

    def _with_settings(self, arrived: list[PortEvent]) -> list[PortEvent]:
        """Return what has arrived, with the change of settings if there was one.

        A client that drops DTR by B0, or leaves raw mode, has sent its octets before; any other is about to send.
        """
        assert self._watch is not None
        self._watch.stirred = False
        raw, characters = self._settings_now()
        if (raw, characters) == (self._raw_settings, self._last_characters):
            return arrived
        before = self._line_settings()
        self._raw_settings, self._settings, self._last_characters = raw, read_settings(raw), characters
        self._mind_cts()
        event = self._line_settings()
        if event == before:
            return arrived
        sends_later = event.speed and not (event.modes and not before.modes)
        return [event, *arrived] if sends_later else [*arrived, event]

    def _settings_now(self) -> tuple[bytes, tuple[int, Parity] | None]:
        """Return what the kernel keeps, and the characters that a client asked for, which it does not keep."""
        return raw_settings(self._kept), None if self._circuits is None else self._circuits.characters

    def _line_settings(self) -> PortSettings:
        settings, characters = self._settings, self._last_characters
        data_bits, parity = (None, None) if characters is None else (characters[0], characters[1].value)
        return PortSettings(
            settings.speed,
            settings.stop_bits,
            settings.flow_control,
            data_bits,
            parity,
            canonical=settings.canonical,
            echo=settings.echoes,
            hangs_up=settings.hangs_up,
            minds_carrier=settings.minds_carrier,
        )

    def _in_order(self, happened: list[FileEvent], arrived: list[PortEvent]) -> Iterator[PortEvent]:
        """Yield openings, closings and what has arrived meanwhile."""
        for index, event in enumerate(happened):  # the list grows meanwhile
            if event is FileEvent.OPENED and self._counted:
                self._openings += 1
                yield PortOpened(self._openings)
            elif event is FileEvent.CLOSED and self._openings and self._counted:
                yield from self._closed(self._openings - 1, arrived, happened, index)
            elif event is FileEvent.OVERFLOWN:
                self._counted = False
            elif event is FileEvent.LINK_GONE:
                yield PortLinkGone(self.path)
        if not self._counted:
            yield from self._count_again(arrived)
        yield from arrived

    def _closed(
        self, left: int, arrived: list[PortEvent], happened: list[FileEvent], index: int
    ) -> Iterator[PortEvent]:
        """Report that a client closed the port, and after the last one prepare it for the next.

        Args:
            left: How many openings are left.
            arrived: Octets read and not yet reported.
            happened: All events of the watch; new ones are appended meanwhile.
            index: The index of the closing among them.
        """
        assert self._watch is not None
        another = FileEvent.OPENED in happened[index:]
        if not left and not another:
            # What the client wrote before it closed comes before its closing. If another client has opened the port
            # since,
            # the octets may be either's: they go to the newcomer, which speaks first, and whose modem takes a line of
            # rubbish for nothing worse than an unknown command.
            late = self._read_all()
            # A client that came just now may have written them: the watch reports it before the octets are there.
            happened += self._watch.events()
            another = FileEvent.OPENED in happened[index:]
            yield from arrived if another else self._with_settings([*arrived, *late])
            arrived[:] = late if another else []
        self._openings = left
        yield PortClosed(left, self._settings.hangs_up)
        if not left:
            # Only now: the last client's octets were answered just above.
            self._forget_client(another=another)
            # What the terminal has echoed meanwhile belongs to no client, unless a new one came that may have written
            # it.
            echoed = self._read_all() if not another else []
            happened += self._watch.events()
            if FileEvent.OPENED in happened[index:]:
                arrived += echoed

    def _count_again(self, arrived: list[PortEvent]) -> Iterator[PortEvent]:
        """Find out whether the port is open, after events were lost because there were too many.

        A descriptor that was passed on counts as often as it was, so events are counted again only from zero.
        """
        left = open_descriptors(self.node, without=self._kept)
        self._counted = not left
        if left < self._openings:
            yield from self._closed(left, arrived, [], 0)
        while left > self._openings:
            self._openings += 1
            yield PortOpened(self._openings)

    def send(self, data: bytes) -> None:
        """Send octets; those that the client does not accept now wait in the backlog."""
        sent = 0 if self._backlog else self._write(data)
        if sent < len(data):
            self._backlog += data[sent:]
            self._flush()
            self._await_room()

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client a circuit that the DCE drives. A pseudo-terminal has none, but may be provided with circuits.

        CTS works without that: while it is off, a client that has set CRTSCTS blocks in writing.
        """
        if circuit is Circuit.CTS:
            self._clear_to_send = on
            self._mind_cts()
        if self._circuits is not None:
            self._circuits.set_circuit(circuit, on)

    def _mind_cts(self) -> None:
        """Hold the client's octets back at their source, or release them."""
        held_back = self._settings.minds_cts and not self._clear_to_send
        if held_back is not self._held_back:
            self._held_back = held_back
            (stop_output if held_back else restart_output)(self._kept)

    def lend(self, circuits: LentCircuits) -> None:
        """Provide the port with circuits. Call it before the port is driven."""
        self._circuits = circuits
        self._last_characters = circuits.characters

    def _flush(self) -> None:
        """Send of the backlog what the client takes now."""
        while self._backlog and (sent := self._write(self._backlog)):
            del self._backlog[:sent]

    def _await_room(self) -> None:
        """Watch whether the client takes more, or no longer."""
        wanted = bool(self._backlog)
        if self._reactor is not None and wanted is not self._awaits_room:
            self._awaits_room = wanted
            if wanted:
                self._reactor.add_writer(self._master, self._writable)
            else:
                self._reactor.remove_writer(self._master)

    def _writable(self) -> None:
        self._flush()
        self._await_room()
        if self._on_event is not None:
            self._on_event(RoomMade())

    def _write(self, data: bytes | bytearray) -> int:
        """Return how many octets the client accepts now."""
        try:
            return os.write(self._master, data)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EIO):
                raise
            return 0

    def close(self) -> None:
        """Remove the link and give the PTY back. Calling it again does nothing."""
        self.detach()
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

    def _read(self, most: int, packet: bytes = b"") -> list[PortEvent]:
        """Read what the client wrote, and skip the status octets of packet mode: up to ``most`` packets, or all.

        Args:
            most: How many packets.
            packet: The first one, where it was read already.
        """
        received = b""
        if self._settings.echoes:
            self._delivery.poll(0)  # so that an echo is complete, and precedes the client's answer to it
        while most:
            try:
                packet = packet or os.read(self._master, _READ_SIZE)
            except OSError:
                break  # no octets; EIO can't happen while a slave descriptor is open
            if packet[0] == _TIOCPKT_DATA:
                received = received + packet[1:] if received else packet[1:]
                if len(packet) < _READ_SIZE and most > 0:
                    break  # all that there was; the master turns readable again for what comes from now on
                if self._watch is not None:
                    self._watch.stirred = True  # without room for the client's octets its settings stir nothing
            elif self._watch is not None:
                self._watch.stirred = True  # IXON went on or off, or something was flushed
            packet = b""
            most -= 1
        return [DataArrived(received)] if received else []

    def _read_all(self) -> list[PortEvent]:
        """Read everything there or under way, including echoes: polling an end makes the kernel deliver it."""
        self._delivery.poll(0)
        return self._read(_ALL)

    def _take_notes(self) -> None:
        """Consume packet mode's reports of our own actions. A read of one octet leaves the client's untouched."""
        with contextlib.suppress(OSError):
            while os.read(self._master, 1)[0] != _TIOCPKT_DATA:
                pass

    def _forget_client(self, *, another: bool) -> None:
        """Make sure that the next client finds nothing of the last one but its settings."""
        self._backlog.clear()
        self._await_room()
        fcntl.ioctl(self._kept, termios.TIOCNXCL)
        self._delivery.poll(0)
        termios.tcflush(self._kept, termios.TCIFLUSH)
        restart_output(self._kept)
        self._held_back = False
        self._mind_cts()
        self._take_notes()
        if self._circuits is not None and not (another and self._circuits.changed):
            self._circuits.renew()


def _changes(circuits: LentCircuits) -> list[PortCircuit | BreakSeen]:
    """Return what the client did that the kernel does not show."""
    changes = [PortCircuit(circuit, on) for circuit, on in circuits.take_changes()]
    return [*changes, BreakSeen()] if circuits.take_break() else [*changes]


def _around(arrived: list[PortEvent], changes: Iterable[PortCircuit | BreakSeen]) -> list[PortEvent]:
    """Return what has arrived, with changes of circuits: octets follow a raised DTR, and precede a dropped one.

    Octets precede a break, which precedes a dropped DTR.
    """
    raised = [event for event in changes if isinstance(event, PortCircuit) and event.on]
    breaks = [event for event in changes if isinstance(event, BreakSeen)]
    dropped = [event for event in changes if isinstance(event, PortCircuit) and not event.on]
    return [*raised, *arrived, *breaks, *dropped]
