"""One call after the other: dialling, answering, the carrier, hanging up, and what the DTE sees of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import ClassVar

from simisp.circuits import Circuit
from simisp.facts.line import ModemStateEntered, OctetsLost, ResultCodeSent
from simisp.modem.dial_string import DialString
from simisp.modem.dte import DteInterface
from simisp.modem.outputs import AnswerRequested, CallFailure, DialRequested, HangUpReason, HungUp, ModemState
from simisp.modem.result_codes import ResultCode
from simisp.modem.settings import ModemSettings
from simisp.spans import Spans, joined, within

__all__ = ["HELD_OCTETS", "LONGEST_NUMBER", "RING_LENGTH", "CallControl"]

HELD_OCTETS = 16_384
"""How much from the far end is kept in the online command state; what comes beyond it is lost."""

LONGEST_NUMBER = 1024
"""Digits of one call that are kept."""

RING_LENGTH = 2.0
"""How long RI is on for one ring, in seconds."""

_RING_COUNT_KEPT = 8.0
_FAILURES = {
    CallFailure.BUSY: ResultCode.BUSY,
    CallFailure.NO_DIALTONE: ResultCode.NO_DIALTONE,
    CallFailure.NO_CARRIER: ResultCode.NO_CARRIER,
    CallFailure.NO_ANSWER: ResultCode.NO_ANSWER,
}


class _Timer(Enum):
    """What a call waits for."""

    DIALLED = "dialled"
    CARRIER = "carrier"
    CARRIER_GONE = "carrier gone"
    RI_OFF = "RI off"
    RINGS_FORGOTTEN = "rings forgotten"


class CallControl:
    """The call that a modem is in, and how it came about.

    Args:
        settings: The settings in force.
        dte: Where results and circuits go.

    Attributes:
        state: What octets from the DTE mean now.

    See Also:
        ITU-T V.250, 6.3 (call control) and 5.7 (responses).
    """

    def __init__(self, settings: ModemSettings, dte: DteInterface) -> None:
        self.state = ModemState.COMMAND
        self._settings = settings
        self._dte = dte
        self.deadlines: dict[_Timer, float] = {}
        """What time will bring, and when."""
        self._dialled = DialString("")
        self._number = ""
        self._line_taken = False
        self._carrier = False
        self._rate = 0
        self._ring_back = False
        self._held = b""
        self._held_secrets: Spans = ()

    # Time ------------------------------------------------------------------------------------------------------------

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` wants to be called, or None."""
        return min(self.deadlines.values(), default=None)

    def handle_timer(self, *, now: float) -> None:
        """Act on all that is due, in the order in which it fell due."""
        while self.deadlines and now >= min(self.deadlines.values()):
            timer = min(self.deadlines, key=self.deadlines.__getitem__)
            del self.deadlines[timer]
            self._EXPIRE[timer](self, now)

    # Commands from the DTE -------------------------------------------------------------------------------------------

    def dial(self, dialled: DialString, *, now: float) -> bool:
        """Go off hook, if need be, and dial.

        Pauses cost S8 each. Before the first digit the modem waits for dial tone, which an exchange of ours gives at
        once; a modem that dials blindly (X0, X1, X3) waits S6 seconds instead.

        Returns:
            Whether the dialling is done and the modem is back in the command state (``;``).
        """
        registers = self._settings.registers
        blind = not (self._line_taken or dialled.waits_for_dial_tone or self._dte.hears.dial_tone)
        self._stop_ringing()
        self._dialled = dialled
        self._ring_back = False
        self._enter(ModemState.DIALLING)
        delay = dialled.pauses * registers[8] + (registers[6] if blind else 0)
        if delay:
            self.deadlines[_Timer.DIALLED] = now + delay
        else:
            self._finish_dialling(now)
        return self.state is ModemState.COMMAND

    def answer(self, *, now: float) -> None:
        """Go off hook and wait for the carrier, for S7 seconds. The owner is asked only when a call rings."""
        ringing = _Timer.RINGS_FORGOTTEN in self.deadlines
        self._stop_ringing()
        self._enter(ModemState.ANSWERING)
        if ringing:
            self._line_taken = True
            self._dte.emit(AnswerRequested())
        self.deadlines[_Timer.CARRIER] = now + self._settings.registers[7]

    def hang_up(self, reason: HangUpReason) -> bool:
        """Go on hook. Return whether there was a call or an attempt to make one. No result code comes of it."""
        busy = self.state is not ModemState.COMMAND or self._line_taken
        for timer in (_Timer.DIALLED, _Timer.CARRIER, _Timer.CARRIER_GONE):
            self.deadlines.pop(timer, None)
        self._carrier = False
        self._dte.show_carrier(False)
        self._forget_held()
        self._number = ""
        if self._line_taken:
            self._line_taken = False
            self._dte.emit(HungUp(reason))
        self._enter(ModemState.COMMAND)
        return busy

    def fail(self, reason: HangUpReason, code: ResultCode = ResultCode.NO_CARRIER) -> None:
        """Go on hook and say so with a result code, if there was a call or an attempt to make one."""
        if self.hang_up(reason):
            self._tell(code)

    def pause_data(self) -> None:
        """Go from the online data state to the online command state."""
        self._enter(ModemState.ONLINE_COMMAND)
        self._tell(ResultCode.OK)

    def resume_data(self) -> bool:
        """Go back to the online data state; what was held comes out. Return False when there is no call."""
        if self.state is not ModemState.ONLINE_COMMAND or not self._carrier:
            return False
        self._tell(ResultCode.CONNECT, rate=self._rate)
        self._enter(ModemState.ONLINE_DATA)
        if self._held:
            self._dte.send_remote(self._held, self._held_secrets)
        self._forget_held()
        return True

    def show_carrier(self) -> None:
        """Set DCD anew, after &C may have changed."""
        self._dte.show_carrier(self._carrier)

    # The line --------------------------------------------------------------------------------------------------------

    def join_leased_line(self, carrier: bool) -> None:
        """Be online without a call, with the far end there or not."""
        self._carrier = carrier
        self._dte.show_carrier(carrier)
        self._enter(ModemState.ONLINE_DATA)

    def connect(self, rate: int) -> bool:
        """Take the carrier of the call that is being dialled or answered: DCD, then CONNECT. Return False without."""
        if not self._awaits_carrier:
            return False
        self.deadlines.pop(_Timer.CARRIER)
        self._carrier = True
        self._rate = rate
        self._dte.show_carrier(True)
        self._tell(ResultCode.CONNECT, rate=rate)
        self._enter(ModemState.ONLINE_DATA)
        return True

    def hear_ring_back(self) -> None:
        """Take note that the far end rings."""
        self._ring_back = True

    def hear_failure(self, failure: CallFailure) -> None:
        """Hear why the call being set up won't come about, if the settings let the modem listen for it."""
        if not self._awaits_carrier:
            return
        if self.state is ModemState.ANSWERING:
            self.fail(HangUpReason.CALL_FAILED)
        elif self._hears(failure):
            self.fail(HangUpReason.CALL_FAILED, _FAILURES[failure])

    def ring(self, *, auto_answer: bool, now: float) -> None:
        """Take one ring of an incoming call. S0 rings make the modem answer, if ``auto_answer`` allows it."""
        if self.state is not ModemState.COMMAND or self._line_taken:
            return
        registers = self._settings.registers
        registers.set(1, min(self._rings + 1, 255))
        self.deadlines[_Timer.RI_OFF] = now + RING_LENGTH
        self.deadlines[_Timer.RINGS_FORGOTTEN] = now + _RING_COUNT_KEPT
        self._dte.set_circuit(Circuit.RI, True)
        self._tell(ResultCode.RING)
        if auto_answer and 0 < registers[0] <= self._rings:
            self.answer(now=now)

    def take_remote_data(self, data: bytes, secrets: Spans) -> None:
        """Take octets from the far end: they go to the DTE, or are held while the modem is in the command state."""
        if not self._carrier:
            return
        if self.state is ModemState.ONLINE_DATA:
            self._dte.send_remote(data, secrets)
            return
        kept = data[: HELD_OCTETS - len(self._held)]
        self._held_secrets = joined(self._held_secrets, len(self._held), within(secrets, 0, len(kept)))
        self._held += kept
        if len(kept) < len(data):
            self._dte.emit(OctetsLost(len(data) - len(kept), "online command state"))

    def lose_carrier(self, *, cleared: bool, now: float) -> None:
        """Lose the carrier. DCD goes off; the call ends at once if it was cleared in order, or else after S10."""
        if not self._carrier:
            return
        self._carrier = False
        self._dte.show_carrier(False)
        if cleared:
            self._end_lost_call(now)
        else:
            self.deadlines[_Timer.CARRIER_GONE] = now + self._settings.registers[10] / 10

    # What time brings ------------------------------------------------------------------------------------------------

    def _finish_dialling(self, now: float) -> None:
        dialled = self._dialled
        self._number = (self._number + dialled.number)[:LONGEST_NUMBER]
        self._line_taken = True
        self._dte.emit(
            DialRequested(
                self._number,
                tone=dialled.tone,
                quiet_answer=dialled.quiet_answer,
                stays_in_command=dialled.stays_in_command,
            )
        )
        if dialled.stays_in_command:
            self._enter(ModemState.COMMAND)
        else:
            self.deadlines[_Timer.CARRIER] = now + self._settings.registers[7]

    def _give_up_waiting(self, _now: float) -> None:
        unanswered = self.state is ModemState.DIALLING and (
            self._dialled.quiet_answer or (self._ring_back and self._dte.hears.busy)
        )
        self.fail(HangUpReason.CARRIER_WAIT, ResultCode.NO_ANSWER if unanswered else ResultCode.NO_CARRIER)

    def _end_lost_call(self, _now: float) -> None:
        self.fail(HangUpReason.CARRIER_LOST)

    def _end_ring(self, _now: float) -> None:
        self._dte.set_circuit(Circuit.RI, False)

    def _forget_rings(self, _now: float) -> None:
        self._settings.registers.set(1, 0)

    _EXPIRE: ClassVar[Mapping[_Timer, Callable[[CallControl, float], None]]] = {
        _Timer.DIALLED: _finish_dialling,
        _Timer.CARRIER: _give_up_waiting,
        _Timer.CARRIER_GONE: _end_lost_call,
        _Timer.RI_OFF: _end_ring,
        _Timer.RINGS_FORGOTTEN: _forget_rings,
    }
    """What happens when a timer runs out. One table serves every modem."""

    # Details ---------------------------------------------------------------------------------------------------------

    def _forget_held(self) -> None:
        self._held, self._held_secrets = b"", ()

    @property
    def _rings(self) -> int:
        return self._settings.registers[1]

    @property
    def _awaits_carrier(self) -> bool:
        return _Timer.CARRIER in self.deadlines

    def _stop_ringing(self) -> None:
        for timer in (_Timer.RI_OFF, _Timer.RINGS_FORGOTTEN):
            self.deadlines.pop(timer, None)
        self._settings.registers.set(1, 0)
        self._dte.set_circuit(Circuit.RI, False)

    def _hears(self, failure: CallFailure) -> bool:
        """Return whether the modem listens for this. What it doesn't hear, S7 ends as NO CARRIER."""
        hears = self._dte.hears
        match failure:
            case CallFailure.BUSY:
                return hears.busy
            case CallFailure.NO_DIALTONE:
                return hears.dial_tone or self._dialled.waits_for_dial_tone
            case CallFailure.NO_ANSWER:
                return hears.busy or self._dialled.quiet_answer
        return True

    def _tell(self, code: ResultCode, *, rate: int | None = None) -> None:
        """Send a result code that doesn't end a command line at once."""
        self._dte.send_result(code, rate=rate)
        self._dte.emit(ResultCodeSent(code.words, rate))

    def _enter(self, state: ModemState) -> None:
        if state is not self.state:
            self.state = state
            self._dte.emit(ModemStateEntered(state.value))
