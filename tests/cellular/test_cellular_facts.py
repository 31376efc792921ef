"""A cellular modem's facts in the words of the live view."""

from __future__ import annotations

from simisp.facts.cellular import ContextSwitched, RadioSwitched, RegistrationChanged, ServiceAnswered, SimChanged
from simisp.report.narration import narrate


def test_each_fact_has_its_words() -> None:
    assert narrate(RegistrationChanged("PS", "home", "Simisp Mobile")) == "registration, PS: home, Simisp Mobile"
    assert narrate(RegistrationChanged("CS", "not registered", "")) == "registration, CS: not registered"
    assert narrate(SimChanged("absent")) == "SIM: absent"
    assert narrate(RadioSwitched(4, restarted=False)) == "the modem's function is 4 now"
    assert narrate(RadioSwitched(1, restarted=True)) == "the modem restarts"
    assert narrate(ContextSwitched(1, active=True, by_network=False, apn="net")) == "context 1 (net) is active now"
    assert narrate(ContextSwitched(1, False, True, "net")) == "context 1 (net) is inactive now by the network"
    assert narrate(ServiceAnswered("*100#", "5 left")) == "USSD *100#: 5 left"
    assert narrate(ServiceAnswered("", "Hello")) == "USSD from the network: Hello"
    assert narrate(ServiceAnswered("*9#", "")) == "USSD *9#: no such service"
