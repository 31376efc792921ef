"""A small asyncio dialler, as a user of ours would write one: waits with limits, waits without, and hangs up."""

from __future__ import annotations

import asyncio

from simisp.testing import MemoryLine

__all__ = ["GaveUpError", "dial", "naive_dial"]

LIMITS = (90.0, 60.0, 60.0)
"""Seconds for the service, the user name and the password: KB 175410's."""


class GaveUpError(Exception):
    """The ISP did not say what it should."""


async def _expect(reader: asyncio.StreamReader, text: bytes, limit: float | None) -> bytes:
    try:
        async with asyncio.timeout(limit):
            return await reader.readuntil(text)
    except TimeoutError:
        raise GaveUpError(f"no {text.decode()!r} within {limit:g} s") from None


async def dial(line: MemoryLine, *, limits: tuple[float | None, ...] = LIMITS) -> None:
    """Dial and log in; the port is closed however it ends."""
    reader, writer = line.open()
    try:
        writer.write(b"ATDT5551234\r")
        await _expect(reader, b"CONNECT", 60.0)
        for (prompt, answer), limit in zip(
            ((b"Service?", b"p\r"), (b"Username:", b"alice\r"), (b"Password:", b"wonderland\r")), limits, strict=True
        ):
            await _expect(reader, prompt, limit)
            writer.write(answer)
        await _expect(reader, b"PPP", 60.0)
    finally:
        writer.close()
        await writer.wait_closed()


async def naive_dial(line: MemoryLine) -> None:
    """Dial and log in without any limit, as the script of 1997 did."""
    await dial(line, limits=(None, None, None))
