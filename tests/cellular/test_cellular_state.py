"""The cellular state in time: power, SIM, registration in its domains, contexts, and what ports are sent of it."""

from __future__ import annotations

import pytest

from cellular.cellular_play import OK, CellularPlay, error, said, told
from simisp.cellular.sim import SimConfig
from simisp.cellular.state import CellularChange, Coverage, Domain, DomainConfig, Operator
from simisp.facts.cellular import ContextSwitched, RadioSwitched, RegistrationChanged, ServiceAnswered, SimChanged
from simisp.modem.caller import Caller

LOST_AT_20 = (CellularChange(20.0, Coverage.LOST),)


# Power ----------------------------------------------------------------------------------------------------------------


def test_a_modem_that_powers_up_is_deaf_until_it_announces_itself() -> None:
    modem = CellularPlay(powers_up_in=5.0)
    assert modem.runs("") == b""
    assert modem.waits(4.9) == b""
    assert modem.waits(0.2) == told("RDY", "+CFUN: 1", "+CPIN: READY")
    assert modem.runs("+CREG?") == said("+CREG: 0,1")


def test_a_restart_turns_echo_back_on_and_announces_itself() -> None:
    modem = CellularPlay(starts_in=3.0, registers_after=2.0)
    modem.waits(2.0)
    assert modem.runs("E0") == OK
    assert modem.runs("+CFUN=1,1").startswith(OK)
    assert modem.waits(2.9) == b""
    assert modem.waits(0.1) == told("RDY", "+CFUN: 1", "+CPIN: READY")
    assert modem.runs("+CREG?").endswith(said("+CREG: 0,2"))
    modem.waits(2.0)
    assert modem.runs("+CREG?").endswith(said("+CREG: 0,1"))
    assert modem.facts("radio switched") == [RadioSwitched(1, restarted=True)]


def test_a_restart_from_outside_begins_again_too() -> None:
    modem = CellularPlay(apn="internet")
    assert modem.runs("+CGACT=1,1") == OK
    modem.modem.restart(deaf_for=2.0, now=modem.now)
    assert modem.waits(2.0).endswith(told("RDY", "+CFUN: 1", "+CPIN: READY"))
    assert modem.runs("+CGACT?") == said("+CGACT: 1,0")


def test_a_modem_without_an_announcement_comes_back_in_silence() -> None:
    modem = CellularPlay(powers_up_in=5.0, announces=())
    assert modem.waits(6.0) == b""
    assert modem.runs("") == OK


def test_the_radio_part_takes_its_time_to_go_off_and_the_ports_are_told() -> None:
    modem = CellularPlay(power_takes=2.0)
    assert modem.runs("+CREG=1") == OK
    assert modem.runs("+CFUN=4") == b""
    assert modem.waits(2.0) == OK + told("+CREG: 0")
    assert modem.runs("+CFUN?;+CSQ") == said("+CFUN: 4", "+CSQ: 99,99")


# The SIM --------------------------------------------------------------------------------------------------------------


def test_a_sim_is_busy_for_a_while_after_power_up() -> None:
    modem = CellularPlay(sim=SimConfig(busy_for=4.0))
    assert modem.runs("+CPIN?") == error(14)
    modem.waits(4.0)
    assert modem.runs("+CPIN?") == said("+CPIN: READY")
    assert modem.facts("sim changed") == [SimChanged("ready")]


def test_a_sim_that_is_taken_out_and_put_in_is_reported_and_registers_again() -> None:
    changes = (CellularChange(5.0, has_sim=False), CellularChange(8.0, has_sim=True))
    modem = CellularPlay(changes=changes, registers_after=2.0)
    modem.waits(3.0)
    assert modem.runs("+CREG=1") == OK
    assert modem.waits(2.0) == told("+CPIN: NOT READY", "+CREG: 0")
    assert modem.runs("+CPIN?") == error(10)
    assert modem.waits(3.0) == told("+CPIN: READY", "+CREG: 2")
    assert modem.waits(2.0) == told("+CREG: 1")
    assert modem.facts("sim changed") == [SimChanged("absent"), SimChanged("ready")]


def test_three_wrong_pins_ask_for_the_puk() -> None:
    modem = CellularPlay(sim=SimConfig(is_locked=True, pin="1234"))
    assert modem.runs("+CPIN?") == said("+CPIN: SIM PIN")
    assert modem.runs("+CREG?") == said("+CREG: 0,0")
    assert [modem.runs("+CPIN=9999") for _ in range(3)] == [error(16)] * 3
    assert modem.runs("+CPIN?") == said("+CPIN: SIM PUK")
    assert modem.runs('+CPIN="12345678","4321"') == OK
    assert modem.runs("+CPIN?;+CREG?") == said("+CPIN: READY", "+CREG: 0,1")


# Registration ---------------------------------------------------------------------------------------------------------


