"""Public reports about the multiplexer as scenarios: a naive client fails in each, and a robust one does not."""

from __future__ import annotations

import pytest

from support.mux_clients import (
    BelievesLength,
    ExactUa,
    FalseCommandBit,
    FrameARead,
    MuxClient,
    NextFrameAnswers,
    StaysInside,
    StrictCommandBit,
    SynchronisesFirst,
    TakesNoCarrier,
    WaitsForEnd,
    WaitsForUa,
)
from support.public_line import SCENARIOS, PublicLine, ReportedCase

MuxReport = ReportedCase[MuxClient]


def _signal(client: MuxClient) -> bool:
    client.connect()
    return client.signal() == 17


def _signal_and_end(client: MuxClient) -> bool:
    right = _signal(client)
    client.disconnect()
    return right


def _signal_later(client: MuxClient) -> bool:
    right = _signal(client)
    while client.next_frame(20.0) is not None:
        pass
    return right and client.signal() == 17


def _call_and_signal(client: MuxClient) -> bool:
    client.connect()
    client.call()
    return client.signal() == 17


def _operators(client: MuxClient) -> bool:
    client.frame_size = 127
    client.cmux = b"AT+CMUX=0,0,5,127\r"
    client.connect()
    return client.operators() == 7


REPORTS = (
    MuxReport("mux-sabm-unanswered", WaitsForUa, _signal),
    MuxReport("mux-length-lost", BelievesLength, _signal),
    MuxReport("mux-flags-ignored", SynchronisesFirst, _signal),
    MuxReport("mux-command-bit-strict", FalseCommandBit, _signal),
    MuxReport("mux-command-bit-inverted", StrictCommandBit, _signal),
    MuxReport("mux-disc-answered-with-uih", WaitsForEnd, _signal_and_end),
    MuxReport("mux-no-final-bit", ExactUa, _signal),
    MuxReport("mux-msc-behind-ua", NextFrameAnswers, _signal),
    MuxReport("mux-octet-a-frame", NextFrameAnswers, _signal),
    MuxReport("mux-urc-in-first-frame", NextFrameAnswers, _signal),
    MuxReport("mux-modem-restarts", StaysInside, _signal_later),
    MuxReport("mux-no-carrier-on-the-way-back", TakesNoCarrier, _call_and_signal),
    MuxReport("mux-short-frame-behind-long", FrameARead, _operators),
)
NAMES = [report.name for report in REPORTS]


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_a_naive_client_fails(report: MuxReport) -> None:
    assert not report.comes_out_right(report.naive(PublicLine(report.name)))


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_a_robust_client_does_not(report: MuxReport) -> None:
    assert report.task(MuxClient(PublicLine(report.name)))


NOT_THE_MANNER = {
    *("mux-msc-behind-ua", "mux-octet-a-frame", "mux-urc-in-first-frame", "mux-short-frame-behind-long"),
    "mux-no-carrier-on-the-way-back",
}
"""There a well-behaved modem's MSC, its frames in one read, or the end of a call break the client too."""


@pytest.mark.parametrize(
    "report", [report for report in REPORTS if report.name not in NOT_THE_MANNER], ids=lambda report: report.name
)
def test_it_is_the_manner_that_breaks_the_naive_client(report: MuxReport) -> None:
    assert report.comes_out_right(report.naive(PublicLine(report.name, has_manners=False)))


def test_every_public_scenario_of_the_multiplexer_is_played() -> None:
    assert {path.stem for path in SCENARIOS.glob("mux-*.yaml")} == set(NAMES)


def test_a_client_that_takes_the_next_frame_can_do_with_a_modem_that_sends_nothing_else() -> None:
    client = NextFrameAnswers(PublicLine("mux-urc-in-first-frame", has_manners=False, more="  cmux: {msc: never}\n"))
    client.connect()

    assert client.ask(b"AT\r").startswith(b"AT\r\r\nOK")


@pytest.mark.parametrize(
    "manners",
    ["urc before result: yes", "octet by octet: yes", "late echo: yes", "cut answers: yes", "line feeds only: no"],
)
def test_manners_of_answers_and_of_the_multiplexer_go_together(manners: str) -> None:
    client = MuxClient(PublicLine("mux-octet-a-frame", more=f"  manners: {{{manners}}}\n"))

    assert _signal_and_end(client)
