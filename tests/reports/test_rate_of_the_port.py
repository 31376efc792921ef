"""A modem whose rate the client has fixed understands nothing at another rate, and is not understood."""

from __future__ import annotations

import asyncio
import sys

from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.station import Station
from simisp.scenario.load import loads

SCENARIO = """
title: The client fixes the modem's rate and stays at its own
port: {starts: raw}
isp: {dialogue: [silence]}
"""
CLIENT = """
import os, select, sys, termios
def set_speed(speed):
    settings = termios.tcgetattr(port)
    settings[4] = settings[5] = speed
    termios.tcsetattr(port, termios.TCSANOW, settings)
def ask(command):
    os.write(port, command + b"\\r")
    seen = b""
    while b"OK\\r\\n" not in seen and select.select([port], [], [], 2)[0]:
        seen += os.read(port, 100)
    return b"OK\\r\\n" in seen
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
set_speed(termios.B115200)
assert ask(b"AT+IPR=19200"), "the answer comes at the old rate"
assert not ask(b"AT"), "the modem is at 19200 bit/s now"
set_speed(termios.B19200)
assert ask(b"AT"), "and so is the port"
"""


def test_a_client_that_stays_at_its_rate_after_ipr_gets_no_answer_until_it_changes_it() -> None:
    command = [sys.executable, "-c", CLIENT, "{port}"]

    async def run() -> None:
        with Station(loads(SCENARIO), clock=choose_clock("virtual", command)) as station:
            verdict = await run_client(station, command)
            assert verdict.client is not None
            assert verdict.client.exit_status == 0, verdict.describe()

    asyncio.run(run())
