"""A cellular modem: one model of power, SIM, registration, contexts, messages and clock, for all ports of a modem.

=====================  ================================================================================================
state                  where
=====================  ================================================================================================
power, function        here: switched off and on, it is deaf for a while, then announces itself
SIM                    :mod:`~simisp.cellular.sim`
registration           :mod:`~simisp.cellular.registration`: from coverage, SIM, function, operator
contexts               here: defined and activated by commands and calls; without service none is active
messages               :mod:`~simisp.cellular.messaging.service`
clock                  :mod:`~simisp.cellular.clock`
=====================  ================================================================================================

Commands change it, and so does the scenario in time. What ports get unsolicited follows from what changes
(:mod:`~simisp.cellular.reports`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from simisp.cellular.clock import LocalClock
from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.dialling import CellularCall, parse_cellular_call
from simisp.cellular.messaging.cms_error import CmsError
from simisp.cellular.messaging.service import Messaging
from simisp.cellular.phonebook import Phonebook
from simisp.cellular.registration import Reception, Registrations
from simisp.cellular.reports import PortReports, service_line
from simisp.cellular.sim import Sim, SimState
from simisp.cellular.sms.times import Timestamp
from simisp.cellular.state import (
    CellularChange,
    CellularConfig,
    Context,
    Domain,
    Operator,
    OperatorMode,
    Registration,
)
from simisp.cellular.supplementary import Supplementary
from simisp.facts.cellular import ContextSwitched, RadioSwitched, RegistrationChanged, ServiceAnswered, SimChanged
from simisp.facts.fact import Fact
from simisp.machine import earliest
from simisp.modem.answers import CommandAnswer, DialOut
from simisp.modem.outputs import ModemState
from simisp.modem.result_codes import ResultCode

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["FULL_FUNCTION", "UNKNOWN_SIGNAL", "Cellular", "CellularHost", "cellular_of"]

FULL_FUNCTION = 1
"""The value of +CFUN with which all works."""
UNKNOWN_SIGNAL = 99
"""The value of +CSQ without a signal."""
_REFUSALS = {
    SimState.PIN: CmsError.SIM_PIN,
    SimState.PUK: CmsError.SIM_PUK,
    SimState.BUSY: CmsError.SIM_BUSY,
    SimState.ABSENT: CmsError.NO_SIM,
    SimState.BLOCKED: CmsError.SIM_FAILURE,
}
_ONLINE = (ModemState.ONLINE_DATA, ModemState.ONLINE_COMMAND)
_MOST_PENDING = 32
_DIGITS = frozenset("+*#0123456789")
_FULL_BATTERY = 5


class Cellular:
    """The model of a cellular modem.

    Args:
        config: What modem it is, and where.

    Attributes:
        config: The same.
        sim: The SIM.
        messaging: What message commands work on.
        phonebook: What phone book commands work on.
        supplementary: What the network keeps for the subscriber.
        reports: Sends unsolicited results.
        registrations: What the network is to the modem.
        function: The value of +CFUN.
        signal: The signal, as in +CSQ, where there is coverage.
        operator: The network that serves it, or would.
        operator_mode: How it is chosen.
        operator_form: How +COPS? shows it: 0 long, 1 short, 2 as a number.
        contexts: The packet data contexts by number.
        active: The contexts that +CGACT has activated.
        is_attached: Whether it is attached to the packet domain, as far as there is one.
        clock: The clock.
    """

    def __init__(self, config: CellularConfig) -> None:
        self.config = config
        awake = config.powers_up_in
        self.reports = PortReports()
        self.sim = Sim(config.sim, awake)
        self.function = FULL_FUNCTION
        self.signal = config.signal
        self.operator, self.operator_mode, self.operator_form = config.operators[0], OperatorMode.AUTOMATIC, 0
        self.contexts = {} if config.apn is None else {1: Context("IP", config.apn)}
        self.active: set[int] = set()
        self.is_attached = True
        self.phonebook = Phonebook()
        self.supplementary = Supplementary()
        self.clock = LocalClock(config.clock)
        self._calls: list[tuple[Unit, int | None, str]] = []
        self._changes = sorted(config.changes, key=lambda change: change.at)
        self._pending: list[tuple[float, Callable[[float], None]]] = []
        self._sim_state = self.sim.state
        self.registrations = Registrations(config, awake)
        self.registrations.settle(self._reception)
        self.messaging = Messaging(config.messaging, self)
        self.reports.indicators(self.indicators)
        if awake > 0:
            self.after(awake, 0.0, self._announce)

    # Ports and time ---------------------------------------------------------------------------------------------------

    def attach(self, unit: Unit) -> None:
        """Take notice of a port."""
        self.reports.units = (*self.reports.units, unit)
        self.messaging.attach(unit)

    def detach(self, unit: Unit) -> None:
        """Forget a port."""
        self.reports.units = tuple(other for other in self.reports.units if other is not unit)
        self._calls = [call for call in self._calls if call[0] is not unit]
        self.messaging.detach(unit)

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None."""
        change = self._changes[0].at if self._changes else None
        pending = (at for at, _ in self._pending)
        parts = (self.sim.ready_at, self.registrations.next_timer(), self.messaging.next_timer())
        return earliest((change, *parts, *pending))

    def handle_timer(self, now: float) -> None:
        """Act on all deadlines that have passed."""
        self.sim.handle_timer(now)
        self._note_sim(now)
        self.registrations.handle_timer(now)
        while self._changes and now >= self._changes[0].at:
            self._take_change(self._changes.pop(0), now)
        due = [act for at, act in self._pending if now >= at]
        self._pending = [entry for entry in self._pending if now < entry[0]]
        for act in due:
            act(now)
        self.settle(now)
        self.messaging.handle_timer(now)

    def after(self, delay: float, now: float, act: Callable[[float], None]) -> None:
        """Do something later, at the first timer from then on."""
        if len(self._pending) < _MOST_PENDING:
            self._pending.append((now + delay, act))

    # Calls ------------------------------------------------------------------------------------------------------------

    def dial(self, unit: Unit, string: str, now: float) -> CommandAnswer:
        """Take a dial string: a packet data call goes to the network, any other number on the line."""
        if (refusal := self.refusal()) is not None:
            return refuse_cme(unit, refusal)
        call = parse_cellular_call(string)
        if call is not None:
            return self.call(unit, call, now)
        if not self.registrations.states[Domain.CS].has_service:
            return ResultCode.NO_CARRIER
        self._note_call(unit, None, "".join(character for character in string if character in _DIGITS))
        return DialOut(string)

    def call(self, unit: Unit, call: CellularCall, now: float) -> CommandAnswer:
        """Connect to the packet network."""
        del now
        if call.context is not None and call.context not in self.contexts:
            return refuse_cme(unit, CmeError.NOT_ALLOWED)
        if not (self.has_packet_service or self.config.dials_unregistered):
            return ResultCode.NO_CARRIER
        self._note_call(unit, 1 if call.context is None else call.context)
        return DialOut(call.string)

    def _note_call(self, unit: Unit, context: int | None, number: str = "") -> None:
        self._calls = [kept for kept in self._calls if kept[0] is not unit]
        self._calls.append((unit, context, number))

    def _end_calls(self, now: float, *, has_circuits: bool, has_packets: bool) -> None:
        """End the calls that the network no longer carries, with NO CARRIER."""
        lost = [call for call in self._calls if not (has_circuits if call[1] is None else has_packets)]
        self._calls = [call for call in self._calls if call not in lost]
        for unit, *_ in lost:
            unit.call.lose_carrier(cleared=True, now=now)

    @property
    def has_call(self) -> bool:
        """Whether a port is in a call."""
        return any(unit.call.state in _CALLING for unit in self.reports.units)

    @property
    def is_ringing(self) -> bool:
        """Whether a call comes in that was not answered yet."""
        return any(unit.call.is_ringing for unit in self.reports.units)

    def circuit_calls(self) -> list[tuple[bool, int, str]]:
        """Return the calls on circuits: whether each came in, its state, its number.

        The states are those of +CLCC: 0 active, 2 dialling, 4 ringing.
        """
        calls = []
        for unit, context, number in self._calls:
            if context is None and unit.call.state in (*_ONLINE, ModemState.DIALLING):
                state = 2 if unit.call.state is ModemState.DIALLING else 0
                calls.append((False, state, number))
        ringing = [unit.call.caller for unit in self.reports.units if unit.call.is_ringing]
        return calls + [(True, 4, "" if caller is None else caller.number.strip("OP")) for caller in ringing]

    # Packet data contexts ---------------------------------------------------------------------------------------------

    def is_active(self, number: int) -> bool:
        """Whether a context is active: by +CGACT, or in a call."""
        return number in self.active or any(
            unit.call.state in _ONLINE and context == number for unit, context, _ in self._calls
        )

    def activate(self, numbers: set[int]) -> None:
        """Activate contexts, as +CGACT asks."""
        for number in sorted(numbers - self.active):
            self.active.add(number)
            self._note_context(number, active=True, by_network=False)

    def deactivate(self, numbers: set[int], *, by_network: bool = False) -> None:
        """Deactivate contexts, as +CGACT or the network asks."""
        for number in sorted(numbers & self.active):
            self.active.remove(number)
            self._note_context(number, active=False, by_network=by_network)

    def forget_context(self, number: int) -> None:
        """Forget what a context was defined as."""
        self.deactivate({number})
        self.contexts.pop(number, None)

    def _note_context(self, number: int, *, active: bool, by_network: bool) -> None:
        self.reports.packet_event(f"{'NW' if by_network else 'ME'} PDN {'ACT' if active else 'DEACT'} {number}")
        context = self.contexts.get(number)
        self.note(ContextSwitched(number, active, by_network, "" if context is None else context.apn))

    def attach_packets(self, now: float, *, is_attached: bool) -> None:
        """Attach to the packet domain, or detach from it."""
        self.is_attached = is_attached
        self.settle(now)

    # Power and network ------------------------------------------------------------------------------------------------

    def set_function(self, function: int, now: float) -> None:
        """Switch the radio part on or off."""
        if function == self.function:
            return
        self.function = function
        self.note(RadioSwitched(function, restarted=False))
        if function == FULL_FUNCTION:
            self.sim.start(now)
            self._note_sim(now)
            self.registrations.search(now)
        self.settle(now)

    def restart(self, now: float) -> None:
        """Be switched off and on, as soon as the command that asked for it has been answered."""
        self.after(0.0, now, self._restart)

    def _restart(self, now: float) -> None:
        awake = now + self.config.starts_in
        for unit in self.reports.units:
            unit.power_up(deaf_until=awake)
        self.begin_again(awake, now)

    def begin_again(self, awake: float, now: float) -> None:
        """Begin again after the modem was switched off and on: with the SIM, the search, and what is announced.

        Args:
            awake: When the modem takes commands again.
            now: The time.
        """
        self.note(RadioSwitched(FULL_FUNCTION, restarted=True))
        self.function, self.is_attached = FULL_FUNCTION, True
        self.active.clear()
        self._calls.clear()
        self.operator_mode, self.operator_form = OperatorMode.AUTOMATIC, 0
        self.sim.start(awake)
        self._sim_state = self.sim.state
        self.registrations.search(now, awake)
        self.registrations.settle(self._reception)
        self.after(awake - now, now, self._announce)

    def _announce(self, now: float) -> None:
        del now
        for text in self.config.announces:
            self.reports.send(text)
        if self.config.announces and self.sim.state.words:
            self.reports.send(f"+CPIN: {self.sim.state.words}")

    def choose(self, operator: Operator, mode: OperatorMode, now: float) -> None:
        """Choose an operator, or how it is chosen."""
        self.operator, self.operator_mode = operator, mode
        if mode is not OperatorMode.DEREGISTERED:
            self.registrations.search(now)
        self.settle(now)

    def sim_changed(self, now: float) -> None:
        """Act on a SIM whose state a command may have changed."""
        self._note_sim(now)
        self.settle(now)

    def _note_sim(self, now: float) -> None:
        """Act on another state of the SIM: a search begins when it is ready."""
        if self.sim.state is self._sim_state:
            return
        self._sim_state = self.sim.state
        self.note(SimChanged(self.sim.state.name.lower()))
        if self.sim.state is SimState.READY:
            self.registrations.search(now)

    # Registration -----------------------------------------------------------------------------------------------------

    @property
    def registration(self) -> Registration:
        """What the network is to the modem, in whichever domain it serves it."""
        return self.registrations.best

    @property
    def has_packet_service(self) -> bool:
        """Whether the network carries packet data."""
        return self.registrations.packets.has_service

    @property
    def _reception(self) -> Reception:
        is_possible = (
            self.function == FULL_FUNCTION
            and self.sim.state is SimState.READY
            and self.operator_mode is not OperatorMode.DEREGISTERED
        )
        return Reception(is_possible, self.is_attached, self.operator.access)

    def settle(self, now: float) -> None:
        """Let the registration follow from the rest, and all else from it; report what has changed."""
        had_service, had_packets = self.registration.has_service, self.has_packet_service
        changed = self.registrations.settle(self._reception)
        if changed:
            self._act_on_registration(changed, had_packets, now)
        self.reports.indicators(self.indicators)
        if not had_service and self.registration.has_service:
            self.reports.time_zone(self.clock.zone)
            self.messaging.deliver_waiting(now)

    def _act_on_registration(self, changed: list[Domain], had_packets: bool, now: float) -> None:
        states, operator = self.registrations.states, self.operator.name
        self._end_calls(
            now,
            has_circuits=states[Domain.CS].has_service,
            has_packets=self.has_packet_service or not had_packets,
        )
        for domain in changed:
            state = states[domain]
            self.note(RegistrationChanged(domain.name, state.words, operator if state.has_service else ""))
            for unit in self.reports.units:
                if unit.settings.parameters[domain.command] != ("0",):
                    unit.send_unsolicited(f"{domain.command}: {self.registration_values(unit, domain)}")
        if had_packets and not self.has_packet_service:
            by_network = self._reception.is_possible and self.is_attached
            self.deactivate(set(self.active), by_network=by_network)
            self.reports.packet_event("NW DETACH" if by_network else "ME DETACH")

    def registration_values(self, unit: Unit, domain: Domain) -> str:
        """Return a domain's state and the place, as far as a port has asked for them."""
        state = self.registrations.states[domain]
        if unit.settings.parameters[domain.command] == ("2",) and state.has_service:
            return f'{state.value},"00C3","000000B1",{self.operator.access}'
        return str(state.value)

    def take_change(self, change: CellularChange, now: float) -> None:
        """Let something change at once, whatever time it names."""
        self._take_change(change, now)
        self.settle(now)

    def _take_change(self, change: CellularChange, now: float) -> None:
        """Act on what the scenario changes."""
        if change.coverage is not None:
            self.registrations.change(change.coverage, change.domain)
        if change.signal is not None:
            self.signal = change.signal
        if change.has_sim is not None:
            self.sim.put_in(now) if change.has_sim else self.sim.take_out()
            self._note_sim(now)
            self.reports.send(f"+CPIN: {self.sim.state.words or 'NOT READY'}")
        if change.time_zone is not None:
            self.clock.move_to_zone(change.time_zone)
            self.reports.time_zone(change.time_zone)
        if change.service_text is not None and self.registration.has_service:
            self.note(ServiceAnswered("", change.service_text))
            for unit in self.reports.units:
                if unit.settings.parameters["+CUSD"] == ("1",):
                    unit.send_unsolicited(service_line(unit, change.service_text))

    # What commands ask ------------------------------------------------------------------------------------------------

    def note(self, fact: Fact) -> None:
        """Record a fact."""
        if self.reports.units:
            self.reports.units[0].dte.emit(fact)

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
        is_off = self.function != FULL_FUNCTION or self.registrations.hears_nothing
        return UNKNOWN_SIGNAL if is_off else self.signal

    @property
    def indicators(self) -> tuple[int, ...]:
        """What +CIND shows: battery, signal, service, call, roaming."""
        signal = 0 if self.heard_signal == UNKNOWN_SIGNAL else min(5, self.heard_signal // 5)
        service = self.registration
        roams = service is Registration.ROAMING
        return _FULL_BATTERY, signal, int(service.has_service), int(self.has_call), int(roams)

    def local_time(self, now: float) -> Timestamp:
        """Return the time of day at a time of the run."""
        return self.clock.at(now)


_CALLING = (*_ONLINE, ModemState.DIALLING, ModemState.ANSWERING)


class CellularHost(Protocol):
    """What has a cellular modem's model."""

    @property
    def cellular(self) -> Cellular:
        """The model."""


def cellular_of(unit: Unit) -> Cellular:
    """Return the cellular part of the modem that a port belongs to."""
    return cast("CellularHost", unit.subsystem).cellular
