"""The real pppd in a channel of a modem's multiplexer, answered well and badly, with AT on a second one meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from simisp.facts.line import CallEnded, Dialled
from simisp.facts.ppp import Authenticated, LinkUp, PacketReceived
from simisp.scenario.load import loads
from simisp.testing.memory_line import MemoryLine
from support.mux_host import MuxHost
from support.real_pppd import pppd_command

pytestmark = [pytest.mark.runner("pppd", "chat", "cc"), pytest.mark.starts_first]

CHAT = (
    """ABORT ERROR\nABORT 'NO CARRIER'\nTIMEOUT 60\n'' AT OK 'AT+CGDCONT=1,"IP","internet"' OK ATD*99# CONNECT \\c\n"""
)
PATIENCE = 300.0
GOOD = dict.fromkeys(("pap", "chap", "mschap-v2"), 5)
"""Ways to log in, with pppd's exit status after SIGINT."""
BAD = {"refuses every log-in": 19, "rejects the address": 10, "same magic number": 17}
"""Bad behaviours, with pppd's exit status."""
STEPS = [f"auth: {auth}" for auth in GOOD] + [f"auth: chap, behaviour: {name}" for name in BAD]
# pppd, which has just run its script, is to have taken the terminal over before the first frame comes.
NAMES = [f"call {number}" for number in range(1, len(STEPS) + 1)]
DIALOGUES = "".join(f"    {name}: [pause: 300ms, ppp: {{{step}}}]\n" for name, step in zip(NAMES, STEPS, strict=True))
SCENARIO = f"""\
title: A stick in packet mode, with a multiplexer
modem: {{profile: gsm}}
isp:
  accounts: {{alice: wonderland}}
  ppp: {{remote: 10.64.64.64, dns: [10.11.12.13]}}
  calls: {NAMES}
  dialogues:
{DIALOGUES}"""


class PppdInChannel:
    """pppd in the first channel of a multiplexer, whose second one is for AT.

    Args:
        line: The modem's port.
    """

    def __init__(self, line: MemoryLine) -> None:
        self.host = MuxHost(line, channel=1)
        self.line = line
        self._stirred = asyncio.Event()
        line.records.listen(lambda record: self._stirred.set())

    async def until(self, kind: type, count: int) -> None:
        """Wait until there are so many facts of a kind."""
        while sum(isinstance(record.fact, kind) for record in self.line.records) < count:
            self._stirred.clear()
            await self._stirred.wait()

    @staticmethod
    def _ups(scratch: Path) -> str:
        ups = scratch / "etc-ppp" / "ups"
        return ups.read_text() if ups.exists() else ""

    async def status_of_call(self, scratch: Path, number: int, *, is_good: bool) -> int:
        """Let pppd dial; return its exit status when the call is over as well."""
        scratch.mkdir()
        self.host.flush()
        command = pppd_command(scratch, ["local", "usepeerdns"], ups=0, chat=CHAT)
        command = [word.replace("{port}", self.host.terminal) for word in command]
        pppd = await asyncio.create_subprocess_exec(*command, start_new_session=True)
        try:
            if is_good:
                await self.until(LinkUp, number)
                assert "+CSQ: " in await self.host.ask(2, "AT+CSQ")
                while not (ups := self._ups(scratch)).endswith("\n"):  # pppd is up a little later, and runs ip-up
                    assert "+CGACT: 1,1" in await self.host.ask(2, "AT+CGACT?")
                assert ups.split()[:3] == ["10.64.64.64", "10.0.0.1", "10.11.12.13"]
                pppd.send_signal(signal.SIGINT)
            status = await pppd.wait()
        finally:
            if pppd.returncode is None:
                os.killpg(pppd.pid, signal.SIGKILL)
                await pppd.wait()
        if number < len(STEPS):  # the last one leaves its call to a client that can hang up by a circuit
            await self.until(CallEnded, number)
        assert "+CREG" in await self.host.ask(2, "AT+CREG?")
        return status


def test_pppd_has_a_channel_of_the_multiplexer_and_at_another_meanwhile(tmp_path: Path) -> None:
    async def run() -> list[int]:
        async with asyncio.timeout(PATIENCE), MemoryLine(loads(SCENARIO), judged=False) as line:
            client = PppdInChannel(line)
            await client.host.begin(1, 2)
            try:
                statuses = [
                    await client.status_of_call(tmp_path / str(number), number, is_good=number <= len(GOOD))
                    for number in range(1, len(STEPS) + 1)
                ]
            finally:
                await client.host.end()
            facts = [record.fact for record in line.records]
            proven = [fact.method for fact in facts if isinstance(fact, Authenticated)]
            assert proven[: len(GOOD)] == list(GOOD)
            dialled = [(record.line, record.fact.number) for record in line.records if isinstance(record.fact, Dialled)]
            assert dialled == [("dlci 1", "*99#")] * len(STEPS)
            ended = [fact for fact in facts if isinstance(fact, PacketReceived) and fact.code == "Terminate-Request"]
            assert len(ended) >= len(GOOD)
            return statuses

    assert asyncio.run(run()) == [*GOOD.values(), *BAD.values()]
