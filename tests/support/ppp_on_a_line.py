"""The client side of PPP on a line in memory, in real time: dials, brings up a link, pings, ends the link."""

from __future__ import annotations

import asyncio
import contextlib

from simisp.machine import Output, SendData
from simisp.ppp.client import PppClient
from simisp.testing.memory_line import MemoryLine

__all__ = ["dial", "play_client"]

PATIENCE = 90.0


async def dial(line: MemoryLine) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Dial, and return the streams of the port once the call is connected."""
    reader, writer = line.open()
    writer.write(b"ATD1\r")
    async with asyncio.timeout(PATIENCE):
        await reader.readuntil(b"CONNECT 33600\r\n")
    return reader, writer


async def play_client(client: PppClient, line: MemoryLine) -> list[Output]:
    """Let a client talk on a line until it ends; return its facts."""
    reader, writer = await dial(line)
    facts: list[Output] = []
    client.start(now=line.now)
    try:
        while True:
            for output in client.take_outputs():
                if isinstance(output, SendData):
                    writer.write(output.data)
                else:
                    facts.append(output)
            if client.exit_status is not None or line.now > PATIENCE:
                return facts
            due = client.next_timer()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, (PATIENCE if due is None else due) - line.now)):
                    client.receive_data(await reader.read(4096), now=line.now)
            client.handle_timer(now=line.now)
    finally:
        writer.close()