def test_a_registration_that_takes_time_is_searching_first_and_then_reported() -> None:
    modem = CellularPlay(registers_after=6.0)
    assert modem.runs("+CREG=2;+CREG?") == said("+CREG: 2,2")
    assert modem.runs("+COPS?") == said("+COPS: 0")
    assert modem.waits(6.0) == told('+CREG: 1,"00C3","000000B1",7')
    assert modem.facts("registration changed")[:1] == [RegistrationChanged("CS", "home", "Simisp Mobile")]


def test_a_lost_network_ends_a_packet_call_with_no_carrier_and_is_reported_after_it() -> None:
    modem = CellularPlay(apn="internet", changes=LOST_AT_20)
    assert modem.runs("+CREG=1") == OK
    modem.runs("D*99#")
    modem.modem.connect(now=modem.now)
    assert b"CONNECT" in modem.waits(1.0)
    lost = modem.waits(20.0)
    assert lost.startswith(b"\r\nNO CARRIER\r\n")
    assert lost.endswith(told("+CREG: 0"))


@pytest.mark.parametrize(
    ("domains", "answers"),
    [
        ({Domain.PS: DomainConfig(Coverage.DENIED)}, ("1", "3", "1")),
        ({Domain.CS: DomainConfig(Coverage.ROAMING)}, ("5", "1", "1")),
        ({Domain.EPS: DomainConfig(registers_after=9.0)}, ("1", "1", "2")),
    ],
)
def test_each_domain_may_have_its_own_registration(
    domains: dict[Domain, DomainConfig], answers: tuple[str, str, str]
) -> None:
    modem = CellularPlay(domains=domains)
    shown = (f"{domain.command}: 0,{answer}" for domain, answer in zip(Domain, answers, strict=True))
    assert modem.runs("+CREG?;+CGREG?;+CEREG?") == said(*shown)


def test_a_change_may_concern_one_domain() -> None:
    modem = CellularPlay(changes=(CellularChange(3.0, Coverage.LOST, Domain.EPS),))
    assert modem.runs("+CREG=1;+CGREG=1;+CEREG=1") == OK
    assert modem.waits(5.0) == told("+CEREG: 0")


def test_packet_data_needs_packet_service_and_a_voice_call_needs_circuits() -> None:
    nothing = DomainConfig(Coverage.DENIED)
    modem = CellularPlay(apn="internet", domains={Domain.PS: nothing, Domain.EPS: nothing})
    assert modem.runs("D*99#") == b"\r\nNO CARRIER\r\n"
    modem = CellularPlay(apn="internet", domains={Domain.CS: nothing})
    assert modem.runs("D5551234;") == b"\r\nNO CARRIER\r\n"


def test_a_modem_without_registration_may_connect_all_the_same_and_keeps_its_call() -> None:
    later = (CellularChange(5.0, Coverage.SEARCHING),)
    modem = CellularPlay(apn="internet", coverage=Coverage.LOST, dials_unregistered=True, changes=later)
    assert modem.runs("D*99#") == b""
    modem.modem.connect(now=modem.now)
    assert b"NO CARRIER" not in modem.waits(10.0)


def test_an_operator_without_eps_has_no_registration_there() -> None:
    modem = CellularPlay(operators=(Operator(access=2),))
    assert modem.runs("+CREG?;+CEREG?") == said("+CREG: 0,1", "+CEREG: 0,0")


# What ports are sent --------------------------------------------------------------------------------------------------


def test_contexts_that_come_and_go_are_reported_as_packet_events() -> None:
    modem = CellularPlay(apn="internet", changes=LOST_AT_20)
    assert modem.runs("+CGEREP=2,1") == OK
    assert modem.runs("+CGACT=1,1") == OK + told("+CGEV: ME PDN ACT 1")
    assert modem.runs("+CGACT=0,1") == OK + told("+CGEV: ME PDN DEACT 1")
    assert modem.runs("+CGACT=1,1") == OK + told("+CGEV: ME PDN ACT 1")
    assert modem.waits(20.0) == told("+CGEV: NW PDN DEACT 1", "+CGEV: NW DETACH")
    assert modem.runs("+CGACT?") == said("+CGACT: 1,0")
    assert modem.facts("context switched")[-1] == ContextSwitched(1, active=False, by_network=True, apn="internet")


def test_a_modem_that_detaches_says_so_itself() -> None:
    modem = CellularPlay(apn="internet")
    assert modem.runs("+CGEREP=1") == OK
    assert modem.runs("+CGATT=0") == OK + told("+CGEV: ME DETACH")


def test_indicators_are_reported_when_they_change() -> None:
    roams, lost = CellularChange(6.0, Coverage.ROAMING), CellularChange(9.0, Coverage.LOST)
    modem = CellularPlay(changes=(CellularChange(3.0, signal=31), roams, lost))
    assert modem.runs("+CMER=3,0,0,1") == OK
    assert modem.waits(4.0) == told("+CIEV: 2,5")
    assert modem.waits(3.0) == told("+CIEV: 5,1")
    assert modem.waits(3.0) == told("+CIEV: 2,0", "+CIEV: 3,0", "+CIEV: 5,0")


