"""A DTR pulse means the same in virtual and in real time: S25 says how long DTR must be off to count."""

from __future__ import annotations

import asyncio
import sys

import pytest

from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.station import Station
from simisp.scenario.load import loads

SCENARIO = """
title: Somebody stays on the line
port: {starts: raw}
exchange: {answer_after: 0s}
isp:
  dialogue:
    - banner: "Node 5\\n"
    - silence
"""
START = """
import os, termios, time, sys
def speak(text, answer):
    os.write(port, text)
    seen = b""
    while answer not in seen:
        seen += os.read(port, 100)
def set_speed(speed):
    settings = termios.tcgetattr(port)
    settings[4] = settings[5] = speed
    termios.tcsetattr(port, termios.TCSANOW, settings)
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
speak(b"ATS25=%d\\r", b"OK")
speak(b"ATDT1\\r", b"Node 5")
"""
END = "\ntime.sleep(0.6)\n"
B0 = "set_speed(termios.B0); time.sleep(%s); set_speed(termios.B9600)"
REOPENS = "os.close(port); time.sleep(%s); port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)"


def hung_up(program: str, clock: str) -> bool:
    """Return whether the modem hung up before the client had ended."""
    command = [sys.executable, "-c", program, "{port}"]

    async def run() -> bool:
        with Station(loads(SCENARIO), clock=choose_clock(clock, command)) as station:
            verdict = await run_client(station, command)
            assert verdict.client is not None
            assert verdict.client.exit_status == 0, verdict.describe()
            what = [record.fact.kind for record in station.transcript]
            closings = [index for index, each in enumerate(what) if each == "closed"]
            return "call ended" in what[: closings[-1]]

    return asyncio.run(run())


@pytest.mark.parametrize("clock", ["virtual", "real"])
@pytest.mark.parametrize("pulse", [B0, REOPENS], ids=["B0", "close and reopen"])
@pytest.mark.parametrize(("s25", "seconds", "hangs_up"), [(200, 0.1, False), (20, 0.4, True), (0, 0.1, True)])
def test_a_pulse_shorter_than_s25_is_overlooked_and_a_longer_one_hangs_up(
    pulse: str, s25: int, seconds: float, hangs_up: bool, clock: str
) -> None:
    assert hung_up(START % s25 + pulse % seconds + END, clock) is hangs_up
