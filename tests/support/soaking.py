"""Many calls on one kind of port, one after the other: what a process has open, runs and holds must not grow."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import select
import socket
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from simisp.endpoints.opening import address_of
from simisp.testing import Line
from support.own_descriptors import descriptors

__all__ = ["ENDPOINTS", "Held", "opened", "soaked", "tasks_of"]

ENDPOINTS = ("pty", "tcp", "unix", "telnet", "rfc2217")
_CALL = """
title: one short call
exchange: {answer_after: 0s}
isp:
  dialogue: [send: "hello", hang up]
"""
_CALLS_A_LINE = 250
"""After so many a new line is made: the records of a line stay with it, and are no leak."""
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Held:
    """What this process has, between two lines.

    Attributes:
        descriptors: How many are open.
        tasks: How many tasks the line's event loop has between two calls.
        memory: Resident memory in octets.
    """

    descriptors: int
    tasks: int
    memory: int


def soaked(endpoint: str, calls: int) -> Iterator[Held]:
    """Make calls on a kind of port; yield what is held after each line."""
    made = 0
    while made < calls:
        count = min(_CALLS_A_LINE, calls - made)
        with Line(_CALL, endpoint=endpoint, judged=False) as line:
            for _ in range(count):
                _call(line.url)
            assert line.calls == count
            line.assert_released()
            tasks = tasks_of(line)
        made += count
        yield Held(len(descriptors()), tasks, _resident())


def tasks_of(line: Line) -> int:
    """Return how many tasks the event loop of a line has."""
    return line._call(lambda: len(asyncio.all_tasks()))


def _resident() -> int:
    """Return the resident memory, without what waits for the collector: a line is a ring of objects."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _call(path: str) -> None:
    """Open the port, dial, read until the call is over, and close it."""
    with opened(path) as port:
        os.write(port, b"ATDT5551234\r")
        received, until = b"", time.monotonic() + _PATIENCE
        while b"NO CARRIER\r\n" not in received.replace(b"\r\0", b"\r"):
            if time.monotonic() > until:
                raise AssertionError(f"the call did not end; what came: {received!r}")
            if select.select([port], [], [], 1.0)[0]:
                received += os.read(port, 4096)
        assert b"hello" in received


@contextmanager
def opened(path: str) -> Iterator[int]:
    """Open a port as a client does, by its path or URL; yield the descriptor."""
    host, number = address_of(path)
    if not host and not path.startswith("unix:"):
        port = os.open(path, os.O_RDWR | os.O_NOCTTY)
        try:
            tty.setraw(port)
            yield port
        finally:
            os.close(port)
        return
    with socket.socket(socket.AF_INET if host else socket.AF_UNIX) as client:
        client.connect((host, int(number)) if host else path.removeprefix("unix:"))
        yield client.fileno()
