"""An asyncio test in real time under pytest-asyncio; in its mode auto the mark is not needed."""

import os
import tty

import pytest


@pytest.mark.asyncio
async def test_the_modem_says_no_carrier_when_the_line_drops(simisp):
    async with simisp("hang.yaml", judged=False) as line:
        port = os.open(line.port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(port)
        os.write(port, b"ATDT5551234\r")
        assert await line.expect("Service?", within=30)
        await line.inject("drop carrier")
        assert await line.expect("NO CARRIER", within=30)
        os.close(port)
        await line.assert_released(within=30)
