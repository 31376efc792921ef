r"""The API for tests: scenarios on virtual serial ports, in plain tests and in asyncio tests.

>>> with Line("hang.yaml") as line:                                                    # doctest: +SKIP
...     my_dialler.dial(line.port)
...     line.wait_for("Username:")
...     line.assert_released(within=5)

The port is served in a separate thread, so the test may block. The pytest fixture ``simisp`` gives such a line too:
``with simisp("hang.yaml") as line``, or ``async with`` in an asyncio test.

An asyncio client of your own needs no system port, and no real time:

>>> import asyncio
>>> @in_virtual_time
... async def test_my_dialler_gives_up() -> None:
...     async with memory_line("hang.yaml") as line:
...         reader, writer = line.open()
...         writer.write(b"ATDT5551234\r")
...         await line.wait_for("Service?")
...         writer.write(b"p\r")
...         await line.wait_for("Username:")
...         writer.write(b"alice\r")
...         await asyncio.sleep(60.0)  # the ISP has stopped responding
...         writer.close()
...         await line.assert_released(within=5)
>>> test_my_dialler_gives_up()
"""

from __future__ import annotations

from simisp.endpoints.memory import MemoryPort
from simisp.endpoints.memory_transport import MemorySerial, MemoryTransport
from simisp.errors import (
    ProvenHangError,
    ScenarioUnreachedError,
    SpinningError,
    UnsharedTimeError,
    WrongClientError,
)
from simisp.runner.pure_clients import Conversation, Hear
from simisp.runner.run_options import RunOptions
from simisp.scenario.load import LoadedScenario, load, loads
from simisp.testing.async_line import AsyncLine
from simisp.testing.command import play
from simisp.testing.line import Line
from simisp.testing.lines import LineOpener, Lines
from simisp.testing.memory import memory_line
from simisp.testing.memory_line import MemoryLine
from simisp.testing.pure import play_pure
from simisp.testing.sweeping import sweep
from simisp.testing.swept_case import SweptCase
from simisp.testing.unittest_case import SimispTestCase
from simisp.virtual_loop.loop import (
    VirtualLoop,
    in_virtual_time,
    proven_hang,
    run_in_virtual_time,
    virtual_loop_factories,
    virtual_loop_policy,
)

__all__ = [
    "AsyncLine",
    "Conversation",
    "Hear",
    "Line",
    "LineOpener",
    "Lines",
    "LoadedScenario",
    "MemoryLine",
    "MemoryPort",
    "MemorySerial",
    "MemoryTransport",
    "ProvenHangError",
    "RunOptions",
    "ScenarioUnreachedError",
    "SimispTestCase",
    "SpinningError",
    "SweptCase",
    "UnsharedTimeError",
    "VirtualLoop",
    "WrongClientError",
    "in_virtual_time",
    "load",
    "loads",
    "memory_line",
    "play",
    "play_pure",
    "proven_hang",
    "run_in_virtual_time",
    "sweep",
    "virtual_loop_factories",
    "virtual_loop_policy",
]
