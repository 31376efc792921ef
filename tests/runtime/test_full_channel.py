"""The driver and a Session whose channel is full: the client's octets wait, and none is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from simisp.line.channel import ChannelPlace
from simisp.line.session import Session
from simisp.scenario.load import loads
from simisp.scenario.session import session_config
from simisp.testing import MemoryLine
from simisp.transcript import Source
from simisp.virtual_loop.loop import run_in_virtual_time
from support.line_channels import delay_of

SILENT = loads("title: x\nmodem: {profile: none}\nisp: {dialogue: [silence]}\n")


def test_a_client_that_sends_more_than_a_channel_holds_waits_until_it_has_emptied() -> None:
    async def send() -> tuple[int, int]:
        line = MemoryLine(SILENT, judged=False)
        channels = {ChannelPlace.MODEM_TO_ISP: delay_of(10.0)}
        line._assembled.session = Session(replace(session_config(SILENT), channels=channels))
        async with line:
            _, writer = line.open()
            writer.write(b"x" * 300_000)
            await asyncio.sleep(5.0)
            soon = len(line.records.octets(Source.CLIENT))
            await asyncio.sleep(100.0)
            return soon, len(line.records.octets(Source.CLIENT))

    soon, late = run_in_virtual_time(send())
    assert soon < 150_000
    assert late == 300_000
