"""An asyncio test in real time, under anyio."""

import os
import tty

import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_the_modem_answers(simisp):
    async with simisp("hang.yaml", judged=False) as line:
        port = os.open(line.port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(port)
        os.write(port, b"AT\r")
        assert await line.expect("OK", within=30)
        os.close(port)
        await line.assert_released(within=30, allow_unopened=True)
