"""Framing on a pseudo-terminal, which has none."""

from __future__ import annotations

import os

import pytest

from simisp.dialling.serial.port import open_port


@pytest.mark.parametrize(("databits", "parity"), [(7, "none"), (8, "even"), (7, "even")])
async def test_framing_that_a_pseudo_terminal_refuses_is_left_to_the_script_processor(
    databits: int, parity: str
) -> None:
    master, slave = os.openpty()
    try:
        port = await open_port(f"fd://{slave}", on_data=lambda data: None, on_lost=lambda reason: None)
        port.set_framing(databits, parity, 1)
        assert not port.frames
        await port.close()
    finally:
        os.close(master)
