"""An asyncio dialler in virtual time: no port, no plugin, and the same under pytest-asyncio in either mode."""

import asyncio

import pytest


async def log_in(line, limit):
    reader, writer = line.open()
    try:
        writer.write(b"ATDT5551234\r")
        async with asyncio.timeout(limit):
            await reader.readuntil(b"Service?")
            writer.write(b"p\r")
            await reader.readuntil(b"Password:")
    finally:
        writer.close()


@pytest.mark.simisp("hang.yaml", clock="virtual")
async def test_it_gives_up_after_ninety_seconds(simisp):
    async with simisp() as line:
        with pytest.raises(TimeoutError):
            await log_in(line, limit=90.0)
        await line.assert_released(within=0.0)
        assert line.now == 90.0


@pytest.mark.simisp("login.yaml", clock="virtual")
async def test_it_gives_up_on_a_line_that_goes_dead(simisp):
    async with simisp(judged=False) as line:
        await line.inject({"fault": "silence", "after": {"text": "Username:"}})
        with pytest.raises(TimeoutError):
            await log_in(line, limit=30.0)
        assert await line.expect("Service?")
        assert not line.is_open
