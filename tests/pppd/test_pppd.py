"""The real pppd against our PPP, in virtual time: each way to log in, and each bad behaviour with its exit status.

``make test-pppd`` plays them all; without it three good and three bad ones are played.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simisp.capture.decoded import captured_in
from simisp.capture.frames import CapturedFrame
from simisp.capture.words import ppp_words
from simisp.facts.line import CallAnswered, CallEnded, Dialled
from simisp.facts.ppp import Authenticated, LinkUp, Network, PacketReceived, PacketSent
from simisp.ppp.behaviours.table import BEHAVIOURS, BehaviourPlace
from simisp.runner.verdict import VerdictKind
from support.real_pppd import PppdRun, run_pppd

pytestmark = pytest.mark.runner("pppd", "chat", "cc")

PLAYS_ALL = os.environ.get("SIMISP_TEST_PPPD") == "all"
LOG_INS = ("none", "pap", "chap", "mschap-v2")
USUAL = ("modem", "usepeerdns", "lcp-echo-interval", "10", "lcp-echo-failure", "3")
SIGNAL, SCRIPT, PEER_NOT_AUTHENTICATED = 5, 8, 11
SOME = [("refuses every log-in", "chap"), ("reflects everything", "chap"), ("stops answering echoes", "chap")]
PATIENCE = 60.0
"""Seconds of virtual time after which a pppd that goes on and on has shown that it does."""


def scenario(auth: str, behaviour: str = "") -> str:
    """Return a scenario in which a call leads to PPP."""
    bad = f", behaviour: {behaviour}" if behaviour else ""
    return f"""\
title: pppd dials
isp:
  accounts: {{alice: wonderland}}
  ppp: {{auth: {auth}, dns: [10.0.0.53, 10.0.0.54]{bad}}}
  dialogue: [ppp]
"""


CASES = [(name, auth) for name in BEHAVIOURS for auth in LOG_INS] if PLAYS_ALL else SOME
"""The behaviours to play, each with the way to log in."""


def seconds_of_call(run: PppdRun) -> float:
    """Return how long the last call lasted."""
    began = [record.at for record in run.records if isinstance(record.fact, CallAnswered)]
    ended = [record.at for record in run.records if isinstance(record.fact, CallEnded)]
    return ended[-1] - began[-1]


@pytest.mark.parametrize("auth", LOG_INS if PLAYS_ALL else LOG_INS[1:])
def test_pppd_logs_in_gets_its_addresses_and_ends_in_order(auth: str, tmp_path: Path) -> None:
    expect = "expect: [ppp up within: 10s, address: 10.0.0.2, terminated cleanly, client exit status: 5"
    expect += ", authenticated as: alice]" if auth != "none" else "]"
    run = run_pppd(scenario(auth) + expect, tmp_path, USUAL)
    assert run.status == SIGNAL, run.log
    assert run.verdict.kind is VerdictKind.RELEASED, run.verdict.reason
    assert run.ups == (("10.0.0.2", "10.0.0.1", "10.0.0.53", "10.0.0.54"),)
    assert len(run.facts(Authenticated)) == (auth != "none")


@pytest.mark.parametrize("opened", [True, False])
def test_pppd_agrees_on_ipv6_where_the_isp_opens_it_and_is_up_without_where_it_does_not(
    opened: bool, tmp_path: Path
) -> None:
    text = scenario("chap").replace("auth: chap", f"auth: chap, ipv6: {'yes' if opened else 'no'}")
    run = run_pppd(text, tmp_path, [*USUAL, "+ipv6"])
    assert run.status == SIGNAL, run.log
    heard = {(fact.protocol, fact.code) for fact in run.facts(PacketReceived) if isinstance(fact, PacketReceived)}
    rejected = [fact.summary for fact in run.facts(PacketSent) if isinstance(fact, PacketSent) and "Pro" in fact.code]
    assert ("IPV6CP", "Configure-Request") in heard
    assert (("IPV6CP", "Configure-Ack") in heard) is opened
    assert rejected == ([] if opened else ["IPV6CP"])
    assert {fact.network for fact in run.facts(LinkUp) if isinstance(fact, LinkUp)} == (
        {Network.IP, Network.IPV6} if opened else {Network.IP}
    )


@pytest.mark.parametrize(("name", "auth"), CASES)
def test_pppd_comes_to_the_exit_status_that_a_behaviour_is_known_for(name: str, auth: str, tmp_path: Path) -> None:
    row = BEHAVIOURS[name]
    status = None if row.endless_by == auth else row.pppd
    ups = 2 if name == "peer restarts" else 0 if row.place == BehaviourPlace.UP else 1
    run = run_pppd(
        scenario(auth, name), tmp_path, [*USUAL, *row.options], ups=ups,
        deadline=PATIENCE if status is None else 600.0,
    )  # fmt: skip
    assert run.status == status, run.log
    assert (run.verdict.kind is VerdictKind.HANG) is (status is None)
    assert bool(run.ups) is (status == SIGNAL or row.place == BehaviourPlace.UP)
    if status is not None:
        assert round(seconds_of_call(run), 2) == row.seconds


def test_pppd_has_a_packet_session_behind_a_cellular_modem(tmp_path: Path) -> None:
    chat = """ABORT ERROR\nABORT 'NO CARRIER'\nTIMEOUT 60\n'' AT OK AT+CPIN? READY AT+CREG?\n"""
    chat += """OK 'AT+CGDCONT=1,"IP","internet"' OK ATD*99# CONNECT \\c\n"""
    stick = scenario("pap").replace("isp:", "modem: {profile: gsm}\nisp:", 1)
    run = run_pppd(f"{stick}expect: [address: 10.0.0.2, terminated cleanly]", tmp_path, USUAL, chat=chat)
    assert run.status == SIGNAL, run.log
    assert run.verdict.kind is VerdictKind.RELEASED, run.verdict.reason
    assert run.ups == (("10.0.0.2", "10.0.0.1", "10.0.0.53", "10.0.0.54"),)
    assert [fact.number for fact in run.facts(Dialled) if isinstance(fact, Dialled)] == ["*99#"]


