"""The mail service in real time: connects its machine to the queue on disk, the dialler, the host and the clock."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import assert_never

from simisp.dialling.calls.dialler import Dialler, DialOptions
from simisp.dialling.calls.event_log import EventLog
from simisp.dialling.calls.host_connection import HostConnection, Reports, await_link
from simisp.dialling.files.mail_file import LoadedMail
from simisp.dialling.mail.maildir import Maildir, MaildirQueue
from simisp.dialling.mail.smtp_connections import Receiver, store
from simisp.errors import SimispError, UnreadableMessageError, reason_of
from simisp.machine import Output, SendData
from simisp.mail.events import MailEvent
from simisp.mail.message import Message
from simisp.mail.outputs import (
    CommandRequested,
    ConnectionRequested,
    DisconnectionRequested,
    HostConnectionRequested,
    HostDisconnectionRequested,
    ServiceOutput,
)
from simisp.mail.service import Service
from simisp.mail.smtp_client import (
    MessageDeferred,
    MessageDelivered,
    MessageInDoubt,
    MessageRefused,
    MessageWanted,
)
from simisp.mail.smtp_server import MailAccepted
from simisp.ras.error_codes import Cause
from simisp.ras.events import Event, EventLogged
from simisp.ras.outputs import AttemptEnded, LineUp
from simisp.ras.phonebook import Protocol
from simisp.runtime.clock import RealClock
from simisp.runtime.machine_driver import MachineDriver

__all__ = ["InDoubt", "MailRun", "MailRunOptions"]

_CLOCK_CHANGED = 1.0  # seconds by which wall clock and monotonic clock must differ to count as a change of the clock


class InDoubt(Enum):
    """What to do with a message whose end was sent, but whose reply was not received before the service was killed."""

    RESEND = "sent again"
    """Its recipients may get it twice, unless the host suppresses duplicates by Message-ID."""
    HOLD = "held back"
    """It is moved to the failed messages, for an administrator to decide."""


@dataclass(frozen=True, slots=True)
class MailRunOptions:
    """How to run a mail service.

    Attributes:
        password: The password for the script.
        lock_directories: The lock directories; the system's if empty.
        speed: How many seconds of the service pass in one real second.
        poll: How often to check the queue and the wall clock, in real seconds.
        in_doubt: What to do with messages in doubt.
        ppp: Whether PPP is brought up in earnest; otherwise it counts as up as soon as the host can be reached.
    """

    password: str = ""
    lock_directories: Sequence[str | Path] = ()
    speed: float = 1.0
    poll: float = 1.0
    in_doubt: InDoubt = InDoubt.RESEND
    ppp: bool = False


class MailRun:
    """Runs one mail service. Create it inside a running event loop.

    Args:
        mail: Its settings.
        options: How to run it.
        on_event: Called with each event and its time, in seconds since the start.

    Raises:
        LockError: Another process runs a service on the same queue.
        FileError: A folder or file can't be made.
    """

    def __init__(
        self,
        mail: LoadedMail,
        options: MailRunOptions,
        on_event: Callable[[float, Event], None] = lambda at, event: None,
    ) -> None:
        self.queue = MaildirQueue(mail.queue, host=mail.config.name)
        self.inbox = Maildir(mail.inbox)
        self._mail = mail
        self._options = options
        self._clock = RealClock(options.speed)
        self._began = datetime.now()  # noqa: DTZ005 - a schedule is in local wall time
        entry = mail.phonebook.book.find(mail.config.entry)
        secrets = [options.password, *(entry.secrets if entry is not None else ())]
        self._log = EventLog(mail.events, self._began, on_event, secrets)
        self.service = Service(mail.config, wall=self._began)
        self._connection = HostConnection(
            Reports(
                connected=lambda: self._report(self.service.host_connected),
                unreachable=lambda: self._report(self.service.host_unreachable),
                data=lambda data: self._report(self.service.receive_data, data),
                closed=lambda: self._report(self.service.host_closed),
            )
        )
        self._dialler: Dialler | None = None
        self._dialling: asyncio.Task[None] | None = None
        self._command: asyncio.Task[None] | None = None
        self._driver = MachineDriver(self.service, self._clock, self._put_out, due=self._report_time)
        self._known: set[str] = set()
        self._stuck: set[str] = set()  # what can be neither sent nor set aside

    async def run(self) -> None:
        """Run until cancelled; then hang up and release everything."""
        listener = await self._listen()
        try:
            self._guarded(self._settle_doubts)
            self._guarded(self._look_at_queue)
            self._report(self.service.start)
            while True:
                await asyncio.sleep(self._options.poll)
                self._guarded(self._look_at_queue)
                self._guarded(self._look_at_wall_clock)
                self._report_time()
        finally:
            self._report(self.service.stop)
            await self._give_back(listener)

    async def _listen(self) -> asyncio.Server | None:
        """Listen for the ISP's deliveries after ETRN, if configured."""
        if self._mail.listen is None:
            return None

        def arrived(mail: MailAccepted) -> None:
            self._report(self.service.mail_arrived, mail.sender, len(mail.content))

        name = self._mail.config.name
        return await asyncio.get_running_loop().create_server(
            lambda: Receiver(name, self.inbox, arrived), "127.0.0.1", self._mail.listen
        )

    async def _give_back(self, listener: asyncio.Server | None) -> None:
        self._driver.stop()
        self._connection.close()
        for task in (self._command, self._dialling):
            if task is not None:
                if task is self._command:
                    task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if listener is not None:
            listener.close()
            await listener.wait_closed()
        self.queue.close()
        self._log.close()

    # The machine -----------------------------------------------------------------------------------------------------

    def _report(self, verb: Callable[..., None], *facts: object, **named: object) -> None:
        """Report something to the service, act on its outputs, re-arm its timer."""
        try:
            verb(*facts, now=self._clock.now(), **named)
        except Exception as error:  # noqa: BLE001 - the service outlives a fault of its own, and says so
            self._fault(error)
            self._connection.close()
            self.service.host_closed(now=self._clock.now())
        self._driver.settle()

    def _put_out(self, outputs: Sequence[ServiceOutput], now: float) -> None:
        for output in outputs:
            if not self._do(output):
                break

    def _report_time(self) -> None:
        """Report the time to the service, after everything that has arrived until now.

        A process that was stopped finds its timers due before it has looked at its connections. The first turn of the
        loop from here polls them, and by the second they have been read.
        """
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._report, self.service.handle_timer)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do something that must not stop the rest if it fails."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the service outlives a fault of its own, and says so
            self._fault(error)

    def _fault(self, error: BaseException) -> None:
        self._log.add(self._clock.now(), MailEvent.FAULT.event(why=f"{type(error).__name__}: {reason_of(error)}"))

    def _do(self, output: ServiceOutput) -> bool:
        """Do what the service asks for; return whether what it asked for after that may be done too."""
        try:
            self._take(output)
        except Exception as error:  # noqa: BLE001 - the service outlives a fault of its own, and says so
            # A message that is not on the disk is not acknowledged, and no doubt goes unrecorded: the session ends
            # here.
            if isinstance(error, SimispError):
                self._log.add(self._clock.now(), MailEvent.QUEUE_FAILED.event(why=str(error)))
            else:
                self._fault(error)
            self._connection.close()
            self.service.take_outputs()
            self.service.host_closed(now=self._clock.now())
            return False
        return True

    def _take(self, output: ServiceOutput) -> None:  # noqa: C901, PLR0912 - a table
        match output:
            case EventLogged(event):
                self._log.add(self._clock.now(), event)
            case ConnectionRequested(entry):
                self._dial(entry)
            case DisconnectionRequested():
                self._hang_up()
            case HostConnectionRequested(host, port):
                self._connection.open(host, port)
            case HostDisconnectionRequested():
                self._connection.close()
            case CommandRequested(command):
                self._run_command(command)
            case SendData(data):
                self._connection.send(data)
            case MailAccepted():
                store(output, self.inbox)
            case MessageWanted(message):
                self.service.give(self._message(message), now=self._clock.now())
            case MessageInDoubt(message, recipients):
                self.queue.doubt(message, recipients)
            case MessageDelivered(message, recipients):
                self._served(message, recipients, "")
            case MessageRefused(message, recipients, reply):
                self._served(message, recipients, reply)
            case MessageDeferred(message):
                self.queue.deferred(message)
            case _:
                assert_never(output)

    # The queue and the clock -----------------------------------------------------------------------------------------

    def _settle_doubts(self) -> None:
        """Decide about messages that may have been delivered just before the previous run of the service was killed."""
        fate = self._options.in_doubt
        for message, recipients in self.queue.in_doubt().items():
            who = ", ".join(recipients)
            event = MailEvent.IN_DOUBT.event(message=message, recipients=who, fate=fate.value)
            self._log.add(self._clock.now(), event)
            if fate is InDoubt.HOLD:
                self.queue.served(message, recipients, failed="the service was killed while the host took it over")
            else:
                self.queue.deferred(message)

    def _look_at_queue(self) -> None:
        waiting = set(self.queue.waiting()) - self._stuck
        for message in sorted(waiting - self._known):
            if self._is_set_aside(message):
                waiting.discard(message)
        now = self._clock.now()
        for message in sorted(waiting - self._known):
            since = self.queue.since(message)
            age = None if since is None else (datetime.now().timestamp() - since) * self._options.speed  # noqa: DTZ005
            self.service.mail_queued(message, now=now, since=None if age is None else now - age)
        for message in self._known - waiting:
            self.service.mail_gone(message)
        self._known = waiting

    def _look_at_wall_clock(self) -> None:
        if self._options.speed != 1.0:
            return
        wall = datetime.now()  # noqa: DTZ005
        if abs((wall - self.service.wall(self._clock.now())).total_seconds()) > _CLOCK_CHANGED:
            self._report(self.service.set_wall_clock, wall)

    def _message(self, message: str) -> Message | None:
        """Return a message that is to be sent now; None if it is gone or can't be sent."""
        return None if self._is_set_aside(message) else self.queue.get(message)

    def _is_set_aside(self, message: str) -> bool:
        """Return whether a message can't be sent; if so, move it to the failed ones, with an event."""
        try:
            self.queue.read(message)
        except UnreadableMessageError as error:
            self._log.add(self._clock.now(), MailEvent.SET_ASIDE.event(message=message, why=str(error)))
        else:
            return False
        self._known.discard(message)
        self.service.mail_gone(message)
        try:
            self.queue.set_aside(message)
        except SimispError as error:
            self._stuck.add(message)
            self._log.add(self._clock.now(), MailEvent.QUEUE_FAILED.event(why=str(error)))
        return True

    def _served(self, message: str, recipients: Sequence[str], failed: str) -> None:
        if self.queue.served(message, recipients, failed=failed):
            self._known.discard(message)
            self.service.mail_gone(message)

    # Dialling --------------------------------------------------------------------------------------------------------

    def _dial(self, name: str) -> None:
        entry = self._mail.phonebook.book.find(name)
        if entry is None:
            self.service.connection_failed(Cause.NO_SUCH_ENTRY.error, now=self._clock.now())
            return
        config = self._mail.config
        options = DialOptions(
            self._options.password,
            self._mail.on_give_up,
            self._options.lock_directories,
            self._options.speed,
            link=lambda: await_link(config.host, config.port, self._clock),
            ppp=self._options.ppp,
        )
        if entry.protocol is Protocol.NONE:
            options = replace(options, link=None)
        self._dialler = Dialler(entry, self._clock, options, self._from_dialler)
        self._dialling = asyncio.get_running_loop().create_task(self._await_dialler(self._dialler))

    async def _await_dialler(self, dialler: Dialler) -> None:
        try:
            ended = await dialler.run()
        except Exception as error:  # noqa: BLE001 - the service outlives a fault of its own, and says so
            self._dialler = None
            self._fault(error)
            self._report(self.service.connection_failed, Cause.PPP_NO_RESPONSE.error, detail=reason_of(error))
            self._report(self.service.disconnected)
            return
        self._dialler = None
        if dialler.orphan is not None:
            port = dialler.attempt.entry.port
            left = MailEvent.SCRIPT_LEFT.event(process=str(dialler.orphan), port=port)
            self._log.add(self._clock.now(), left)
        self._report_end(ended)

    def _report_end(self, ended: AttemptEnded) -> None:
        if ended.was_up:
            error = None if ended.cause is Cause.HUNG_UP else ended.cause.error
            self._report(self.service.disconnected, error)
        else:
            self._report(self.service.connection_failed, ended.cause.error, detail=ended.detail)

    def _from_dialler(self, output: Output) -> None:
        if isinstance(output, LineUp):
            self._report(self.service.connected)

    def _hang_up(self) -> None:
        if self._command is not None:
            self._command.cancel()
        if self._dialler is not None:
            self._dialler.hang_up()
        else:
            self.service.disconnected(now=self._clock.now())

    def _run_command(self, command: Sequence[str]) -> None:
        self._command = asyncio.get_running_loop().create_task(self._await_command(command))

    async def _await_command(self, command: Sequence[str]) -> None:
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
        except (OSError, ValueError):
            status = 127  # the shell's exit status for "command not found"
        else:
            try:
                status = await process.wait()
            except asyncio.CancelledError:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGTERM)
                await process.wait()
                return
        self._command = None
        self._report(self.service.command_ended, status)
