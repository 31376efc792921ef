"""The real pppd in a channel of a modem's multiplexer, and AT on a second channel meanwhile."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from simisp.facts.line import Dialled
from simisp.facts.ppp import Authenticated, LinkUp, PacketReceived
from simisp.scenario.load import loads
from simisp.testing.memory_line import MemoryLine
from support.mux_host import MuxHost
from support.packet_mode import PACKET_MODE
from support.real_pppd import pppd_command

pytestmark = pytest.mark.runner("pppd", "chat", "cc")

CHAT = (
    """ABORT ERROR\nABORT 'NO CARRIER'\nTIMEOUT 60\n'' AT OK 'AT+CGDCONT=1,"IP","internet"' OK ATD*99# CONNECT \\c\n"""
)
PATIENCE = 90.0


def test_pppd_has_a_channel_of_the_multiplexer_and_at_another_meanwhile(tmp_path: Path) -> None:
    async def run() -> None:
        async with asyncio.timeout(PATIENCE), MemoryLine(loads(PACKET_MODE), judged=False) as line:
            host = MuxHost(line, channel=1)
            up = asyncio.Event()
            line.records.listen(lambda record: up.set() if isinstance(record.fact, LinkUp) else None)
            await host.begin(1, 2)
            command = pppd_command(tmp_path, ["local", "usepeerdns"], ups=0, chat=CHAT)
            pppd = await asyncio.create_subprocess_exec(
                *[word.replace("{port}", host.terminal) for word in command], start_new_session=True
            )
            try:
                await up.wait()
                assert "+CSQ: " in await host.ask(2, "AT+CSQ")
                assert "+CGACT: 1,1" in await host.ask(2, "AT+CGACT?")
                while not (tmp_path / "etc-ppp" / "ups").exists():  # pppd is up a little later, and then runs ip-up
                    assert "+CSQ: " in await host.ask(2, "AT+CSQ")
                pppd.send_signal(signal.SIGINT)
                assert await pppd.wait() == 5, (tmp_path / "pppd.log").read_text()
                assert "+CREG" in await host.ask(2, "AT+CREG?")
            finally:
                if pppd.returncode is None:
                    pppd.kill()
                    await pppd.wait()
                await host.end()
            facts = [record.fact for record in line.records]
            assert Authenticated("alice", "chap", of_peer=True) in facts
            assert [
                (record.line, record.fact.number) for record in line.records if isinstance(record.fact, Dialled)
            ] == [("dlci 1", "*99#")]
            assert "Terminate-Request" in [fact.code for fact in facts if isinstance(fact, PacketReceived)]

    asyncio.run(run())
