"""Fazecast/jSerialComm 287, wjwwood/serial 184, cbrake/linux-serial-test 27: CTS never comes back, and nothing ends."""

from __future__ import annotations

import asyncio
import sys

import pytest

from simisp.circuits import Circuit
from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.scenario.load import loads
from simisp.transcript import Record
from support.patience import patiently

SCENARIO = """
title: The modem takes CTS away in mid-call and never gives it back
isp:
  dialogue:
    - prompt: "login:"
      read: name
    - mark: frozen
    - send: "go on\\n"
    - silence
"""
CLIENT = """
import os, sys, termios, tty
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(port)
settings = termios.tcgetattr(port)
settings[2] |= {flags}
termios.tcsetattr(port, termios.TCSANOW, settings)
def until(text):
    seen = b""
    while text not in seen: seen += os.read(port, 100)
os.write(port, b"ATDT1\\r"); until(b"login:")
os.write(port, b"vera\\r"); until(b"go on")
os.write(port, b"x" * 200_000)
termios.tcdrain(port)
"""


def play(client: str, clock: str, deadline: float = 600.0) -> Verdict:
    command = [sys.executable, "-c", client, "{port}"]

    async def run() -> Verdict:
        with Station(loads(SCENARIO), clock=choose_clock(clock, command)) as station:

            def freeze(record: Record) -> None:
                if record.fact.kind == "mark":
                    station.endpoint.set_circuit(Circuit.CTS, False)

            station.transcript.listen(freeze)
            return await run_client(station, command, RunOptions(deadline=deadline))

    return asyncio.run(run())


def test_a_client_that_minds_cts_is_proven_to_write_forever() -> None:
    verdict = play(CLIENT.format(flags="termios.CRTSCTS"), "virtual")
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert verdict.hang.proven, verdict.describe()
    assert "write(" in verdict.describe()


def test_without_a_shared_clock_it_is_held_back_just_so() -> None:
    verdict = patiently(
        lambda patience: play(CLIENT.format(flags="termios.CRTSCTS"), "real", deadline=patience),
        first=1.0,
        got_there=lambda verdict: "write(" in verdict.describe(),
    )
    assert verdict.kind is VerdictKind.HANG
    assert "write(" in verdict.describe()


@pytest.mark.parametrize("clock", ["virtual", "real"])
def test_a_client_that_minds_no_cts_writes_on(clock: str) -> None:
    verdict = play(CLIENT.format(flags="0"), clock)
    assert verdict.kind is VerdictKind.RELEASED, verdict.describe()


FROZEN_BY_A_FAULT = """
title: The modem takes CTS away in mid-call and never gives it back
isp:
  dialogue:
    - prompt: "login:"
    - silence
line:
  faults:
    - {fault: freeze, direction: from dte, after: {text: "login:"}}
"""


def test_a_fault_of_the_line_takes_cts_away_for_good() -> None:
    client = CLIENT.format(flags="termios.CRTSCTS").replace('os.write(port, b"vera\\r"); until(b"go on")\n', "")
    command = [sys.executable, "-c", client, "{port}"]

    async def run() -> Verdict:
        with Station(loads(FROZEN_BY_A_FAULT), clock=choose_clock("virtual", command)) as station:
            return await run_client(station, command, RunOptions(deadline=600.0))

    verdict = asyncio.run(run())
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert [wait.call for wait in verdict.hang.participants] == ["write"]