CALLS_THAT_FAIL = {
    "the line is busy": ("exchange: {default: busy}", 5.0),
    "the log-in falls silent": ('isp: {dialogue: [{prompt: "login:", expect: joe}, silence]}', 70.0),
}
"""What comes before PPP: part of a scenario, and within how many seconds pppd's own connect script has given up."""


@pytest.mark.parametrize("name", CALLS_THAT_FAIL if PLAYS_ALL else ["the line is busy"])
def test_pppd_ends_with_8_where_its_script_fails_before_ppp(name: str, tmp_path: Path) -> None:
    part, latest = CALLS_THAT_FAIL[name]
    chat = "ABORT BUSY\nTIMEOUT 60\n'' ATZ\nOK ATDT5551234\nCONNECT \\c\nlogin: joe\nword: secret\n"
    run = run_pppd(f"title: pppd dials\n{part}\n", tmp_path, USUAL, chat=chat)
    assert run.status == SCRIPT, run.log
    assert run.verdict.kind is VerdictKind.RELEASED, run.verdict.reason
    assert run.records[-1].at < latest
    assert not run.facts(PacketReceived)


@pytest.mark.parametrize("auth", LOG_INS if PLAYS_ALL else ["chap"])
def test_pppd_ends_with_11_where_the_isp_is_to_authenticate_itself(auth: str, tmp_path: Path) -> None:
    """As at most ISPs, there is no name with which it could."""
    run = run_pppd(scenario(auth), tmp_path, [*USUAL, "auth", "require-chap"], ups=0)
    assert run.status == PEER_NOT_AUTHENTICATED, run.log
    assert run.verdict.kind is VerdictKind.RELEASED, run.verdict.reason
    assert not run.ups


def test_a_password_of_pap_is_in_no_record_that_is_shown(tmp_path: Path) -> None:
    run = run_pppd(scenario("pap"), tmp_path, USUAL)
    sent = [fact for fact in run.facts(PacketReceived) if isinstance(fact, PacketReceived) and fact.protocol == "PAP"]
    assert [fact.summary for fact in sent] == ["name alice"]
    frames = [each for each in captured_in(run.records) if isinstance(each, CapturedFrame)]
    assert [each.fault for each in frames if each.fault] == []
    assert [words for words in map(ppp_words, (each.octets for each in frames)) if "PAP" in words] == [
        "PAP Authenticate-Request 1: name alice",
        "PAP Authenticate-Ack 1: Login ok",
    ]
