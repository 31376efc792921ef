"""Expectations of PPP, judged by what was recorded."""

from __future__ import annotations

import pytest

from simisp.facts.fact import Fact
from simisp.facts.line import CallEnded, HangUpReason, WentOnHook
from simisp.facts.ppp import (
    AddressAgreed,
    Authenticated,
    LinkDown,
    LinkEnding,
    LinkPhase,
    LinkUp,
    Network,
    PacketReceived,
    PacketSent,
    PhaseEntered,
)
from simisp.runner.conduct import watch_of
from simisp.runner.run_facts import RunFacts
from simisp.runner.verdict import ExpectationResult
from simisp.scenario.load import loads
from simisp.transcript import Record

FACTS = RunFacts(1.0, 0, 1, (), True, has_client=True, sees_speed=True, sees_modes=True, sees_locks=True)
BEGAN = (2.0, PhaseEntered(LinkPhase.ESTABLISH))
UP = (3.0, LinkUp(Network.IP))
OVER = (40.0, WentOnHook(HangUpReason.DTR))
ASKED_TO_END = (9.0, PacketReceived("LCP", "Terminate-Request", 2, ""))
AGREED_TO_END = (9.0, PacketSent("LCP", "Terminate-Ack", 2, ""))
DOWN = (9.5, LinkDown(LinkEnding.PEER_TERMINATED, True))
Happened = tuple[float, Fact]


def judged(expectation: str, *happened: Happened) -> ExpectationResult:
    """Return what an expectation comes to after these facts."""
    scenario = loads(f"title: x\nisp: {{dialogue: [ppp]}}\nexpect: [{expectation}]").model
    [expected] = scenario.expect
    watch = watch_of(expected, scenario)  # type: ignore[arg-type]
    for at, fact in happened:
        watch.take(Record(at, fact.source, fact))
    return watch.judge(FACTS)


@pytest.mark.parametrize(
    ("expectation", "happened"),
    [
        ("ppp up within: 1s", [BEGAN, UP, OVER]),
        ("ppp up within: 1s", [BEGAN, UP, DOWN, (10.0, PhaseEntered(LinkPhase.ESTABLISH)), (10.5, LinkUp(Network.IP))]),
        ("address: 10.0.0.2", [BEGAN, (3.0, AddressAgreed("10.0.0.1", "10.0.0.2"))]),
        ("client gave up within: 38s", [BEGAN, OVER]),
        ("client gave up within: 38s", [BEGAN, (40.0, CallEnded(1, "client"))]),
        (
            "client gave up within: 38s",
            [BEGAN, (40.0, LinkDown(LinkEnding.CARRIER_LOST, False)), (40.0, CallEnded(1, "client"))],
        ),
        (
            "client gave up within: 38s",
            [BEGAN, (40.0, LinkDown(LinkEnding.PEER_TERMINATED, False)), (40.0, CallEnded(1, "client"))],
        ),
        ("terminated cleanly", [BEGAN, UP, ASKED_TO_END, AGREED_TO_END, DOWN]),
        ("authenticated as: alice", [BEGAN, (2.5, Authenticated("alice", "chap", True))]),
    ],
)
def test_an_expectation_holds(expectation: str, happened: list[Happened]) -> None:
    assert judged(expectation, *happened).held is True


@pytest.mark.parametrize(
    ("expectation", "happened", "seen"),
    [
        ("ppp up within: 500ms", [BEGAN, UP], "it was up only after 1.000 s"),
        ("ppp up within: 9s", [], "PPP never began"),
        ("ppp up within: 9s", [BEGAN], "it is not up"),
        (
            "ppp up within: 90s",
            [BEGAN, OVER],
            "it was over after 38.000 s and had not been up: the client went on hook",
        ),
        ("address: 10.0.0.3", [(3.0, AddressAgreed("10.0.0.1", "10.0.0.2"))], "at 3.000 s it was 10.0.0.2"),
        ("address: 10.0.0.3", [BEGAN], "no address was agreed on"),
        ("client gave up within: 30s", [BEGAN, OVER], "it gave up only after 38.000 s"),
        ("client gave up within: 30s", [BEGAN], "it has not given up"),
        (
            "client gave up within: 30s",
            [BEGAN, (62.0, CallEnded(1, "isp"))],
            "after 60.000 s it had not given up: the call was ended by the isp",
        ),
        ("terminated cleanly", [BEGAN], "PPP was never up"),
        ("terminated cleanly", [BEGAN, UP], "the link is still up"),
        (
            "terminated cleanly",
            [BEGAN, UP, (9.5, LinkDown(LinkEnding.CARRIER_LOST, True)), (9.5, CallEnded(1, "client"))],
            "at 9.500 s the link was over with no Terminate-Request: the call was ended by the client",
        ),
        (
            "terminated cleanly",
            [BEGAN, UP, ASKED_TO_END, (9.5, CallEnded(1, "client"))],
            "at 9.500 s the link was over with no Terminate-Ack: the call was ended by the client",
        ),
        ("authenticated as: alice", [(2.5, Authenticated("bob", "pap", True))], "at 2.500 s it was 'bob'"),
        ("authenticated as: alice", [BEGAN], "no log-in succeeded"),
    ],
)
def test_an_expectation_that_does_not_hold_says_what_was_seen(
    expectation: str, happened: list[Happened], seen: str
) -> None:
    result = judged(expectation, *happened)
    assert (result.held, result.found) == (False, seen)


def test_a_client_that_could_not_give_up_is_not_judged() -> None:
    assert judged("client gave up within: 30s", BEGAN, UP, OVER).held is None
