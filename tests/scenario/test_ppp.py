"""PPP in a scenario: its keys, its step, what is wrong with them, and how they are told."""

from __future__ import annotations

import json
import sys
from ipaddress import IPv4Address

import pytest

from simisp.circuits import Circuit
from simisp.dialling.files.story_file import DiallingSection
from simisp.errors import MissingPackageError, ScenarioError
from simisp.facts.line import CallHandedOver
from simisp.joined_program import ProgramFed
from simisp.machine import SendData
from simisp.ppp.behaviours.table import BEHAVIOURS
from simisp.ppp.config import AuthMethod
from simisp.ppp.far_end import PppFarEnd
from simisp.ppp.network import echo_request
from simisp.ppp.slip import SlipFramer
from simisp.scenario.dump import dumps
from simisp.scenario.explain import explain
from simisp.scenario.load import LoadedScenario, loads
from simisp.scenario.ppp_setup import PppMaker
from simisp.scenario.schema import schema
from simisp.scenario.session import session, session_config

WHOLE = """\
title: PPP
seed: 7
isp:
  accounts: {alice: wonderland}
  ppp: {auth: chap, dns: [10.0.0.53], network: echo, echo: {every: 10s, failures: 3}, mru: 576}
  dialogue:
  - send: "Entering PPP\\n"
  - ppp: {remote: 10.1.1.2, behaviour: peer restarts}
"""


def maker(scenario: LoadedScenario) -> PppMaker:
    """Return what makes the far end of a scenario's step."""
    [program] = session_config(scenario).isp.programs
    made = program.code[-1].make  # type: ignore[union-attr]
    assert isinstance(made, PppMaker)
    return made


def test_a_step_says_what_differs_from_the_isps_ppp() -> None:
    found = maker(loads(WHOLE))
    assert found.behaviour == "peer restarts"
    config = found.config
    assert (config.auth, config.accounts) == ((AuthMethod.CHAP,), {"alice": "wonderland"})
    assert (config.local, config.remote) == (IPv4Address("10.0.0.1"), IPv4Address("10.1.1.2"))
    assert (config.dns, config.mru, config.answers_ping) == ((IPv4Address("10.0.0.53"),), 576, True)
    assert (config.echo_every, config.echo_failures, config.seed) == (10.0, 3, 7)


def test_a_seed_given_later_is_the_links_too() -> None:
    assert maker(loads(WHOLE).with_seed(99)).config.seed == 99


def test_each_call_gets_a_far_end_of_its_own() -> None:
    make = maker(loads(WHOLE))
    first, second = make(), make()
    assert isinstance(first, PppFarEnd)
    assert first.link is not second.link
    assert first.link.behaviour is not second.link.behaviour


def test_a_frame_at_a_prompt_starts_ppp_where_the_isp_takes_it_there() -> None:
    text = "title: x\nisp: {ppp: {at prompts: yes, remote: 10.0.0.7}, dialogue: [prompt: Who]}"
    line = session(loads(text))
    line.set_circuit(Circuit.DTR, True, now=0.0)
    line.receive_data(b"ATD1\r", now=1.0)
    line.handle_timer(now=2.0)
    line.receive_data(b"ali~\xff}#\xc0!}!}!} }$", now=3.0)
    handed = [output for output in line.take_outputs() if isinstance(output, CallHandedOver)]
    assert handed == [CallHandedOver(1, "PPP")]


def test_the_step_alone_is_ppp_as_the_isp_speaks_it() -> None:
    scenario = loads("title: x\nisp: {dialogue: [ppp]}")
    assert maker(scenario).config.auth == ()
    assert "1. Speak PPP." in explain(scenario)


def test_passwords_of_ppp_alone_are_masked_too() -> None:
    text = "title: x\nisp: {dialogue: [{ppp: {auth: pap, accounts: {bob: builder99}}}]}"
    assert session_config(loads(text)).isp.secrets == ("builder99",)


def test_a_scenario_is_written_as_it_was_read() -> None:
    scenario = loads(WHOLE)
    assert loads(dumps(scenario)).model == scenario.model
    assert maker(loads(dumps(scenario))) == maker(scenario)


def test_ppp_is_told_in_words() -> None:
    told = explain(loads(WHOLE))
    assert "It speaks PPP: the log-in is by CHAP; it tells the DNS server 10.0.0.53;" in told
    assert 'Speak PPP: the client gets the address 10.1.1.2; its behaviour is "peer restarts".' in told


def test_a_behaviour_may_be_told_which_frames_and_when() -> None:
    scenario = loads("title: x\nisp: {ppp: {behaviour: garbled frames, nth: 3}, dialogue: [ppp]}")
    assert (maker(scenario).behaviour, maker(scenario).option) == ("garbled frames", 3)
    assert "it damages one frame in 3" in explain(scenario)
    assert loads(dumps(scenario)).model == scenario.model
    text = "title: x\nisp: {ppp: {behaviour: garbled frames, nth: 3}, dialogue: [ppp: {behaviour: carrier gone%s}]}"
    assert maker(loads(text % "")).option is None
    later = loads(text % ", after: 20s")
    assert maker(later).option == 20.0
    assert "it shows 20 s after the link has come up" in explain(later)


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_every_behaviour_can_be_asked_for(name: str) -> None:
    found = maker(loads(f"title: x\nisp: {{dialogue: [{{ppp: {{behaviour: {name}}}}}]}}"))
    assert found().link.behaviour is not None


