"""Call control: dialling, answering, the carrier, hanging up, and what the DTE sees of it.

The states are those of :class:`~simisp.modem.outputs.ModemState` (ITU-T V.250, 5.8 and 6.3). "Off hook" means that the
exchange knows of the call. Timers are in brackets.

==============  =======================================  ==============================================================
state           input                                    next state, and outputs
==============  =======================================  ==============================================================
COMMAND         D                                        DIALLING; pauses and blind dialling [DIALLED] take S8 and S6
DIALLING        [DIALLED] runs out, or there was         off hook, ``DialRequested``; DIALLING [CARRIER, S7 seconds],
                nothing to wait for                      or COMMAND if the dial string ends with ``;``
COMMAND         ring                                     COMMAND, RI on [RI_OFF], RING, S1 is incremented
                                                         [RINGS_FORGOTTEN]; after S0 rings as for A
COMMAND         A                                        ANSWERING [CARRIER, S7]; off hook and ``AnswerRequested`` only
                                                         if a call is ringing
DIALLING,       carrier, while [CARRIER] runs            ONLINE_DATA, DCD on, CONNECT
ANSWERING
DIALLING,       [CARRIER] runs out                       *hang up*, NO CARRIER, or NO ANSWER after a ring-back tone or
ANSWERING                                                for ``@``
DIALLING        the exchange reports a failure           *hang up* with its result code if the X level hears it; else
                                                         DIALLING until S7 runs out
ANSWERING       the exchange reports a failure           *hang up*, NO CARRIER
DIALLING,       an octet from the DTE (V.250, 5.6.1)     *hang up*, NO CARRIER
ANSWERING
ONLINE_DATA     the escape sequence, or DTR off (&D1)    ONLINE_COMMAND, OK; octets from the far end are held
ONLINE_COMMAND  O, with a carrier                        ONLINE_DATA, CONNECT, then the held octets
ONLINE_DATA,    the far end clears the call              *hang up*, NO CARRIER, DCD off
ONLINE_COMMAND
ONLINE_DATA     DC3 or DC1, if flow control says so      unchanged; what the far end sends is held, or released
ONLINE_DATA     no octet in either direction [IDLE,      *hang up*, NO CARRIER
                S30]
ONLINE_DATA,    the carrier fails                        unchanged, DCD off [CARRIER_GONE, S10]; then *hang up*,
ONLINE_COMMAND                                           NO CARRIER
any             H, Z                                     *hang up*, no result code of its own
any             DTR off (&D2, &D3)                       *hang up*, NO CARRIER if there was a call or an attempt
==============  =======================================  ==============================================================

To *hang up* means COMMAND, DCD off, and ``HungUp`` if the modem was off hook. A leased line (V.250 leaves it to the
maker) is ONLINE_DATA at all times; only DCD changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache
from typing import ClassVar

from simisp.circuits import Circuit
from simisp.facts.line import ModemStateEntered, OctetsLost, ResultCodeSent
from simisp.machine import SendData
from simisp.modem.caller import Caller
from simisp.modem.dial_string import DialString
from simisp.modem.dte import DteInterface
from simisp.modem.flow_control import XON, OctetFlow, octet_flow
from simisp.modem.link import AgreedLink, call_terms
from simisp.modem.outputs import AnswerRequested, CallFailure, DialRequested, HangUpReason, HungUp, ModemState
from simisp.modem.result_codes import ResultCode
from simisp.modem.settings import ModemSettings
from simisp.spans import Spans, joined, within

__all__ = ["HELD_OCTETS", "LONGEST_NUMBER", "RING_LENGTH", "STOPPED_OCTETS", "CallControl"]

HELD_OCTETS = 16_384
"""How many octets from the far end are held in the online command state; further octets are lost."""

STOPPED_OCTETS = 65_536
"""How many octets from the far end are held while DC3 stops them; further octets are lost."""

LONGEST_NUMBER = 1024
"""How many digits of one call are kept."""

RING_LENGTH = 2.0
"""How long RI is on for one ring, in seconds."""

_RING_COUNT_KEPT = 8.0
_REPORTS_CALLER = ("+VCID", "#CID")
_RING_EXTENDED = "+CRING: REL ASYNC"
_FAILURES = {
    CallFailure.BUSY: ResultCode.BUSY,
    CallFailure.NO_DIALTONE: ResultCode.NO_DIALTONE,
    CallFailure.NO_CARRIER: ResultCode.NO_CARRIER,
    CallFailure.NO_ANSWER: ResultCode.NO_ANSWER,
}
_RI = Circuit.RI
_COMMAND, _ONLINE_DATA, _ONLINE_COMMAND = ModemState.COMMAND, ModemState.ONLINE_DATA, ModemState.ONLINE_COMMAND
_DIALLING, _ANSWERING = ModemState.DIALLING, ModemState.ANSWERING
_CONNECT = ResultCode.CONNECT
_BY_FAR_END = HangUpReason.CARRIER_LOST
_HUNG_UP = {reason: HungUp(reason) for reason in HangUpReason}
_NOTHING_DIALLED = DialString("")
_ENTERED = {state: ModemStateEntered(state) for state in ModemState}


class _Timer(Enum):
    """The timers of a call."""

    __hash__ = object.__hash__  # they are keys, and Enum hashes the name each time

    DIALLED = "dialled"
    CARRIER = "carrier"
    CARRIER_GONE = "carrier gone"
    IDLE = "idle"
    RI_OFF = "RI off"
    RINGS_FORGOTTEN = "rings forgotten"


_DIALLED, _CARRIER, _CARRIER_GONE, _IDLE = _Timer.DIALLED, _Timer.CARRIER, _Timer.CARRIER_GONE, _Timer.IDLE
_RI_OFF, _RINGS_FORGOTTEN = _Timer.RI_OFF, _Timer.RINGS_FORGOTTEN
_OF_A_CALL = (_DIALLED, _CARRIER, _CARRIER_GONE, _IDLE)


class CallControl:
    """The modem's current call and its state.

    Args:
        settings: The settings in force.
        dte: The interface for results and circuits.

    Attributes:
        state: The modem's state, which decides what octets from the DTE mean.

    See Also:
        ITU-T V.250, 6.3 (call control) and 5.7 (responses).
    """

    __slots__ = (
        "_dialled",
        "_dte",
        "_held",
        "_held_secrets",
        "_line_taken",
        "_link",
        "_number",
        "_ring_back",
        "_settings",
        "caller",
        "carrier",
        "deadlines",
        "flow",
        "is_stopped",
        "rate_to_dte",
        "state",
    )

    def __init__(self, settings: ModemSettings, dte: DteInterface) -> None:
        self.state: ModemState = _COMMAND
        self._settings = settings
        self._dte = dte
        self.deadlines: dict[_Timer, float] = {}
        """The running timers, each with its time."""
        self._dialled = _NOTHING_DIALLED
        self._number = ""
        self._line_taken = False
        self.carrier = False
        """Whether there is one."""
        self._link: AgreedLink | None = None
        self.rate_to_dte: int | None = None
        """The rate of the DTE in bit/s, if it is known."""
        self.caller: Caller | None = None
        """The last caller that the exchange has named."""
        self._ring_back = False
        self.flow: OctetFlow | None = None
        """How octets of the DTE control the flow in this call."""
        self.is_stopped = False
        """Whether DC3 has stopped what comes from the far end."""
        self._held = b""
        self._held_secrets: Spans = ()

    # Time ------------------------------------------------------------------------------------------------------------

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None if no timer is running."""
        return min(self.deadlines.values()) if self.deadlines else None

    def handle_timer(self, *, now: float) -> None:
        """Act on all expired timers, in order of their times."""
        for due in self.deadlines.values():
            if now >= due:
                self._expire(now)
                break

    def _expire(self, now: float) -> None:
        """Act on the timers that have expired, of which there is one."""
        while self.deadlines and now >= min(self.deadlines.values()):
            timer = min(self.deadlines, key=self.deadlines.__getitem__)
            del self.deadlines[timer]
            self._EXPIRE[timer](self, now)

    # Commands from the DTE -------------------------------------------------------------------------------------------

    def dial(self, dialled: DialString, *, now: float) -> bool:
        """Go off hook, if the modem is not, and dial.

        Each pause takes S8. Before the first digit the modem waits for dial tone, which our exchange gives at once; a
        modem that dials blindly (X0, X1, X3) waits S6 seconds instead.

        Returns:
            Whether dialling is complete and the modem is back in the command state (``;``).
        """
        registers = self._settings.registers.in_force
        blind = not (self._line_taken or dialled.waits_for_dial_tone or self._dte.hears.dial_tone)
        self._stop_ringing()
        self._dialled = dialled
        self._ring_back = False
        self._enter(_DIALLING)
        delay = dialled.pauses * registers[8] + (registers[6] if blind else 0)
        if delay:
            self.deadlines[_DIALLED] = now + delay
        else:
            self._finish_dialling(now)
        return self.state is _COMMAND

    def answer(self, *, now: float) -> None:
        """Go off hook and wait S7 seconds for the carrier. The owner is asked for one only if a call is ringing."""
        ringing = _RINGS_FORGOTTEN in self.deadlines
        self._stop_ringing()
        self._enter(_ANSWERING)
        if ringing:
            self._line_taken = True
            self._dte.request(AnswerRequested())
        self.deadlines[_CARRIER] = now + self._settings.registers.in_force[7]

    def hang_up(self, reason: HangUpReason) -> bool:
        """Go on hook without a result code. Return whether there was a call or an attempt to make one."""
        if self.state is _COMMAND and not self._line_taken:
            return False
        if self.deadlines:
            for timer in _OF_A_CALL:
                self.deadlines.pop(timer, None)
        self.carrier = False
        self._dte.show_carrier(False)
        self._forget_held()
        self._number = ""
        if self._line_taken:
            self._line_taken = False
            self._dte.request(_HUNG_UP[reason])
        self._enter(_COMMAND)
        return True

    def fail(self, reason: HangUpReason, code: ResultCode = ResultCode.NO_CARRIER) -> None:
        """Go on hook, with a result code if there was a call or an attempt to make one."""
        if self.hang_up(reason):
            self._tell(code)

    def pause_data(self) -> None:
        """Change from the online data state to the online command state."""
        self._enter(_ONLINE_COMMAND)
        self._tell(ResultCode.OK)

    def resume_data(self) -> bool:
        """Return to the online data state and release the held octets. Return False if there is no call."""
        if self.state is not _ONLINE_COMMAND or not self.carrier:
            return False
        if self._link is not None:
            self._tell_connect(self._link)
        self._enter(_ONLINE_DATA)
        self.flow = octet_flow(self._settings)
        self.is_stopped = False
        self._release_held()
        return True

    def show_carrier(self) -> None:
        """Update DCD, since &C may have changed."""
        self._dte.show_carrier(self.carrier)

    # The line --------------------------------------------------------------------------------------------------------

    def join_leased_line(self, carrier: bool) -> None:
        """Be online without a call; ``carrier`` says whether the far end is present."""
        self.carrier = carrier
        self._dte.show_carrier(carrier)
        self._enter(_ONLINE_DATA)

    def connect(self, rate: int, *, now: float) -> bool:
        """Accept the carrier of the call being set up: DCD, then CONNECT. Return False if no call awaits a carrier."""
        if _CARRIER not in self.deadlines:
            return False
        del self.deadlines[_CARRIER]
        self.carrier = True
        terms = call_terms(self._settings, rate, self.rate_to_dte)
        self._link = terms.link
        self.flow = terms.flow
        self.is_stopped = False
        self._dte.show_carrier(True)
        for report in terms.reports:
            self._dte.send_words(report)
        self._tell_connect(terms.link)
        self._enter(_ONLINE_DATA)
        if terms.idle:
            self.deadlines[_IDLE] = now + terms.idle
        return True

    def note_octets(self, *, now: float) -> None:
        """Note octets of a call in either direction: the time in S30 begins anew."""
        if _IDLE in self.deadlines:
            self.deadlines[_IDLE] = now + 10 * self._settings.registers.in_force[30]

    def hear_ring_back(self) -> None:
        """Note that the far end is ringing."""
        self._ring_back = True

    def hear_failure(self, failure: CallFailure) -> None:
        """Act on the reason why the call cannot be set up, if the settings let the modem hear it."""
        if _CARRIER not in self.deadlines:
            return
        if self.state is _ANSWERING:
            self.fail(HangUpReason.CALL_FAILED)
        elif self._hears(failure):
            self.fail(HangUpReason.CALL_FAILED, _FAILURES[failure])

    def ring(self, *, auto_answer: bool, now: float) -> None:
        """Act on one ring of an incoming call. After S0 rings the modem answers, if ``auto_answer`` allows it."""
        if self.state is not _COMMAND or self._line_taken:
            return
        registers = self._settings.registers
        registers.set(1, min(self._rings + 1, 255))
        self.deadlines[_RI_OFF] = now + RING_LENGTH
        self.deadlines[_RINGS_FORGOTTEN] = now + _RING_COUNT_KEPT
        self._dte.set_circuit(_RI, True)
        if self._settings.parameters.get("+CRC") == ("1",):
            self._dte.send_words(_RING_EXTENDED)
            self._dte.emit(ResultCodeSent(_RING_EXTENDED, None))
        else:
            self._tell(ResultCode.RING)
        if auto_answer and 0 < registers[0] <= self._rings:
            self.answer(now=now)

    @property
    def is_ringing(self) -> bool:
        """Whether a call comes in that was not answered yet."""
        return self.state is _COMMAND and _RINGS_FORGOTTEN in self.deadlines

    def hear_caller(self, caller: Caller) -> None:
        """Take the caller's number, which comes before or between rings, and report it as +VCID, #CID or +CLIP says."""
        if self.state is not _COMMAND or self._line_taken:
            return
        self.caller = caller
        parameters = self._settings.parameters
        form = max(parameters.get(name, ("0",))[0] for name in _REPORTS_CALLER)
        if form != "0":
            self._dte.send_words(caller.told(form))
        if parameters.get("+CLIP") == ("1",):
            self._dte.send_words(caller.calling_line)

    def hold_remote_data(self, data: bytes, secrets: Spans) -> None:
        """Hold octets from the far end that can't go to the DTE now; without a carrier there are none."""
        if not self.carrier:
            return
        is_online = self.state is _ONLINE_DATA
        kept = data[: (STOPPED_OCTETS if is_online else HELD_OCTETS) - len(self._held)]
        self._held_secrets = joined(self._held_secrets, len(self._held), within(secrets, 0, len(kept)))
        self._held += kept
        if len(kept) < len(data):
            why = "stopped by DC3" if is_online else "online command state"
            self._dte.emit(OctetsLost(len(data) - len(kept), why))

    def control_flow(self, octet: int) -> None:
        """Stop what comes from the far end, or let it go on, as a DC1 or DC3 of the DTE says."""
        self.is_stopped = octet != XON
        if not self.is_stopped:
            self._release_held()

    def lose_carrier(self, *, cleared: bool, now: float) -> None:
        """Act on the loss of the carrier: DCD goes off. A cleared call ends at once, any other after S10."""
        if not self.carrier:
            return
        self.carrier = False
        self._dte.show_carrier(False)
        if cleared:
            self._end_lost_call(now)
        else:
            self.deadlines[_CARRIER_GONE] = now + self._settings.registers.in_force[10] / 10

    # Expired timers ------------------------------------------------------------------------------------------------

    def _finish_dialling(self, now: float) -> None:
        dialled = self._dialled
        self._number = (self._number + dialled.number)[:LONGEST_NUMBER]
        self._line_taken = True
        self._dte.request(DialRequested(self._number, dialled.tone, dialled.quiet_answer, dialled.stays_in_command))
        if dialled.stays_in_command:
            self._enter(_COMMAND)
        else:
            self.deadlines[_CARRIER] = now + self._settings.registers.in_force[7]

    def _give_up_waiting(self, _now: float) -> None:
        unanswered = self.state is _DIALLING and (
            self._dialled.quiet_answer or (self._ring_back and self._dte.hears.busy)
        )
        self.fail(HangUpReason.CARRIER_WAIT, ResultCode.NO_ANSWER if unanswered else ResultCode.NO_CARRIER)

    def _end_idle_call(self, _now: float) -> None:
        self.fail(HangUpReason.IDLE)

    def _end_lost_call(self, _now: float) -> None:
        self.fail(_BY_FAR_END)

    def _end_ring(self, _now: float) -> None:
        self._dte.set_circuit(_RI, False)

    def _forget_rings(self, _now: float) -> None:
        self._settings.registers.set(1, 0)

    _EXPIRE: ClassVar[Mapping[_Timer, Callable[[CallControl, float], None]]] = {
        _DIALLED: _finish_dialling,
        _CARRIER: _give_up_waiting,
        _CARRIER_GONE: _end_lost_call,
        _IDLE: _end_idle_call,
        _RI_OFF: _end_ring,
        _RINGS_FORGOTTEN: _forget_rings,
    }
    """What each timer does when it runs out. One table serves every modem."""

    # Details ---------------------------------------------------------------------------------------------------------

    @property
    def is_dialling_part(self) -> bool:
        """Whether a dial string that ends with ``;`` is being dialled: the rest of its line waits."""
        return self.state is _DIALLING and self._dialled.stays_in_command

    def note_state(self, state: ModemState) -> None:
        """Report what octets from the DTE mean from now on."""
        self._dte.emit(_ENTERED[state])

    def _release_held(self) -> None:
        if self._held:
            self._dte.send_remote((SendData(self._held, self._held_secrets),))
        self._forget_held()

    def _forget_held(self) -> None:
        self._held, self._held_secrets = b"", ()

    @property
    def _rings(self) -> int:
        return self._settings.registers.in_force[1]

    def _stop_ringing(self) -> None:
        if self.deadlines:
            self.deadlines.pop(_RINGS_FORGOTTEN, None)
            if self.deadlines.pop(_RI_OFF, None) is not None:
                self._dte.set_circuit(_RI, False)
        if self._rings:
            self._settings.registers.set(1, 0)

    def _hears(self, failure: CallFailure) -> bool:
        """Return whether the modem can hear this failure. If not, the call ends as NO CARRIER when S7 runs out."""
        hears = self._dte.hears
        match failure:
            case CallFailure.BUSY:
                return hears.busy
            case CallFailure.NO_DIALTONE:
                return hears.dial_tone or self._dialled.waits_for_dial_tone
            case CallFailure.NO_ANSWER:
                return hears.busy or self._dialled.quiet_answer
        return True

    def _tell_connect(self, link: AgreedLink) -> None:
        self._dte.send_connect(link, self.rate_to_dte)
        self._dte.emit(_code_sent(_CONNECT, link.rate))

    def _tell(self, code: ResultCode) -> None:
        """Send a result code at a time other than the end of a command line."""
        self._dte.send_result(code)
        self._dte.emit(_code_sent(code, None))

    def _enter(self, state: ModemState) -> None:
        if state is not self.state:
            self.state = state
            self._dte.emit(_ENTERED[state])


@lru_cache(maxsize=64)
def _code_sent(code: ResultCode, rate: int | None) -> ResultCodeSent:
    """Return the fact that a result code was sent, cached since it is the same in most calls."""
    return ResultCodeSent(code.words, rate)
