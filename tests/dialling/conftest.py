"""Processes, pseudo-terminals and TCP ports for the tests of the dialling side."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from support.started_processes import processes, pty

__all__ = ["processes", "pty", "unused_tcp_port"]


@pytest.fixture
def unused_tcp_port() -> Iterator[int]:
    """A TCP port of the loopback on which only the test's servers listen, one after the other.

    pytest-asyncio's is unused when the test begins, and may be another test's when a server starts. What is bound here,
    and never listens, keeps the kernel from giving the port away, but not a server that reuses the address: socket(7).
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]
