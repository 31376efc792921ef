"""The loop of a run: connects a Session to an endpoint under asyncio.

Each event does the same: take what has arrived, write what is due, re-arm one timer. A client that does not read stops
the line: its octets are left in the kernel and no timer runs until it reads, so that nothing grows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from simisp.circuits import Circuit
from simisp.endpoints.base import (
    BreakSeen,
    CallerNamed,
    CallerTurnedAway,
    ConnectionLost,
    DataArrived,
    Endpoint,
    PortCircuit,
    PortEvent,
    PortFlushed,
    PortPluggedIn,
    PortUnplugged,
    RoomMade,
)
from simisp.facts.fact import Fact
from simisp.facts.port import LineStopped, LineWentOn, PortClosed, PortLinkGone, PortOpened, PortRecounted, PortSettings
from simisp.joined_program import ProgramFed, ProgramJoined, ProgramLeft
from simisp.line.port_machine import PortMachine
from simisp.machine import OnLine, Output, SendData, SendUnrecorded, SetCircuit
from simisp.runtime.clock import Clock, Timer
from simisp.runtime.conditions import Conditions
from simisp.runtime.echo_pace import EchoPace
from simisp.runtime.machine_driver import MachineDriver

if TYPE_CHECKING:  # few lines lead to programs
    from simisp.runtime.programs import Programs

__all__ = ["Driver", "Onlooker", "Recorder"]

_HIGH_WATER = 16 * 1024
_LOW_WATER = 4 * 1024
_FOR_PROGRAMS = frozenset({ProgramJoined, ProgramFed, ProgramLeft})


class Recorder(Protocol):
    """Where a driver records: a transcript, or one line of it."""

    def note(self, at: float, fact: Fact) -> None:
        """Append a fact."""

    def add_outputs(self, outputs: Sequence[Output], *, at: float, size: tuple[int, int] | None = None) -> None:
        """Append the outputs of the machine at one time; ``size`` is what they come to, where that is known."""


class Onlooker(Protocol):
    """Finds out more about the client than the port reports."""

    def opened(self, openings: int) -> Iterable[Fact]:
        """Return the fact that the port has been opened, and is now open this many times."""

    def began(self) -> Iterable[Fact]:
        """Return what is found when the client has sent its first octets since then, before they are taken."""

    def changed(self) -> Iterable[Fact]:
        """Return what is found when the port's settings have changed."""

    def closed(self, openings: int) -> Iterable[Fact]:
        """Return what is found when the port was closed, and is still open this many times."""


