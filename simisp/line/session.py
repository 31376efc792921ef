"""The Session: everything behind the port as one machine.

This is the side of its owner: octets and circuits of the DTE, time, and what happens to the line from outside. How the
parts are joined, and the life of a call, is in :mod:`simisp.line.junction`.
"""

from __future__ import annotations

from simisp.circuits import Circuit
from simisp.client_deeds import RateTaken
from simisp.facts.fact import Fact
from simisp.far_end import FarEnd, HangUpRequested
from simisp.line.channel import LOST_CARRIER, ChannelPlace
from simisp.line.deeds import deed_of
from simisp.line.incoming import IncomingCalls
from simisp.line.junction import LONGEST_PIECE, MUCH, Junction
from simisp.line.session_config import SessionConfig, SharedModem
from simisp.machine import CircuitTaken, Output, Received, SendData, SendUnrecorded, SetCircuit, earlier
from simisp.modem.known_answers import KnownAnswer
from simisp.modem.outputs import ModemState
from simisp.modem.result_codes import ResultCode
from simisp.spans import Spans

__all__ = ["Session"]

_ONLINE_DATA = ModemState.ONLINE_DATA
_WAITING = {
    ModemState.DIALLING: "the modem waits for an answer to its call",
    ModemState.ANSWERING: "the modem waits for an answer to its call",
    ModemState.RUNNING: "the modem runs a command",
    ModemState.TEXT: "the modem waits for the end of a text",
}
_CLIENT_TO_MODEM = ChannelPlace.CLIENT_TO_MODEM
_TURNED_ON = {circuit: CircuitTaken(circuit, True) for circuit in Circuit}
_TURNED_OFF = {circuit: CircuitTaken(circuit, False) for circuit in Circuit}


