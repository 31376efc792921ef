"""The modem as a machine: a DCE between its DTE and the telephone line.

This is the line's side: what an owner that plays the exchange does to the modem. What the DTE does to it, and what its
octets mean in each state of the call, is in :mod:`simisp.modem.dte_side`.
"""

from __future__ import annotations

from collections.abc import Sequence

from simisp.machine import Output, SendData
from simisp.modem.caller import Caller
from simisp.modem.dte_side import DteSide
from simisp.modem.outputs import CallFailure, HangUpReason, ModemState
from simisp.modem.result_codes import ResultCode
from simisp.modem.subsystem import ResetKind
from simisp.spans import Spans

__all__ = ["Modem"]

_ONLINE_DATA = ModemState.ONLINE_DATA


class Modem(DteSide):
    r"""A Hayes-compatible modem as its DTE and its exchange see it, without any I/O.

    Towards the DTE it keeps the machine contract (:mod:`simisp.machine`): octets and circuits in, one ordered list of
    outputs out. Towards the line its owner plays the exchange. The modem makes requests with
    :class:`~simisp.modem.outputs.DialRequested` and :class:`~simisp.modem.outputs.AnswerRequested`; the owner answers
    with :meth:`connect` or :meth:`fail_call`, or does not answer, and S7 ends the attempt. Octets for the far end are
    :class:`~simisp.modem.outputs.RelayData`. :class:`~simisp.modem.outputs.HungUp` ends each call.

    The modem does not report what the X command keeps it from hearing: with X0 a busy number gives NO CARRIER when S7
    runs out, as on a real modem. Likewise NO ANSWER requires X3 or X4 and a ring-back tone (:meth:`hear_ring_back`), or
    ``@`` in the dial string.

    When a DTE closes its port, DTR drops, as on serial ports (HUPCL), and &D decides what follows: with the factory's
    &D2 the modem hangs up; with &D0 the call continues for the next process that opens the port. Until the owner
    reports a state of DTR, it counts as on.

    No input from the DTE raises. A command line that the modem cannot run gives ``ERROR``.

    Args:
        config: What kind of modem it is, with its factory settings, which ``AT&F`` restores.
        subsystem: What it has besides the telephone line, shared with other modems or not; None for a dial-up modem.

    Raises:
        ValueError: ``config`` has a value that is not allowed.

    Example:
        A call that is not answered:

        >>> from simisp.modem.config import ModemConfig
        >>> modem = Modem(ModemConfig(registers={7: 60}))
        >>> modem.receive_data(b"ATDT5551234\r", now=1.0)
        >>> modem.next_timer()
        61.0
        >>> modem.handle_timer(now=61.0)
        >>> [output.data for output in modem.take_outputs() if hasattr(output, "data")]
        [b'ATDT5551234\r', b'\r\nNO CARRIER\r\n']

    See Also:
        ITU-T V.250, 5.2 (command lines), 5.7 (responses), 6.3 (call control).
    """

    __slots__ = ()

    @property
    def announces(self) -> Sequence[str]:
        """What the modem sends by itself once it has restarted; empty if it says nothing."""
        return () if self._subsystem is None else self._subsystem.announces

    def connect(self, rate: int | None = None, *, now: float) -> None:
        """Report the carrier of the call being dialled or answered. Does nothing without such a call.

        Args:
            rate: The rate in bit/s for CONNECT; None for the configured rate.
            now: The time.
        """
        self.handle_timer(now=now)
        if self._config.leased_line:
            self._call.join_leased_line(True)
        elif self._call.connect(self._config.connect_rate if rate is None else rate, now=now):
            self._escape.forget()

    def fail_call(self, reason: CallFailure, *, now: float) -> None:
        """Report, as the exchange, why the call cannot be set up. The modem may not hear it, depending on X."""
        self.handle_timer(now=now)
        self._call.hear_failure(reason)

    def hear_caller(self, caller: Caller, *, now: float) -> None:
        """Take the number of the caller, which the exchange sends before the first ring or between rings."""
        self.handle_timer(now=now)
        self._call.hear_caller(caller)

    def hear_ring_back(self, *, now: float) -> None:
        """Report that the far end is ringing: under X3 and X4 an attempt that S7 ends is then NO ANSWER."""
        self.handle_timer(now=now)
        self._call.hear_ring_back()

    def ring(self, *, now: float) -> None:
        """Report one ring of an incoming call: RI for two seconds, RING, S1, and the answer if S0 says so.

        A modem with a call of its own does not hear it. Under &D2 and &D3 it does not answer automatically while
        DTR is off (ITU-T V.250, 6.2.9).
        """
        self.handle_timer(now=now)
        may_answer = (self._dtr or self._settings.numbers["&D"] < 2) and self._unit.suspended is None
        self._call.ring(auto_answer=may_answer, now=now)
        if self.state is ModemState.ANSWERING:
            self._command_line.clear()

    def send_unasked(self, what: str | ResultCode, *, now: float) -> None:
        """Send an unsolicited text, with LF between its lines, or a result code, as soon as the DTE may have it."""
        self.handle_timer(now=now)
        if isinstance(what, ResultCode) and self._unit.hears_scripted:
            self._unit.dte.send_result(what)
        else:
            self._unit.send_soon(what.words if isinstance(what, ResultCode) else what)

    def unplug(self, *, now: float) -> None:
        """Go on hook, since the line to the DTE is gone: this port of the modem is at its end."""
        self.handle_timer(now=now)
        self._lines.drop()
        self._call.hang_up(HangUpReason.DTR)
        self.attend(False)

    def lose_power(self, *, now: float) -> None:
        """Be unplugged: a call is over without a word, and what was under way is lost."""
        self.handle_timer(now=now)
        self._lines.drop()
        self._command_line.clear()
        self._call.hang_up(HangUpReason.POWER)

    def power_up(self, *, now: float) -> None:
        """Be plugged in again: begin with the settings at power-up, and so does the subsystem."""
        self._lines.answered = {}
        self._unit.now = now
        self._unit.power_up(deaf_until=now)
        if self._subsystem is not None:
            self._subsystem.reset(self._unit, ResetKind.POWER)

    def attend(self, on: bool) -> None:
        """Let the subsystem's unsolicited results come here, or not: another port has them while this one can't."""
        if self._subsystem is None:
            return
        if on:
            self._subsystem.attach(self._unit)
        else:
            self._subsystem.detach(self._unit)

    def receive_remote_data(self, data: bytes, *, now: float, secrets: Spans = ()) -> None:
        """Take octets from the far end. See :meth:`receive_remote`."""
        self.receive_remote((SendData(data, secrets),), now=now)

    def receive_remote(
        self, outputs: Sequence[Output], *, now: float, until: frozenset[type[Output]] = frozenset()
    ) -> int:
        """Take what the far end has put out: octets, and facts, which are put out in their places.

        In the online command state a bounded number of octets is held until ``ATO``; further octets are lost, and this
        is recorded. Without a carrier octets are dropped.

        Args:
            outputs: What it has put out.
            now: The time.
            until: The kinds that are not for the modem. The first of them is not taken, and nothing behind it.

        Returns:
            How many of the outputs were taken.
        """
        self.handle_timer(now=now)
        call = self._call
        if call.deadlines:
            kinds = set(map(type, outputs))
            if SendData in kinds or kinds.isdisjoint(until):  # a hand-over is no octets
                call.note_octets(now=now)
        if call.carrier and not call.is_stopped and call.state is _ONLINE_DATA:
            return self._dte.send_remote(outputs, until)
        for output in outputs:
            if type(output) is SendData:
                call.hold_remote_data(output.data, output.secrets)
            elif type(output) in until:
                return outputs.index(output)
            else:
                self._dte.emit(output)
        return len(outputs)

    def lose_carrier(self, *, now: float, cleared: bool = True) -> None:
        """Report the loss of the far end: DCD goes off, then NO CARRIER.

        Args:
            now: The time.
            cleared: Whether the far end cleared the call, which modems since V.32 signal: NO CARRIER comes at once.
                Otherwise the signal has just disappeared, and NO CARRIER comes after S10 tenths of a second.
        """
        self.handle_timer(now=now)
        if self._config.leased_line:
            self._call.join_leased_line(False)
        else:
            self._call.lose_carrier(cleared=cleared, now=now)

    def restart(self, *, deaf_for: float, now: float) -> None:
        """Be switched off and on, as after a reset that the DTE has not asked for.

        Args:
            deaf_for: For this many seconds octets from the DTE are lost.
            now: The time.
        """
        self.handle_timer(now=now)
        self._lines.waiting, self._lines.answered = None, {}
        self._unit.power_up(deaf_until=now + deaf_for)
        if self._subsystem is not None:
            self._subsystem.reset(self._unit, ResetKind.POWER)

    def turn_echo_on(self) -> None:
        """Set E1, as modems do of themselves after a reset."""
        self._lines.answered = {}
        self._settings.numbers["E"] = 1