class Driver:
    """Drives one Session on one endpoint until it is stopped. It is a :class:`~simisp.runtime.line_driver.LineDriver`.

    Create it inside a running event loop, then call :meth:`start`. It owns neither the Session nor the endpoint.

    Args:
        session: The machine behind the port.
        endpoint: The port.
        transcript: Where everything is recorded.
        clock: The clock.
        onlooker: Asked when the port is opened, and when the client begins to send.
        stirred: Called after each event here, in a run with several lines: others may have something to put out.
    """

    __slots__ = (
        "_conditions",
        "_dtr",
        "_dtr_lowered",
        "_echo_pace",
        "_echo_pause",
        "_is_full",
        "_is_unheard",
        "_loop",
        "_machine",
        "_onlooker",
        "_programs",
        "_rest",
        "_speed",
        "_stirred",
        "_stopped_by_client",
        "clock",
        "endpoint",
        "first_opened_at",
        "last_closed_at",
        "last_moved_at",
        "openings",
        "session",
        "transcript",
    )

    def __init__(  # noqa: PLR0917 - its parts
        self,
        session: PortMachine,
        endpoint: Endpoint,
        transcript: Recorder,
        clock: Clock,
        onlooker: Onlooker | None = None,
        stirred: Callable[[Driver], None] | None = None,
    ) -> None:
        self.session = session
        self.endpoint = endpoint
        self.transcript = transcript
        self.clock = clock
        self.openings = 0
        """How many times the port is open."""
        self.first_opened_at: float | None = None
        self.last_closed_at: float | None = None
        """When the port was last closed completely."""
        self.last_moved_at = 0.0
        """When an octet last passed, in either direction."""
        self._onlooker = onlooker
        self._stirred = stirred
        self._is_unheard = False
        """Whether the client has sent nothing since the port was opened, which an onlooker is to know."""
        self._loop = asyncio.get_running_loop()
        self._machine = MachineDriver(session, clock, self._put_out, due=self._due)
        self._stopped_by_client = False
        self._rest = b""
        """Octets from the client that the Session did not accept: its answers are not read, or it is full."""
        self._is_full = False
        """Whether the Session accepts nothing until a timer has emptied a channel, or a program or a line has read."""
        self._echo_pace = EchoPace()
        self._echo_pause: Timer | None = None
        self._programs: Programs | None = None
        self._dtr: bool | None = None  # unknown until the port is first opened
        self._dtr_lowered = False
        self._speed: int | None = None
        self._conditions = Conditions()

    @property
    def by_port(self) -> Mapping[str, Driver]:
        """This driver, under the empty name of a port that is the only one."""
        return {"": self}

    def start(self) -> None:
        """Begin to serve the port."""
        if (terminal := self.endpoint.terminal) is not None:
            terminal.hand_octets_to(self._take_octets)
        self.endpoint.attach(self._loop, self._happened)
        self._machine.put_out()
        self._after()

    def stop(self) -> None:
        """Leave the port alone. Calling it again does nothing."""
        self.endpoint.detach()
        self._machine.stop()
        if self._programs is not None:
            self._programs.stop()
        if self._echo_pause is not None:
            self._echo_pause.cancel()
        self._conditions.cancel()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds; it is evaluated after each event at the port."""
        await self._conditions.until(condition)

    def stir(self) -> bool:
        """Put out what another line has caused here; return whether there was anything.

        While the client does not read it stays where it is, so that the other line finds this one full.
        """
        if self._stopped_by_client:
            return False
        now = self.clock.now()
        self.session.settle(now=now)
        if self._is_full:
            self._go_on(now)
        outputs = self.session.take_outputs()
        self._put_out(outputs, now)
        self._update()
        return bool(outputs)

    def recount_as_free(self) -> None:
        """Treat the port as closed although its closing was not notified: no process has it open."""
        now = self.clock.now()
        self.transcript.note(now, PortRecounted(0, self.openings))
        self._closed(PortClosed(0), now)
        self._put_out(self.session.take_outputs(), now)
        self._after()

    def _happened(self, event: PortEvent) -> None:
        """Act upon what the endpoint reports."""
        now = self.clock.now()
        if type(event) is DataArrived:
            if (rate := self.endpoint.echo_rate) is not None:
                self._mind_echo(len(event.data), rate, now)
            self._take_octets(event.data)
            return
        if type(event) is RoomMade:
            self._mind_backlog(now)
            if self._stirred is not None and not self._stopped_by_client:
                self.session.settle(now=now)
            self._go_on(now)
        else:
            self._go_on(now, to_the_end=True)  # what comes before it is not to be taken after it
            self._take(event, now)
        self._conclude(now)

    def _take_octets(self, data: bytes) -> None:
        """Act upon octets of the client. A line whose answer is known goes the short way."""
        now = self.last_moved_at = self.clock.now()
        if self._is_unheard:
            self._began(now)
        if self.openings and not (self._rest or self._stopped_by_client or self._is_full):
            known = self.session.answer_known(data, now=now)
            if known is not None:
                endpoint = self.endpoint
                endpoint.send(known.octets)
                self.transcript.add_outputs(known.exchange, at=now, size=known.size)
                if self._conditions.waiting or endpoint.backlog:
                    self._after()
                return
        self._rest = self._rest + data if self._rest else data
        self._go_on(now)
        self._conclude(now)

    def _conclude(self, now: float) -> None:
        """Put out what an event has caused."""
        self._put_out(self.session.take_outputs(), now)
        if self._echo_pause is not None and self.endpoint.echo_rate is None:
            self._end_echo_pause()  # the port was set anew: the loop is over
        self._after()

    def _go_on(self, now: float, *, to_the_end: bool = False) -> None:
        """Let the Session take the client's octets, as long as the client reads the answers."""
        while self._rest and (to_the_end or not self._stopped_by_client):
            data = self._rest
            taken = self.session.receive_some(data, 0, now=now)
            if not taken and to_the_end:
                self.session.receive_data(data, now=now)
                taken = len(data)
            self._rest = data[taken:]
            if self._is_full or not taken:
                self._mind_fullness(not taken)
            if not taken:
                return
            if self._rest:
                self._put_out(self.session.take_outputs(), now)
                self._mind_backlog(now)

    def _mind_fullness(self, is_full: bool) -> None:
        if is_full is not self._is_full:
            self._is_full = is_full
            self._leave_alone()

    def _leave_alone(self) -> None:
        """Leave what the client sends where it is for now, or take it again."""
        self.endpoint.hold(self._stopped_by_client or self._is_full or self._echo_pause is not None)

    def _mind_echo(self, count: int, rate: float, now: float) -> None:
        """Pause a port that echoes what it is sent, and faster than a line."""
        pause = self._echo_pace.pause_after(count, rate=rate, now=now)
        # A clock that does not pass by itself detects that octets flow but nothing advances.
        if pause and self.clock.passes and self._echo_pause is None:
            self._echo_pause = self.clock.call_at(now + pause, self._end_echo_pause)
            self._leave_alone()

    def _end_echo_pause(self) -> None:
        if self._echo_pause is not None:
            self._echo_pause.cancel()
            self._echo_pause = None
            self._leave_alone()

    def _due(self) -> None:
        now = self.clock.now()
        self.session.handle_timer(now=now)
        if self._is_full:
            self._go_on(now)
        self._put_out(self.session.take_outputs(), now)
        self._after()

    def _take(self, event: PortEvent, now: float) -> None:
        match event:
            case PortOpened():
                self._opened(event, now)
            case PortClosed():
                self._closed(event, now)
            case PortSettings():
                self._take_settings(event, now)
            case PortLinkGone() | PortFlushed() | BreakSeen() | CallerNamed() | CallerTurnedAway() | ConnectionLost():
                self.transcript.note(now, event)
                self.session.notice(event, now=now)
            case PortUnplugged() | PortPluggedIn():
                self._take_plug(event, now)
            case PortCircuit(circuit, on):
                if circuit is Circuit.DTR:
                    self._dtr_lowered, self._dtr = not on, on
                self.session.set_circuit(circuit, on, now=now)
            case DataArrived() | RoomMade():
                raise AssertionError("acted upon before")

    def _take_settings(self, event: PortSettings, now: float) -> None:
        self.transcript.note(now, event)
        if self._onlooker is not None:
            self._note_all(self._onlooker.changed(), now)
        # B0 is a tty's way to drop DTR; any other speed raises it again, unless it was dropped explicitly.
        if event.speed != self._speed:
            self._speed = event.speed
            self.session.see_rate(event.speed, now=now)
            self._set_dtr(event.speed != 0 and not self._dtr_lowered, now)

    def _take_plug(self, event: PortUnplugged | PortPluggedIn, now: float) -> None:
        self.transcript.note(now, event)
        if isinstance(event, PortPluggedIn):
            self.session.power_up(now=now)
            return
        self._speed = None
        self._rest = b""
        self.session.lose_power(now=now)

    def _opened(self, event: PortOpened, now: float) -> None:
        self.transcript.note(now, event)
        self.openings = event.openings
        if self.first_opened_at is None:
            self.first_opened_at = now
        if event.openings == 1:
            # A tty raises DTR when it is opened, but not while its speed is B0.
            self._dtr_lowered = False
            self._set_dtr(self._speed != 0, now)
        self.session.notice(event, now=now)
        if self._onlooker is not None:
            self._is_unheard = True
            self._note_all(self._onlooker.opened(event.openings), now)

    def _began(self, now: float) -> None:
        self._is_unheard = False
        assert self._onlooker is not None
        self._note_all(self._onlooker.began(), now)

    def _note_all(self, facts: Iterable[Fact], now: float) -> None:
        for fact in facts:
            self.transcript.note(now, fact)

    def _closed(self, event: PortClosed, now: float) -> None:
        if self._onlooker is not None:
            self._note_all(self._onlooker.closed(event.openings), now)
        self.transcript.note(now, event)
        self.openings = event.openings
        if event.openings == 0:
            self.last_closed_at = now
            if event.hangs_up:
                self._set_dtr(False, now)
        self.session.notice(event, now=now)

    def _set_dtr(self, on: bool, now: float) -> None:
        if on is not self._dtr:
            self._dtr = on
            self.session.set_circuit(Circuit.DTR, on, now=now)

    def _put_out(self, outputs: Sequence[Output], now: float) -> None:
        data: list[bytes] = []
        for_programs = False
        for output in outputs:
            if type(output) is SendData or type(output) is SendUnrecorded:
                data.append(output.data)
            elif type(output) is SetCircuit:
                # DCD is on before CONNECT can be read, and CONNECT on its way before DCD goes off.
                self._send(data, now)
                data = []
                self.endpoint.set_circuit(output.circuit, output.on)
            elif type(output) in _FOR_PROGRAMS or (type(output) is OnLine and type(output.output) in _FOR_PROGRAMS):
                for_programs = True
        self._send(data, now)
        # The client has its answer; only now is there time to record it.
        self.transcript.add_outputs(outputs, at=now)
        if for_programs:
            self._act_for_programs(outputs)

    def _act_for_programs(self, outputs: Iterable[Output]) -> None:
        if self._programs is None:
            from simisp.runtime.programs import Programs

            self._programs = Programs(self._note_of_program, self._program_stirred, self.clock.now)
        for output in outputs:
            self._programs.act(output)

    def _note_of_program(self, fact: Fact) -> None:
        self.transcript.note(self.clock.now(), fact)

    def _program_stirred(self) -> None:
        """Take what a program has said, unless the client does not read: then a timer does it once it reads again."""
        if not self._stopped_by_client:
            self._due()

    def _send(self, data: list[bytes], now: float) -> None:
        # What is sent while the port is not open is lost, as on a cable with nothing plugged in.
        if data and self.openings:
            self.last_moved_at = now
            self.endpoint.send(data[0] if len(data) == 1 else b"".join(data))

    def _after(self) -> None:
        self._update()
        if self._stirred is not None:
            self._stirred(self)

    def _update(self) -> None:
        """Update flow control, re-arm the timer, resolve waiters."""
        if self.endpoint.backlog or self._stopped_by_client:
            self._mind_backlog(self.clock.now())
        if self._programs is not None:
            self._programs.look()
        self._machine.arm(None if self._stopped_by_client else self.session.next_timer())
        self._conditions.look()

    def _mind_backlog(self, now: float) -> None:
        backlog = self.endpoint.backlog
        stopped = backlog > (_LOW_WATER if self._stopped_by_client else _HIGH_WATER)
        if stopped != self._stopped_by_client:
            self._stopped_by_client = stopped
            self.transcript.note(now, LineStopped() if stopped else LineWentOn())
            self._leave_alone()
