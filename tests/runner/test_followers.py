"""What follows a run takes outputs as it takes the records that they would make."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.facts.isp import Asking, LineAnswered, MarkReached
from simisp.facts.line import CallEnded, Dialled
from simisp.facts.port import PortClosed, PortOpened
from simisp.machine import OnLine, Output, Received, SendData, SetCircuit
from simisp.runner.departure import Departure, LastHeard, LastHeardOnLines, departure_behind
from simisp.runner.expectations import Expectations
from simisp.runner.run_facts import RunFacts
from simisp.scenario.load import loads
from simisp.transcript.record import records_of
from simisp.transcript.transcript import Follower

SCENARIO = loads("""
title: A log-in
isp:
  accounts: {alice: wonderland}
  dialogue: [{prompt: "Username:"}, {prompt: "Password:"}, {mark: in}]
expect:
  - reached: in
  - credentials sent only at: ["Password:"]
  - never sent: "AT[+]"
""")
OUTPUTS: list[Output] = [
    Received(b"AT+X\r"),
    Received(b"wonder"),
    Received(b"land\r"),
    SendData(b"\r\nOK\r\n"),
    SendData(b"Password: wonderland\r", ((10, 20),)),
    Asking("Username:"),
    Asking("Password:"),
    LineAnswered("", "alice"),
    MarkReached("in"),
    Dialled("1", "isp"),
    CallEnded(1, "client"),
    PortClosed(0),
    PortOpened(1),
    SetCircuit(Circuit.DCD, True),
]
ANY = st.sampled_from(OUTPUTS)
BATCHES = st.lists(st.lists(ANY | st.builds(OnLine, st.just("modem"), ANY), max_size=4), max_size=8)


def shown(follower: Follower) -> object:
    """Return what a follower has made of a run."""
    if isinstance(follower, Expectations):
        return follower.judge(RunFacts(None, None, 0, opened=True))
    assert isinstance(follower, LastHeard | LastHeardOnLines)
    return follower.departure(60.0)


@pytest.mark.parametrize("lines", [[""], ["2"], ["1", "2"]], ids=["unnamed", "one", "two"])
@pytest.mark.parametrize(
    "make", [lambda: Expectations(SCENARIO.model), LastHeard, LastHeardOnLines], ids=["expectations", "heard", "lines"]
)
@settings(max_examples=25, deadline=None)
@given(BATCHES)
def test_outputs_come_to_the_same_as_their_records(
    make: Callable[[], Follower], lines: list[str], batches: list[list[Output]]
) -> None:
    by_outputs, by_records = make(), make()
    put_out = [(float(at), lines[at % len(lines)], outputs) for at, outputs in enumerate(batches)]
    by_outputs.take_batches(put_out)
    for at, line, outputs in put_out:
        for record in records_of(outputs, at=at, line=line):
            by_records.take(record)
    assert shown(by_outputs) == shown(by_records)


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY | st.sampled_from([SendData(b"NO CAR"), SendData(b"RIER\r\n"), SendData(b"AT+X\r")]), max_size=12))
def test_it_makes_no_difference_when_what_the_modem_has_sent_is_looked_through(outputs: list[Output]) -> None:
    late, at_once = LastHeard(), LastHeard()
    for at, output in enumerate(outputs):
        late.take_batches(((at, "", [output]),))
        at_once.take_batches(((at, "", [output]),))
        assert at_once.has_heard in {False, True}  # it looks
    assert late.departure(60.0) == at_once.departure(60.0)


@pytest.mark.parametrize(
    "read", [lambda a: a, lambda a: pickle.loads(pickle.dumps(a)), copy.copy, replace], ids=range(4)
)
def test_what_is_worked_out_only_when_it_is_read_is_the_same(read: Callable[[Departure], Departure]) -> None:
    batches = [(float(at), "", OUTPUTS[at : at + 3]) for at in range(0, 12, 3)]
    before, behind, at_once = LastHeard(), LastHeard(), LastHeard()
    before.take_batches(batches[:2])
    at_once.take_batches(batches)
    behind.take_batches(batches)
    later, now = departure_behind(before, batches[2:], 60.0, secrets=[b"Password"]), at_once.departure(60.0)
    assert read(later) == behind.departure(60.0, secrets=[b"Password"]) != now
    assert "Password" in repr(now)
    assert "********" in repr(later)
    assert asdict(later) == asdict(read(later))
    assert not hasattr(later, "_work_out"), "it keeps what was put out"


def test_little_is_kept_of_what_has_not_been_looked_through() -> None:
    heard = LastHeard()
    for at in range(1000):
        heard.take_batches(((at, "", [SendData(b"x" * 4000)]),))
        heard.take_batches(((at, "", [SendData(b"x" * 100)]),))
    assert sum(map(len, heard._pieces)) <= 64 * 200
