"""The mail service: dials on its schedule, delivers what was queued when it dialled, retrieves mail, hangs up.

The states are those of :class:`ServiceState`:

===================  ======================================  ==========================================================
state                input                                   next state, and requests
===================  ======================================  ==========================================================
STOPPED              ``start``                               WAITING; DIALLING if the timetable dials at the start
WAITING              a time of the timetable, or mail has    DIALLING, ``ConnectionRequested``
                     waited for ``queued_for``
DIALLING             ``connection_failed``                   WAITING, event 4106
DIALLING             ``connected``, mail or ETRN or TURN     DELIVERING, ``HostConnectionRequested``
DIALLING             ``connected``, otherwise                RETRIEVING
DELIVERING           ``host_unreachable``                    DELIVERING, tries again after :data:`HOST_RETRY`
DELIVERING           ``host_connected``                      DELIVERING: an SMTP session begins
DELIVERING           the SMTP session ends, mail is left     DELIVERING, ``HostConnectionRequested``
DELIVERING           the SMTP session ends, no mail is left  RETRIEVING
DELIVERING           TURN is accepted                        RETRIEVING: we become the SMTP server
RETRIEVING           on entry: a command is configured       RETRIEVING, ``CommandRequested``
RETRIEVING           on entry: no retrieval, or TURN         HANGING_UP, ``DisconnectionRequested``
                     was not accepted
RETRIEVING           ``command_ended``, or QUIT after TURN   HANGING_UP, ``DisconnectionRequested``
DELIVERING,          no progress for ``time_out``, or the    HANGING_UP, ``DisconnectionRequested``
RETRIEVING           session fails
any but STOPPED,     ``disconnected``                        WAITING; DIALLING if a missed time is to be made up for
WAITING, DIALLING
any                  ``stop``                                STOPPED, ``DisconnectionRequested`` unless it was WAITING
===================  ======================================  ==========================================================

ETRN (RFC 1985) has no end that we could see: the host delivers over connections of its own, so RETRIEVING ends by the
time-out, and that is not an error. A time of the timetable that comes in any state but WAITING is missed; whether it is
made up for depends on the rule (:class:`~simisp.mail.schedule.ScheduleRule`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import assert_never

from simisp.circuits import Circuit
from simisp.machine import SendData, earliest
from simisp.mail.config import CommandRetrieval, ServiceConfig
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
from simisp.mail.smtp_client import (
    ClientOutput,
    Etrn,
    MessageDeferred,
    MessageDelivered,
    MessageInDoubt,
    MessageRefused,
    MessageWanted,
    RetrievalAnswered,
    RolesTurned,
    SmtpClient,
    SmtpClientEnded,
    Turn,
)
from simisp.mail.smtp_server import (
    MailAccepted,
    QueueRunRequested,
    ServerEnded,
    ServerOutput,
    SmtpServer,
    TurnRequested,
)
from simisp.mail.timer import DialTimer
from simisp.ras.error_codes import RasError
from simisp.ras.events import EventLogged, connection_failed

__all__ = ["HOST_RETRY", "Service", "ServiceState"]

HOST_RETRY = 2.0
"""Seconds between two attempts to connect to the mail host."""


_FATES: Mapping[type[ClientOutput], MailEvent] = {
    MessageDelivered: MailEvent.DELIVERED,
    MessageRefused: MailEvent.REFUSED,
    MessageDeferred: MailEvent.DEFERRED,
}


class ServiceState(Enum):
    """The state of the service; the module's docstring has the transitions."""

    STOPPED = "stopped"
    WAITING = "waiting"
    """Waiting for the next time to dial."""
    DIALLING = "dialling"
    DELIVERING = "delivering"
    """Connecting to the mail host, sending mail, and asking for the mail that waits there."""
    RETRIEVING = "retrieving"
    """Waiting for the mail that was asked for."""
    HANGING_UP = "hanging up"


