"""A modem's side to its DTE: octets, circuits and time in, one ordered list of outputs out.

What octets from the DTE mean depends on the state of the call (ITU-T V.250, 5.8):

====================  =========================================================  =====================================
state                 octets from the DTE                                        module
====================  =========================================================  =====================================
COMMAND,              characters of a command line; S3 runs it                   :mod:`~simisp.modem.command_line`,
ONLINE_COMMAND                                                                   :mod:`~simisp.modem.line_runner`
DIALLING, ANSWERING   the first octet ends the attempt (5.6.1), except within    :mod:`~simisp.modem.call_control`
                      0.125 s of the command line
ONLINE_DATA           data for the far end, watched for the escape sequence      :mod:`~simisp.modem.escape`
RUNNING               kept for the end of the line that waits, or they end it    :mod:`~simisp.modem.suspended`
TEXT                  text for the command that asked for it, up to Ctrl-Z       :mod:`~simisp.modem.suspended`
====================  =========================================================  =====================================

The transitions between these states are in :mod:`~simisp.modem.call_control`, except those of RUNNING and TEXT: a
command that takes time or asks for text suspends its line in either command state, and at its end that state is back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from simisp.circuits import Circuit
from simisp.facts.line import RatesCompared
from simisp.machine import Output, earlier
from simisp.modem.command_line import Taken
from simisp.modem.commands import read_line, unread_line
from simisp.modem.config import ModemConfig
from simisp.modem.escape import NO_ESCAPE, EscapeDetector
from simisp.modem.flow_control import OctetFlow
from simisp.modem.handlers import reset
from simisp.modem.known_answers import LONGEST_REMEMBERED, KnownAnswer, remember
from simisp.modem.line_runner import LineRunner
from simisp.modem.outputs import HangUpReason, ModemState, RelayData
from simisp.modem.rate_mismatch import RateMismatch
from simisp.modem.result_codes import ResultCode
from simisp.modem.script import ScriptPlay
from simisp.modem.subsystem import ModemSubsystem
from simisp.modem.suspended import RunningCommand, Suspended, TextEntry
from simisp.modem.unit import Unit
from simisp.modem.unsolicited import ModemEvent

__all__ = ["DteSide"]

_COMMAND, _ONLINE_DATA = ModemState.COMMAND, ModemState.ONLINE_DATA
_BY_DTR = HangUpReason.DTR
_DTR = Circuit.DTR
_NONE_KNOWN: Mapping[bytes, KnownAnswer] = {}


class DteSide:
    """A modem as its DTE sees it. What the line does to it is added by :class:`~simisp.modem.modem.Modem`.

    Args:
        config: What kind of modem it is, with its factory settings.
        subsystem: What it has besides the telephone line; None for a dial-up modem.

    Raises:
        ValueError: ``config`` has a value that is not allowed.
    """

    __slots__ = (
        "_at_rest",
        "_call",
        "_command_line",
        "_config",
        "_dte",
        "_dtr",
        "_dtr_off_at",
        "_dtr_seen",
        "_escape",
        "_lines",
        "_misread",
        "_rate_of_dte",
        "_settings",
        "_subsystem",
        "_unit",
        "has_requests",
    )

    def __init__(
        self,
        config: ModemConfig = ModemConfig(),  # noqa: B008 - immutable
        subsystem: ModemSubsystem | None = None,
    ) -> None:
        self._unit = unit = Unit.of(config, subsystem)
        self._subsystem = subsystem
        self._config = unit.config
        self._settings, self._dte, self._call = unit.settings, unit.dte, unit.call
        self._command_line = unit.line
        self._escape = EscapeDetector()
        self._lines = LineRunner(unit)
        self._at_rest: Mapping[bytes, KnownAnswer] = _NONE_KNOWN
        """The answers that hold as long as nothing but known lines has come since the modem was found at rest."""
        self._dtr = True
        self._dtr_seen = False  # whether the owner has reported DTR as on; until it reports a state, it counts as on
        self._rate_of_dte: int | None = None
        self._misread: RateMismatch | None = None  # octets of the DTE, if it is at another rate
        self._dtr_off_at: float | None = None  # when DTR will have been off for long enough (S25)
        self.has_requests = False
        """Whether some of the outputs taken last are for the modem's owner to act on."""
        self._dte.switch_on()
        if config.leased_line:
            self._call.join_leased_line(True)
            self._settings.registers.set(2, NO_ESCAPE)
        if config.script is not None:
            unit.script = ScriptPlay(config.script)
        if subsystem is not None:
            subsystem.attach(self._unit)

    @property
    def state(self) -> ModemState:
        """The state, which decides what octets from the DTE mean."""
        suspended = self._unit.suspended
        return self._call.state if suspended is None else suspended.state

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
        unit = self._unit
        if now < unit.deaf_until:
            return len(data)
        if self._misread is not None:
            return self._take_misread(self._misread, data, start, now)
        if unit.unsolicited:
            unit.release_unsolicited()
            if unit.line.is_after_a and unit.suspended is None:
                data = data[: start + 1]  # it may show that no line was begun
        state = self._call.state if unit.suspended is None else unit.suspended.state
        return self._TAKE[state](self, data, start, now)

    def answer_known(self, data: bytes, *, now: float) -> KnownAnswer | None:
        """Take a whole command line whose answer is known, and return it in place of the outputs.

        It is for an owner that takes the outputs after each call of any other method. No deadline is pending, before
        and after.

        Returns:
            What was put out; None where nothing was taken, because :meth:`receive_data` may do something else.
        """
        known = self._at_rest.get(data)
        if known is None:
            known = self._lines.answered.get(data)
            if known is None or not self._is_at_rest(now):
                return None
            self._at_rest = self._lines.answered
        self._escape.note_octets(now=now)
        self._lines.begin(known.line, now)
        self._command_line.repeat(known.body)
        return known

    def _is_at_rest(self, now: float) -> bool:
        """Return whether the modem awaits a command line, and does nothing of itself until one comes."""
        call, unit = self._call, self._unit
        return not (
            call.state is not _COMMAND
            or call.deadlines
            or self._escape.deadline is not None
            or self._dtr_off_at is not None
            or self._lines.waiting is not None
            or self._command_line.is_begun
            or self._subsystem is not None
            or self._misread is not None
            or unit.script is not None
            or unit.suspended is not None
            or unit.agenda
            or unit.unsolicited
            or unit.has_new_rate
            or now < unit.deaf_until
        )

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take the new state of DTR. It acts according to &D once it has been off for the time in S25.

        RTS has no effect here: the owner holds back octets.
        """
        self.handle_timer(now=now)
        if circuit is _DTR:
            dropped = self._dtr and not on
            if on and not self._dtr_seen and self._unit.script is not None:
                self._unit.script.note(self._unit, ModemEvent.PORT_OPENED, now)
            self._dtr = self._dtr_seen = on
            if on:
                self._dtr_off_at = None
            elif dropped and (delay := self._settings.registers.in_force[25] / 100):
                self._dtr_off_at = now + delay
            elif dropped:
                self._drop_dtr()

    def see_rate(self, rate: int, *, now: float) -> None:
        """Take the rate at which the DTE sends and reads, in bit/s; 0 if it does neither (B0).

        A modem whose rate is fixed (+IPR) reads octets at another rate as garbage, and so does its DTE.
        """
        self.handle_timer(now=now)
        self._rate_of_dte = rate or None
        self._fit_rates()

    def next_timer(self) -> float | None:
        """Return the time at which :meth:`handle_timer` should be called, or None if no deadline is pending."""
        unit, subsystem = self._unit, self._subsystem
        first = self._escape.deadline
        if self._call.deadlines:
            first = earlier(first, self._call.next_timer())
        if self._dtr_off_at is not None:
            first = earlier(first, self._dtr_off_at)
        if subsystem is not None:
            first = earlier(first, subsystem.next_timer())
        if type(unit.suspended) is RunningCommand:
            first = earlier(first, unit.suspended.deadline)
        if unit.agenda:
            first = earlier(first, unit.agenda[0][0])
        if unit.script is not None:
            first = earlier(first, unit.script.unsolicited.next_timer())
        return first

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines."""
        call, unit = self._call, self._unit
        if call.deadlines:
            call.handle_timer(now=now)
        if self._escape.deadline is not None:
            self._escape_if_due(now)
        if self._dtr_off_at is not None and now >= self._dtr_off_at:
            self._dtr_off_at = None
            self._drop_dtr()
        if self._lines.waiting is not None and call.state is _COMMAND:
            self._lines.run(self._lines.waiting, now)
        if self._subsystem is not None:
            self._let_subsystem_act(self._subsystem, now)
        if unit.script is not None or unit.agenda:
            self._play_script(now)
        if unit.suspended is not None:
            self._end_running(unit.suspended, now)

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call, in order, and clear them."""
        self._at_rest = _NONE_KNOWN  # something was done that may have put out something
        unit = self._unit
        if unit.has_new_rate or unit.unsolicited:
            self._settle_line()
        dte = self._dte
        if dte.unsent:
            dte.flush()
        outputs, dte.outputs = dte.outputs, []
        if unit.script is not None:
            unit.script.see(unit, outputs)
            self._play_script(unit.now)
            outputs += dte.take_outputs()
        self.has_requests, dte.has_requests = dte.has_requests, False
        return outputs

    def _take_command(self, data: bytes, start: int, now: float) -> int:
        """Take octets up to the end of a command line, and run it."""
        self._escape.note_octets(now=now)
        lines, dte = self._lines, self._dte
        is_short = not start and len(data) <= LONGEST_REMEMBERED
        known = lines.answered.get(data) if is_short else None
        if known is not None and not self._command_line.is_begun:
            self._command_line.repeat(known.body)
            lines.begin(known.line, now)
            dte.emit_again(known.outputs)
            return len(data)
        if dte.unsent and is_short and not self._command_line.is_begun:
            dte.flush()  # what the modem said unasked is no part of the answer
        registers = self._settings.registers.in_force
        taken = self._command_line.take(data, start, s3=registers[3], s5=registers[5])
        if taken.body is None:
            dte.send_echo(taken.echo)
        else:
            self._run_line(taken, taken.body, data, now)
        return taken.end

    def _run_line(self, taken: Taken, body: bytes, data: bytes, now: float) -> None:
        """Run a command line that is complete. Its answer is remembered if it has changed nothing.

        Args:
            taken: The line.
            body: Its body.
            data: The octets that it was in.
            now: The time.
        """
        lines, unit, dte = self._lines, self._unit, self._dte
        read = unread_line(body) if taken.overlong else read_line(body, unit.rows)
        is_all = taken.is_whole and taken.end == len(data) <= LONGEST_REMEMBERED
        remembers = is_all and read.only_asks and unit.script is None
        before = dte.waiting if remembers else 0
        dte.send_echo(taken.echo)
        if self._config.marks_answers:
            dte.begin_line(read.text)
        lines.begin(read.text, now)
        if taken.overlong:
            lines.finish(ResultCode.ERROR)
        else:
            answered = lines.answered
            lines.run(iter(read.commands), now)
            if remembers:
                remember(answered, data, body, read.text, dte.outputs_from(before))
                lines.answered = answered
        if unit.has_new_rate or unit.unsolicited:
            self._settle_line()

    def _take_misread(self, misread: RateMismatch, data: bytes, start: int, now: float) -> int:
        """Take one octet as the modem reads it, since its rate is not the DTE's."""
        octets, position = misread.read(data[start : start + 1]), 0
        while position < len(octets):
            position = self._TAKE[self.state](self, octets, position, now)
        return start + 1

    def _take_abort(self, data: bytes, start: int, now: float) -> int:
        """Let an octet abort the attempt to make a call (ITU-T V.250, 5.6.1)."""
        self._escape.note_octets(now=now)
        if not self._lines.is_abortable(now):
            return len(data)
        self._lines.waiting = None
        self._call.fail(HangUpReason.ABORTED)
        return start + 1

    def _take_data(self, data: bytes, start: int, now: float) -> int:
        """Send octets to the far end, up to the end of an escape sequence that needs no guard time."""
        flow = self._call.flow
        if flow is not None:
            place = flow.find(data, start)
            if place == start:
                return self._take_flow_octet(flow, data, start, now)
            data = data[:place]
        registers, escape = self._settings.registers.in_force, self._escape
        end = escape.take(data, start, character=registers[2], guard=registers[12] / 50, now=now)
        if self._call.deadlines:
            self._call.note_octets(now=now)
        self._dte.request(RelayData(data[start:end]))
        if escape.deadline is not None:
            self._escape_if_due(now)
        return end

    def _take_flow_octet(self, flow: OctetFlow, data: bytes, start: int, now: float) -> int:
        """Take DC1 or DC3."""
        if flow is OctetFlow.PASSED:
            self._escape.note_octets(now=now)
            self._dte.request(RelayData(data[start : start + 1]))
        self._call.control_flow(data[start])
        return start + 1

    def _take_while_running(self, data: bytes, start: int, now: float) -> int:
        """Let octets wait for the end of the command that takes time, or end it by the first one."""
        running = self._unit.suspended
        assert type(running) is RunningCommand
        return self._lines.take_while_running(running, data, start, now)

    def _take_text(self, data: bytes, start: int, now: float) -> int:
        """Take text for the command that asked for it."""
        entry = self._unit.suspended
        assert type(entry) is TextEntry
        return self._lines.take_text(entry, data, start, now)

    _TAKE: ClassVar[Mapping[ModemState, Callable[[DteSide, bytes, int, float], int]]] = {
        ModemState.COMMAND: _take_command,
        ModemState.ONLINE_COMMAND: _take_command,
        ModemState.DIALLING: _take_abort,
        ModemState.ANSWERING: _take_abort,
        ModemState.ONLINE_DATA: _take_data,
        ModemState.RUNNING: _take_while_running,
        ModemState.TEXT: _take_text,
    }
    """How octets from the DTE are taken in each state. One table serves every modem."""

    def _end_running(self, suspended: Suspended, now: float) -> None:
        """End the command that takes time, if its time is over, and take what the DTE has typed meanwhile."""
        if type(suspended) is RunningCommand and now >= suspended.deadline:
            self._lines.end_running(suspended, now)
            if suspended.typed:
                self.receive_data(bytes(suspended.typed), now=now)

    def _play_script(self, now: float) -> None:
        """Send what the scenario's script has for this time."""
        unit = self._unit
        unit.now = now
        if unit.script is not None:
            unit.script.unsolicited.handle_timer(unit, now)
        unit.keep_agenda(now)

    def _let_subsystem_act(self, subsystem: ModemSubsystem, now: float) -> None:
        """Let the subsystem act on its deadlines. What it changes may be what remembered answers depend on."""
        due = subsystem.next_timer()
        if due is not None and now >= due:
            self._unit.now = now
            subsystem.handle_timer(self._unit, now)
            self._lines.answered = {}

    def _settle_line(self) -> None:
        """Do what waits for the end of a line: a new rate, and unsolicited results."""
        if self._unit.has_new_rate:
            self._unit.has_new_rate = False
            self._fit_rates()
        self._unit.release_unsolicited()

    def _fit_rates(self) -> None:
        """Compare the modem's rate with that of the DTE, where both are known."""
        fixed, seen = int(self._settings.parameters.in_force.get("+IPR", ("0",))[0]), self._rate_of_dte
        self._call.rate_to_dte = fixed or seen
        differ = fixed and seen and fixed != seen
        before, self._misread = self._misread, RateMismatch(seen, fixed) if differ and seen else None
        self._dte.garble(RateMismatch(fixed, seen) if differ and seen else None)
        if seen and self._misread != before:
            self._dte.emit(RatesCompared(seen, fixed or seen))
        self._lines.answered = {}

    def _escape_if_due(self, now: float) -> None:
        if self._escape.deadline is not None and now >= self._escape.deadline:
            self._escape.forget()
            if self.state is _ONLINE_DATA:
                self._call.pause_data()

    def _drop_dtr(self) -> None:
        """Act on DTR going off as &D says (ITU-T V.250, 6.2.9)."""
        action = self._settings.numbers.in_force["&D"]
        if self._config.leased_line or action == 0:
            return
        if action == 1:
            if self.state is ModemState.ONLINE_DATA:
                self._call.pause_data()
            return
        self._lines.drop()
        self._command_line.clear()
        self._call.fail(_BY_DTR)
        if action == 3:
            self._lines.answered = {}
            reset(self._unit, 0)
