"""A station plays on whatever endpoint it is given."""

from __future__ import annotations

import asyncio

import pytest

from simisp.circuits import Circuit
from simisp.endpoints.memory import MemoryEndpoint
from simisp.errors import ClockUnavailableError
from simisp.runner.clocks import ClockChoice
from simisp.runner.serve import serve
from simisp.runner.station import Station
from simisp.scenario.load import loads

SCENARIO = """
title: one call
exchange: {answer_after: 0s}
isp:
  dialogue: [send: "hello", hang up]
expect: [port released within: 5s]
"""


async def test_a_call_over_a_port_in_memory_is_served_and_judged() -> None:
    loop = asyncio.get_running_loop()
    endpoint = MemoryEndpoint(loop.call_soon)
    with Station(loads(SCENARIO), endpoint) as station:
        serving = asyncio.ensure_future(serve(station, calls=1))
        port = endpoint.open()
        port.write(b"ATDT5551234\r")
        await serving
        assert b"hello" in port.read()
        assert not port.circuit(Circuit.DCD)
        port.close()
        assert [each.held for each in await station.judge()] == [True]
        assert not station.report().held
        assert station.left_locks() == {}


async def test_shared_time_is_refused_on_a_port_that_is_no_terminal_and_auto_takes_real_time() -> None:
    call_soon = asyncio.get_running_loop().call_soon
    with pytest.raises(ClockUnavailableError, match="on a terminal only"):
        Station(loads(SCENARIO), MemoryEndpoint(call_soon), clock=ClockChoice("virtual", "virtual", circuits=True))
    with Station(
        loads(SCENARIO), MemoryEndpoint(call_soon), clock=ClockChoice("auto", "virtual", circuits=True)
    ) as station:
        assert station.clock_choice.used == "real"
        assert "on a terminal only" in station.clock_choice.why
