"""modem.manners: what a scenario says of bad manners reaches the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from simisp.errors import ScenarioError
from simisp.line.manners.table import MANNERS
from simisp.line.manners.turn import MannerOptions
from simisp.machine import SendData
from simisp.scenario.dump import dumps
from simisp.scenario.explain import explain
from simisp.scenario.load import load, loads
from simisp.scenario.manners import MannersSection
from simisp.scenario.manners_setup import chosen_manners
from simisp.scenario.session import session

ALL = Path(__file__).parent / "ok" / "manners.yaml"


def scenario(manners: str) -> str:
    """Return a scenario with these manners."""
    return f"title: x\nmodem: {{manners: {manners}}}\nisp: {{dialogue: [silence]}}"


def said(text: str, line: str) -> bytes:
    """Return what a scenario's modem answers to a command line at once."""
    played = session(loads(text))
    played.receive_data(f"AT{line}\r".encode(), now=1.0)
    return b"".join(output.data for output in played.take_outputs() if isinstance(output, SendData))


def test_the_switches_are_the_manners_of_the_table_in_its_order() -> None:
    assert [field.alias for field in MannersSection.model_fields.values()] == list(MANNERS)


def test_every_switch_has_the_options_of_its_manner() -> None:
    for field in MannersSection.model_fields.values():
        assert field.alias
        kinds = getattr(field.annotation, "__args__", ())
        options = set(kinds[0].model_fields) if kinds and hasattr(kinds[0], "model_fields") else set()
        assert options == MANNERS[field.alias].all_options, field.alias


def test_every_option_reaches_the_machine() -> None:
    manners = loads(ALL.read_text()).model.modem.manners
    assert manners is not None

    chosen = {row.name: options for row, options in chosen_manners(manners)}

    assert set(MANNERS) - set(chosen) == {"blank lines", "octet by octet", "no echo", "prompt without line end"}
    assert chosen["urc before answer"] == MANNERS["urc before answer"].defaults
    assert chosen["urc inside answer"] == MannerOptions(text="+CSQ: 1,99", to=["+CSQ"])
    assert chosen["late answers"] == MannerOptions(after=6.0, to=["+CSQ"], times=1)
    assert chosen["long answers"] == MannerOptions(octets=2000, text="x")
    assert chosen["urc before result"] == MannerOptions(text="+CREG: 1", first=2, times=3)


def test_a_scenario_with_manners_is_written_as_it_was_read() -> None:
    loaded = load(ALL)

    assert loads(dumps(loaded)).model == loaded.model


def test_a_manner_shows_in_what_the_modem_says() -> None:
    assert said(scenario("{urc before result: yes}"), "I") == b"ATI\r\r\nsimisp hayes\r\n\r\n+CREG: 1\r\n\r\nOK\r\n"
    assert said(scenario("{urc before result: no}"), "") == b"AT\r\r\nOK\r\n"


def test_explain_says_what_the_modem_does() -> None:
    told = explain(loads(scenario("{late answers: {after: 6s, to: [+CSQ]}, no echo: yes}")))

    assert (
        "Its manners are bad: nothing is echoed, although E1 is answered with OK; answers come so late that the program"
        " has given up, and takes them for those of its next command (to +CSQ, after 6 s)." in told
    )
    assert "Its manners are good." in explain(loads(scenario("{}")))


@pytest.mark.parametrize(
    ("manners", "what"),
    [
        ("{urc before anser: yes}", "urc before answer"),
        ("{late answers: {after: soon}}", "not a duration"),
        ("{late answers: {octets: 7}}", "octets"),
        ("{long answers: {octets: 0}}", "1"),
        ("{no echo: maybe}", "yes"),
        ("{unknown urc: maybe}", "expected yes, no, or its options, such as {times: 1}"),
        ("{unknown urc: [+CSQ]}", "expected yes, no, or its options"),
        ("{unknown urc: }", "unknown urc"),
        ("[no echo]", "write {no echo: yes}"),
        ("[urc befor answer]", "write {urc before answer: yes}"),
        ("late answer", "write {late answers: yes}"),
    ],
)
def test_a_mistake_is_said_with_its_place(manners: str, what: str) -> None:
    with pytest.raises(ScenarioError, match=what) as caught:
        loads(scenario(manners))
    assert ":2:" in str(caught.value)
