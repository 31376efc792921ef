"""The whole chain as one machine: mail service, RAS, post-connect script, modem, exchange, ISP and mail host."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import assert_never

from simisp.facts.dial_up import EventRecorded
from simisp.facts.story import CommandSkipped, MailQueued, MailRelayed, PortFreed, ScriptInstalled, ServiceRestarted
from simisp.machine import SendData, earliest
from simisp.mail.message import Message
from simisp.mail.outputs import (
    CommandRequested,
    ConnectionRequested,
    DisconnectionRequested,
    HostConnectionRequested,
    HostDisconnectionRequested,
    ServiceOutput,
)
from simisp.mail.queue import MemoryQueue
from simisp.mail.service import Service
from simisp.mail.smtp_client import MessageDeferred, MessageDelivered, MessageInDoubt, MessageRefused, MessageWanted
from simisp.mail.smtp_server import MailAccepted
from simisp.ras.error_codes import Cause
from simisp.ras.events import Event, EventLogged
from simisp.ras.outputs import AttemptEnded, LineUp
from simisp.story.config import Deed, InstallScript, QueueMail, ReleasePort, RestartService, StoryConfig
from simisp.story.dial_up import DialUp, DialUpOutput
from simisp.story.mail_host import HostClosed, MailArrived, MailHostMachine
from simisp.transcript import Transcript

__all__ = ["SERVICE_COMMAND", "Workstation"]

SERVICE_COMMAND = "mail service"


class Workstation:
    """A computer with a dial-up mail service, its line and its ISP, and the actions of people, without any I/O.

    It has the methods of :mod:`simisp.machine` except those for a peer, since all parties are inside. Everything that
    happens is recorded in the transcript.

    Args:
        config: The configuration of the story.
        transcript: Where everything is recorded.

    Attributes:
        events: The event log: each event with its time, in seconds since the story began.
        accepted: The mail that the ISP's host has accepted.
        received: The mail that came from the host.
        queue: The mail waiting to be delivered.
    """

    def __init__(self, config: StoryConfig, transcript: Transcript) -> None:
        self.events: list[tuple[float, Event]] = []
        self.accepted: list[MailAccepted] = []
        self.received: list[MailAccepted] = []
        self.queue = MemoryQueue()
        self.dial_up = DialUp(config, transcript)
        self.host = MailHostMachine(config.host)
        self.service = Service(config.service, wall=config.began)
        self._config = config
        self._transcript = transcript
        self._holder = self.dial_up.new_holder(SERVICE_COMMAND)
        self._actions = deque(sorted(config.actions, key=lambda action: action.at))
        self._restarts = False

    def start(self, *, now: float) -> None:
        """Start: first the actions at time 0, then the service."""
        self._act(now)
        self.service.start(now=now)
        self._settle(now)

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines in all parts."""
        self._act(now)
        self.dial_up.handle_timer(now=now)
        self._settle(now)
        self.host.handle_timer(now=now)
        self._settle(now)
        self.service.handle_timer(now=now)
        self._settle(now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline of all parts."""
        action = self._actions[0].at if self._actions else None
        return earliest((action, self.dial_up.next_timer(), self.host.next_timer(), self.service.next_timer()))

    # Between the parts -----------------------------------------------------------------------------------------------

    def _settle(self, now: float) -> None:
        moved = True
        while moved:
            moved = self._from_host(now)
            for part in (self.service, self.dial_up):
                outputs = part.take_outputs()
                moved = moved or bool(outputs)
                for output in outputs:
                    self._take(output, now)

    def _take(self, output: ServiceOutput | DialUpOutput, now: float) -> None:  # noqa: C901, PLR0912 - a table
        match output:
            case ConnectionRequested(entry):
                self._dial(entry, now)
            case DisconnectionRequested():
                self._hang_up(now)
            case HostConnectionRequested():
                self._reach_host(now)
            case HostDisconnectionRequested():
                self.host.close()
            case CommandRequested(command):
                self._run_command(command, now)
            case SendData(data):
                self.host.receive_data(data, now=now)
            case EventLogged(event):
                self._log(event, now)
            case MessageWanted(message):
                self.service.give(self.queue.get(message), now=now)
            case MessageDelivered(message, recipients):
                self._served(message, recipients, "")
            case MessageRefused(message, recipients, reply):
                self._served(message, recipients, reply)
            case MessageInDoubt() | MessageDeferred():
                pass  # a queue in memory survives nothing, and keeps what was not delivered
            case MailAccepted():
                self.received.append(output)
            case LineUp():
                self.service.connected(now=now)
            case AttemptEnded():
                self._attempt_ended(output, now)
            case _:
                assert_never(output)

    def _from_host(self, now: float) -> bool:
        outputs = self.host.take_outputs()
        for output in outputs:
            match output:
                case SendData(data):
                    self.service.receive_data(data, now=now)
                case MailAccepted(sender, recipients, content):
                    self.accepted.append(output)
                    self._transcript.note(now, MailRelayed(sender, tuple(recipients), len(content)))
                case MailArrived(mail):
                    self.received.append(mail)
                    self.service.mail_arrived(mail.sender, len(mail.content), now=now)
                case HostClosed():
                    self.service.host_closed(now=now)
                case _:
                    assert_never(output)
        return bool(outputs)

    def _log(self, event: Event, now: float) -> None:
        self.events.append((now, event))
        entry = EventRecorded(event.id, event.source, event.text, event.category, event.severity.value)
        self._transcript.note(now, entry)

    # Dialling --------------------------------------------------------------------------------------------------------

    def _dial(self, name: str, now: float) -> None:
        entry = self._config.book.find(name)
        if entry is None:
            self.service.connection_failed(Cause.NO_SUCH_ENTRY.error, now=now)
        elif self.dial_up.attempt is not None:
            self.service.connection_failed(Cause.PORT_IN_USE.error, now=now)
        else:
            self.dial_up.dial(entry, self._holder, now=now)

    def _hang_up(self, now: float) -> None:
        if self.dial_up.attempt is None:
            self.service.disconnected(now=now)
        else:
            self.dial_up.hang_up(now=now)

    def _attempt_ended(self, output: AttemptEnded, now: float) -> None:
        self.host.close()
        error = None if output.cause is Cause.HUNG_UP else output.cause.error
        if output.was_up:
            self.service.disconnected(error, now=now)
        else:
            self.service.connection_failed(output.cause.error, detail=output.detail, now=now)
        if self._restarts:
            self._start_again(now)

    # The mail host and the queue -------------------------------------------------------------------------------------

    def _reach_host(self, now: float) -> None:
        if self.dial_up.host_is_reachable:
            self.service.host_connected(now=now)
            self.host.open(now=now)
        else:
            self.service.host_unreachable(now=now)

    def _run_command(self, command: Sequence[str], now: float) -> None:
        # There are no processes in pure time: the command counts as having run, and having found nothing.
        self._transcript.note(now, CommandSkipped(tuple(command)))
        self.service.command_ended(0, now=now)

    def _served(self, message: str, recipients: Sequence[str], failed: str) -> None:
        if self.queue.served(message, recipients, failed=failed):
            self.service.mail_gone(message)

    # What people do --------------------------------------------------------------------------------------------------

    def _act(self, now: float) -> None:
        while self._actions and now >= self._actions[0].at:
            action = self._actions.popleft()
            self._do(action, now)
            self._settle(now)

    def _do(self, action: Deed, now: float) -> None:
        match action:
            case QueueMail(_, message):
                self._queue_mail(message, now)
            case RestartService():
                self._restart(now)
            case ReleasePort():
                self._release(now)
            case InstallScript(_, path, program):
                self._transcript.note(now, ScriptInstalled(path))
                self.dial_up.install(path, program)
            case _:
                assert_never(action)

    def _queue_mail(self, message: Message, now: float) -> None:
        self._transcript.note(now, MailQueued(message.id, message.sender, tuple(message.recipients)))
        self.queue.put(message)
        self.service.mail_queued(message.id, now=now)

    def _restart(self, now: float) -> None:
        self._transcript.note(now, ServiceRestarted())
        self.service.stop(now=now)
        self._restarts = True
        self._settle(now)
        if self._restarts and self.dial_up.attempt is None:
            self._start_again(now)

    def _start_again(self, now: float) -> None:
        self._restarts = False
        wall = self._config.began
        self.service = Service(self._config.service, wall=wall)
        self._holder = self.dial_up.new_holder(SERVICE_COMMAND)
        for message in self.queue.waiting():
            self.service.mail_queued(message, now=now)
        self.service.start(now=now)

    def _release(self, now: float) -> None:
        ended = self.dial_up.release(now=now)
        self._transcript.note(now, PortFreed(tuple(map(str, ended))))