class Session(Junction):
    r"""Modem, exchange and ISP behind one port, without any I/O.

    It keeps the machine contract of :mod:`simisp.machine`. Its peer is the DTE; opening and closing the port reach it
    as DTR going on and off. Every output of its parts passes through one list, so their order is kept, and
    :class:`~simisp.machine.Received` reports what the DTE sent, so a transcript can be made from the outputs alone.

    Args:
        config: The configuration.
        shared: What it shares with the other Sessions of its modem; None for the only one.

    Example:
        >>> session = Session(SessionConfig())
        >>> session.set_circuit(Circuit.DTR, True, now=0.0)
        >>> session.receive_data(b"ATDT5551234\r", now=1.0)
        >>> session.next_timer()
        2.0
        >>> session.handle_timer(now=2.0)
        >>> b"".join(output.data for output in session.take_outputs() if isinstance(output, SendData))
        b'ATDT5551234\r\r\nCONNECT 33600\r\n'
    """

    __slots__ = ("_after_cr", "_weighed", "_weight")

    def __init__(self, config: SessionConfig, shared: SharedModem | None = None) -> None:
        self._after_cr = False
        self._weighed = self._weight = 0
        super().__init__(config, shared)

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The passwords of the accounts, in plain text and as they appear on the line, for masking."""
        isp = self._config.isp
        plain = [password.encode("latin-1", "replace") for password in (*isp.accounts.passwords, *isp.secrets)]
        return tuple(dict.fromkeys((*plain, *(isp.framing.encode(password) for password in plain))))

    @property
    def present_far_end(self) -> FarEnd | None:
        """The far end of the call that is up, on any line behind the port; None between calls."""
        return self.far_end

    @property
    def has_line_of_bank(self) -> bool:
        """Whether the call that is up is one with another line of a bank."""
        return False

    @property
    def waiting_for(self) -> str:
        """What this side of the line is waiting for, in words."""
        if self.far_end is not None:
            return f"the ISP {self.far_end.doing}"
        return _WAITING.get(self.modem.state, "the modem waits for a command")

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the DTE, however many."""
        position = 0
        if self.far_end is None and self._channels is None and 0 < len(data) <= LONGEST_PIECE:
            position = self._take_first(data, now)
        while position < len(data):
            position = self._take(data, position, now)

    def receive_some(self, data: bytes, start: int, *, now: float) -> int:
        """Take octets from the DTE until all are taken, or much is pending for it; return the index of the next one.

        Each line may be answered with far more octets than it has. An owner whose peer does not read takes the outputs
        and calls again with the rest when there is room. While a channel is full no octet is taken at all, until a
        timer has emptied it, and none while what is behind the far end has much to read.
        """
        if self.takes_nothing:
            return start
        if self.far_end is None and self._channels is None and not start and (taken := self._take_first(data, now)):
            return taken
        position = start
        while position < len(data):
            position = self._take(data, position, now)
            if position < len(data) and (self._has_much_to_send or self.takes_nothing):
                break
        return position

    def answer_known(self, data: bytes, *, now: float) -> KnownAnswer | None:
        """Take a whole command line whose answer is known, and return it in place of the outputs.

        This is the short way for the lines that software sends again and again, such as ``AT``. No deadline is pending,
        before and after.

        Returns:
            What was put out; None where nothing was taken, because :meth:`receive_data` may do something else.
        """
        if self.far_end is not None or self._call is not None or self._channels is not None or self._outputs:
            return None
        known = self.modem.answer_known(data, now=now)
        if known is not None:
            self._after_cr = data.endswith(self._ends.cr)
        return known

    def _take_first(self, data: bytes, now: float) -> int:
        """Take octets when there is nothing but a modem: what nearly every octet between calls is.

        Returns:
            The index of the next octet, when all are taken or the line's answer is long; otherwise 0 where none was
            taken, for the usual way.
        """
        taken = self.modem.receive_some(data, 0, now=now)
        self._outputs.append(Received(data if taken == len(data) else data[:taken]))
        self._after_cr = data[taken - 1 : taken] == self._ends.cr
        self._take_from_modem(now)
        if self.far_end is not None:
            self._settle(now)
        return taken

    def _take(self, data: bytes, start: int, now: float) -> int:
        """Take octets from the DTE, and record them; return the index of the next one.

        The far end that asks at present decides whether they are a secret.
        """
        modem, channels = self.modem, self._channels
        state = modem.state
        piece = data[start : self._next_place(data, start, state)]
        far_end = self.far_end if state is _ONLINE_DATA else None
        if channels is None or _CLIENT_TO_MODEM not in channels:
            piece = piece[: modem.receive_some(piece, 0, now=now)]
        secrets: Spans = ()
        if far_end is not None and not (self._after_cr and piece == self._ends.lf and far_end.reads_lines):
            secrets = far_end.secrets_in(piece)
        self._outputs.append(Received(piece, secrets))
        if channels is not None:
            channels.let_overhear(_CLIENT_TO_MODEM, piece, now)
        self._after_cr = piece.endswith(self._ends.cr)
        if channels is None or not channels.send(_CLIENT_TO_MODEM, SendData(piece, secrets), now):
            self._settle(now)
        return start + len(piece)

    @property
    def _has_much_to_send(self) -> bool:
        for output in self._outputs[self._weighed :]:
            if type(output) is SendData or type(output) is SendUnrecorded:
                self._weight += len(output.data)
        self._weighed = len(self._outputs)
        return self._weight >= MUCH

    @property
    def takes_nothing(self) -> bool:
        """Whether the DTE has to wait: the line is full, or what is behind the far end has much to read.

        A far end may still speak while what is behind it does not read: it may wait for the caller to read first.
        """
        return self._is_full or (self.far_end is not None and self.far_end.unread >= MUCH)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take the new state of a circuit of the DTE: DTR or RTS."""
        self._outputs.append(_TURNED_ON[circuit] if on else _TURNED_OFF[circuit])
        channels = self._channels
        if channels is None or not channels.send(_CLIENT_TO_MODEM, SetCircuit(circuit, on), now):
            self._let_modem_see(circuit, on, now)

    def see_rate(self, rate: int, *, now: float) -> None:
        """Take the rate at which the DTE sends and reads, in bit/s, as its port shows it; 0 is B0."""
        self.modem.see_rate(rate, now=now)
        self._settle(now)
        self._let_far_end_see(RateTaken(rate), now)

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines in all parts. What arrives now precedes a time-out that is due now."""
        if self._channels is not None:
            self._channels.handle_timer(now=now)
        if self._manners is not None:
            self._manners.handle_timer(now)
            self._pass_on(self._manners.take_outputs(), now)
        self.modem.handle_timer(now=now)
        self._settle(now)
        if self._call is not None and self._call.due is not None and now >= self._call.due:
            self._call.due = None
            self._come_through(self._call.route, now)
            self._settle(now)
        far_end = self.far_end
        if far_end is not None and (due := far_end.next_timer()) is not None and now >= due and not self._is_full:
            far_end.handle_timer(now=now)
            self._settle(now)
        if self._incoming is not None:
            self._let_calls_come_in(self._incoming, now)
        if self._channels is not None:
            self._channels.handle_timer(now=now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline of all parts."""
        first, call, far_end = self.modem.next_timer(), self._call, self.far_end
        if call is not None:
            first = earlier(first, call.due)
        if far_end is not None and not self._is_full:
            first = earlier(first, far_end.next_timer())
        if self._incoming is not None:
            first = earlier(first, self._incoming.next_timer())
        if self._manners is not None:
            first = earlier(first, self._manners.next_timer())
        if self._channels is not None:
            first = earlier(first, self._channels.next_timer())
        return first

    def settle(self, *, now: float) -> None:
        """Pass on what another line of the same modem has caused here: unsolicited results, the loss of a call."""
        self._settle(now)
        if self._shared is not None:
            self.calls = self._shared.calls

    def unplug(self, *, now: float) -> None:
        """Go on hook, whatever &D says: the line to the DTE is gone for good. A subsystem forgets it."""
        self.modem.unplug(now=now)
        self._settle(now)

    def notice(self, fact: Fact, *, now: float) -> None:
        """Take what the client did to the port besides: the modem sees its circuits and rate alone, but the far end may
        wait for it.
        """
        deed = deed_of(fact) if self.far_end is not None else None
        if deed is not None:
            self._let_far_end_see(deed, now)

    def send_unasked(self, what: str | ResultCode, *, now: float) -> None:
        """Let the modem send an unsolicited text or a result code, as soon as the DTE may have it."""
        self.modem.send_unasked(what, now=now)
        self._settle(now)

    def lose_carrier(self, *, now: float) -> None:
        """Lose the carrier of a call that is up."""
        if self.far_end is not None:
            self._arrive(ChannelPlace.ISP_TO_MODEM, LOST_CARRIER, now)
            self._settle(now)

    def lose_far_end(self, *, now: float) -> None:
        """Let the far end of a call that is up hang up."""
        if self.far_end is not None:
            self._from_isp(HangUpRequested(), now)
            self._settle(now)

    def hear_calls(self, incoming: IncomingCalls | None) -> None:
        """Let calls that come in to the modem ring here from now on; None for on another line, or none."""
        self._incoming = incoming

    def lose_power(self, *, now: float) -> None:
        """Be unplugged: a call is over, and what is typed is lost."""
        self.modem.lose_power(now=now)
        self._settle(now)

    def power_up(self, *, now: float) -> None:
        """Be plugged in again: the modem begins anew, as after switching on."""
        self.modem.power_up(now=now)
        self._settle(now)

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs, self._outputs = self._outputs, []
        self._weighed = self._weight = 0
        return outputs
