"""A cellular modem: one model of power, SIM, registration, contexts, messages and clock, for all ports of a modem.

What :attr:`Cellular.registration` is follows from the rest; the first row that applies counts:

====================================================  ==================================================================
condition                                             registration
====================================================  ==================================================================
the radio part is off (+CFUN=0 or 4)                  NONE
the SIM is not ready                                  NONE
+COPS=2                                               NONE
the search has not ended                              SEARCHING
otherwise                                             what the coverage says
====================================================  ==================================================================

A search begins when the radio part is switched on, the SIM becomes ready, or an operator is chosen. Whenever the
registration changes, each port gets the results that it has asked for with +CREG, +CGREG and +CEREG; without service
the packet data call ends with NO CARRIER.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, cast

from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.dialling import CellularCall, parse_cellular_call
from simisp.cellular.messaging.cms_error import CmsError
from simisp.cellular.messaging.service import Messaging
from simisp.cellular.phonebook import Phonebook
from simisp.cellular.sim import Sim, SimState
from simisp.cellular.sms.times import Timestamp
from simisp.cellular.state import CellularConfig, Context, Coverage, Operator, OperatorMode, Registration
from simisp.machine import earliest
from simisp.modem.answers import CommandAnswer, DialOut
from simisp.modem.outputs import ModemState
from simisp.modem.result_codes import ResultCode
from simisp.modem.subsystem import ResetKind

if TYPE_CHECKING:
    from simisp.modem.command_row import CommandRow
    from simisp.modem.unit import Unit

__all__ = ["FULL_FUNCTION", "Cellular", "cellular_of"]

FULL_FUNCTION = 1
"""The value of +CFUN with which all works."""
_REFUSALS = {
    SimState.PIN: CmsError.SIM_PIN,
    SimState.PUK: CmsError.SIM_PUK,
    SimState.BUSY: CmsError.SIM_BUSY,
    SimState.ABSENT: CmsError.NO_SIM,
    SimState.BLOCKED: CmsError.SIM_FAILURE,
}
_ONLINE = (ModemState.ONLINE_DATA, ModemState.ONLINE_COMMAND)
_MOST_PENDING = 32
_FIRST_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - local time


class Cellular:
    """The subsystem of a cellular modem.

    Args:
        config: What modem it is, and where.

    Attributes:
        config: The same.
        sim: The SIM.
        messaging: What message commands work on.
        phonebook: What phone book commands work on.
        function: The value of +CFUN.
        registration: What the network is to the modem.
        coverage: What there is of a network.
        signal: The signal, as in +CSQ.
        operator: The network that serves it, or would.
        operator_mode: How it is chosen.
        operator_form: How +COPS? shows it: 0 long, 1 short, 2 as a number.
        contexts: The packet data contexts by number.
        active: The contexts that +CGACT has activated.
        is_attached: Whether it is attached to the packet domain, as far as there is one.
        units: The ports.
    """

    table: ClassVar[Mapping[str, CommandRow]]
    """The commands, which :mod:`simisp.cellular.rows` fills in."""

    def __init__(self, config: CellularConfig) -> None:
        self.config = config
        self.sim = Sim(config.sim)
        self.function = FULL_FUNCTION
        self.coverage, self.signal = config.coverage, config.signal
        self.operator, self.operator_mode, self.operator_form = config.operators[0], OperatorMode.AUTOMATIC, 0
        self.contexts = {} if config.apn is None else {1: Context("IP", config.apn)}
        self.active: set[int] = set()
        self.is_attached = True
        self.units: list[Unit] = []
        self.phonebook = Phonebook()
        self._calls: list[tuple[Unit, int]] = []
        self._clock, self._zone = _FIRST_DAY, 0
        if (begins := Timestamp.of(config.clock)) is not None:
            self.set_clock(begins, 0.0)
        self._changes = sorted(config.changes, key=lambda change: change.at)
        self._pending: list[tuple[float, Callable[[float], None]]] = []
        self._found_at: float | None = None
        self._has_searched = False
        self.registration = Registration.NONE
        self._search(0.0)
        self.messaging = Messaging(config.messaging, self)

    # The contract of a subsystem --------------------------------------------------------------------------------------

    @property
    def rows(self) -> Mapping[str, CommandRow]:
        """Its commands by name."""
        return self.table

    def attach(self, unit: Unit) -> None:
        """Take notice of a port."""
        self.units.append(unit)
        self.messaging.attach(unit)

    def detach(self, unit: Unit) -> None:
        """Forget a port."""
        self.units = [other for other in self.units if other is not unit]
        self._calls = [call for call in self._calls if call[0] is not unit]
        self.messaging.detach(unit)

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None."""
        change = self._changes[0].at if self._changes else None
        pending = (at for at, _ in self._pending)
        return earliest((self.sim.ready_at, self._found_at, change, self.messaging.next_timer(), *pending))

    def handle_timer(self, unit: Unit, now: float) -> None:
        """Act on all deadlines that have passed."""
        del unit
        was_ready = self.sim.state is SimState.READY
        self.sim.handle_timer(now)
        if not was_ready and self.sim.state is SimState.READY:
            self._search(now)
        while self._changes and now >= self._changes[0].at:
            change = self._changes.pop(0)
            self._take_change(change.coverage, change.signal, change.has_sim, now)
        if self._found_at is not None and now >= self._found_at:
            self._found_at = None
        due = [act for at, act in self._pending if now >= at]
        self._pending = [entry for entry in self._pending if now < entry[0]]
        for act in due:
            act(now)
        self.settle(now)
        self.messaging.handle_timer(now)

    def dial(self, unit: Unit, string: str, now: float) -> CommandAnswer:
        """Take a dial string: a packet data call goes to the network, any other number on the line."""
        if (refusal := self.refusal()) is not None:
            return refuse_cme(unit, refusal)
        call = parse_cellular_call(string)
        if call is None:
            return DialOut(string) if self.registration.has_service else ResultCode.NO_CARRIER
        return self.call(unit, call, now)

    def reset(self, unit: Unit, kind: ResetKind) -> None:
        """Set back nothing: &F and Z concern a port's settings, and leave the network alone."""

    # Packet data ------------------------------------------------------------------------------------------------------

    def call(self, unit: Unit, call: CellularCall, now: float) -> CommandAnswer:
        """Connect to the packet network."""
        del now
        if call.context is not None and call.context not in self.contexts:
            return refuse_cme(unit, CmeError.NOT_ALLOWED)
        if not (self.registration.has_service or self.config.dials_unregistered):
            return ResultCode.NO_CARRIER
        self._calls = [kept for kept in self._calls if kept[0] is not unit]
        self._calls.append((unit, 1 if call.context is None else call.context))
        return DialOut(call.string)

    def is_active(self, number: int) -> bool:
        """Whether a context is active: by +CGACT, or in a call."""
        return number in self.active or any(
            unit.call.state in _ONLINE and context == number for unit, context in self._calls
        )

    @property
    def has_call(self) -> bool:
        """Whether a port is in a call."""
        return any(unit.call.state is not ModemState.COMMAND for unit in self.units)

    # Power and network ------------------------------------------------------------------------------------------------

    def set_function(self, function: int, now: float) -> None:
        """Switch the radio part on or off."""
        if function == self.function:
            return
        was_on, self.function = self.function == FULL_FUNCTION, function
        if function == FULL_FUNCTION:
            self.sim.start(now)
            self._search(now)
        elif was_on:
            self.active.clear()
        self.settle(now)

    def restart(self, now: float) -> None:
        """Be switched off and on, as soon as the command that asked for it has been answered."""
        self.after(0.0, now, self._restart)

    def _restart(self, now: float) -> None:
        self.function = FULL_FUNCTION
        self.active.clear()
        self.operator_mode, self.operator_form = OperatorMode.AUTOMATIC, 0
        awake = now + self.config.starts_in
        for unit in self.units:
            unit.power_up(deaf_until=awake)
        self.sim.start(awake)
        self._search(awake)
        self.registration = self._registration()
        self.after(self.config.starts_in, now, self._announce)

    def _announce(self, now: float) -> None:
        del now
        for unit in self.units:
            unit.send_unsolicited("RDY")
            if self.sim.state.words:
                unit.send_unsolicited(f"+CPIN: {self.sim.state.words}")

    def choose(self, operator: Operator, mode: OperatorMode, now: float) -> None:
        """Choose an operator, or how it is chosen."""
        self.operator, self.operator_mode = operator, mode
        if mode is not OperatorMode.DEREGISTERED:
            self._search(now)
        self.settle(now)

    def sim_changed(self, now: float) -> None:
        """Act on a SIM whose state a command has changed."""
        if self.sim.state is SimState.READY and not self.registration.has_service:
            self._search(now)
        self.settle(now)

    def settle(self, now: float) -> None:
        """Let the registration follow from the rest, and report to the ports if it has changed."""
        registration = self._registration()
        if registration is self.registration:
            return
        had_service, self.registration = self.registration.has_service, registration
        if had_service and not registration.has_service:
            self.active.clear()
            for unit, _ in self._calls:
                unit.call.lose_carrier(cleared=True, now=now)
            self._calls.clear()
        for unit in self.units:
            for name in ("+CREG", "+CGREG", "+CEREG"):
                if unit.settings.parameters[name] != ("0",):
                    unit.send_unsolicited(f"{name}: {self.registration_values(unit, name)}")
        if registration.has_service:
            self.messaging.deliver_waiting(now)

    def registration_values(self, unit: Unit, name: str) -> str:
        """Return the state, and the place if a port has asked for it (3GPP TS 27.007, 7.2, 10.1.20, 10.1.22)."""
        state = self.registration
        if name == "+CEREG" and self.operator.access != 7 and state.has_service:
            state = Registration.NONE
        if unit.settings.parameters[name] == ("2",) and state.has_service:
            return f'{state.value},"00C3","000000B1",{self.operator.access}'
        return str(state.value)

    def _registration(self) -> Registration:
        if self.function != FULL_FUNCTION or self.sim.state is not SimState.READY:
            return Registration.NONE
        if self.operator_mode is OperatorMode.DEREGISTERED:
            return Registration.NONE
        return Registration.SEARCHING if self._found_at is not None else self.coverage.registration

    def _search(self, now: float) -> None:
        takes = self.config.registers_after
        self._found_at = now + takes if takes > 0 else None
        if not self._has_searched:
            self._has_searched = True
            self.registration = self._registration()

    def _take_change(self, coverage: Coverage | None, signal: int | None, has_sim: bool | None, now: float) -> None:
        self.coverage = self.coverage if coverage is None else coverage
        self.signal = self.signal if signal is None else signal
        if has_sim is False:
            self.sim.state, self.sim.ready_at = SimState.ABSENT, None
        elif has_sim:
            self.sim.start(now)
            self._search(now)

    # What commands ask ------------------------------------------------------------------------------------------------

    def refusal(self) -> CmeError | None:
        """Return why a command that needs the SIM can't be run, or None."""
        return CmeError.NOT_ALLOWED if self.function == 0 else self.sim.state.refusal

    def messaging_refusal(self) -> CmsError | None:
        """Return why no message command can be run, or None."""
        return _REFUSALS.get(self.sim.state)

    def has_message_service(self) -> bool:
        """Return whether the network takes messages."""
        return self.registration.has_service

    @property
    def heard_signal(self) -> int:
        """The signal as +CSQ reports it: 99 while nothing is received."""
        return 99 if self.function != FULL_FUNCTION or self.coverage is Coverage.LOST else self.signal

    def local_time(self, now: float) -> Timestamp:
        """Return the time of day at a time of the run."""
        time = self._clock + timedelta(seconds=int(now))
        return Timestamp(time.year % 100, time.month, time.day, time.hour, time.minute, time.second, self._zone)

    def set_clock(self, time: Timestamp, now: float) -> bool:
        """Set the clock; return whether there is such a time."""
        try:
            given = datetime(2000 + time.year, time.month, time.day, time.hour, time.minute, time.second)  # noqa: DTZ001
            self._clock = given - timedelta(seconds=int(now))
        except (ValueError, OverflowError):
            return False
        self._zone = time.zone
        return True

    def after(self, delay: float, now: float, act: Callable[[float], None]) -> None:
        """Do something later, at the first timer from then on."""
        if len(self._pending) < _MOST_PENDING:
            self._pending.append((now + delay, act))


def cellular_of(unit: Unit) -> Cellular:
    """Return the cellular part of the modem that a port belongs to."""
    return cast("Cellular", unit.subsystem)
