"""A dial attempt on a real port: locks, modem, script processor, hang-up."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

from simisp.circuits import Circuit
from simisp.dialling.script.script_child import ScriptChild
from simisp.dialling.serial.handover import hand_over
from simisp.dialling.serial.holders import holders
from simisp.dialling.serial.terminal import SerialTerminal, open_terminal
from simisp.errors import ClientError, EndpointError, LockError
from simisp.facts.dial_up import (
    ModemConnected,
    ModemResponded,
    PortState,
    ScriptEnded,
    ScriptLeftRunning,
    ScriptNotStarted,
    ScriptStarted,
)
from simisp.locks import PortLock
from simisp.machine import Output, SendData, SetCircuit
from simisp.ras.dial import RESPONSE_WAIT, DialAttempt
from simisp.ras.error_codes import Cause
from simisp.ras.link import RasLink
from simisp.ras.outputs import (
    AttemptEnded,
    AttemptOutput,
    LineUp,
    LinkRequested,
    OnGiveUp,
    RedialPending,
    ScriptAbandoned,
    ScriptEnd,
    ScriptEndRequested,
    ScriptRequested,
)
from simisp.ras.phonebook import Entry, Protocol
from simisp.ras.port import Port, PortChanged, PortHolder
from simisp.runtime.clock import Clock
from simisp.runtime.machine_driver import MachineDriver

__all__ = ["DialOptions", "Dialler"]

_CARRIER_LOOK = 0.25  # seconds between two checks of DCD, if the port has it
_REAL_RESPONSE_WAIT = 0.5
"""Real seconds that the modem has for an answer, however fast the run: that of a simulator may get no processor."""
_NO_DEVICE = {errno.ENOENT, errno.ENODEV, errno.ENXIO}
_ONE_BY_ONE = (PortState.OPENING, PortState.DIALLING)
_READING = (*_ONE_BY_ONE, PortState.AUTHENTICATING, PortState.CONNECTED)


@dataclass(frozen=True, slots=True)
class DialOptions:
    """How to dial.

    Attributes:
        password: The password for the script.
        on_give_up: What happens to a script when the dialler stops waiting for it.
        lock_directories: The lock directories; the system's if empty.
        speed: How many seconds of the script's time pass in one real second.
        link: Returns, when it knows, why the far end carries no packets, or None if it does; if omitted, the link is
            taken to be up.
        ppp: Whether PPP is brought up in earnest where the entry has it as its protocol. Otherwise ``link`` decides.
    """

    password: str = ""
    on_give_up: OnGiveUp = OnGiveUp.ORPHAN
    lock_directories: Sequence[str | Path] = ()
    speed: float = 1.0
    link: Callable[[], Coroutine[Any, Any, Cause | None]] | None = None
    ppp: bool = False


class Dialler:
    """Drives one :class:`~simisp.ras.dial.DialAttempt` on a real port. Create it inside a running event loop.

    The port is locked before it is opened, by lock files under all of its names and then by flock, and released
    however the attempt ends. A script processor that is left running has inherited the open port and with it the flock;
    the lock files are changed to name it.

    Args:
        entry: The entry to dial.
        clock: The clock.
        options: How to dial.
        on_output: Called with the attempt's outputs in order, :class:`~simisp.ras.outputs.AttemptEnded` last.
    """

    def __init__(self, entry: Entry, clock: Clock, options: DialOptions, on_output: Callable[[Output], None]) -> None:
        holder = PortHolder(os.getpid(), f"dialling {entry.name}")
        self.attempt = DialAttempt(
            entry,
            Port(entry.port),
            holder,
            on_give_up=options.on_give_up,
            response_wait=max(RESPONSE_WAIT, _REAL_RESPONSE_WAIT * options.speed),
        )
        self.orphan: PortHolder | None = None
        """The script processor that was left running, if any."""
        self._user = entry.user
        self._link: RasLink | None = None
        self._link_driver: MachineDriver[Output] | None = None
        self._hangs_up = False
        """Whether to hang up once the link has ended."""
        self._path = entry.port
        self._clock = clock
        self._options = options
        self._on_output = on_output
        self._terminal: SerialTerminal | None = None
        self._lock: PortLock | None = None
        self._child: ScriptChild | None = None
        self._reads: PortState | None = None
        self._driver = MachineDriver(self.attempt, clock, self._put_out, due=self._due)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending: asyncio.Task[None] | None = None
        self._ended: asyncio.Future[AttemptEnded] = asyncio.get_running_loop().create_future()

    async def run(self) -> AttemptEnded:
        """Dial, keep the call until it ends, and return why it ended. Cancelling it hangs up first."""
        self._dial(self.attempt.start)
        try:
            return await asyncio.shield(self._ended)
        except asyncio.CancelledError:
            self.hang_up()
            return await self._ended
        finally:
            for task in tuple(self._tasks):
                task.cancel()
            if self._ending is not None:
                await self._ending

    def hang_up(self) -> None:
        """End the call, or the attempt to make it. A link that is up is ended first."""
        if self._link is not None and self._link.is_up and not self._hangs_up:
            self._hangs_up = True
            self._report_to_link(self._link.close)
            return
        self.attempt.hang_up(now=self._clock.now())
        self._after()

    # The port --------------------------------------------------------------------------------------------------------

    def _dial(self, start: Callable[..., None]) -> None:
        """Take the port and begin; refuse the attempt if the port is not available."""
        try:
            self._take_port()
        except LockError as error:
            self.attempt.refuse(Cause.PORT_IN_USE, self._who_holds(error))
        except EndpointError as error:
            cause = Cause.NO_SUCH_DEVICE if error.errno in _NO_DEVICE else Cause.PORT_SETTINGS
            self.attempt.refuse(cause, str(error))
        else:
            start(now=self._clock.now())
            assert self._terminal is not None
            self._watch_carrier(self._terminal)
        self._after()

    def _take_port(self) -> None:
        self._lock = PortLock(self._path, directories=self._options.lock_directories)
        try:
            self._lock.acquire()
            self._terminal = open_terminal(self._path)
            self._lock.guard(self._terminal.descriptor)
        except (LockError, EndpointError):
            self._give_port_back()
            raise

    def _who_holds(self, error: LockError) -> str:
        """Return the holder of the port: the visible processes that have it open, else the one that the lock names."""
        found = holders(self._path)
        if not found and error.pid is not None:
            found = (PortHolder(error.pid, error.command),)
        # A flock names the process that took it, perhaps a dialler long gone, not the script that it left behind.
        return "held by " + ", ".join(map(str, found)) if found else str(error)

    def _give_port_back(self) -> None:
        terminal, self._terminal = self._terminal, None
        lock, self._lock = self._lock, None
        self._reads = None
        if terminal is not None:
            terminal.close()  # before the lock is released: an unlock would release the flock of a script left running
        if lock is not None:
            if self.orphan is not None:
                hand_over(lock.paths, self.orphan.pid)
            lock.release()

    def _watch_carrier(self, terminal: SerialTerminal) -> None:
        """Report DCD to the attempt, if the port has it, for as long as the port is open."""
        if terminal is self._terminal and (on := terminal.carrier()) is not None:
            self.attempt.set_circuit(Circuit.DCD, on, now=self._clock.now())
            asyncio.get_running_loop().call_later(_CARRIER_LOOK, self._watch_carrier, terminal)
            self._after()

    # The attempt -----------------------------------------------------------------------------------------------------

    def _after(self) -> None:
        """Do what the attempt asks for, mind the port, re-arm the timer."""
        self._driver.settle()
        if not self.attempt.holds_port:
            self._give_port_back()
        self._read()

    def _put_out(self, outputs: Sequence[AttemptOutput], now: float) -> None:
        for output in outputs:
            self._take(output)
            self._on_output(output)

    def _take(self, output: AttemptOutput) -> None:  # noqa: C901 - a table
        match output:
            case SendData(data):
                if self._terminal is not None:
                    self._terminal.send(data)
            case SetCircuit(circuit, on):
                if self._terminal is not None and circuit is Circuit.DTR:
                    self._terminal.set_dtr(on)
            case ScriptRequested():
                self._start_script(output)
            case ScriptEndRequested():
                self._end_script()
            case ScriptAbandoned():
                self._abandon_script()
            case LinkRequested(protocol, unread):
                self._begin_link(protocol, unread)
            case PortChanged(_, _, PortState.DISCONNECTING):
                self._leave_link()
            case AttemptEnded():
                self._end(output)
            case LineUp() | RedialPending() | PortChanged() | ModemResponded() | ModemConnected():
                pass  # only reported
            case _:
                assert_never(output)

    def _due(self) -> None:
        redials_at = self.attempt.redials_at
        now = self._clock.now()
        if redials_at is not None and now >= redials_at:
            self._dial(self.attempt.handle_timer)
        else:
            self.attempt.handle_timer(now=now)
            self._after()

    def _read(self) -> None:
        """Read the port while it is ours to read, and octet by octet as long as a script may follow."""
        state = self.attempt.state
        if self._terminal is None or state is self._reads:
            return
        self._reads = state
        if state in _READING:
            self._terminal.read(self._receive, self._lose_port, one_by_one=state in _ONE_BY_ONE)
        else:
            self._terminal.pause()

    def _receive(self, data: bytes) -> None:
        self.attempt.receive_data(data, now=self._clock.now())
        if self._link is not None:
            self._report_to_link(self._link.receive_data, data)
        else:
            self._after()

    def _lose_port(self) -> None:
        """Act on a hang-up of the port, as when its other end closes: to us the modem is switched off."""
        self.attempt.set_circuit(Circuit.DSR, False, now=self._clock.now())
        self._after()

    def _end(self, output: AttemptEnded) -> None:
        self._give_port_back()
        if not self._ended.done():
            self._ended.set_result(output)

    # The script and the link -----------------------------------------------------------------------------------------

    def _start_script(self, request: ScriptRequested) -> None:
        assert self._terminal is not None
        self._terminal.pause()
        password, speed = self._options.password, self._options.speed
        try:
            child = ScriptChild.start(request.script, self._terminal, user=request.user, password=password, speed=speed)
        except ClientError as error:
            self._on_output(ScriptNotStarted(str(error)))
            self.attempt.script_ended(ScriptEnd.FAILED, now=self._clock.now())
            return
        self._child = child
        self._on_output(ScriptStarted(child.pid, str(request.script)))
        self._begin(self._await_script(child))

    async def _await_script(self, child: ScriptChild) -> None:
        end = await child.wait()
        if child is self._child:
            self._child = None
            self._on_output(ScriptEnded(child.pid, end.value))
            self.attempt.script_ended(end, now=self._clock.now())
            self._after()

    def _end_script(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            self._ending = asyncio.get_running_loop().create_task(child.end())
            self._on_output(ScriptEnded(child.pid, "killed"))

    def _abandon_script(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.abandon()
            self.orphan = PortHolder(child.pid, f"script {child.script}")
            self._on_output(ScriptLeftRunning(child.pid))

    def _begin_link(self, protocol: Protocol, unread: bytes) -> None:
        if self._options.ppp and protocol is Protocol.PPP:
            self._link = RasLink(protocol, user=self._user, password=self._options.password, seed=os.getpid())
            self._link_driver = MachineDriver(self._link, self._clock, self._put_out_of_link, due=self._link_due)
            self._link.start(unread, now=self._clock.now())
            asyncio.get_running_loop().call_soon(self._after_link)  # the attempt's outputs come first
        elif self._options.link is None:
            self.attempt.link_up(now=self._clock.now())
        else:
            self._begin(self._await_link(self._options.link()))

    def _report_to_link(self, verb: Callable[..., None], *details: object) -> None:
        verb(*details, now=self._clock.now())
        self._after_link()

    def _link_due(self) -> None:
        if self._link is not None:
            self._report_to_link(self._link.handle_timer)

    def _put_out_of_link(self, outputs: Sequence[Output], now: float) -> None:
        for output in outputs:
            if isinstance(output, SendData) and self._terminal is not None:
                self._terminal.send(output.data)

    def _after_link(self) -> None:
        """Send what the link has to send, and report to the attempt what became of it."""
        link, driver = self._link, self._link_driver
        if link is None or driver is None:
            return
        driver.settle()
        now = self._clock.now()
        if self._hangs_up and link.is_over:
            self.attempt.hang_up(now=now)
        elif link.cause is not None:
            self.attempt.link_failed(link.cause, now=now)
        elif link.is_up:
            self.attempt.link_up(now=now)
        self._after()

    def _leave_link(self) -> None:
        if self._link_driver is not None:
            self._link_driver.stop()
        self._link = self._link_driver = None

    async def _await_link(self, link: Coroutine[Any, Any, Cause | None]) -> None:
        cause = await link
        if cause is None:
            self.attempt.link_up(now=self._clock.now())
        else:
            self.attempt.link_failed(cause, now=self._clock.now())
        self._after()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
