"""Public reports about PPP as scenarios: a naive client fails in each, and a robust one does not."""

from __future__ import annotations

import pytest

from simisp.ppp.mschap import has_mschap
from support.public_line import SCENARIOS, PublicLine, ReportedCase
from support.public_ppp_clients import (
    AgreesOnce,
    AsksForever,
    CountsNoNaks,
    IgnoresCarrier,
    InsistsOnAddress,
    InsistsOnDns,
    KnowsNoLoop,
    OneCall,
    OwnAddress,
    PairsFlags,
    PapOnly,
    PppCaller,
    SendsNoEcho,
    ShortTimer,
    WaitsForTerminateAck,
    WantsItsSpace,
    WantsWholeHeaders,
)

PppReport = ReportedCase[PppCaller]


def _connects(client: PppCaller) -> bool:
    return client.connect() and client.keep_up(20.0)


def _gives_up(client: PppCaller) -> bool:
    began = client.line.now
    return not client.connect() and not client.link.was_up and client.line.now < began + 120.0


def _calls_again(client: PppCaller) -> bool:
    client.connect()
    return client.keep_up(150.0) and len(client.line.dialled) == 2


def _takes_it_down(client: PppCaller) -> bool:
    is_up = client.connect()
    client.line.wait(30.0)
    client.disconnect()
    return is_up


REPORTS = (
    PppReport("ppp-silent-in-lcp", AsksForever, _gives_up),
    PppReport("ppp-reflects-everything", KnowsNoLoop, _gives_up),
    PppReport("ppp-answers-late", ShortTimer, _gives_up),
    PppReport("ppp-new-identifiers", ShortTimer, _gives_up),
    PppReport("ppp-chap-then-pap", PapOnly, _connects),
    PppReport("ppp-asks-for-log-in-again", AsksForever, _gives_up),
    PppReport("ppp-success-without-space", WantsItsSpace, _connects),
    PppReport("ppp-silent-after-log-in", AsksForever, _gives_up),
    PppReport("ppp-deaf-unless-address-is-zero", OwnAddress, _connects),
    PppReport("ppp-fights-over-address", CountsNoNaks, _gives_up),
    PppReport("ppp-rejects-address", InsistsOnAddress, _connects),
    PppReport("ppp-rejects-dns", InsistsOnDns, _connects),
    PppReport("ppp-flag-inside-frame", PairsFlags, _connects),
    PppReport("ppp-compresses-though-refused", WantsWholeHeaders, _connects),
    PppReport("ppp-peer-restarts", AgreesOnce, _connects),
    PppReport("ppp-no-carrier-at-ipcp", IgnoresCarrier, _calls_again),
    PppReport("ppp-terminated-with-message", OneCall, _calls_again),
    PppReport("ppp-terminated-and-gone", OneCall, _calls_again),
    PppReport("ppp-carrier-gone", IgnoresCarrier, _calls_again),
    PppReport("ppp-no-carrier-as-text", SendsNoEcho, _calls_again),
    PppReport("ppp-modem-restarts", IgnoresCarrier, _calls_again),
    PppReport("ppp-echo-lost", OneCall, _calls_again),
    PppReport("ppp-silent-at-the-end", WaitsForTerminateAck, _takes_it_down),
)
NAMES = [report.name for report in REPORTS]


@pytest.fixture(autouse=True)
def _has_the_packages(request: pytest.FixtureRequest) -> None:
    """Skip what needs MS-CHAP v2 where its package is not installed."""
    if "ppp-success-without-space" in request.node.name and not has_mschap():
        pytest.skip("MS-CHAP v2 needs the extra simisp[ppp]")


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_a_naive_client_fails(report: PppReport) -> None:
    assert not report.comes_out_right(report.naive(PublicLine(report.name)))


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_a_robust_client_does_not(report: PppReport) -> None:
    assert report.comes_out_right(PppCaller(PublicLine(report.name)))


@pytest.mark.parametrize(
    "report", [report for report in REPORTS if report.name != "ppp-chap-then-pap"], ids=lambda report: report.name
)
def test_it_is_the_behaviour_that_breaks_the_naive_client(report: PppReport) -> None:
    task = _takes_it_down if report.task is _takes_it_down else _connects
    assert task(report.naive(PublicLine(report.name, has_manners=False)))


def test_every_public_scenario_of_ppp_is_played() -> None:
    assert {path.stem for path in SCENARIOS.glob("ppp-*.yaml")} == set(NAMES)