def test_the_time_zone_of_the_network_moves_the_clock_and_is_reported() -> None:
    modem = CellularPlay(changes=(CellularChange(10.0, time_zone=8),), clock="26/01/01,12:00:00+04")
    assert modem.runs("+CTZR=1") == OK
    assert modem.waits(10.0) == told('+CTZV: "+08"')
    assert modem.runs("+CCLK?") == said('+CCLK: "26/01/01,13:00:10+08"')


def test_a_text_that_the_network_sends_by_itself_goes_to_ports_that_want_it() -> None:
    modem = CellularPlay(changes=(CellularChange(5.0, service_text="Credit is low"),))
    assert modem.runs("+CUSD=1") == OK
    assert modem.waits(5.0) == told('+CUSD: 0,"Credit is low",15')
    assert modem.facts("ussd answered") == [ServiceAnswered("", "Credit is low")]


def test_nothing_is_sent_to_a_port_that_has_asked_for_nothing() -> None:
    changes = (CellularChange(1.0, Coverage.LOST), CellularChange(2.0, signal=3), CellularChange(3.0, time_zone=0))
    assert CellularPlay(changes=changes).waits(10.0) == b""


# What is shared -------------------------------------------------------------------------------------------------------


def test_two_ports_have_one_state_and_each_gets_what_it_has_asked_for() -> None:
    from simisp.modem import Modem, ModemConfig

    modem = CellularPlay(apn="internet", changes=LOST_AT_20)
    second = Modem(ModemConfig(settings={"E": 0}), modem.subsystem)
    second.take_outputs()
    assert modem.runs("+CREG=1;+CGACT=1,1") == OK
    second.receive_data(b"AT+CGACT?\r", now=modem.now)
    assert any(b"+CGACT: 1,1" in getattr(output, "data", b"") for output in second.take_outputs())
    assert modem.waits(20.0) == told("+CREG: 0")
    assert second.take_outputs() == []


def test_a_modem_that_is_only_asked_for_at_makes_no_model() -> None:
    modem = CellularPlay(changes=LOST_AT_20)
    assert modem.runs("") == OK
    assert modem.subsystem._cellular is None
    assert modem.runs("+CSQ") == said("+CSQ: 20,99")
    assert modem.subsystem._cellular is not None


def test_the_model_is_the_same_however_late_it_is_made() -> None:
    early, late = (CellularPlay(registers_after=4.0, changes=LOST_AT_20, powers_up_in=2.0) for _ in range(2))
    early.waits(2.0)
    assert early.runs("+CREG?") == said("+CREG: 0,2")
    for modem in (early, late):
        modem.waits(10.0 - modem.now)
    assert early.runs("+CREG?;+CSQ;+CCLK?") == late.runs("+CREG?;+CSQ;+CCLK?")


# Calls on circuits ----------------------------------------------------------------------------------------------------


def test_a_call_that_comes_in_shows_its_number_and_is_listed() -> None:
    modem = CellularPlay()
    assert modem.runs("+CLIP=1;+CRC=1") == OK
    modem.modem.ring(now=modem.now)
    modem.modem.hear_caller(Caller("+31612345678"), now=modem.now)
    assert modem.waits(1.0) == told("+CRING: REL ASYNC", '+CLIP: "+31612345678",145')
    assert modem.runs("+CPAS;+CLCC") == said("+CPAS: 3", '+CLCC: 1,1,4,1,0,"+31612345678",145')
    modem.waits(20.0)
    assert modem.runs("+CPAS;+CLCC") == said("+CPAS: 0")


def test_a_number_that_is_withheld_is_shown_as_such() -> None:
    modem = CellularPlay()
    assert modem.runs("+CLIP=1") == OK
    modem.modem.ring(now=modem.now)
    modem.modem.hear_caller(Caller("P"), now=modem.now)
    assert modem.waits(1.0) == told("RING", '+CLIP: "",128,,,,1')


def test_a_call_on_circuits_is_listed_and_ends_with_its_domain() -> None:
    modem = CellularPlay(changes=(CellularChange(20.0, Coverage.LOST, Domain.CS),))
    modem.runs("DT5551234")
    modem.modem.connect(now=modem.now)
    assert b"CONNECT" in modem.waits(2.0)
    modem.types("+++")
    assert modem.waits(2.0) == OK
    assert modem.runs("+CPAS;+CLCC") == said("+CPAS: 4", '+CLCC: 1,0,0,1,0,"5551234",129')
    assert b"NO CARRIER" in modem.waits(20.0)
    assert modem.runs("+CLCC") == OK
