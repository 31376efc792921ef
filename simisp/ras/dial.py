"""One dial attempt, from opening the port to releasing it.

The states are those of :class:`~simisp.ras.port.PortState`; each of them but CLOSED has at most one deadline.

==============  ==================================  ================================================================
state           input                               next state, and outputs
==============  ==================================  ================================================================
CLOSED          ``start``, the port is free         OPENING, DTR on, the first command line
CLOSED          ``start``, the port is held         ``AttemptEnded`` with error 633
OPENING         OK                                  OPENING, the next command line; after the last DIALLING, dial
OPENING         silence of :data:`RESPONSE_WAIT`    OPENING, the command line again, at most :data:`COMMAND_TRIES`
                                                    times in all; then *hang up*
DIALLING        CONNECT                             SCRIPT_RUNNING with ``ScriptRequested``, or as if the script had
                                                    completed if the entry has no script
DIALLING        silence of the entry's answer wait  *hang up*
OPENING,        a result code of failure            *hang up* with the error that it stands for
DIALLING
SCRIPT_RUNNING  the script has completed            AUTHENTICATING with ``LinkRequested``, or CONNECTED if the entry
                                                    has no link protocol
SCRIPT_RUNNING  the script has failed               *hang up*
SCRIPT_RUNNING  the entry's patience is over        ``ScriptAbandoned`` or ``ScriptEndRequested``, *hang up*
AUTHENTICATING  ``link_up``                         CONNECTED, ``LineUp``
AUTHENTICATING  ``link_failed``, or                 *hang up*
                :data:`LINK_WAIT` is over
CONNECTED       ``link_failed``, or nothing passed  *hang up*
                for the entry's idle time
in a call       DCD off, or NO CARRIER              *hang up* with error 629
any but CLOSED  ``hang_up``, or DSR off             *hang up*
DISCONNECTING   :data:`DTR_OFF` is over             CLOSED, the port is released; ``RedialPending`` if the cause is
                                                    in :data:`WORTH_REDIALLING` and redials are left, else
                                                    ``AttemptEnded``
CLOSED          the redial pause is over            as for ``start``
==============  ==================================  ================================================================

To *hang up* is to enter DISCONNECTING and drop DTR. Releasing the port leaves it LOCKED if a script that was left
running still holds it: the state of the article's error 633.
"""

from __future__ import annotations

from collections.abc import Mapping

from simisp.circuits import Circuit
from simisp.facts.dial_up import ModemConnected, ModemResponded, PortState
from simisp.machine import SendData, SetCircuit
from simisp.ras.error_codes import Cause
from simisp.ras.modem_responses import ModemResponse, ModemResponseKind, ResponseReader
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
from simisp.ras.phonebook import Entry, PostConnectScript, Protocol
from simisp.ras.port import Port, PortHolder

__all__ = ["COMMAND_TRIES", "DTR_OFF", "LINK_WAIT", "RESPONSE_WAIT", "WORTH_REDIALLING", "DialAttempt"]

RESPONSE_WAIT = 5.0
"""How long the modem may take to answer an initialisation command, in seconds."""
COMMAND_TRIES = 2
"""How often an initialisation command is sent to a modem that does not answer."""
LINK_WAIT = 180.0
"""How long the owner may take to bring up PPP or SLIP, in seconds."""
DTR_OFF = 1.0
"""How long DTR is kept off to hang up, in seconds."""

WORTH_REDIALLING = frozenset(
    {
        Cause.BUSY,
        Cause.VOICE,
        Cause.NO_ANSWER,
        Cause.NO_CARRIER,
        Cause.NO_DIAL_TONE,
        Cause.DISCONNECTED,
        Cause.CARRIER_LOST,
        Cause.OUT_OF_PATIENCE,
        Cause.PPP_TIME_OUT,
        Cause.PPP_ENDED,
        Cause.PPP_NO_RESPONSE,
    }
)
"""Failures that may be gone by the next call. Mistakes, refusals and a port in use are not among them."""

_SCRIPT_FAILURES: Mapping[ScriptEnd, Cause] = {
    ScriptEnd.HALTED: Cause.NEEDS_PRESENCE,
    ScriptEnd.SYNTAX_ERROR: Cause.SCRIPT_SYNTAX,
    ScriptEnd.CARRIER_LOST: Cause.CARRIER_LOST,
    ScriptEnd.FAILED: Cause.DISCONNECTED,
}
_IN_A_CALL = (PortState.SCRIPT_RUNNING, PortState.AUTHENTICATING, PortState.CONNECTED)
_CARRIER_LOST_TEXT = b"\r\nNO CARRIER\r\n"


