"""The driver and a clock that goes on while an event is acted upon: no record is older than the one before it."""

from __future__ import annotations

import asyncio
import itertools

from simisp.endpoints.memory import MemoryEndpoint
from simisp.facts.fact import Fact
from simisp.facts.line import CommandRun
from simisp.facts.port import LineStopped, LineWentOn
from simisp.line.session import Session
from simisp.line.session_config import SessionConfig
from simisp.runtime.clock import RealClock
from simisp.runtime.driver import Driver
from simisp.transcript import Transcript


class _BusyClock(RealClock):
    """The clock of a machine so busy that time has passed whenever it is asked."""

    asked = 0

    def now(self) -> float:
        self.asked += 1
        return self.asked / 1000


async def test_what_a_client_gets_when_it_reads_again_comes_after_its_reading() -> None:
    port, transcript = MemoryEndpoint(asyncio.get_running_loop().call_soon), Transcript()
    driver = Driver(Session(SessionConfig()), port, transcript, _BusyClock())

    def count(kind: type[Fact]) -> int:
        return sum(isinstance(record.fact, kind) for record in transcript)

    driver.start()
    client = port.open()
    assert client.write(b"ATI3\r" * 800) == 4000
    async with asyncio.timeout(60):
        await driver.until(lambda: count(LineStopped) > 0)
        while count(CommandRun) < 800:
            client.read()
            await asyncio.sleep(0)
    driver.stop()
    assert count(LineWentOn) > 0
    times = [record.at for record in transcript]
    assert [pair for pair in itertools.pairwise(times) if pair[0] > pair[1]] == []
