"""What has happened at a pseudo-terminal, in order: octets, openings and closings, settings, circuits.

The kernel reports each of these by itself, and none of them says what came first. The order is known nevertheless: from
the order in which the simulator looks, and from what a client can do at all.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from simisp.endpoints.base import (
    BreakSeen,
    DataArrived,
    LentCircuits,
    PortCircuit,
    PortClosed,
    PortEvent,
    PortFlushed,
    PortLinkGone,
    PortOpened,
    PortSettings,
)
from simisp.endpoints.inotify import FileEvent, Watch
from simisp.endpoints.pty_octets import TIOCPKT_DATA, PtyOctets
from simisp.endpoints.read_size import SHORT_READ
from simisp.endpoints.terminal import (
    LOOK_AT_SETTINGS,
    known_settings,
    raw_settings,
    restart_output,
    room_for_settings,
    stop_output,
)
from simisp.framing import Parity
from simisp.procfs.open_files import open_descriptors

__all__ = ["PtyHappenings"]

_BITS_A_CHARACTER = 10


class _Port(Protocol):
    """The port, as far as it is asked for."""

    @property
    def node(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def master(self) -> int: ...

    @property
    def slave(self) -> int: ...


class PtyHappenings:
    """Looks at a pseudo-terminal, and returns what has happened since the last look.

    Args:
        port: The port.
        watch: What reports openings, closings and changes of settings.
        octets: What reads the client's octets.
        forget_backlog: Called when the last client has closed the port, to drop what it has not taken.

    Attributes:
        circuits: The circuits that are lent to the port, if any.
        openings: How many open file descriptions of the port clients hold, as far as has been reported.
        echo_rate: How many octets a second the port can echo; None if it does not echo by itself.
    """

    __slots__ = (
        "_clear_to_send", "_counted", "_forget_backlog", "_hand_octets", "_held_back", "_is_plain", "_kept",
        "_last_characters", "_look", "_master", "_octets", "_port", "_raw_settings", "_report", "_settings", "_watch",
        "circuits", "echo_rate", "openings",
    )  # fmt: skip

    def __init__(self, port: _Port, watch: Watch, octets: PtyOctets, forget_backlog: Callable[[], None]) -> None:
        self._port = port
        self._master, self._kept = port.master, port.slave
        self._watch, self._octets = watch, octets
        self._forget_backlog = forget_backlog
        self.circuits: LentCircuits | None = None
        self.openings = 0
        self._counted = True  # until events are lost
        self._clear_to_send = True
        self._held_back = False
        self._last_characters: tuple[int, Parity] | None = None
        self._look = room_for_settings()
        self._hand_octets: Callable[[bytes], None] = _ignore
        self._report: Callable[[Iterable[PortEvent]], None] = _ignore
        self._take_settings(raw_settings(self._kept))

    def lend(self, circuits: LentCircuits) -> None:
        """Look at these circuits, too."""
        self.circuits = circuits
        self._last_characters = circuits.characters
        self._is_plain = False

    def receive(self, *, data: bool = True, octets_first: bool = False) -> Iterable[PortEvent]:
        """Return what happened, in order; never waits. Each event is to be acted upon before the next is asked for.

        Args:
            data: Whether to take the client's octets; otherwise they are left where they are.
            octets_first: The master turned readable before the watch did: octets came before settings.
        """
        circuits, watch = self.circuits, self._watch
        changes = _changes(circuits) if circuits is not None else ()
        if data and self._settings_now() != (self._raw_settings, self._last_characters):
            # What is different before the octets are read was set before they were written. The watch may not say so:
            # while a client is in write() the kernel calls its side not writable, and the watch's edge is lost.
            watch.stirred, octets_first = True, False
        arrived = self._take() if data else []
        return self._with_the_rest(arrived, changes, octets_first=octets_first)

    def hand_on(self, take: Callable[[bytes], None], report: Callable[[Iterable[PortEvent]], None]) -> None:
        """Say what :meth:`act_on_octets` calls.

        Args:
            take: Called with octets when nothing else has happened.
            report: Called with all that has happened when there is more, as :meth:`receive` returns it.
        """
        self._hand_octets, self._report = take, report

    def act_on_octets(self) -> None:
        """Act upon the master's having turned readable.

        Nearly always there are octets and nothing else. That is the short way.

        The watch is asked even if the reactor has found nothing else ready. The kernel polls one descriptor after the
        other: a client may have opened the port and written when the watch had been polled, but not the master.
        """
        if not self._is_plain:
            self._report(self.receive(octets_first=True))
            return
        look, read_size = self._look, self._octets.read_size
        fcntl.ioctl(self._kept, LOOK_AT_SETTINGS, look)
        if look != self._raw_settings:
            self._report(self.receive())
            return
        size = read_size.now
        try:
            packet = os.read(self._master, size)
        except OSError:
            packet = b""
        if packet and packet[0] == TIOCPKT_DATA and len(packet) < size and not self._watch.has_news():
            if size != SHORT_READ:
                read_size.fit(len(packet))
            self._hand_octets(packet[1:])
        else:
            self._report(self._with_the_rest(self._take(packet), octets_first=True))

    def _take(self, packet: bytes = b"") -> list[PortEvent]:
        return self._reported(self._octets.take(echoes=self.echo_rate is not None, packet=packet))

    def _reported(self, received: bytes) -> list[PortEvent]:
        """Return octets as an event, behind that of a flush: the kernel hands that over first."""
        arrived: list[PortEvent] = [DataArrived(received)] if received else []
        queue = self._octets.take_flushes()
        return arrived if queue is None else [PortFlushed(queue), *arrived]

    def _with_the_rest(
        self, arrived: list[PortEvent], changes: Iterable[PortCircuit | BreakSeen] = (), *, octets_first: bool = False
    ) -> Iterable[PortEvent]:
        """Return what has arrived with what else has happened, in order."""
        watch = self._watch
        # Looked at only now, the watch knows of every opening, and of settings, that came before these octets.
        happened = watch.events()
        if watch.stirred or self._held_back:  # the settings of a terminal that may not send stir nothing
            if octets_first and not happened and not changes and self._settings.speed:
                return self._before_settings(arrived)
            arrived = self._with_settings(arrived)
        if changes:
            arrived = _around(arrived, changes)
        return self._in_order(happened, arrived) if happened else arrived

    # Settings --------------------------------------------------------------------------------------------------------

    def _before_settings(self, arrived: list[PortEvent]) -> Iterator[PortEvent]:
        """Yield what has arrived; only then look at the settings, which may have changed since it was read."""
        yield from arrived
        yield from self._with_settings([])

    def _with_settings(self, arrived: list[PortEvent]) -> list[PortEvent]:
        """Return what has arrived, with the change of settings if there was one.

        A client that drops DTR by B0, or leaves raw mode, has sent its octets before; any other is about to send.
        """
        self._watch.stirred = False
        raw, characters = self._settings_now()
        if (raw, characters) == (self._raw_settings, self._last_characters):
            return arrived
        before = self._line_settings()
        self._last_characters = characters
        self._take_settings(raw)
        self._mind_cts()
        event = self._line_settings()
        if event == before:
            return arrived
        sends_later = event.speed and not (event.modes and not before.modes)
        if not sends_later:
            return [*arrived, event]
        first = 1 if arrived and isinstance(arrived[0], PortFlushed) else 0  # TCSAFLUSH flushes, and then sets
        return [*arrived[:first], event, *arrived[first:]]

    def _take_settings(self, raw: bytes) -> None:
        self._raw_settings, self._settings = known_settings(raw)
        self.echo_rate = self._settings.speed / _BITS_A_CHARACTER if self._settings.echoes else None
        self._is_plain = self._has_octets_alone

    def _settings_now(self) -> tuple[bytes, tuple[int, Parity] | None]:
        """Return what the kernel keeps, and the characters that a client asked for, which it does not keep."""
        return raw_settings(self._kept), None if self.circuits is None else self.circuits.characters

    @property
    def _has_octets_alone(self) -> bool:
        """Whether the port has nothing but the client's octets to look at when the master turns readable."""
        return self.circuits is None and self.echo_rate is None and not self._held_back

    def _line_settings(self) -> PortSettings:
        settings, characters = self._settings, self._last_characters
        data_bits, parity = (None, None) if characters is None else characters
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

    def set_clear_to_send(self, on: bool) -> None:
        """Turn CTS: while it is off, a client that has set CRTSCTS blocks in writing."""
        self._clear_to_send = on
        self._mind_cts()

    def _mind_cts(self) -> None:
        """Hold the client's octets back at their source, or release them."""
        held_back = self._settings.minds_cts and not self._clear_to_send
        if held_back is not self._held_back:
            self._held_back = held_back
            self._is_plain = self._has_octets_alone
            (stop_output if held_back else restart_output)(self._kept)

    # Openings and closings -------------------------------------------------------------------------------------------

    def _in_order(self, happened: list[FileEvent], arrived: list[PortEvent]) -> Iterator[PortEvent]:
        """Yield openings, closings and what has arrived meanwhile."""
        for index, event in enumerate(happened):  # the list grows meanwhile
            if event is FileEvent.OPENED and self._counted:
                self.openings += 1
                yield PortOpened(self.openings)
            elif event is FileEvent.CLOSED and self.openings and self._counted:
                yield from self._closed(self.openings - 1, arrived, happened, index)
            elif event is FileEvent.OVERFLOWN:
                self._counted = False
            elif event is FileEvent.LINK_GONE:
                yield PortLinkGone(self._port.path)
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
        another = FileEvent.OPENED in happened[index:]
        if not left and not another:
            # What the client wrote before it closed comes before its closing. If another client has opened the port
            # since, the octets may be either's: they go to the newcomer, which speaks first, and whose modem takes a
            # line of rubbish for nothing worse than an unknown command.
            late = self._take_all()
            # A client that came just now may have written them: the watch reports it before the octets are there.
            happened += self._watch.events()
            another = FileEvent.OPENED in happened[index:]
            yield from arrived if another else self._with_settings([*arrived, *late])
            arrived[:] = late if another else []
        self.openings = left
        yield PortClosed(left, self._settings.hangs_up)
        if not left:
            # Only now: the last client's octets were answered just above.
            self._forget_client(another=another)
            # What the terminal has echoed meanwhile belongs to no client, unless a new one came that may have written
            # it.
            echoed = self._take_all() if not another else []
            happened += self._watch.events()
            if FileEvent.OPENED in happened[index:]:
                arrived += echoed

    def _take_all(self) -> list[PortEvent]:
        return self._reported(self._octets.take_all())

    def _count_again(self, arrived: list[PortEvent]) -> Iterator[PortEvent]:
        """Find out whether the port is open, after events were lost because there were too many.

        A descriptor that was passed on counts as often as it was, so events are counted again only from zero.
        """
        left = open_descriptors(self._port.node, without=self._kept)
        self._counted = not left
        if left < self.openings:
            yield from self._closed(left, arrived, [], 0)
        while left > self.openings:
            self.openings += 1
            yield PortOpened(self.openings)

    def _forget_client(self, *, another: bool) -> None:
        """Make sure that the next client finds nothing of the last one but its settings."""
        self._forget_backlog()
        self._octets.forget_client()
        self._held_back = False
        self._is_plain = self._has_octets_alone
        self._mind_cts()
        self._octets.take_notes()
        if self.circuits is not None and not (another and self.circuits.changed):
            self.circuits.renew()


def _ignore(what: object) -> None:
    """Do nothing: the port is not attached yet."""


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
    if arrived and isinstance(arrived[-1], PortSettings) and not arrived[-1].speed:
        return [*raised, *arrived[:-1], *breaks, arrived[-1], *dropped]  # B0 drops DTR too
    return [*raised, *arrived, *breaks, *dropped]
