"""A virtual serial port: a pseudo-terminal whose slave a client opens like any other tty.

``docs/architecture.md`` describes what a PTY shows and what it does not. It follows that one slave descriptor stays
open in the simulator, so that the port may be closed by all clients at no cost; inotify reports openings and closings;
and an edge of the slave means that its settings may have changed. The line discipline is the kernel's: what the modem
sends is echoed, translated and held back according to the port's settings, as on a wire.

See Also:
    pty(7), ioctl_tty(2), termios(3).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from simisp.circuits import Circuit
from simisp.endpoints.access import PortAccess
from simisp.endpoints.base import Ability, DataArrived, LentCircuits, PortEvent, Reactor, RoomMade
from simisp.endpoints.inotify import Watch
from simisp.endpoints.link import Link
from simisp.endpoints.pty_happenings import PtyHappenings
from simisp.endpoints.pty_octets import PtyOctets
from simisp.endpoints.terminal import make_booted
from simisp.errors import EndpointError

__all__ = ["PtyEndpoint"]

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

    __slots__ = (
        "_awaits_room",
        "_backlog",
        "_happenings",
        "_kept",
        "_left_alone",
        "_link",
        "_master",
        "_octets",
        "_on_event",
        "_reactor",
        "_take",
        "_watch",
        "node",
    )

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
        self._backlog = bytearray()
        self._reactor: Reactor | None = None
        self._on_event: Callable[[PortEvent], None] | None = None
        self._take: Callable[[bytes], None] | None = None
        self._left_alone = False  # the client's octets are to stay where they are
        self._awaits_room = False
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
        make_booted(self._kept, raw=raw)
        try:
            watch = self._watch = Watch(self.node, terminal=self._kept)
        except OSError as error:
            raise EndpointError(
                f"the port can't be watched ({error.strerror})", path=self.node, errno=error.errno,
                remedy="raise the sysctl fs.inotify.max_user_instances, or the limit of open files (ulimit -n)",
            ) from error  # fmt: skip
        self._octets = PtyOctets(self._master, self._kept, watch)
        self._octets.take_notes()
        watch.events()
        watch.stirred = False
        self._link = Link(self.node, link)
        watch.watch_link(self._link.path)
        self._happenings = PtyHappenings(self, watch, self._octets, self._forget_backlog)

    @property
    def path(self) -> str:
        """The symbolic link that a client opens."""
        return self._link.path if self._link is not None else self.node

    @property
    def openings(self) -> int:
        """How many open file descriptions of the port clients hold, as far as has been reported."""
        return self._happenings.openings

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The master, the watch, and the watch of the circuits if they are provided."""
        assert self._watch is not None
        lent = self._happenings.circuits
        circuits = () if lent is None else (lent.descriptor,)
        return (self._master, self._watch.fileno, *circuits)

    @property
    def master(self) -> int:
        """The descriptor of the simulator's side."""
        return self._master

    @property
    def abilities(self) -> frozenset[Ability]:
        """Circuits and breaks only where circuits are lent."""
        return _ABILITIES if self._happenings.circuits is None else _ABILITIES | {Ability.CIRCUITS, Ability.BREAK}

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
        return self._happenings.echo_rate

    def attach(self, reactor: Reactor, on_event: Callable[[PortEvent], None]) -> None:
        """Report from now on what happens, in order, and soon what has happened already."""
        assert self._watch is not None
        self._reactor, self._on_event = reactor, on_event
        self._happenings.hand_on(self._take or self._report_octets, self._report)
        self._watch.follow(reactor, self.look)
        circuits = self._happenings.circuits
        if circuits is not None:
            reactor.add_reader(circuits.descriptor, self.look)
        if not self._left_alone:
            reactor.add_reader(self._master, self._happenings.act_on_octets)

    def detach(self) -> None:
        """Report nothing any more. Calling it again does nothing."""
        reactor, self._reactor, self._on_event = self._reactor, None, None
        if reactor is None:
            return
        if self._watch is not None:
            self._watch.unfollow()
        circuits = self._happenings.circuits
        if circuits is not None:
            reactor.remove_reader(circuits.descriptor)
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
                self._reactor.add_reader(self._master, self._happenings.act_on_octets)

    def _report_octets(self, data: bytes) -> None:
        self._report((DataArrived(data),))

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

    def receive(self, *, data: bool = True) -> Iterable[PortEvent]:
        """Return what happened, in order; never waits. Each event is to be acted upon before the next is asked for.

        Args:
            data: Whether to take the client's octets; otherwise they are left where they are.
        """
        return self._happenings.receive(data=data)

    def send(self, data: bytes) -> None:
        """Send octets; those that the client does not accept now wait in the backlog."""
        sent = 0 if self._backlog else self._octets.write(data)
        if sent < len(data):
            self._backlog += data[sent:]
            self._flush()
            self._await_room()

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client a circuit that the DCE drives. A pseudo-terminal has none, but may be provided with circuits.

        CTS works without that: while it is off, a client that has set CRTSCTS blocks in writing.
        """
        if circuit is Circuit.CTS:
            self._happenings.set_clear_to_send(on)
        if self._happenings.circuits is not None:
            self._happenings.circuits.set_circuit(circuit, on)

    def lend(self, circuits: LentCircuits) -> None:
        """Provide the port with circuits. Call it before the port is driven."""
        self._happenings.lend(circuits)

    def hand_octets_to(self, take: Callable[[bytes], None]) -> None:
        """Hand octets over as they are where nothing else has happened. Call it before the port is attached."""
        self._take = take

    def _flush(self) -> None:
        """Send of the backlog what the client takes now."""
        while self._backlog and (sent := self._octets.write(self._backlog)):
            del self._backlog[:sent]

    def _forget_backlog(self) -> None:
        self._backlog.clear()
        self._await_room()

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