class DialAttempt:
    r"""One attempt to dial a phone-book entry, with its redials, without any I/O.

    It keeps the machine contract of :mod:`simisp.machine`; its peer is the modem. It initialises the modem, dials, and
    asks its owner for the rest: :class:`~simisp.ras.outputs.ScriptRequested`, then
    :class:`~simisp.ras.outputs.LinkRequested`. While the script runs, the owner passes octets from the line to the
    script; at all other times it passes them here. :class:`~simisp.ras.outputs.AttemptEnded` is the last output.

    If the script takes longer than the entry's patience, the attempt gives up: it hangs up and releases the port, and
    ``on_give_up`` decides what happens to the script. A script that is left running keeps holding the port.

    Args:
        entry: The entry to dial.
        port: The modem's port.
        holder: The dialling process.
        on_give_up: What happens to a script that has not ended.
        response_wait: How long the modem may take to answer an initialisation command, in seconds, more than 0.

    Example:
        >>> attempt = DialAttempt(Entry("Home", "5551234"), Port("COM1"), PortHolder(7, "dial"))
        >>> attempt.start(now=0.0)
        >>> attempt.receive_data(b"\r\nOK\r\n", now=0.1)
        >>> attempt.receive_data(b"\r\nBUSY\r\n", now=2.0)
        >>> attempt.handle_timer(now=3.0)
        >>> attempt.take_outputs()[-1]
        AttemptEnded(cause=<Cause.BUSY: 676>, was_up=False, detail='')
    """

    def __init__(
        self,
        entry: Entry,
        port: Port,
        holder: PortHolder,
        *,
        on_give_up: OnGiveUp = OnGiveUp.ORPHAN,
        response_wait: float = RESPONSE_WAIT,
    ) -> None:
        self.entry = entry
        self.port = port
        self.holder = holder
        self.cause: Cause | None = None
        """Why the attempt failed or ended; None while it continues."""
        self.over = False
        """Whether the attempt has ended and the port is released."""
        self._on_give_up = on_give_up
        self._response_wait = response_wait
        self._calls = 0
        self._may_redial = True
        self._holds = False
        self._was_up = False
        self._deadline: float | None = None
        self._redials_at: float | None = None
        self._reader = ResponseReader()
        self._commands: list[str] = []
        self._scripts: list[PostConnectScript] = []
        self._patience_ends: float | None = None
        self._tries = 0
        self._rate: int | None = None
        self._tail = b""
        self._carrier = False
        self._outputs: list[AttemptOutput] = []

    @property
    def state(self) -> PortState:
        """The state of the attempt; CLOSED before it, after it, and between two calls."""
        return self.port.state if self._holds else PortState.CLOSED

    @property
    def holds_port(self) -> bool:
        """Whether the attempt has the port open; not between two calls."""
        return self._holds

    @property
    def redials_at(self) -> float | None:
        """When to redial; None unless a redial pause is running."""
        return self._redials_at

    def start(self, *, now: float) -> None:
        """Open the port and begin. A port that is held ends the attempt at once."""
        opened = self.port.open(self.holder, now=now)
        if opened is None:
            self.refuse(Cause.PORT_IN_USE, "held by " + ", ".join(map(str, self.port.holders)))
            return
        self._redials_at = None
        self.cause = None
        self._calls += 1
        self._holds = True
        self._outputs += (opened, SetCircuit(Circuit.DTR, True))
        self._commands = list(self.entry.init)
        self._next_command(now)

    def refuse(self, cause: Cause, detail: str = "") -> None:
        """End the attempt before a call, because the port is not available; for owners that know this in advance.

        Raises:
            ValueError: A call is under way; use :meth:`hang_up`.
        """
        if self._holds:
            raise ValueError("a call is under way")
        self._redials_at = None
        self.cause = cause
        self._end(detail)

    # The machine's verbs ---------------------------------------------------------------------------------------------

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the modem. While the script runs they belong to the script and are ignored here."""
        self.handle_timer(now=now)
        if self.state in (PortState.OPENING, PortState.DIALLING):
            self._read_responses(data, now)
        elif self.state in (PortState.AUTHENTICATING, PortState.CONNECTED):
            self._read_line(data, now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take the state of a circuit: when DCD goes off the call ends, and when DSR goes off the modem has failed."""
        self.handle_timer(now=now)
        if circuit is Circuit.DSR and not on:
            self._give_up(Cause.HARDWARE_FAILED, now)
        elif circuit is Circuit.DCD:
            lost = self._carrier and not on
            self._carrier = on
            if lost and self.state in _IN_A_CALL:
                self._give_up(Cause.CARRIER_LOST, now)

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines."""
        if self._redials_at is not None and now >= self._redials_at:
            self.start(now=now)
        if self._deadline is None or now < self._deadline:
            return
        self._deadline = None
        match self.state:
            case PortState.OPENING:
                self._repeat_command(now)
            case PortState.DIALLING:
                self._give_up(Cause.NO_ANSWER, now)
            case PortState.SCRIPT_RUNNING:
                self._give_up(Cause.OUT_OF_PATIENCE, now)
            case PortState.AUTHENTICATING:
                self._give_up(Cause.PPP_NO_RESPONSE, now)
            case PortState.CONNECTED:
                self._give_up(Cause.IDLE, now)
            case _:
                self._leave(now)

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None if no deadline is pending."""
        return self._deadline if self._redials_at is None else self._redials_at

    def take_outputs(self) -> list[AttemptOutput]:
        """Return what has come up since the last call, in order, and forget it."""
        outputs, self._outputs = self._outputs, []
        return outputs

    # What the owner reports and asks ---------------------------------------------------------------------------------

    def script_ended(self, end: ScriptEnd, *, now: float, unread: bytes = b"") -> None:
        """Report that the script has ended. Ignored if the attempt no longer waits for it.

        Args:
            end: How it ended.
            now: The time.
            unread: Octets from the far end that the script has not read.
        """
        self.handle_timer(now=now)
        if self.state is not PortState.SCRIPT_RUNNING:
            return
        if end is ScriptEnd.COMPLETED and self._scripts:
            self._next_script(unread, now)
            return
        self._enter(PortState.AUTHENTICATING, now, why=f"script {end.value}")
        if end is ScriptEnd.COMPLETED:
            self._begin_link(unread, now)
        else:
            self._give_up(_SCRIPT_FAILURES[end], now)

    def link_up(self, *, now: float) -> None:
        """Report that PPP or SLIP is up."""
        self.handle_timer(now=now)
        if self.state is PortState.AUTHENTICATING:
            self._connected(now)

    def link_failed(self, cause: Cause, *, now: float) -> None:
        """Report that PPP or SLIP did not come up, or went down."""
        self.handle_timer(now=now)
        if self.state in (PortState.AUTHENTICATING, PortState.CONNECTED):
            self._give_up(cause, now)

    def hang_up(self, *, now: float, cause: Cause = Cause.HUNG_UP) -> None:
        """End the attempt, or the call that it made, without redialling."""
        self.handle_timer(now=now)
        self._may_redial = False
        if self._redials_at is not None:
            self.refuse(cause)
        else:
            self._give_up(cause, now)

    # Initialising and dialling ---------------------------------------------------------------------------------------

    def _next_command(self, now: float) -> None:
        """Send the next command line; after the last one, dial."""
        self._tries = 1
        if self._commands:
            self._send(self._commands[0], now, wait=self._response_wait)
        else:
            number = self.entry.number_for(self._calls)
            self._enter(PortState.DIALLING, now, why=number)
            self._send(self.entry.dial + number, now, wait=self.entry.answer_wait)

    def _repeat_command(self, now: float) -> None:
        if self._tries >= COMMAND_TRIES:
            self._give_up(Cause.MODEM_SILENT, now)
        else:
            self._tries += 1
            self._send(self._commands[0], now, wait=self._response_wait)

    def _send(self, command: str, now: float, *, wait: float) -> None:
        line = command.encode("ascii", "replace")
        self._reader.expect_echo_of(line)
        self._outputs.append(SendData(line + b"\r"))
        self._deadline = now + wait

    def _read_responses(self, data: bytes, now: float) -> None:
        for response, end in self._reader.read(data):
            self._take_response(response, data[end:], now)
            if self.state not in (PortState.OPENING, PortState.DIALLING):
                return

    def _take_response(self, response: ModemResponse, rest: bytes, now: float) -> None:
        match response.kind:
            case ModemResponseKind.FAILURE:
                assert response.cause is not None
                self._outputs.append(ModemResponded(response.text, response.cause.value))
                self._give_up(response.cause, now)
            case ModemResponseKind.OK if self.state is PortState.OPENING:
                self._commands.pop(0)
                self._next_command(now)
            case ModemResponseKind.CONNECT if self.state is PortState.DIALLING:
                self._rate = response.rate
                self._outputs.append(ModemConnected(response.rate))
                self._begin_scripts(rest, now)
            case _:
                pass  # echo, information text, RING, or a result code that answers no command of ours

    # The call that is up ---------------------------------------------------------------------------------------------

    def _begin_scripts(self, unread: bytes, now: float) -> None:
        self._scripts = list(self.entry.scripts)
        patience = self.entry.patience
        self._patience_ends = None if patience is None else now + patience
        if self._scripts:
            self._next_script(unread, now)
        else:
            self._enter(PortState.AUTHENTICATING, now)
            self._begin_link(unread, now)

    def _next_script(self, unread: bytes, now: float) -> None:
        script = self._scripts.pop(0)
        self._enter(PortState.SCRIPT_RUNNING, now, why=str(script))
        self._deadline = self._patience_ends  # of all scripts together
        self._outputs.append(ScriptRequested(script, self.entry.user, unread))

    def _begin_link(self, unread: bytes, now: float) -> None:
        if self.entry.protocol is Protocol.NONE:
            self._connected(now)
        else:
            self._deadline = now + LINK_WAIT
            self._outputs.append(LinkRequested(self.entry.protocol, unread))
        self._read_line(unread, now)

    def _connected(self, now: float) -> None:
        self._was_up = True
        self._enter(PortState.CONNECTED, now)
        self._outputs.append(LineUp(self._rate))
        self._rearm_idle(now)

    def _rearm_idle(self, now: float) -> None:
        self._deadline = None if self.entry.idle_hang_up is None else now + self.entry.idle_hang_up

    def _read_line(self, data: bytes, now: float) -> None:
        """Take octets of a call that is up. They belong to the link, except for the modem's NO CARRIER."""
        if self.state is PortState.CONNECTED:
            self._rearm_idle(now)
        seen = self._tail + data
        self._tail = seen[1 - len(_CARRIER_LOST_TEXT) :]
        if _CARRIER_LOST_TEXT in seen:
            self._give_up(Cause.CARRIER_LOST, now)

    # The end ---------------------------------------------------------------------------------------------------------

    def _give_up(self, cause: Cause, now: float) -> None:
        """Hang up, in whatever state the attempt is."""
        if not self._holds or self.state is PortState.DISCONNECTING:
            return
        if self.state is PortState.SCRIPT_RUNNING:
            orphans = self._on_give_up is OnGiveUp.ORPHAN
            self._outputs.append(ScriptAbandoned() if orphans else ScriptEndRequested())
        self.cause = cause
        self._enter(PortState.DISCONNECTING, now, why=cause.error.text)
        self._outputs.append(SetCircuit(Circuit.DTR, False))
        self._deadline = now + DTR_OFF

    def _leave(self, now: float) -> None:
        """Release the port; redial if the failure may be temporary."""
        self._holds = False
        self._tail = b""
        self._carrier = False
        left = self.port.leave(self.holder, now=now)
        if left is not None:
            self._outputs.append(left)
        assert self.cause is not None
        left_to_redial = self.entry.redials - (self._calls - 1) if self._may_redial and not self._was_up else 0
        if self.cause in WORTH_REDIALLING and left_to_redial > 0:
            self._redials_at = now + self.entry.redial_pause
            self._outputs.append(RedialPending(self.cause, self._redials_at))
        else:
            self._end("")

    def _end(self, detail: str) -> None:
        assert self.cause is not None
        self.over = True
        self._outputs.append(AttemptEnded(self.cause, self._was_up, detail))

    def _enter(self, state: PortState, now: float, *, why: str = "") -> None:
        self._deadline = None
        self._outputs.append(self.port.enter(state, now=now, why=why))
