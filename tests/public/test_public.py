"""Public reports as scenarios: a naive client fails in each, and a robust one does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from simisp.scenario.load import bundled, load
from simisp.scenario.public_reports import PublicReport
from support.naive_client import (
    AnsweredInTurn,
    DrainsInput,
    DropsOtherLines,
    EchoFirst,
    EndsLinesWithCrLf,
    FixedBuffer128,
    FixedBuffer1024,
    NaiveClient,
    StopsAtUnknown,
    WaitsForAnswer,
    WithoutEcho,
)
from support.public_line import SCENARIOS, ClientFailedError, PublicLine
from support.robust_client import RobustClient

Client = NaiveClient | RobustClient


@dataclass(frozen=True)
class Report:
    """A scenario, what a client is to do in it, and a client that fails.

    Attributes:
        name: The scenario.
        task: Does it, and returns whether it has come out right.
        naive: Makes a client that fails.
    """

    name: str
    task: Callable[[Client], bool]
    naive: Callable[[PublicLine], NaiveClient] = NaiveClient


def _signal(client: Client) -> bool:
    return client.signal() == 17


def _send(client: Client) -> bool:
    client.send("+31622222222", "Hi")
    return client.line.texts == ["Hi"]


def _signal_and_news(client: Client) -> bool:
    return client.signal() == 17 and client.hears("+CREG: 5", within=1.0)


def _signal_after_reset(client: Client) -> bool:
    before = client.signal()
    client.reset()
    return (before, client.signal()) == (17, 17)


def _signal_and_call(client: Client) -> bool:
    client.signal()
    return client.dial("5551234")


def _off_line(client: Client) -> bool:
    client.off_line()
    return client.hears("+CREG: 0", within=1.0)


def _hangs_up(client: Client) -> bool:
    client.hangs_up_on_dtr()
    return True


def _gives_up(client: Client) -> bool:
    return not client.dial("*99#") and len(client.line.dialled) <= 3


def _is_refused(client: Client) -> bool:
    return not client.asks_network("*100#")


REPORTS = (
    Report("sms-prompt-without-space", _send),
    Report("sms-prompt-without-line-end", _send),
    Report("line-feed-in-text", _send, EndsLinesWithCrLf),
    Report("line-feeds-only", _signal),
    Report("blank-lines", _signal),
    Report("late-refusal", _is_refused),
    Report("ok-before-data", _signal),
    Report("urc-like-answer", _signal),
    Report("urc-as-value", lambda client: client.model() == "SIM7600"),
    Report("unknown-urc", lambda client: client.hears("+CREG: 5", within=60.0), StopsAtUnknown),
    Report("urc-before-ok", _signal_and_news, DropsOtherLines),
    Report("periodic-urc", _signal),
    Report("answer-over-128", lambda client: client.operators() == 7, FixedBuffer128),
    Report("answer-over-1024", lambda client: client.operators() == 41, FixedBuffer1024),
    Report("urc-behind-ok", _signal_and_news, DrainsInput),
    Report("late-echo", _signal, EchoFirst),
    Report("echo-after-reset", _signal_after_reset, WithoutEcho),
    Report("no-echo", _signal, EchoFirst),
    Report("restart-in-query", _signal),
    Report("restart-at-connect", lambda client: client.dial("5551234")),
    Report("silent-to-probe", lambda client: client.is_there(), WaitsForAnswer),
    Report("late-answer", _signal_and_call, AnsweredInTurn),
    Report("no-carrier-to-d2", _hangs_up),
    Report("off-line-takes-seconds", _off_line),
    Report("deaf-after-reset", _signal_after_reset),
    Report("not-yet-registered", lambda client: client.dial_network()),
    Report("dials-in-vain", _gives_up),
)
FILES = sorted(SCENARIOS.glob("*.yaml"))
WITHOUT_MANNERS = {  # the modem's other rows break the client, or there is nothing to hear
    *("line-feed-in-text", "unknown-urc", "urc-before-ok", "urc-behind-ok", "silent-to-probe"),
    *("answer-over-128", "answer-over-1024", "off-line-takes-seconds", "deaf-after-reset", "dials-in-vain"),
    *("not-yet-registered", "late-refusal"),
}


def comes_out_right(report: Report, make: Callable[[PublicLine], Client]) -> bool:
    """Return whether a client does what it is to do."""
    try:
        return report.task(make(PublicLine(report.name)))
    except ClientFailedError:
        return False


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_naive_client_fails(report: Report) -> None:
    assert not comes_out_right(report, report.naive)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_robust_client_does_not(report: Report) -> None:
    assert report.task(RobustClient(PublicLine(report.name)))


@pytest.mark.parametrize(
    "report", [each for each in REPORTS if each.name not in WITHOUT_MANNERS], ids=lambda report: report.name
)
def test_it_is_the_manner_that_breaks_the_naive_client(report: Report) -> None:
    assert report.task(report.naive(PublicLine(report.name, has_manners=False)))


def test_every_public_scenario_is_played() -> None:
    names = {path.stem for path in FILES if not path.stem.startswith(("mux-", "ppp-", "dial-"))}
    assert names == {report.name for report in REPORTS}
    assert len(FILES) >= 70
    assert not {path.name for path in FILES} & {path.name for path in bundled()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_begins_with_what_it_shows_and_where_it_was_reported(path: Path) -> None:
    report = PublicReport.read(path)

    assert report.threads
    assert report.shows.endswith(".")
    assert report.title == load(path).model.title
    assert max(map(len, path.read_text().splitlines())) <= 120


@pytest.mark.parametrize(("name", "count"), [("answer-over-128", 7), ("answer-over-1024", 41)])
def test_it_is_the_buffer_that_is_too_small(name: str, count: int) -> None:
    assert NaiveClient(PublicLine(name)).operators() == count
