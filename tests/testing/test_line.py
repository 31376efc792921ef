"""A line is the same on any kind of port."""

from __future__ import annotations

import asyncio

import pytest

from simisp.endpoints.memory import MemoryEndpoint, MemoryPort
from simisp.testing import Line


def test_a_line_plays_on_a_port_that_is_no_pseudo_terminal() -> None:
    ports: list[MemoryPort] = []

    def make() -> MemoryEndpoint:
        endpoint = MemoryEndpoint(asyncio.get_running_loop().call_soon_threadsafe, path="in memory")
        ports.append(endpoint.open())
        return endpoint

    with Line.on_endpoint("login", make, judged=False) as line:
        assert line.port == "in memory"
        ports[0].write(b"ATE0\r")
        line.wait_for("OK")
        assert line.received == "ATE0\r"
        with pytest.raises(AssertionError, match="was not released"):
            line.assert_released(within=0.0, allow_unopened=True)
        ports[0].close()
        line.assert_released(allow_unopened=True)