class Service:
    """A dial-up mail service, without any I/O.

    It keeps the machine contract of :mod:`simisp.machine`. Its peer is the ISP's mail host. Dialling, connecting to the
    host and the queue are its owner's tasks, requested by outputs (:mod:`simisp.mail.outputs`,
    :class:`~simisp.mail.smtp_client.MessageWanted` and the outputs next to it). Anything that an administrator should
    know is an :class:`~simisp.ras.events.EventLogged`.

    It delivers the mail that was queued when it dialled; mail queued later waits for the next call. A failed attempt
    is not repeated before the next time of the schedule.

    Args:
        config: The settings.
        wall: What the wall clock shows when the run's time is 0.

    Example:
        >>> from simisp.mail.schedule import Every, Timetable
        >>> service = Service(ServiceConfig("OzEmail", Timetable(Every(900))), wall=datetime(1997, 10, 10, 8, 0))
        >>> service.start(now=0.0)
        >>> [output for output in service.take_outputs() if isinstance(output, ConnectionRequested)]
        [ConnectionRequested(entry='OzEmail')]
        >>> service.next_timer()
        900.0
    """

    def __init__(self, config: ServiceConfig, *, wall: datetime) -> None:
        self.config = config
        self.state = ServiceState.STOPPED
        self._timer = DialTimer(config.timetable, wall)
        self._queue: dict[str, float] = {}
        self._batch: deque[str] = deque()
        self._last_dial: float | None = None
        self._owes_a_call = False
        self._quiet_since: float = 0.0
        self._retry_host_at: float | None = None
        self._peer: SmtpClient | SmtpServer | None = None
        self._outputs: list[ServiceOutput] = []

    @property
    def queued(self) -> Mapping[str, float]:
        """The messages in the queue, each with the time since which it has been waiting."""
        return self._queue

    def start(self, *, now: float) -> None:
        """Start the service. A schedule of intervals dials at once."""
        self.state = ServiceState.WAITING
        self._log(MailEvent.STARTED, queued=len(self._queue))
        self._timer.start(now=now)
        if self._timer.dials_at_start(now=now):
            self._dial("at the start", now)

    def stop(self, *, now: float) -> None:
        """Stop at once. The line is hung up; mail that was not delivered stays in the queue."""
        if self.state is ServiceState.STOPPED:
            return
        if self.state is not ServiceState.WAITING:
            self._leave_host()
            self._outputs.append(DisconnectionRequested())
        self.state = ServiceState.STOPPED
        self._log(MailEvent.STOPPED)

    def set_wall_clock(self, wall: datetime, *, now: float) -> None:
        """Report that the wall clock was changed."""
        change = self._timer.set_wall(wall, now=now)
        self._log(MailEvent.CLOCK_CHANGED, seconds=round(change.total_seconds(), 3))
        self.handle_timer(now=now)

    def wall(self, now: float) -> datetime:
        """Return what the wall clock shows, as far as the service knows."""
        return self._timer.wall(now)

    def mail_queued(self, message: str, *, now: float, since: float | None = None) -> None:
        """Report a message in the queue, there since ``since`` or else now. A time in the future counts as now."""
        self._queue.setdefault(message, now if since is None else min(since, now))

    def mail_gone(self, message: str) -> None:
        """Report that a message has left the queue: it was served for all its recipients, or removed."""
        self._queue.pop(message, None)

    # The machine's verbs ---------------------------------------------------------------------------------------------

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the mail host."""
        peer = self._peer
        if peer is not None:
            taken = peer.taken
            peer.receive_data(data, now=now)
            if peer.taken != taken:
                self._quiet_since = now  # only a complete reply is progress: octet by octet it gains no time
            self._settle(now)
        self.handle_timer(now=now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: a service has no circuits."""

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines."""
        while self._timer.due is not None and now >= self._timer.due and self.state is not ServiceState.STOPPED:
            self._keep_time(now)
        waiting_too_long = self._mail_due()
        if waiting_too_long is not None and now >= waiting_too_long:
            self._dial("mail waits", now)
        if self._retry_host_at is not None and now >= self._retry_host_at:
            self._reach_host()
        time_out = self._time_out()
        if time_out is not None and now >= time_out:
            self._end_session("nothing moved within the time-out")

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None if no deadline is pending."""
        if self.state is ServiceState.STOPPED:
            return None
        return earliest((self._timer.due, self._mail_due(), self._retry_host_at, self._time_out()))

    def take_outputs(self) -> list[ServiceOutput]:
        """Return what has come up since the last call, in order, and forget it."""
        outputs, self._outputs = self._outputs, []
        return outputs

    # What the owner reports ------------------------------------------------------------------------------------------

    def connected(self, *, now: float) -> None:
        """Report that the line is up."""
        if self.state is not ServiceState.DIALLING:
            return
        self._log(MailEvent.CONNECTED, entry=self.config.entry)
        self._quiet_since = now
        if self._batch or isinstance(self.config.retrieval, Etrn | Turn):
            self.state = ServiceState.DELIVERING
            self._reach_host()
        else:
            self._retrieve(now)

    def connection_failed(self, error: RasError, *, now: float, detail: str = "") -> None:
        """Report that the line could not be brought up: event 4106. ``detail`` may name the holder of the port."""
        if self.state is ServiceState.DIALLING:
            self._outputs.append(EventLogged(connection_failed(self.config.entry, error, detail)))
            self._wait(now)

    def disconnected(self, error: RasError | None = None, *, now: float) -> None:
        """Report that the line is down, with an error if we did not ask for it."""
        if self.state in (ServiceState.STOPPED, ServiceState.WAITING, ServiceState.DIALLING):
            return
        if error is not None and self.state is not ServiceState.HANGING_UP:
            self._log(MailEvent.CONNECTION_LOST, entry=self.config.entry, error=str(error))
        self._leave_host()
        self._wait(now)

    def host_connected(self, *, now: float) -> None:
        """Report that the connection to the mail host is made."""
        if self.state is ServiceState.DELIVERING and self._peer is None:
            self._quiet_since = now
            self._peer = self._next_session()
            self._settle(now)

    def host_unreachable(self, *, now: float) -> None:
        """Report that the mail host was not reached: the service tries again until the time-out."""
        if self.state is ServiceState.DELIVERING:
            self._retry_host_at = now + HOST_RETRY

    def host_closed(self, *, now: float) -> None:
        """Report that the host closed the connection."""
        if self._peer is not None:
            self._peer = None
            self._end_session("the host closed the connection")

    def give(self, message: Message | None, *, now: float) -> None:
        """Pass the message asked for; None if it is no longer in the queue."""
        if isinstance(self._peer, SmtpClient):
            self._peer.give(message)
            self._settle(now)

    def mail_arrived(self, sender: str, octets: int, *, now: float) -> None:
        """Report that the host delivered a message over a connection that it had opened."""
        self._quiet_since = max(self._quiet_since, now)
        self._log(MailEvent.RECEIVED, sender=sender, octets=octets)

    def command_ended(self, status: int, *, now: float) -> None:
        """Report that the command that retrieves mail has ended."""
        if self.state is ServiceState.RETRIEVING and isinstance(self.config.retrieval, CommandRetrieval):
            command = " ".join(self.config.retrieval.arguments)
            self._log(MailEvent.RETRIEVAL, command=command, reply=f"exit status {status}")
            self._hang_up("all is done")

    # Dialling --------------------------------------------------------------------------------------------------------

    def _keep_time(self, now: float) -> None:
        """Act on a time of the schedule: dial, or log why not."""
        scheduled = self._timer.due_wall
        assert scheduled is not None
        makes_up, punctual = self._timer.makes_up, self._timer.is_punctual(now=now)
        self._timer.done(now=now)
        if self.state is ServiceState.WAITING and (makes_up or punctual):
            self._dial("on schedule", now)
        elif makes_up:
            self._owes_a_call = True
        else:
            why = "the service slept" if self.state is ServiceState.WAITING else f"the service was {self.state.value}"
            self._log(MailEvent.MISSED, time=scheduled.isoformat(" ", "seconds"), why=why)

    def _mail_due(self) -> float | None:
        """Return when the oldest mail will have waited long enough to dial for it."""
        wait = self.config.queued_for
        if wait is None or not self._queue or self.state is not ServiceState.WAITING:
            return None
        oldest = min(self._queue.values())
        return (oldest if self._last_dial is None else max(oldest, self._last_dial)) + wait

    def _dial(self, why: str, now: float) -> None:
        self.state = ServiceState.DIALLING
        self._last_dial = now
        self._owes_a_call = False
        self._batch = deque(self._queue)
        self._log(MailEvent.DIALS, entry=self.config.entry, why=why, queued=len(self._batch))
        self._outputs.append(ConnectionRequested(self.config.entry))

    def _wait(self, now: float) -> None:
        self.state = ServiceState.WAITING
        self._batch.clear()
        if self._owes_a_call:
            self._dial("made up for", now)

    # The session with the host ---------------------------------------------------------------------------------------

    def _time_out(self) -> float | None:
        retrieving = self.state is ServiceState.RETRIEVING
        return self._quiet_since + self.config.time_out if retrieving or self.state is ServiceState.DELIVERING else None

    def _reach_host(self) -> None:
        self._retry_host_at = None
        self._outputs.append(HostConnectionRequested(self.config.host, self.config.port))

    def _next_session(self) -> SmtpClient:
        ids = [self._batch.popleft() for _ in range(min(len(self._batch), self.config.messages_per_session))]
        retrieval = (
            None if self._batch or isinstance(self.config.retrieval, CommandRetrieval) else self.config.retrieval
        )
        return SmtpClient(ids, name=self.config.name, retrieval=retrieval)

    def _settle(self, now: float) -> None:
        """Handle the outputs of the present SMTP session."""
        while self._peer is not None:
            outputs = self._peer.take_outputs()
            if not outputs:
                return
            for output in outputs:
                self._take(output, now)

    def _take(self, output: ClientOutput | ServerOutput, now: float) -> None:
        match output:
            case SmtpClientEnded(complaint):
                self._client_ended(complaint, now)
            case RolesTurned():
                self.state = ServiceState.RETRIEVING
                self._peer = SmtpServer(self.config.name)
                self._peer.start(now=now)
            case ServerEnded():
                self._leave_host()
                self._hang_up("all is done")
            case RetrievalAnswered(command, reply):
                self._log(MailEvent.RETRIEVAL, command=command, reply=str(reply))
            case MailAccepted(sender, _, content):
                self._outputs.append(output)
                self.mail_arrived(sender, len(content), now=now)
            case MessageDelivered() | MessageRefused() | MessageDeferred():
                self._outputs.append(output)
                who = ", ".join(output.recipients)
                self._log(_FATES[type(output)], message=output.id, recipients=who, reply=output.reply)
            case SendData() | MessageWanted() | MessageInDoubt():
                self._outputs.append(output)
            case QueueRunRequested() | TurnRequested():
                pass  # a host asks for nothing of a dialler
            case _:
                assert_never(output)

    def _client_ended(self, complaint: str, now: float) -> None:
        self._leave_host()
        if complaint:
            self._fail_session(complaint)
        elif self._batch:
            self._reach_host()
        else:
            self._retrieve(now)

    def _retrieve(self, now: float) -> None:
        """Retrieve mail in the way that is left after the SMTP session; hang up if no mail can come."""
        retrieval = self.config.retrieval
        self.state = ServiceState.RETRIEVING
        self._quiet_since = now
        if isinstance(retrieval, CommandRetrieval):
            self._outputs.append(CommandRequested(retrieval.arguments))
        elif not isinstance(retrieval, Etrn):
            self._hang_up("all is done")

    def _end_session(self, why: str) -> None:
        """End the session with the host after a time-out or a closed connection."""
        if self._peer is None and self.state is ServiceState.RETRIEVING:
            self._hang_up("nothing more came")  # the only way in which ETRN ends
        else:
            self._leave_host()
            self._fail_session(why)

    def _fail_session(self, why: str) -> None:
        self._log(MailEvent.SESSION_FAILED, host=self.config.host, why=why)
        self._hang_up(why)

    def _leave_host(self) -> None:
        self._retry_host_at = None
        if self._peer is not None:
            self._peer = None
            self._outputs.append(HostDisconnectionRequested())

    def _hang_up(self, why: str) -> None:
        self.state = ServiceState.HANGING_UP
        self._batch.clear()
        self._log(MailEvent.HUNG_UP, entry=self.config.entry, why=why)
        self._outputs.append(DisconnectionRequested())

    def _log(self, event: MailEvent, **details: str | int | float) -> None:
        self._outputs.append(EventLogged(event.event(**details)))
