"""Public reports about dial-up modems as scenarios: a naive client fails in each, and a robust one does not."""

from __future__ import annotations

import pytest

from support.public_dial_up_clients import (
    DialUpClient,
    HearsFromFirstRing,
    InsistsOnSettings,
    KnowsNoError,
    NoGuardTime,
    NoPause,
    WantsNumbers,
)
from support.public_line import SCENARIOS, PublicLine, ReportedCase

DialUpReport = ReportedCase[DialUpClient]


def _connects(client: DialUpClient) -> bool:
    return client.connects()


def _fails_well(client: DialUpClient) -> bool:
    return not client.connects()


def _hangs_up(client: DialUpClient) -> bool:
    is_up = client.connects()
    client.escapes()
    return is_up and not client.line.has_carrier


def _calls_twice(client: DialUpClient) -> bool:
    first = client.connects()
    client.line.hang_up()
    return first and client.connects()


def _begins(client: DialUpClient) -> bool:
    client.begin()
    return client.connects()


def _hears_number(client: DialUpClient) -> bool:
    return client.caller() == "5550177"


REPORTS = (
    DialUpReport(
        "dial-escape-without-guard", NoGuardTime, _hangs_up,
        ("isp:\n", "modem:\n  registers: {S12: 0}\nisp:\n"),
    ),
    DialUpReport("dial-busy-after-call", NoPause, _calls_twice, ("busy after: 20s", "busy after: 0s")),
    DialUpReport("dial-refused", KnowsNoError, _fails_well, ("ERROR", "NO CARRIER")),
    DialUpReport("dial-unknown-settings", InsistsOnSettings, _begins, ("ERROR", "OK")),
    DialUpReport("dial-words-for-numbers", WantsNumbers, _connects, ('"V0": OK', '"W9": OK')),
    DialUpReport("dial-other-numbers", WantsNumbers, _connects, ("13,", "15,")),
    DialUpReport("dial-caller-before-ring", HearsFromFirstRing, _hears_number, ("before the", "after the")),
)  # fmt: skip
NAMES = [report.name for report in REPORTS]


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_a_naive_client_fails(report: DialUpReport) -> None:
    assert not report.comes_out_right(report.naive(PublicLine(report.name)))


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_a_robust_client_does_not(report: DialUpReport) -> None:
    assert report.comes_out_right(DialUpClient(PublicLine(report.name)))


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_it_is_the_modem_that_breaks_the_naive_client(report: DialUpReport) -> None:
    assert report.comes_out_right(report.naive(PublicLine(report.name, instead=report.without)))


def test_every_public_scenario_of_dial_up_is_played() -> None:
    assert {path.stem for path in SCENARIOS.glob("dial-*.yaml")} == set(NAMES)
