"""modem.cellular: what a scenario says of the cellular state reaches the modem, and mistakes are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from simisp.cellular.state import CellularChange, CellularConfig, Coverage, Domain, DomainConfig
from simisp.errors import ScenarioError
from simisp.scenario.cellular_section import CellularSection
from simisp.scenario.cellular_setup import cellular_config
from simisp.scenario.explain import explain
from simisp.scenario.load import load, loads
from support.session_dte import Dte


def config(cellular: str) -> CellularConfig:
    model = loads(f"title: x\nmodem: {{profile: gsm, cellular: {cellular}}}\nisp: {{dialogue: [silence]}}").model
    return cellular_config(model.modem.cellular or CellularSection(), "490154203237518")


def test_without_a_key_it_is_the_usual_modem() -> None:
    usual = CellularConfig()
    assert config("{}") == CellularConfig(
        operators=usual.operators, announces=tuple(usual.announces), changes=[], domains={}
    )


def test_each_domain_may_have_its_own_registration() -> None:
    found = config("{domains: {ps: {registration: denied}, eps: {registers after: 5s}}, registers after: 1s}")
    assert found.domains == {
        Domain.PS: DomainConfig(Coverage.DENIED),
        Domain.EPS: DomainConfig(None, 5.0),
    }
    assert [found.delay_of(domain) for domain in Domain] == [1.0, 1.0, 5.0]
    assert [found.coverage_of(domain) for domain in Domain] == [Coverage.HOME, Coverage.DENIED, Coverage.HOME]


def test_what_changes_in_time_names_its_domain_zone_or_text() -> None:
    changes = "{changes: [{at: 20s, registration: lost, domain: eps}, {at: 30s, time zone: 8}, {at: 40s, ussd: Hi}]}"
    assert config(changes).changes == [
        CellularChange(20.0, Coverage.LOST, Domain.EPS),
        CellularChange(30.0, time_zone=8),
        CellularChange(40.0, service_text="Hi"),
    ]


def test_power_announcement_and_clock_are_taken() -> None:
    found = config('{powers up in: 4s, announces: [RDY, "SMS DONE"], clock: "26/11/28,23:00:00+04"}')
    assert (found.powers_up_in, found.announces, found.clock) == (4.0, ("RDY", "SMS DONE"), "26/11/28,23:00:00+04")
    assert found.first_due == 4.0


def test_the_first_operator_says_how_long_the_networks_code_is() -> None:
    assert config("{operators: [{code: '310410'}]}").sim.network_digits == 3


@pytest.mark.parametrize(
    ("cellular", "said"),
    [
        ('{clock: "26/13/01,00:00:00+00"}', "there is no such time"),
        ("{domains: {xx: {}}}", "2:"),
        ("{changes: [{registration: lost}]}", "'at'"),
        ("{changes: [{at: 2s, domain: wifi}]}", "cs"),
        ("{signal: 100}", "99"),
        ("{signal: 32}", "expected 0 to 31, or 99 for an unknown signal"),
        ("{changes: [{at: 2s}]}", "expected what changes"),
        ("{ussd: {abc: x}}", "expected a code such as *100#"),
        ("{sim: {pin: '12'}}", "expected 4 to 8 digits"),
        ("{sim: {imsi: abc}}", "expected 6 to 15 digits"),
        ("{operators: [{code: '1'}]}", "expected 5 or 6 digits"),
        ("{clock: noon}", "expected a time such as"),
    ],
)
def test_a_mistake_is_named_with_its_place(cellular: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        config(cellular)
    assert "scenario.yaml:2:" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("profile", ["hayes", "none"])
def test_a_modem_that_is_not_cellular_has_no_sim(profile: str) -> None:
    text = f"title: x\nmodem:\n  profile: {profile}\n  cellular: {{signal: 3}}\nisp: {{dialogue: [silence]}}"
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    assert f"scenario.yaml:4:13: error: a modem of the profile {profile} has no SIM and no network" in str(caught.value)


def test_explain_says_what_the_modem_meets() -> None:
    cellular = (
        "{sim: {pin: '1234', busy for: 2s}, registers after: 5s, powers up in: 3s,"
        " domains: {ps: {registration: denied}},"
        " changes: [{at: 20s, registration: lost, domain: eps}, {at: 30s, sim: absent, signal: 4},"
        " {at: 40s, ussd: Hi}]}"
    )
    scenario = loads(f"title: x\nmodem: {{profile: gsm, cellular: {cellular}}}\nisp: {{dialogue: [silence]}}")
    assert (
        " It is deaf for 3 s, while it powers up. The SIM asks for its PIN. The SIM is busy for 2 s."
        " It is registered after 5 s. For packets it is not let into the network after 5 s."
        " At 20 s it receives no network for EPS. At 30 s the signal becomes 4, the SIM is taken out."
        " At 40 s the network sends the text Hi."
    ) in explain(scenario)


def test_cellular_commands_have_factory_values_that_a_scenario_sets() -> None:
    dte = Dte.on(
        "title: x\nmodem: {profile: gsm, factory: {'+CMEE': 2, '+CREG': '2'}, cellular: {sim: {present: no}}}\n"
        "isp: {dialogue: [silence]}\n"
    )
    dte.type("ATE0+CREG?;+CPIN?\r")
    assert dte.text.endswith("\r\n+CREG: 2,0\r\n\r\n+CME ERROR: SIM not inserted\r\n")


def test_a_factory_value_that_a_cellular_command_does_not_have_is_a_mistake() -> None:
    text = "title: x\nmodem:\n  profile: gsm\n  factory: {'+CMEE': 7}\nisp: {dialogue: [silence]}"
    with pytest.raises(ScenarioError, match=r"\+CMEE can't be 7"):
        loads(text)


def test_a_profile_of_ones_own_is_held_to_the_cellular_commands_too(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("about: mine\nextends: gsm\nfactory: {'+CMEE': 9}\n")
    scenario = tmp_path / "x.yaml"
    scenario.write_text("title: x\nmodem: {profile: ./mine.yaml}\nisp: {dialogue: [silence]}\n")
    with pytest.raises(ScenarioError, match=r"mine.yaml:3:.*can't be 9"):
        load(scenario)