def test_an_editor_knows_the_behaviours() -> None:
    text = json.dumps(schema(DiallingSection))
    assert all(json.dumps(name) in text for name in BEHAVIOURS)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("{behaviour: silent in LPC}", "there is no behaviour 'silent in LPC': did you mean 'silent in LCP'?"),
        ("{auth: chapp}", "expected none, pap, chap or mschap-v2, not 'chapp'"),
        ("{local: 10.0.0.256}", "'10.0.0.256' is not an IP address, such as 10.0.0.2"),
        ("{local: 10.0.00.2}", "'10.0.00.2' is not an IP address, such as 10.0.0.2"),
        ("{mru: 100}", "expected 128 or more"),
        ("{remote: 0.0.0.0}", "'0.0.0.0' means that there is no address"),
        ("{local: 10.0.0.2}", "both ends of PPP have the address 10.0.0.2"),
        ("{echo: {every: 0s}}", "a time limit is 10 ms or more"),
        ("{network: run}", "such as run: [slirp-fullbolt, -P]"),
        ("{run: ['']}", "the program's name is empty"),
        ("{behaviour: unheard of}", "docs/ppp-behaviours.md has them all"),
        ("{auth: pap}", "PPP with pap needs accounts"),
        (
            "{behaviour: silent in LCP, nth: 3}",
            "2:56: error: 'nth' goes with garbled frames, and flag inside a frame",
        ),
        ("{behaviour: garbled frames, nth: 0}", "expected 1 or more"),
        (
            "{behaviour: garbled frames, after: 5s}",
            "'after' goes with a behaviour of a link that is up, such as carrier",
        ),
        ("{after: 5s}", "'after' goes with a behaviour of a link that is up"),
        ("{dns: [10.0.0.1, 10.0.0.2, 10.0.0.3]}", "PPP can announce two DNS servers, and there are 3"),
    ],
)
def test_a_mistake_is_told_with_what_was_meant(section: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(f"title: x\nisp: {{dialogue: [{{ppp: {section}}}]}}")
    assert message in str(caught.value)


@pytest.mark.parametrize("step", ["ppp", "{ppp: {behaviour: garbled frames}}", "{ppp: {nth: 2}}"])
def test_an_option_of_a_behaviour_stands_beside_it(step: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(f"title: x\nisp: {{ppp: {{nth: 3}}, dialogue: [{step}]}}")
    assert "2:13: error: 'nth' goes with garbled frames, and flag inside a frame" in str(caught.value)


@pytest.mark.parametrize(
    "isp",
    [
        "{accounts: {a: b}, ppp: {auth: mschap-v2}, dialogue: [ppp]}",
        "{dialogue: [ppp: {behaviour: success of wrong length}]}",
        "{accounts: {a: b}, ppp: {auth: mschap-v2, at prompts: yes}, dialogue: [prompt: Who]}",
    ],
)
def test_a_package_that_is_not_installed_is_missed_before_the_run(isp: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "Crypto.Hash", None)
    scenario = loads(f"title: x\nisp: {isp}")
    with pytest.raises(MissingPackageError, match=r"install pycryptodome.*simisp\[ppp\]"):
        session_config(scenario)


def test_a_program_behind_ppp_needs_to_be_named() -> None:
    with pytest.raises(ScenarioError, match="'network: slip' needs a program"):
        loads("title: x\nisp: {dialogue: [ppp: {network: slip}]}")
    named = loads("title: x\nisp: {ppp: {network: slip, run: [slirp]}, dialogue: [ppp: {auth: none}]}")
    assert named.started_programs == ["slirp"]
    other = loads("title: x\nisp: {ppp: {auth: none, network: echo}, dialogue: [ppp: {run: [slirp, -P]}]}")
    assert other.started_programs == ["slirp"]
    assert other.programs["dialogue"].code[-1].name == "slirp"  # type: ignore[union-attr]


def test_a_frame_at_a_prompt_may_start_a_program() -> None:
    text = "title: x\nisp: {ppp: {at prompts: yes, run: [slirp, -P]}, dialogue: [prompt: Who]}"
    assert loads(text).started_programs == ["slirp"]
    line = session(loads(text))
    line.set_circuit(Circuit.DTR, True, now=0.0)
    line.receive_data(b"ATD1\r", now=1.0)
    line.handle_timer(now=2.0)
    line.receive_data(b"ali~\xff}#\xc0!}!}!} }$", now=3.0)
    outputs = line.take_outputs()
    assert CallHandedOver(1, "slirp") in outputs
    (fed,) = [output for output in outputs if isinstance(output, ProgramFed)]
    assert fed.data == b"~\xff}#\xc0!}!}!} }$"


def test_slip_answers_pings_where_it_is_to() -> None:
    packet = echo_request(IPv4Address("10.0.0.2"), IPv4Address("10.0.0.1"), identifier=1, sequence=1, data=b"ping")
    for step, answers in (("slip", 0), ("slip: {network: echo}", 1)):
        scenario = loads(f"title: x\nisp: {{dialogue: [send: 'Your address is 10.0.0.2', {step}]}}")
        assert "Speak SLIP" in explain(scenario)
        line = session(scenario)
        line.set_circuit(Circuit.DTR, True, now=0.0)
        line.receive_data(b"ATD1\r", now=1.0)
        line.handle_timer(now=2.0)
        line.take_outputs()
        line.receive_data(SlipFramer().encode(packet), now=3.0)
        assert len([each for each in line.take_outputs() if isinstance(each, SendData)]) == answers
