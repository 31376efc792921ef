"""The modem as a machine: a DCE between its DTE and the telephone line.

What octets from the DTE mean depends on the state of the call (ITU-T V.250, 5.8):

====================  =========================================================  =====================================
state                 octets from the DTE                                        module
====================  =========================================================  =====================================
COMMAND,              characters of a command line; S3 runs it                   :mod:`~simisp.modem.command_line`,
ONLINE_COMMAND                                                                   :mod:`~simisp.modem.commands`
DIALLING, ANSWERING   the first octet ends the attempt (5.6.1), except within    :mod:`~simisp.modem.call_control`
                      :data:`ABORT_DELAY` of the command line
ONLINE_DATA           data for the far end, watched for the escape sequence      :mod:`~simisp.modem.escape`
====================  =========================================================  =====================================

The transitions between these states are in :mod:`~simisp.modem.call_control`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from simisp.circuits import Circuit
from simisp.facts.line import CommandRun
from simisp.machine import Output, earliest
from simisp.modem.call_control import CallControl
from simisp.modem.command_line import CommandLine
from simisp.modem.commands import factory_settings, only_asks, run_command
from simisp.modem.dte import DteInterface
from simisp.modem.escape import NO_ESCAPE, EscapeDetector
from simisp.modem.handlers import reset
from simisp.modem.outputs import CallFailure, HangUpReason, ModemState, RelayData
from simisp.modem.result_codes import ResultCode
from simisp.modem.settings import ModemConfig
from simisp.modem.syntax import ATCommand, split
from simisp.modem.unit import Unit
from simisp.spans import Spans

__all__ = ["ABORT_DELAY", "Modem"]

ABORT_DELAY = 0.125
"""For this many seconds after a command line, octets do not abort it: a DTE may end its lines with CR LF."""

_OK = ResultCode.OK


_MOST_REMEMBERED = 16
_LONGEST_REMEMBERED = 64
"""Command lines whose answers are remembered, and the octets of the longest such line."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """A whole command line that changes nothing, and what the modem has answered to it."""

    body: bytes
    line: str
    outputs: tuple[Output, ...]


@lru_cache(maxsize=32)
def _command_noted(line: str, result: ResultCode | None) -> CommandRun:
    """Return the fact that a command line was run, cached since software sends the same few lines again and again."""
    return CommandRun(line, result and result.words)


class Modem:
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
        config: The factory settings, restored by ``AT&F``.

    Args:
        config: What ``AT&F`` comes back to.

    Raises:
        ValueError: ``config`` has a value that is not allowed.

    Example:
        A call that is not answered:

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

    def __init__(self, config: ModemConfig = ModemConfig()) -> None:  # noqa: B008 - frozen
        factory = factory_settings(config)
        settings = factory.copy()
        self._dte = DteInterface(settings)
        self._call = CallControl(settings, self._dte)
        # &W replaces a stored profile and never modifies one, so all profiles can share the factory's at first.
        self._unit = Unit(config, factory, settings, self._dte, self._call, stored=[factory, factory])
        self._settings = settings
        self._config = config
        self._command_line = CommandLine()
        self._escape = EscapeDetector()
        self._line = ""
        self._answered: dict[bytes, _Answered] = {}  # valid until anything else is run
        self._commands: Iterator[ATCommand] | None = None
        self._abortable_from = 0.0
        self._dtr = True
        self._dtr_off_at: float | None = None  # when DTR will have been off for long enough (S25)
        self._dte.set_circuit(Circuit.DSR, True)
        self._dte.set_circuit(Circuit.CTS, True)
        if config.leased_line:
            self._call.join_leased_line(True)
            settings.registers.set(2, NO_ESCAPE)
        self._call.show_carrier()

    @property
    def state(self) -> ModemState:
        """The state, which decides what octets from the DTE mean."""
        return self._call.state

    # The DTE's side --------------------------------------------------------------------------------------------------

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the DTE."""
        position = 0
        while position < len(data):
            position = self.receive_some(data, position, now=now)

    def receive_some(self, data: bytes, start: int, *, now: float) -> int:
        """Take octets from the DTE up to the first place where their meaning may change; return its index.

        The end of a command line is one: the line may answer the modem's request before the next octet.
        """
        self.handle_timer(now=now)
        return self._TAKE[self._call.state](self, data, start, now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take the new state of DTR. It acts according to &D once it has been off for the time in S25.

        RTS has no effect here: the owner holds back octets.
        """
        self.handle_timer(now=now)
        if circuit is Circuit.DTR:
            dropped = self._dtr and not on
            self._dtr = on
            if on:
                self._dtr_off_at = None
            elif dropped and (delay := self._settings.registers[25] / 100):
                self._dtr_off_at = now + delay
            elif dropped:
                self._drop_dtr()

    def next_timer(self) -> float | None:
        """Return the time at which :meth:`handle_timer` should be called, or None if no deadline is pending."""
        if not self._call.deadlines and self._dtr_off_at is None:
            return self._escape.deadline
        return earliest((self._call.next_timer(), self._escape.deadline, self._dtr_off_at))

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines."""
        if self._call.deadlines:
            self._call.handle_timer(now=now)
        if self._escape.deadline is not None:
            self._escape_if_due(now)
        if self._dtr_off_at is not None and now >= self._dtr_off_at:
            self._dtr_off_at = None
            self._drop_dtr()
        if self._commands is not None and self._call.state is ModemState.COMMAND:
            self._run_commands(self._commands, now)

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call, in order, and clear them."""
        return self._dte.take_outputs()

    # The line's side -------------------------------------------------------------------------------------------------

    def connect(self, rate: int | None = None, *, now: float) -> None:
        """Report the carrier of the call being dialled or answered. Does nothing without such a call.

        Args:
            rate: The rate in bit/s for CONNECT; None for the configured rate.
            now: The time.
        """
        self.handle_timer(now=now)
        if self._config.leased_line:
            self._call.join_leased_line(True)
        elif self._call.connect(self._config.connect_rate if rate is None else rate):
            self._escape.forget()

    def fail_call(self, reason: CallFailure, *, now: float) -> None:
        """Report, as the exchange, why the call cannot be set up. The modem may not hear it, depending on X."""
        self.handle_timer(now=now)
        self._call.hear_failure(reason)

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
        self._call.ring(auto_answer=self._dtr or self._settings.numbers["&D"] < 2, now=now)
        if self.state is ModemState.ANSWERING:
            self._command_line.clear()

    def receive_remote_data(self, data: bytes, *, now: float, secrets: Spans = ()) -> None:
        """Take octets from the far end.

        In the online command state a bounded number of octets is held until ``ATO``; further octets are lost, and this
        is recorded. Without a carrier octets are dropped.
        """
        self.handle_timer(now=now)
        self._call.take_remote_data(data, secrets)

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

    # Octets from the DTE, by state -----------------------------------------------------------------------------------

    def _take_command(self, data: bytes, start: int, now: float) -> int:
        """Take octets up to the end of a command line, and run it."""
        self._escape.note_octets(now=now)
        if not start and (known := self._answered.get(data)) is not None and not self._command_line.is_begun:
            return self._answer_again(known, len(data), now)
        registers = self._settings.registers
        is_whole = not (start or self._command_line.is_begun or len(data) > _LONGEST_REMEMBERED)
        taken = self._command_line.take(data, start, s3=registers[3], s5=registers[5])
        before = self._dte.waiting if is_whole else 0
        self._dte.send_echo(taken.echo)
        if taken.body is not None:
            self._line = "AT" + taken.body.decode("ascii")
            self._abortable_from = now + ABORT_DELAY
            if taken.overlong:
                self._finish_line(ResultCode.ERROR)
            else:
                commands, answered = split(taken.body), self._answered
                self._run_commands(iter(commands), now)
                if is_whole and taken.end == len(data) and only_asks(commands):
                    self._remember(answered, data, taken.body, before)
        return taken.end

    def _remember(self, answered: dict[bytes, _Answered], data: bytes, body: bytes, before: int) -> None:
        """Keep what was answered to a line that has changed nothing, beside the ``answered`` ones before it."""
        if len(answered) < _MOST_REMEMBERED:
            answered[data] = _Answered(body, self._line, self._dte.outputs_from(before))
        self._answered = answered

    def _answer_again(self, known: _Answered, end: int, now: float) -> int:
        """Answer a line that changes nothing as before: software says the same few lines again and again."""
        self._line = known.line
        self._abortable_from = now + ABORT_DELAY
        self._command_line.take_again(known.body)
        self._dte.emit_again(known.outputs)
        return end

    def _take_abort(self, data: bytes, start: int, now: float) -> int:
        """Let an octet abort the attempt to make a call (ITU-T V.250, 5.6.1)."""
        self._escape.note_octets(now=now)
        if now < self._abortable_from:
            return len(data)
        self._commands = None
        self._call.fail(HangUpReason.ABORTED)
        return start + 1

    def _take_data(self, data: bytes, start: int, now: float) -> int:
        """Send octets to the far end, up to the end of an escape sequence that needs no guard time."""
        registers = self._settings.registers
        end = self._escape.take(data, start, character=registers[2], guard=registers[12] / 50, now=now)
        self._dte.emit(RelayData(data[start:end]))
        self._escape_if_due(now)
        return end

    _TAKE: ClassVar[Mapping[ModemState, Callable[[Modem, bytes, int, float], int]]] = {
        ModemState.COMMAND: _take_command,
        ModemState.ONLINE_COMMAND: _take_command,
        ModemState.DIALLING: _take_abort,
        ModemState.ANSWERING: _take_abort,
        ModemState.ONLINE_DATA: _take_data,
    }
    """How octets from the DTE are taken in each state. One table serves every modem."""

    # Command lines ---------------------------------------------------------------------------------------------------

    def _run_commands(self, commands: Iterator[ATCommand], now: float) -> None:
        """Run the commands of a line. If dialling with ``;`` takes time, the rest of the line waits for its end."""
        self._commands = None
        self._answered = {}
        self._unit.now = now
        result: ResultCode | None = _OK
        for command in commands:
            result = run_command(self._unit, command)
            if result is not _OK:
                if result is None and command.text.endswith(";"):
                    self._commands = commands
                break
        self._finish_line(result)

    def _finish_line(self, result: ResultCode | None) -> None:
        """Send the result code of a line, unless it is sent separately later."""
        if result is not None:
            self._dte.send_result(result)
        self._dte.emit(_command_noted(self._line, result))

    # Details ---------------------------------------------------------------------------------------------------------

    def _escape_if_due(self, now: float) -> None:
        if self._escape.deadline is not None and now >= self._escape.deadline:
            self._escape.forget()
            if self.state is ModemState.ONLINE_DATA:
                self._call.pause_data()

    def _drop_dtr(self) -> None:
        """Act on DTR going off as &D says (ITU-T V.250, 6.2.9)."""
        action = self._settings.numbers["&D"]
        if self._config.leased_line or action == 0:
            return
        if action == 1:
            if self.state is ModemState.ONLINE_DATA:
                self._call.pause_data()
            return
        self._commands = None
        self._command_line.clear()
        self._call.fail(HangUpReason.DTR)
        if action == 3:
            self._answered = {}
            reset(self._unit, 0)
