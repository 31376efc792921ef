"""An ISP for tests in virtual time."""

from __future__ import annotations

from collections.abc import Sequence

from support.virtual_line import FarEnd

__all__ = ["isp"]

PROMPTS = (b"\r\nUsername: ", b"\r\nPassword: ", b"\r\nsession starting\r\n")


def isp(*, silent: bool) -> FarEnd:
    """A modem that connects after 15 s, and an ISP that asks for service, user name and password, each a second later.

    Args:
        silent: Whether it says no more once it has the user name.
    """
    told: list[bytes] = []

    def answer(line: bytes) -> Sequence[tuple[float, bytes]]:
        if line.upper().startswith(b"ATD"):
            return [(15.0, b"\r\nCONNECT 28800\r\n"), (17.0, b"\r\nService? ")]
        if line.upper().startswith(b"AT"):
            return [(0.3, b"\r\nOK\r\n")]
        if not line:
            return []
        told.append(line)
        if len(told) > len(PROMPTS) or (silent and len(told) > 1):
            return []
        return [(1.0, PROMPTS[len(told) - 1])]

    return FarEnd(answer)
