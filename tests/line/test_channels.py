"""Channels between client, modem and ISP: their timers, the hang-up that passes through them, and cutting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.line.channel import Channel, ChannelMaker, ChannelPlace, open_channels
from simisp.line.faults.table import FAULTS, FaultPlan, channels_of
from simisp.line.faults.when import When
from simisp.line.session import Session
from simisp.machine import Output, Received, SendData, SetCircuit
from simisp.scenario.load import load, loads
from simisp.scenario.session import session_config
from support.line_channels import delay_of, drop_of, fault_of
from support.session_dte import LOG_IN, Dte, dial

TWO_SECRETS = """\
title: x
isp:
  dialogue:
    - {prompt: "One:", read: one, echo: false}
    - {prompt: "Two:", read: two, echo: false}
    - hang up
"""
TALKS_AND_HANGS_UP = 'title: x\nisp: {dialogue: [{prompt: "A:"}, send: "Bye", hang up]}\n'
FLOOD = "title: x\nisp: {dialogue: [repeat: {times: 900, steps: [send: " + "y" * 2000 + "]}]}\n"


def on(scenario: str, channels: Mapping[ChannelPlace, ChannelMaker], *, seed: int = 0) -> Dte:
    loaded = loads(scenario) if "\n" in scenario else load(scenario)
    return Dte(Session(replace(session_config(loaded), channels=channels, seed=seed)))


def moments(dte: Dte, wanted: str) -> float:
    assert dte.wait_for(wanted), wanted
    return dte.now


@pytest.mark.parametrize("place", ChannelPlace)
def test_what_passes_through_a_delay_comes_late_and_complete(place: ChannelPlace) -> None:
    plain, late = Dte.on("login"), on("login", {place: delay_of(0.25)})
    assert dial(plain) == dial(late) == ""
    assert plain.wait_for("Entering PPP mode\r\n")
    assert late.wait_for("Entering PPP mode\r\n")
    assert late.text == plain.text
    assert late.now > plain.now


def test_a_delay_on_the_line_leaves_the_modems_own_words_alone() -> None:
    dte = on("login", {ChannelPlace.ISP_TO_MODEM: delay_of(3.0)})
    dte.type("ATDT1\r")
    assert moments(dte, "CONNECT") == 1.0
    assert moments(dte, "Service?") == 4.0


def test_a_delay_at_the_port_holds_circuits_in_their_order_among_the_octets() -> None:
    dte = on("login", {ChannelPlace.MODEM_TO_CLIENT: delay_of(2.0)})
    dte.type("ATDT1\r")
    assert moments(dte, "CONNECT") == 3.0
    seen = [output for output in dte.outputs if isinstance(output, (SetCircuit, SendData))]
    carrier = seen.index(SetCircuit(Circuit.DCD, True))
    connect = next(index for index, output in enumerate(seen) if isinstance(output, SendData) and b"CON" in output.data)
    assert carrier < connect


def test_dtr_drops_behind_the_last_octet_that_the_client_has_sent() -> None:
    dte = on(TALKS_AND_HANGS_UP, {ChannelPlace.CLIENT_TO_MODEM: delay_of(1.0)})
    dte.type("ATDT1\r")
    dte.wait_for("A:")
    dte.type("alice\r")
    dte.circuit(Circuit.DTR, False)
    dte.pass_time(dte.now + 5.0)
    kinds = dte.facts
    assert kinds.index("answer") < kinds.index("call ended")


def test_the_isps_hang_up_comes_behind_the_last_octet_that_it_has_sent() -> None:
    dte = on(TALKS_AND_HANGS_UP, {ChannelPlace.ISP_TO_MODEM: delay_of(2.0)})
    dte.type("ATDT1\r")
    dte.wait_for("A:")
    dte.type("x\r")
    hung_up = dte.now
    assert dte.session.far_end is None
    assert moments(dte, "Bye") == hung_up + 2.0
    assert moments(dte, "NO CARRIER") == hung_up + 2.0
    assert SetCircuit(Circuit.DCD, False) in dte.outputs


def test_what_is_under_way_is_lost_when_the_client_hangs_up_and_meets_no_later_call() -> None:
    dte = on("login", {ChannelPlace.ISP_TO_MODEM: delay_of(5.0), ChannelPlace.MODEM_TO_ISP: delay_of(5.0)})
    dte.type("ATDT1\r")
    dte.wait_for("CONNECT")
    dte.pass_time(dte.now + 1.0)
    dte.type("never\r")
    dte.circuit(Circuit.DTR, False)
    assert dte.session.next_timer() is None
    dte.circuit(Circuit.DTR, True)
    dte.type("ATDT1\r")
    dte.wait_for("CONNECT")
    connected = dte.now
    assert moments(dte, "Service?") == connected + 5.0
    assert "never" not in dte.text


def test_the_echo_of_a_delayed_secret_is_still_known_for_one() -> None:
    dte = on(
        'title: x\nisp: {dialogue: [{prompt: "Password:", echo: true}]}\n', {ChannelPlace.ISP_TO_MODEM: delay_of(1.0)}
    )
    dte.type("ATDT1\r")
    dte.wait_for("assword:")
    dte.type("wonderland\r")
    dte.pass_time(dte.now + 3.0)
    echoes = [each for each in dte.outputs if isinstance(each, SendData) and each.secrets]
    assert [each.data[start:end] for each in echoes for start, end in each.secrets] == [b"wonderland"]


def test_a_channel_that_is_full_stops_both_sides_until_it_has_emptied() -> None:
    dte = on(FLOOD, {ChannelPlace.ISP_TO_MODEM: delay_of(10.0), ChannelPlace.CLIENT_TO_MODEM: delay_of(10.0)})
    dte.type("ATDT1\r")
    dte.pass_time(15.0)
    assert dte.session.receive_some(b"x" * 100, 0, now=15.0) == 0
    assert len(dte.text) < 3 * 64 * 1024
    dte.pass_time(1000.0)
    assert dte.text.count("y") == 1_800_000


def test_equal_seeds_lose_the_same_octets_and_other_seeds_others() -> None:
    def heard(seed: int, *places: ChannelPlace) -> str:
        dte = on("login", dict.fromkeys(places, drop_of(4)), seed=seed)
        dte.type("ATDT5551234\r" * 3)
        dte.pass_time(120.0)
        return dte.text

    assert heard(1, ChannelPlace.MODEM_TO_CLIENT) == heard(1, ChannelPlace.MODEM_TO_CLIENT)
    assert heard(1, ChannelPlace.MODEM_TO_CLIENT) != heard(2, ChannelPlace.MODEM_TO_CLIENT)


def test_each_place_draws_from_the_seed_and_its_own_name() -> None:
    drawn: dict[float, ChannelPlace] = {}

    def make(place: ChannelPlace) -> ChannelMaker:
        def draw(random: Random) -> Channel:
            drawn[random.random()] = place
            return delay_of(0.0)(Random(1))

        return draw

    open_channels({place: make(place) for place in ChannelPlace}, seed=7)
    assert drawn == {Random(f"7/{place.value}").random(): place for place in ChannelPlace}


PLACES = st.dictionaries(st.sampled_from(ChannelPlace), st.sampled_from([0.0, 0.1, 1.5]), max_size=4)
SCENARIOS = ["login", "hang-up-in-login", "slow", "wrong-password", "menu"]
LINES = ["ATDT1\r", "p\r\nalice\r", "wonderland\r", "+++", "ATH\r", "\r", "x\ry\r"]


def played(
    scenario: str, delays: Mapping[ChannelPlace, float], lines: list[str], cuts: list[list[int]]
) -> list[object]:
    dte = on(scenario, {place: delay_of(delay) for place, delay in delays.items()})
    for line, cut in zip(lines, cuts, strict=True):
        dte.type(line, cut=cut)
        dte.pass_time(dte.now + 2.5)
    dte.circuit(Circuit.DTR, False)
    dte.pass_time(dte.now + 100.0)
    return [dte.text, dte.typed, [output for output in dte.outputs if not isinstance(output, (Received, SendData))]]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SCENARIOS), PLACES, st.lists(st.sampled_from(LINES), min_size=1, max_size=6), st.data())
def test_cutting_the_input_elsewhere_changes_nothing_behind_a_channel(
    scenario: str, delays: dict[ChannelPlace, float], lines: list[str], data: st.DataObject
) -> None:
    cuts = [sorted(data.draw(st.lists(st.integers(0, len(line)), max_size=3))) for line in lines]
    assert played(scenario, delays, lines, [[]] * len(lines)) == played(scenario, delays, lines, cuts)


def secrets_of(outputs: list[Output]) -> bytes:
    spoken = [each for each in outputs if isinstance(each, (Received, SendData))]
    return b"".join(each.data[start:end] for each in spoken for start, end in each.secrets)


@pytest.mark.parametrize("place", [None, ChannelPlace.MODEM_TO_ISP, ChannelPlace.CLIENT_TO_MODEM])
def test_octets_are_cut_at_line_ends_only_while_the_far_end_reads_a_line(place: ChannelPlace | None) -> None:
    dte = on("silent-from-start", {place: delay_of(0.5)} if place else {})
    dte.type("ATDT1\r")
    dte.wait_for("CONNECT")
    before = len(dte.outputs)
    dte.type("a\rb\rc\r\n" * 10)
    assert [output.data for output in dte.outputs[before:] if isinstance(output, Received)] == [b"a\rb\rc\r\n" * 10]


def test_two_secrets_in_one_piece_are_told_apart_from_their_neighbours() -> None:
    dte = on(TWO_SECRETS, {})
    dte.type("ATDT1\r")
    dte.wait_for("One:")
    dte.type("first\rsecond\rthird\r")
    assert secrets_of(dte.outputs) == b"first\rsecond\r"


def test_a_log_in_through_four_delays_takes_the_time_of_all_of_them() -> None:
    dte = on("login", dict.fromkeys(ChannelPlace, delay_of(0.5)))
    assert dial(dte, LOG_IN) == ""
    assert dte.wait_for("Entering PPP mode")
    assert isinstance(next(output for output in dte.outputs if isinstance(output, Fact)), Fact)
    # To the modem, the call, to the client; then to the ISP and back for each answer.
    assert dte.now == 0.5 + 1.0 + 0.5 + 0.5 + 3 * (4 * 0.5)


ASKS = 'title: x\nisp: {dialogue: [{prompt: "A:"}, send: "Bye"]}\n'


def port_fault(word: str, **parameters: Any) -> Mapping[ChannelPlace, ChannelMaker]:
    plan = FaultPlan(FAULTS[word], ChannelPlace.MODEM_TO_CLIENT, When(times=None), parameters)
    return channels_of([plan])


def test_an_echo_that_is_off_is_missing_from_modem_and_isp_and_nothing_else_is() -> None:
    plain, silent = on(ASKS, {}), on(ASKS, port_fault("echo off"))
    for dte in (plain, silent):
        dte.type("ATDT1\r")
        assert dte.wait_for("A:")
        dte.type("hello\r")
        assert dte.wait_for("Bye")
    assert plain.text.replace("ATDT1\r", "").replace("hello\r", "") == silent.text


def test_a_late_echo_comes_after_what_it_asked_for() -> None:
    dte = on(ASKS, port_fault("echo late", by=3.0))
    dte.type("ATI\r")
    assert moments(dte, "OK") == 0.0
    assert moments(dte, "ATI\r") == 3.0
    assert dte.text.endswith("OK\r\nATI\r")


def test_where_nothing_is_echoed_nothing_is_missing() -> None:
    dte = on(ASKS, port_fault("echo off"))
    dte.type("ATE0V0\r")
    dte.type("ATI\r")
    assert dte.text == "0\rsimisp hayes\r\n0\r"


def test_a_line_that_begins_to_turn_octets_back_in_the_middle_of_a_call_does_so() -> None:
    dte = Dte.on("title: x\nisp: {dialogue: [silence]}\n")
    assert not dial(dte, [("CONNECT", "")])
    dte.session.add_channel(ChannelPlace.MODEM_TO_ISP, fault_of("reflect")(Random(0)))
    dte.type("who is there?")
    assert dte.wait_for("who is there?")
